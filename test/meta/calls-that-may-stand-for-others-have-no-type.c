// Of calls that gcc has made one of, or that stand for several in the source, no type is told but where the size decides: branches that end alike, functions that are alike, an inlined wrapper, a macro; nor at the end of a function, in a wrapper, or where a structure is another than in the source.
// REQUIRES: gcc
// RUN: rm -rf %t && mkdir %t && cd %t && cp %s prog.c && %cc -O1 -fPIC -shared -w %S/Inputs/ask.c -o libask.so
// RUN: %allocs-cc --sites-only=sites -fsyntax-only prog.c
// RUN: gcc -O2 -g -Wl,--build-id -Wl,--unresolved-symbols=ignore-in-shared-libs prog.c ./libask.so -o prog && %typegen prog --sites sites -o prog.allocs 2> log && grep 'that may be others' log && grep 'of several at one place' log && %allocs-run ./prog > O2
// RUN: gcc -O0 -g -Wl,--build-id -Wl,--unresolved-symbols=ignore-in-shared-libs prog.c ./libask.so -o prog && %typegen prog --sites sites -o prog.allocs 2> log && not grep 'that may be others' log && %allocs-run ./prog > O0
// RUN: gcc -O2 -g -DOTHER -Wl,--build-id -Wl,--unresolved-symbols=ignore-in-shared-libs prog.c ./libask.so -o prog && %typegen prog --sites sites -o prog.allocs 2> log && grep 'of types that it has not' log && %allocs-run ./prog > other
// RUN: %filecheck --check-prefixes=CHECK,O2 --input-file O2 %s && %filecheck --check-prefixes=CHECK,O0 --input-file O0 %s && not grep 'struct c ' other && grep 'struct a ' other
#include <stdlib.h>

struct a { long x, y; };
struct b { double p, q; };
struct c {
  long x, y, z;
#ifdef OTHER
  char more;
#endif
};
void ask(const void *);
void *kept;
#define keep(p) ((kept = (p)), ask(p))

__attribute__((noinline)) static void branches(int k) {
  if (k > 3) {
    struct a *p = malloc(sizeof(struct a));
    keep(p);
  } else {
    struct b *p = malloc(sizeof(struct b));
    keep(p);
  }
}
static __attribute__((noinline)) void *new_a(void) {
  struct a *it = calloc(1, sizeof *it);
  kept = it;
  return it;
}
static __attribute__((noinline)) void *new_b(void) {
  struct b *it = calloc(1, sizeof *it);
  kept = it;
  return it;
}
static inline void *wrapper(size_t n) {
  char *p = malloc(n);
  if (!p)
    abort();
  return p;
}
__attribute__((noinline)) static void mixed(int k) {
  if (k > 3) {
    struct a *p = malloc(sizeof *p);
    if (!p)
      abort();
    kept = p;
  } else {
    kept = wrapper(sizeof(struct b));
  }
  ask(kept);
}
__attribute__((noinline)) static void sizes(int k) {
  if (k > 3) {
    struct a *p = malloc(sizeof(struct a));
    keep(p), keep(p);
  } else {
    struct c *p = malloc(sizeof(struct c));
    keep(p), keep(p);
  }
}
#define BOTH(one, other) ((one) = malloc(sizeof *(one)), (other) = malloc(sizeof *(other)))
__attribute__((noinline)) static void macro(void) {
  struct a *a;
  struct b *b;
  BOTH(a, b);
  keep(a);
  keep(b);
}
__attribute__((noinline)) static void *at_the_end(void) { return (struct a *)malloc(sizeof(struct a)); }

int main(int argc, char **argv) {
  branches(argc + 3); // O0: heap struct a from
                      // O2: heap __uninterpreted_byte[16] from
  branches(argc);     // O0-NEXT: heap struct b from
                      // O2-NEXT: heap __uninterpreted_byte[16] from
  ask(new_a());       // O0-NEXT: heap struct a from
                      // O2-NEXT: heap __uninterpreted_byte[16] from
  ask(new_b());       // O0-NEXT: heap struct b from
                      // O2-NEXT: heap __uninterpreted_byte[16] from
  mixed(argc + 3);    // O0-NEXT: heap struct a from
                      // O2-NEXT: heap __uninterpreted_byte[16] from
  mixed(argc);        // CHECK-NEXT: heap __uninterpreted_byte[16] from
  sizes(argc + 3);    // O0-NEXT: heap struct a from
                      // O0-NEXT: heap struct a from
                      // O2-NEXT: heap __uninterpreted_byte[16] from
                      // O2-NEXT: heap __uninterpreted_byte[16] from
  sizes(argc);        // CHECK-NEXT: heap struct c from
                      // CHECK-NEXT: heap struct c from
  macro();            // CHECK-NEXT: heap __uninterpreted_byte[16] from
                      // CHECK-NEXT: heap __uninterpreted_byte[16] from
  ask(at_the_end());  // O0-NEXT: heap struct a from
                      // O2-NEXT: heap __uninterpreted_byte[16] from
  struct a *p = malloc(sizeof *p);
  ask(p); // CHECK-NEXT: heap struct a from
  return 0;
}
