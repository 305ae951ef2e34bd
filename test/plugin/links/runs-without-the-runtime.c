// What the plugin compiled links and runs without the runtime, as an executable and as a library of a plain program.
// RUN: %clang -fplugin=%plugin -I%src/include -O2 %s -o %t && %t
// RUN: %clang -fplugin=%plugin -I%src/include -O2 -static %s -o %t-s && %t-s
// RUN: %clang -fplugin=%plugin -I%src/include -O2 -fPIC -shared -DLIBRARY %s -o %t.so
// RUN: %clang -O2 -DPROGRAM %s %t.so -Wl,-rpath,%t.so -o %t-p && %t-p
#include <stdlib.h>
#include <string.h>
int *make(int n);
#ifndef PROGRAM
int *make(int n) {
  int *p = calloc((size_t)n, sizeof(int));
  char *s = strdup("text");
  p = realloc(p, 2 * (size_t)n * sizeof(int));
  free(s);
  return p;
}
#endif
#ifndef LIBRARY
int main(void) {
  int *p = make(5);
  int bad = !p || p[4];
  free(p);
  return bad;
}
#endif
