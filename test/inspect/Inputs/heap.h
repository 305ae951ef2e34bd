// A heap of many kinds of blocks, of which the program tells the census; then it waits.
#include <allocs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct node {
  struct node *next;
  int value;
};
struct tail {
  int n;
  double values[];
};
union both {
  int number;
  char bytes[24];
};

static void *kept[64];
static unsigned n_kept;
static struct node *head;

static void *keep(void *block) { return kept[n_kept++] = block; }
static __attribute__((noinline)) void *wrapped(size_t n, size_t size) { return malloc(n * size); }
static void *(*volatile allocate)(size_t) = malloc;

/* Short ones, and of each size of cells; of shapes of all kinds; with types that were set, moved, or told by the caller. */
static void make_heap(void) {
  for (int i = 0; i < 100; i++) {
    struct node *node = malloc(sizeof *node);
    *node = (struct node){head, i};
    head = node;
  }
  for (int i = 1; i < 5; i++)
    keep(malloc(i * sizeof(union both)));
  for (int i = 1; i < 5; i++)
    keep(calloc(300000 * i * i, sizeof(int)));
  struct tail *tail = keep(malloc(sizeof(struct tail) + 9 * sizeof(double)));
  tail->n = 9;
  keep(malloc(0));
  keep(malloc(777));
  keep(allocate(5000));
  keep(strdup("text"));
  keep(wrapped(7, sizeof(struct node)));
  keep(realloc(malloc(40 * sizeof(short)), 90000 * sizeof(short)));
  alloc_set_type(keep(malloc(sizeof(struct node))), alloc_typeof(struct node));
  alloc_set_type(keep(malloc(64)), uniqtype_struct("made", 64, NULL, 0));
  struct alloc_arena arena = {&alloc_packed_texts, keep(calloc(4096, sizeof(char))), 4096, NULL};
  alloc_arena_add(&arena);
  free(malloc(sizeof(long)));
}

static int be_ready(void) {
  if (write(1, "ready\n", 6) < 0)
    return 1;
  for (;;)
    pause();
}
