// Of a process whose heap index was overwritten, or that has no runtime, that is said, with exit status 1; mappings, files, symbols and stacks are told all the same.
// RUN: %allocs-cc -O0 %s -o %t
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect census TARGET 2>&1 | grep -x "allocs: [0-9]*: its heap index is damaged: .*"
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect leaks TARGET 2>&1 | grep -x "allocs: [0-9]*: its heap index is damaged: .*"
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect threads TARGET -v > %t.out 2> %t.err
// RUN: grep "heap index is damaged" %t.err && grep " main" %t.out && grep -x "        int local = 7" %t.out
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect describe TARGET counter 2>/dev/null | grep "static int counter"
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect find TARGET int --where "" 2>&1 | grep "damaged"
//
// RUN: %cc -O0 -DPLAIN %s -o %t
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect threads TARGET > %t.out 2> %t.err
// RUN: grep "it has no runtime of allocs" %t.err && grep " main" %t.out
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect census TARGET --rss 2>/dev/null | grep "stack\\|heap"
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect describe TARGET counter 2>/dev/null | grep "counter"

#ifdef PLAIN
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#else
#include <allocs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#endif

int counter = 3;
static void *volatile touched;

#ifndef PLAIN
/* As a wild write does: the words that lead to the index are found by what they are in. */
static void damage(void) {
  extern char __data_start[], end[];
  static unsigned long *found[100000];
  char line[300];
  unsigned n = 0;
  for (unsigned long *at = (void *)(((unsigned long)__data_start + 7) & ~7ul); (char *)(at + 1) <= (char *)end; at++)
    if (*at > 4096 && n < 100000 && strstr(alloc_describe(at, line, sizeof line), "allocs_heap_map"))
      found[n++] = at;
  while (n)
    *found[--n] = 0x123456789000;
}
#endif

int main(void) {
  int local = 7;
  touched = &local;
  if (!malloc(100))
    return 1;
#ifndef PLAIN
  damage();
#endif
  if (write(1, "ready\n", 6) < 0)
    return 1;
  for (;;)
    pause();
}
