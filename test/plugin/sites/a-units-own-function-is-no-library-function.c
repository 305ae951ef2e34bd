// A function that the unit has a body of allocates by its own calls: a call of it is no site, and those beside it are.
// RUN: %allocs-cc -w -O0 -c %s -o %t.o && %typegen --dump %t.o > %t.text && %filecheck %s --implicit-check-not="site " < %t.text
#include <stdlib.h>
#include <string.h>
void *sink;
// CHECK-DAG: site {{.*}}c:[[@LINE+1]]:45 in strdup(): malloc -> array char [size]
char *strdup(const char *s) { return memcpy(malloc(strlen(s) + 1), s, strlen(s) + 1); }
void f(const char *s) {
  sink = strdup(s);
  sink = malloc(sizeof(long)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> object long [size]
  sink = strdup(s);
  sink = calloc(2, sizeof(short)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): calloc -> array short [size]
}
