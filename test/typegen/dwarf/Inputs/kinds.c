/* Every kind of type, in variables, members and functions, and what declares them. */
#include <complex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

struct opaque;
struct node;
typedef int (*compare_fn)(const struct node *, struct opaque *, ...);
typedef struct { int x, y; } point;
typedef const point fixed_point;
typedef struct { char letter; } first, second;
enum color { RED, GREEN = 5, BLUE = -1 };
enum large { SMALL = 1, LARGE = 0xffffffffu };
typedef enum { LEFT, RIGHT = 200 } side;
union bits {
  float f;
  double _Complex z;
  struct { unsigned low : 3, high : 29; };
  struct { short a; } named;
};
struct fields {
  unsigned char head;
  int a : 3, : 0, b : 17;
  unsigned long long wide : 40;
  signed char sc : 2;
  _Bool flag : 1;
  enum color color : 4;
  side at : 5;
  unsigned short tail : 9;
};
struct __attribute__((packed)) packed { char c; long l; int odd : 13, : 2, last : 20; };
struct node {
  struct node *next, *others[2][3];
  struct opaque *opaque;
  compare_fn compare;
  point at, *path;
  fixed_point fixed;
  union { int i; float f; };
  struct { struct { char deep; } inner[2]; } outer;
  enum color color;
  side side;
  const volatile char *restrict name;
  void (*plain)(void), *nothing, (*old)();
  size_t length;
  double matrix[3][4];
  struct { char n; } anonymous;
  char last[];
};
struct empty {};
struct aligned { _Alignas(32) char c; };
typedef int vector __attribute__((vector_size(16)));
typedef float pair __attribute__((vector_size(8)));
typedef int row[7];
typedef row rows[2];

struct node *first_node;
static struct fields fields;
struct packed packed;
union bits bits;
struct empty empty;
struct aligned aligned;
fixed_point origin = {1, 2};
first one;
second two;
enum large large;
side here;
static const rows table = {{1}, {2}};
const row line = {3};
vector vec;
pair duo;
long double ld;
float _Complex fc;
long double _Complex lc;
_Bool truth;
bool truth2;
_Atomic int ai;
_Atomic(point) ap;
_Atomic long *pa;
char c;
signed char sc;
unsigned char uc;
short s;
unsigned short us;
long l;
long long ll;
unsigned long long ull;
__int128 i128;
wchar_t wide;
const char *const words[] = {"one", "two"};
char text[] = "text";
int open[] = {1, 2, 3}, none[0];
struct { int in; } unnamed, *pointer_to_unnamed;
int (*function_pointer)(int, ...);
int (*(*returns_pointer)(char))(long);
compare_fn comparers[4];
va_list *list;
static volatile int touched;
extern int declared;
int declared = 4;
int tentative;

static int helper(int n) {
  static int hits;
  static const struct { int in; } inside = {4};
  hits += n;
  return hits + inside.in;
}
static inline int inlined(int n) {
  static long often;
  return (int)(often += n);
}
__attribute__((noinline)) int variadic(const char *format, ...) { return *format; }
point by_value(point p, union bits b) { p.x += (int)b.f; return p; }
int old_style(a, b) int a; char *b; { return a + *b; }
double old_promotes(c, f, e, s, u, b) char c; float f; enum color e; side s; unsigned short u; _Bool b; { return c + f + e + s + u + b; }
int no_parameters() { return touched; }
int array_parameters(int a[4], row b, compare_fn c) { return a[0] + b[1] + (c != NULL); }
void *returns(void) { return &touched; }
_Noreturn void ends(void) { exit(touched); }

int main(int argc, char **argv) {
  static row counts;
  point here_too = {argc, 2}, *pointer = &here_too;
  rows lines = {{argc}};
  lines[0][argc % 7] = by_value(*pointer, bits).x;
  touched = argc + (int)wide;
  counts[argc % 7] = fields.a + table[1][argc % 7];
  if (argc > 5)
    ends();
  return helper(argc) + inlined(argc) + variadic(argv[0]) + old_style(1, argv[0]) + no_parameters() + counts[0] +
         array_parameters(counts, lines[1], NULL) + (int)old_promotes('a', 1.5, RED, LEFT, 3, 1) + (returns() != NULL);
}
