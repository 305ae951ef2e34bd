// Diagnostics and exit codes are the same as without the plugin, with all warnings on and with errors.
// RUN: %clang -Weverything -c %s -o %t.o 2> %t.plain
// RUN: %clang -Weverything -fplugin=%plugin -c %s -o %t.o 2> %t.reflected && diff %t.plain %t.reflected
// RUN: grep -q 'padding struct' %t.plain && grep -q 'unused variable' %t.plain
// RUN: not %clang -DERROR -c %s -o %t.o 2> %t.plain
// RUN: not %clang -DERROR -fplugin=%plugin -c %s -o %t.o 2> %t.reflected && diff %t.plain %t.reflected
#include <stdlib.h>
struct padded { char c; struct padded *next; };
static int unused_static;
int f(struct padded *p) {
  int unused;
  struct padded *q = malloc(sizeof *p);
  char *s = malloc(3);
  q->next = p;
  return q == p;
}
#ifdef ERROR
int broken( { return malloc(; }
#endif
