// Every kind of type that C has is recorded as Clang lays it out: its members with names, places, bits and typedef names, its key.
// RUN: %allocs-cc -c -w -O0 %s -o %t.o && %typegen --dump %t.o | sed -e "s,/[^ ]*/every,every," > %t.text
// RUN: diff %S/Inputs/every-kind.txt %t.text
// RUN: %typegen --dump --json %t.o | tail -n +2 | sed -e "s,[^\" ]*/every,every,g" > %t.json && diff %S/Inputs/every-kind.json %t.json
#include <stdatomic.h>
#include <stdlib.h>
enum small { NONE, SOME = -5, MANY = 0x7fffffff };
enum wide { LOW = 1, HIGH = 0x8000000000000000ull };
typedef enum { ANON } anon_t;
struct bits {
  unsigned a : 3, : 4, b : 9;
  int : 0;
  enum small c : 4;
  signed long long d : 40;
  _Bool e : 1;
  char after;
};
struct __attribute__((packed)) packed {
  char c;
  long l;
  unsigned u : 20;
  short s;
};
typedef int three __attribute__((ext_vector_type(3)));
struct kinds {
  _Bool flag;
  char c;
  signed char sc;
  unsigned char uc;
  float f;
  double d;
  long double ld;
  _Float16 half;
  __int128 big;
  _BitInt(17) bit17;
  unsigned _BitInt(65) bit65;
  _Complex float cf;
  _Complex double cd;
  _Complex int ci;
  _Atomic int ai;
  _Atomic struct {
    char c[3];
  } at;
  three v3;
  int v4 __attribute__((vector_size(16)));
  int (*fn)(const char *, ...);
  void (*old)();
  int (*none)(void);
  void *p;
  const int *const volatile *pp;
  int arr[2][3];
  char flex[];
};
union u {
  int i;
  struct {
    short s;
    char t;
  };
  double d;
};
typedef struct {
  int x;
} named_t;
struct incomplete;
struct holder {
  struct incomplete *to;
  named_t n;
  named_t ns[2];
  anon_t a;
  enum wide w;
  union u u;
  struct {
    int q;
  } inner;
  struct holder *self, *(*fn)(struct holder *, int[5]);
  wchar_t *ws;
  unsigned long long ull;
};
struct bits bits;
struct packed packed;
struct kinds kinds;
struct holder holder;
enum small small;
enum wide wide;
int matrix[3][4];
int (*pointer_to_array)[7];
const char *const names[] = {"a", "b"};
