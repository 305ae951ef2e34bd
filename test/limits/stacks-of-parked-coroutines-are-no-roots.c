// What a parked coroutine has on its stack is among the roots only while it runs, and among the pointers of the block only if that has no type.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>
#include <ucontext.h>

enum { SIZE = 1 << 16 };
struct node { struct node *next; };
static ucontext_t main_context, coroutine;
static unsigned long hidden; /* no pointer */
static struct node **volatile there;
static int n_words;

static __attribute__((noinline)) int is_it(const void *at) { return ~*(const unsigned long *)at == hidden; }

static int see_pointer(const struct alloc_pointer *pointer, void *arg) {
  int *n = arg;
  for (unsigned long i = 0; i + sizeof(void *) <= pointer->size; i += sizeof(void *))
    *n += is_it((char *)pointer->at + i);
  return ALLOC_WALK_ON;
}

static int see_root(const struct alloc_root *root, void *arg) { return alloc_walk_pointers(&root->pos, see_pointer, arg); }

static __attribute__((noinline)) int count(void) {
  int n = 0;
  alloc_walk_roots(ALLOC_ROOT_FRAME, see_root, &n);
  return n;
}

static void run(void) {
  struct node *local = malloc(sizeof *local);
  hidden = ~(unsigned long)local;
  there = &local;
  n_words = count();
  swapcontext(&coroutine, &main_context);
  free(local);
}

static __attribute__((noinline)) void *untyped(unsigned long n) { return malloc(n); }

static int in_block(const void *stack) {
  struct alloc_pos pos;
  int n = 0;
  CHECK(alloc_get_pos(stack, &pos) == ALLOC_OK);
  alloc_walk_pointers(&pos, see_pointer, &n);
  return n;
}

static void park(void *stack) {
  n_words = 0;
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = stack;
  coroutine.uc_stack.ss_size = SIZE;
  coroutine.uc_link = &main_context;
  makecontext(&coroutine, run, 0);
  swapcontext(&main_context, &coroutine);
  CHECK(n_words == 1 && !count());
}

int main(void) {
  char *text = malloc(SIZE);
  void *bytes = untyped(SIZE);
  park(text);
  CHECK(!in_block(text) && *there);
  swapcontext(&main_context, &coroutine);
  park(bytes);
  CHECK(in_block(bytes) > 0 && *there);
  swapcontext(&main_context, &coroutine);
  return check_failed;
}
