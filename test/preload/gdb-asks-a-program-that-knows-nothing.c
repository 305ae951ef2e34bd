// From gdb, a program that gcc compiled with -g alone is asked what its pointers are.
// REQUIRES: gcc, gdb
// RUN: rm -rf %t.cache && gcc -g -O0 -Wl,--build-id %s -o %t
// RUN: env XDG_CACHE_HOME=%t.cache gdb -nx -q -batch -ex 'set breakpoint pending on' -ex 'break stop_here' -ex run \
// RUN:   -ex 'print (char *)alloc_describe(list, (char *)malloc(200), 200)' -ex 'print (char *)alloc_describe(&list->next, (char *)malloc(200), 200)' \
// RUN:   -ex 'print (char *)alloc_describe(&list, (char *)malloc(200), 200)' -ex kill --args %build/bin/allocs-run %t | %filecheck %s
// CHECK: "heap __uninterpreted_byte[16] from {{.*}}.c:[[#@LINE+9]] in push(), +0"
// CHECK: "heap __uninterpreted_byte[16] from {{.*}}.c:[[#@LINE+8]] in push(), +8"
// CHECK: "static struct node * list ({{.*}}.c:[[#@LINE+4]]), +0"
#include <stdlib.h>

struct node { long value; struct node *next; };
static struct node *list;
static void stop_here(void) {}
static void push(int value) {
  struct node *n = malloc(sizeof *n);
  n->value = value;
  n->next = list;
  list = n;
}

int main(void) {
  for (int i = 0; i < 3; i++)
    push(i);
  stop_here();
  return 0;
}
