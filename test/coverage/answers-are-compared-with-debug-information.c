// The count of locals finds each one that escapes: what is answered as the debug information has it is exact, what is not known is unknown, and what is told otherwise is wrong.
// REQUIRES: llvm-at-least-19
// RUN: %clang -O2 -I%src/include -c %S/Inputs/truth.c -o %t.truth.o
// RUN: rm -f %t.log && %allocs-cc -g -O0 -fpass-plugin=%build/truth.so %s %t.truth.o -o %t && env TRUTH_LOG=%t.log %t
// RUN: cut -f1,4,5 %t.log | tr '\t' ' ' | sort -u > %t.text && FileCheck %s --match-full-lines --check-prefixes=CHECK,O0,BLOCK < %t.text && count 36 < %t.text
// RUN: rm -f %t.log && %allocs-cc -g -O2 -fpass-plugin=%build/truth.so %s %t.truth.o -o %t && env TRUTH_LOG=%t.log %t
// RUN: cut -f1,4,5 %t.log | tr '\t' ' ' | sort -u > %t.text && FileCheck %s --match-full-lines --check-prefixes=CHECK,O2,BLOCK < %t.text && count 36 < %t.text
// RUN: %if lld %{ rm -f %t.log && env TRUTH_AT_LINK=1 %allocs-cc -g -O2 -flto -fuse-ld=lld -Wl,--load-pass-plugin=%build/truth.so -fpass-plugin=%build/truth.so %s %t.truth.o -o %t && env TRUTH_LOG=%t.log %t %}
// RUN: %if lld %{ cut -f1,4,5 %t.log | tr '\t' ' ' | sort -u > %t.text && FileCheck %s --match-full-lines --check-prefixes=CHECK,O2 < %t.text && count 32 < %t.text %}

#include <stdio.h>

void truth_check(const void *local, unsigned long size, void *truth);
struct big {
  long of[8];
};
enum color { RED };

// CHECK-DAG: exact main anonymous
// CHECK-DAG: exact main overlap
// CHECK-DAG: exact main function
// CHECK-DAG: exact main color
// CHECK-DAG: exact main rows
// CHECK-DAG: exact main x
// BLOCK-DAG: exact dynamic vla
// O0-DAG: exact inlined text
// O2-DAG: exact main text
// CHECK-DAG: exact main asked
// CHECK-DAG: exact by_value big
// CHECK-DAG: unknown {{main|inlined_by_value}} within
// CHECK-DAG: exact aligned beside
// BLOCK-DAG: exact aligned line
// CHECK-DAG: there never reached
// CHECK-DAG: wrong main other
// CHECK-DAG: wrong main asked
// CHECK-DAG: wrong main x

__attribute__((noinline)) void use(void *p) { __asm__ volatile("" ::"r"(p) : "memory"); }
__attribute__((noinline)) static void by_value(struct big big) { use(&big); }
static inline __attribute__((always_inline)) void inlined_by_value(struct big within) { use(&within); }
__attribute__((noinline)) static void dynamic(int n) {
  int vla[n];
  use(vla);
}
__attribute__((noinline)) static void aligned(void) {
  _Alignas(64) char line[64];
  int beside = 3;
  use(line);
  use(&beside);
}
__attribute__((noinline)) static void never(void) {
  int reached;
  use(&reached);
}
static inline void inlined(int n) {
  char text[40];
  snprintf(text, sizeof text, "%d", n);
  use(text);
}

/* As truth.c has it. */
struct truth {
  const char *name, *type, *function, *file;
  unsigned line, is_dynamic, n_checks, seen;
};

int main(int argc, char **argv) {
  struct {
    int a, b;
  } anonymous = {1, 2};
  union {
    int i;
    float f;
  } overlap[3];
  int (*function)(const char *, ...) = printf;
  enum color color;
  unsigned char rows[3][4];
  int x, asked;
  (void)argv;
  use(&anonymous);
  use(overlap);
  use(&function);
  use(&color);
  use(rows);
  use(&x);
  by_value((struct big){{1}});
  inlined_by_value((struct big){{1}});
  inlined(argc);
  aligned();
  dynamic(argc + 6);
  if (argc > 5)
    never();
  struct truth name = {"other", "b5.4;", "main", "", 1, 0, 0, 0}, type = {"asked", "b7.4;", "main", "", 1, 0, 0, 0},
               size = {"x", "b5.4;", "main", "", 1, 0, 0, 0};
  truth_check(&asked, sizeof asked, &name);
  truth_check(&asked, sizeof asked, &type);
  truth_check(&x, 1, &size);
  return 0;
}
