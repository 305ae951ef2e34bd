// valgrind finds no error in any kind of query, walk and census, of addresses of every kind.
// REQUIRES: valgrind
// RUN: %allocs-cc -O1 -pthread %s -o %t && valgrind -q --error-exitcode=9 %t > %t.out 2> %t.err && not grep . %t.err
// RUN: %filecheck %s < %t.out
#define _GNU_SOURCE
#include <allocs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct node {
  struct node *next;
  int n;
};
static struct node variable;
static _Thread_local struct node own;
static int count(const struct alloc_pos *pos, void *arg) { return (void)pos, ++*(int *)arg, ALLOC_WALK_ON; }
static int count_root(const struct alloc_root *root, void *arg) { return (void)root, ++*(int *)arg, ALLOC_WALK_ON; }
static struct node *volatile others;
static void *other(void *arg) {
  struct node local = {0};
  others = &local;
  for (;;)
    pause();
  return arg;
}

int main(int argc, char **argv) {
  char text[400];
  struct alloc_pos chain[32];
  struct alloc_mapping mapping;
  pthread_t thread;
  int n = 0;
  struct node local = {0}, *heap = malloc(10 * sizeof *heap), *varying = __builtin_alloca((size_t)argc * sizeof *varying);
  pthread_create(&thread, NULL, other, NULL);
  while (!others)
    usleep(100);
  char *mapped = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const void *all[] = {heap,    &heap[3].n, &variable,     &own,   &local.n,       varying,   (void *)main, stdout, "a literal",
                       argv,    argv[0],    mapped,        mapped + 5000, (void *)others, (void *)printf, (void *)8, (void *)-5};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    puts(alloc_describe(all[i], text, sizeof text));
    alloc_get_chain(all[i], chain, 32);
    alloc_get_mapping(all[i], &mapping);
  }
  // CHECK: heap struct node[10]
  // CHECK: stack of thread
  alloc_walk_tree(NULL, NULL, count, &n);
  alloc_walk_roots(ALLOC_ROOT_ALL, count_root, &n);
  fflush(stdout);
  alloc_census(1);
  // CHECK: allocs: the live heap by type
  _exit(n < 10);
}
