/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* work.c WHAT N: one of the hot paths, N times. The difference of two N is what the path costs. In a thread, since
   valgrind gives the first one a stack that is not known to be one. */

#include <allocs.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The plain program has none of it */
#pragma weak alloc_get_info
#pragma weak alloc_is_a
#pragma weak __allocs_typeof
#pragma weak alloc_get_leaf_chain
struct node {
  long first;
  struct {
    int a, b;
  } second[3];
};
static int numbers[16];

static void keep(const void *p) { __asm__ volatile("" : : "r"(p) : "memory"); }

static void query(const void *address, int n) {
  for (int i = 0; alloc_get_info && i < n; i++) {
    struct alloc_info info;
    alloc_get_info(address, &info);
    keep(&info);
  }
}

/* Of what is in an array of structs. */
static void cast(const void *address, int n) {
  const struct uniqtype *type = alloc_is_a ? alloc_typeof(int) : NULL;
  for (int i = 0; alloc_is_a && i < n; i++)
    keep((void *)(long)alloc_is_a(address, type));
}

static void chain(const void *address, int n) {
  struct alloc_pos ret[8];
  for (int i = 0; alloc_get_leaf_chain && i < n; i++)
    keep((void *)(long)alloc_get_leaf_chain(address, ret, 8));
}

static void list(int n) {
  for (int i = 0; i < n; i++) {
    struct node *one = malloc(sizeof *one);
    char *text = strdup("a text of some letters");
    keep(one), keep(text);
    free(text);
    free(one);
  }
}

static void *wait_for(void *all) {
  pthread_barrier_wait(all);
  return NULL;
}

/* All at once. */
static void threads(int n) {
  static pthread_t made[500];
  pthread_barrier_t all;
  pthread_barrier_init(&all, NULL, (unsigned)n + 1);
  for (int i = 0; i < n; i++)
    pthread_create(&made[i], NULL, wait_for, &all);
  pthread_barrier_wait(&all);
  for (int i = 0; i < n; i++)
    pthread_join(made[i], NULL);
}

static void *work(void *arg) {
  char **argv = arg;
  int n = atoi(argv[2]), local = n;
  int *block = malloc(10 * sizeof(int));
  struct node *nodes = malloc(5 * sizeof *nodes);
  cast(&nodes[3].second[2].b, 8);
  chain(&nodes[3].second[2].b, 8);
  query(block, 8); /* what is found out once */
  query(&numbers[1], 8);
  query(&local, 8);
  for (int i = 0; i < 8; i++) {
    void *p = malloc(48);
    keep(p);
    free(p);
  }
  if (strcmp(argv[1], "pair") == 0)
    for (int i = 0; i < n; i++) {
      int *p = malloc(12 * sizeof(int));
      keep(p);
      free(p);
    }
  else if (strcmp(argv[1], "list") == 0)
    list(n);
  else if (strcmp(argv[1], "threads") == 0)
    threads(n);
  else if (strcmp(argv[1], "heap") == 0)
    query(&block[5], n);
  else if (strcmp(argv[1], "static") == 0)
    query(&numbers[7], n);
  else if (strcmp(argv[1], "local") == 0)
    query(&local, n);
  else if (strcmp(argv[1], "cast") == 0)
    cast(&nodes[3].second[2].b, n);
  else if (strcmp(argv[1], "chain") == 0)
    chain(&nodes[3].second[2].b, n);
  free(nodes);
  free(block);
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t thread;
  return argc != 3 || pthread_create(&thread, NULL, work, argv) || pthread_join(thread, NULL);
}
