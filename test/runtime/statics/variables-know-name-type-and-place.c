// Variables, static locals, functions, string and compound literals tell name, type, place and field.
// RUN: %allocs-cc %s -o %t
// RUN: %t > %t.out && %filecheck %s < %t.out

#include <allocs.h>
#include <stdio.h>
#include <sys/types.h>

struct node {
  struct node *next;
  char tag;
  int v[3];
  mode_t mode;
};

int table[10];
static struct node nodes[4];
int (*const handler)(const char *) = puts;
static struct node *first = &(struct node){.tag = 'x'};
static int *counter(void) {
  static int n = 1;
  return &n;
}

static void say(const void *p) {
  char line[300], name[100];
  printf("%s | %s | %s\n", alloc_describe(p, line, sizeof line),
         alloc_get_name(p, name, sizeof name) ? name : "(no name)", UNIQTYPE_NAME(alloc_get_innermost_type(p)));
}

int main(int argc, char **argv) {
  say(&table[2]); // CHECK: static int[10] table ({{.*}}place.c:16), +8: [2] (int) | table | int$32
  say(&nodes[1].v[2]); // CHECK-NEXT: static struct node[4] nodes ({{.*}}:17), +52: [1].v[2] (int) | nodes | int$32
  say(&nodes[2].mode); // CHECK-NEXT: , +88: [2].mode (mode_t) | nodes | uint$32
  say(&nodes[1].tag + 1); // CHECK-NEXT: , +41: [1] (padding of struct node) | nodes | node
  say(&handler); // CHECK-NEXT: static int (*)(char *) handler ({{.*}}:18), +0 | handler | __PTR___FUN_FROM
  say(first->v); // CHECK-NEXT: static struct node compound literal{{.*}}, +12: .v[0] (int) | {{.*}} | int$32
  say(counter()); // CHECK-NEXT: static int n in counter() ({{.*}}:21), +0 | n | int$32
  say("quote \" and\ttab"); // CHECK-NEXT: string literal char[16] "quote \" and\ttab", +0: [0] (char) | (no name)
  say((const char *)main + 1); // CHECK-NEXT: function main, +1: int (int, char **) | main | __FUN_FROM_
  return argc - 1 + (argv == NULL);
}
