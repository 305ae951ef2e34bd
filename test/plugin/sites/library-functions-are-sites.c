// The C library's allocating functions have sites, strings being arrays of characters, as have calls through pointers; unevaluated calls have none.
// RUN: %allocs-cc -D_GNU_SOURCE -c -w %s -o %t.o && %typegen --dump %t.o > %t.text && %filecheck %s < %t.text
// RUN: grep "^site " %t.text | count 13
#include <alloca.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#define NEW(T) ((T *)malloc(sizeof(T)))
void *sink;
void f(size_t n, char *s, FILE *file, wchar_t *w) {
  sink = aligned_alloc(64, n * sizeof(int)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): aligned_alloc -> array int [size]
  sink = memalign(64, sizeof(int)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): memalign -> object int [size]
  sink = reallocarray(s, n, sizeof(int)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): reallocarray -> array int [size]
  sink = valloc(sizeof(int)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): valloc -> object int [size]
  sink = strdup(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): strdup -> array char [function]
  sink = strndup(s, n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): strndup -> array char [function]
  sink = wcsdup(w); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): wcsdup -> array int [function]
  asprintf(&s, "%d", 1); // CHECK-DAG: site {{.*}}c:[[@LINE]]:3 in f(): asprintf -> array char [function]
  getline(&s, &n, file); // CHECK-DAG: site {{.*}}c:[[@LINE]]:3 in f(): getline -> array char [function]
  sink = NEW(long); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> object long [size]
  sink = __builtin_malloc(sizeof(short)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> object short [size]
  sink = alloca(n * sizeof(int)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): alloca -> array int [size]
  n = sizeof(malloc(1)) + sizeof(__typeof__(malloc(2))) + _Generic(malloc(3), void *: 1);
  void *(*pointer)(size_t) = malloc;
  sink = pointer(n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): pointer -> unknown
}
