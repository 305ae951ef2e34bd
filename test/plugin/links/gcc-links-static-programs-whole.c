// A static program that gcc links with the printed flags knows its locals, statics and blocks.
// REQUIRES: gcc
// RUN: %allocs-cc -O1 -c %s -o %t.o
// RUN: %allocs-cc --allocs-print-link-flags -static > %t.flags
// RUN: gcc -static %t.o @%t.flags -o %t && %t | %filecheck %s

#include <allocs.h>
#include <stdio.h>
#include <stdlib.h>

struct pair {
  int a, b;
} table[3];

int main(void) {
  struct pair local = {1, 2}, *block = malloc(2 * sizeof *block);
  char text[200];
  // CHECK: local local in main() at {{.*}}: struct pair, +4: .b (int)
  puts(alloc_describe(&local.b, text, sizeof text));
  // CHECK-NEXT: static struct pair[3] table
  puts(alloc_describe(&table[1], text, sizeof text));
  // CHECK-NEXT: heap struct pair[2] from
  puts(alloc_describe(block, text, sizeof text));
  free(block);
  return 0;
}
