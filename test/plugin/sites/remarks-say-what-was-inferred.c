// With -fplugin-arg-allocs-remarks the compiler says of each site what it takes it to allocate, and why; without, nothing.
// RUN: %allocs-cc -O2 -w -fplugin-arg-allocs-remarks -c %s -o %t.o 2>&1 | %filecheck %s
// RUN: %allocs-cc -O2 -w -c %s -o %t.o 2>&1 | count 0
// RUN: not %allocs-cc -fplugin-arg-allocs-remark -c %s -o %t.o 2>&1 | %filecheck --implicit-check-not=remark: --check-prefix=WRONG %s
// WRONG: error: allocs: unknown plugin argument 'remark' (there are: remarks, warnings, allocators=FILE, sites=FOLDER)

#include <stdlib.h>
#include <string.h>

struct node { struct node *next; int value; };
struct flexible { int n; double tail[]; };
void *xmalloc(size_t size), *found(size_t size);
void *volatile sink;
void f(size_t n, const char *s) {
  struct node *p;
  struct flexible *flexible;
  char *text, **table;
  int(*rows)[4];
  size_t size = n * sizeof *p;
  sink = p = malloc(sizeof *p); // CHECK: c:[[@LINE]]:14: remark: malloc of struct node (size)
  sink = p = calloc(n, sizeof *p); // CHECK: c:[[@LINE]]:14: remark: calloc of struct node[n] (size)
  sink = p = malloc(3 * sizeof *p); // CHECK: c:[[@LINE]]:14: remark: malloc of struct node[3] (size)
  sink = p = malloc(size); // CHECK: c:[[@LINE]]:14: remark: malloc of struct node[n] (size-flow)
  sink = p = malloc(n); // CHECK: c:[[@LINE]]:14: remark: malloc of struct node, if it has the size of one (destination)
  sink = rows = malloc(n * sizeof *rows); // CHECK: c:[[@LINE]]:17: remark: malloc of int[n][4] (size)
  sink = flexible = malloc(sizeof *flexible + n * sizeof(double)); // CHECK: c:[[@LINE]]:21: remark: malloc of struct flexible with its tail (size)
  sink = table = malloc(n * sizeof *table + 9); // CHECK: c:[[@LINE]]:18: remark: malloc of char *[n] and what is behind it (size)
  sink = text = strdup(s); // CHECK: c:[[@LINE]]:17: remark: strdup of char[n] (function)
  sink = malloc(n); // CHECK: c:[[@LINE]]:10: remark: malloc of bytes (unknown)
  sink = p = xmalloc(sizeof *p); // CHECK: c:[[@LINE]]:14: remark: xmalloc of struct node (size)
  sink = found(n);
}
