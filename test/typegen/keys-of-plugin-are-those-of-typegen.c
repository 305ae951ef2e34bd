// The plugin and typegen give every C type the same key, and undefined symbols do not disturb.
// RUN: %allocs-cc -std=c17 -c %s -o %t.o && %typegen --check %t.o
// RUN: %allocs-cc -std=c17 -O2 -fPIC -shared %s -o %t.so && %typegen --check %t.so
// RUN: %typegen --dump %t.o | %filecheck %s
#include <stddef.h>
#include <stdlib.h>
struct node;
typedef int (*compare_fn)(const struct node *, const struct node *, ...);
typedef struct { int x, y; } point;
enum color { RED, GREEN = 5, BLUE = -1 };
union bits {
  float f;
  double _Complex z;
  struct { unsigned low : 3, high : 29; };
};
struct node {
  struct node *next, *others[2][3];
  struct opaque *opaque;
  compare_fn compare;
  point at, *path;
  enum color color;
  union bits bits;
  _Bool flag : 1;
  signed long wide : 40;
  int v __attribute__((vector_size(16)));
  long double ld;
  __int128 big;
  _Atomic int counter;
  void (*old)();
  int (*(*returns_pointer_to_array)(int))[3];
  enum { ON, OFF } state;
  struct { size_t n; } sub[2];
  unsigned char tail[];
};
static struct node *nodes;
_Thread_local short s;
void *make(size_t n) {
  nodes = malloc(sizeof(struct node) + n);
  s++;
  return nodes;
}
// CHECK: struct node { /*
// CHECK-NEXT: struct node *next; /* +0, 8 */
// CHECK-NEXT: struct node *others[2][3]; /* +8, 48 */
// CHECK-NEXT: struct opaque *opaque;
// CHECK-NEXT: compare_fn compare; /* +64, 8, int (*)(struct node *, struct node *, ...) */
// CHECK-NEXT: point at; /* +72, 8 */
// CHECK-NEXT: point *path;
// CHECK-NEXT: enum color color;
// CHECK-NEXT: union bits bits;
// CHECK-NEXT: _Bool flag : 1; /* +{{[0-9]+}}, bit 0 */
// CHECK-NEXT: long wide : 40;
// CHECK-NEXT: int __attribute__((vector_size(16))) v;
// CHECK-NEXT: long double ld;
// CHECK-NEXT: __int128 big;
// CHECK-NEXT: int counter;
// CHECK-NEXT: void (*old)();
// CHECK-NEXT: int (*(*returns_pointer_to_array)(int))[3];
// CHECK-NEXT: enum { /* 4 bytes, unsigned int,
// CHECK: } state;
// CHECK-NEXT: struct { /* 8 bytes,
// CHECK-NEXT: size_t n; /* +0, 8, unsigned long */
// CHECK-NEXT: } sub[2];
// CHECK-NEXT: unsigned char tail[];
// CHECK: site {{.*}}.c:[[@LINE-27]]:11 in make(): malloc ->
// CHECK: static struct node *nodes; /* 8 bytes, {{.*}}.c:[[@LINE-31]] */
// CHECK: _Thread_local short s; /* 2 bytes, {{.*}}.c:[[@LINE-31]] */
