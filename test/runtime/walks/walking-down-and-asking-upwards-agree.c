// All that a walk of a threaded program shows lies in its parent, after its sibling before, and in the chain of its first byte, as it is there.
// RUN: %allocs-cc -O1 -DLIBRARIES -I%src/test/unit %s -pthread -lm -o %t && %t
// RUN: %allocs-cc -O0 -static -I%src/test/unit %s -pthread -o %t-static && %t-static
#include "check.h"
#include <alloca.h>
#include <allocs.h>
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/mman.h>

enum { THREADS = 3, DEEPEST = 40 };
struct part {
  char c;
  union { int i; float f; } either;
  unsigned a : 3, b : 7;
  struct { short x; } empty[4];
  int matrix[2][3];
};
struct part table[3];
static _Thread_local struct part of_thread[2];
static sem_t ready, done;
static void *volatile escaped;

struct state {
  struct alloc_pos at[DEEPEST + 2]; /* the way to where the walk is */
  long n, kinds[16];
  const struct allocator *allocators[16];
};

static void count(struct state *state, const struct allocator *allocator) {
  int i = 0;
  while (state->allocators[i] && state->allocators[i] != allocator)
    i++;
  state->allocators[i] = allocator;
  state->kinds[i]++;
}

static char *end_of(const struct alloc_pos *pos) { return (char *)pos->base + pos->size; }

static int is_same(const struct alloc_pos *a, const struct alloc_pos *b) {
  return a->allocator == b->allocator && a->base == b->base && a->size == b->size && a->level == b->level &&
         a->type == b->type && (!a->name || !b->name || !strcmp(a->name, b->name));
}

/* Where subobjects overlap, a chain has what they agree on. */
static int overlaps_others(const struct state *state, unsigned depth) {
  for (unsigned i = 1; i < depth; i++)
    if (state->at[i].type && UNIQTYPE_IS_UNION_TYPE(state->at[i].type))
      return 1;
  return state->at[depth].type && UNIQTYPE_IS_BIT_FIELD_TYPE(state->at[depth].type);
}

static int see(const struct alloc_pos *pos, void *arg) {
  struct state *state = arg;
  struct alloc_pos chain[DEEPEST];
  unsigned depth = pos->depth, n = alloc_get_chain(pos->base, chain, DEEPEST), found = 0;
  int before = check_failed;
  CHECK(depth >= 1 && depth <= DEEPEST && n >= 1 && n <= DEEPEST && pos->allocator);
  if (check_failed > before)
    return ALLOC_WALK_STOP;
  const struct alloc_pos *parent = &state->at[depth - 1], *sibling = &state->at[depth];
  if (depth > 1)
    CHECK(pos->base >= parent->base && end_of(pos) <= end_of(parent));
  if (pos->level == ALLOC_LEVEL_ALLOCATION && sibling->base)
    CHECK(end_of(sibling) <= (char *)pos->base);
  state->at[depth] = *pos;
  state->at[depth + 1].base = NULL;
  for (unsigned i = 0; i < n; i++)
    found += is_same(pos, &chain[i]);
  if (pos->size && !overlaps_others(state, depth))
    CHECK(found == 1);
  if (pos->level == ALLOC_LEVEL_ALLOCATION)
    count(state, pos->allocator);
  if (check_failed > before)
    fprintf(stderr, "%s %p, %lu bytes, %s\n", pos->allocator->name, pos->base, pos->size, pos->name ? pos->name : "");
  state->n++;
  return ALLOC_WALK_ON;
}

static void *live(void *arg) {
  struct part local[2] = {{.c = 1}};
  escaped = local;
  of_thread[0].c = 1;
  sem_post(&ready);
  sem_wait(&done);
  return arg;
}

static void allocate(void) {
  for (size_t i = 1; i < 100; i++) {
    escaped = malloc(i * 97);
    escaped = calloc(i, sizeof(struct part));
  }
  escaped = malloc(5000 * sizeof(struct part));
  escaped = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
#ifdef LIBRARIES
  CHECK(dlopen("libresolv.so.2", RTLD_NOW) && dlopen("libm.so.6", RTLD_NOW));
#endif
}

static void walk(volatile int n) {
  static struct state state;
  struct part local[3] = {{.c = 2}};
  char *block = alloca((size_t)n);
  escaped = memset(block, 1, (size_t)n);
  escaped = local;
  CHECK(alloc_walk_tree(NULL, NULL, see, &state) == ALLOC_WALK_ON);
  CHECK(state.n > 80000);
  const struct allocator *all[] = {&alloc_mmap,    &alloc_static_file, &alloc_static_segment, &alloc_static_section,
                                   &alloc_static,  &alloc_brk,         &alloc_heap,           &alloc_stack,
                                   &alloc_auxv,    &alloc_stackframe,  &alloc_alloca,         &alloc_tls_block,
                                   &alloc_tls};
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    int j = 0;
    while (j < 16 && state.allocators[j] != all[i])
      j++;
    if (j == 16)
      fprintf(stderr, "none seen of %s\n", all[i]->name);
    CHECK(j < 16);
  }
}

int main(void) {
  static char own_stack[1 << 18] __attribute__((aligned(4096)));
  pthread_t threads[THREADS];
  pthread_attr_t attributes;
  sem_init(&ready, 0, 0);
  sem_init(&done, 0, 0);
  pthread_attr_init(&attributes);
  for (long i = 0; i < THREADS; i++) {
    if (i == THREADS - 1)
      pthread_attr_setstack(&attributes, own_stack, sizeof own_stack);
    pthread_create(&threads[i], &attributes, live, NULL);
    sem_wait(&ready);
  }
  of_thread[1].c = 1;
  allocate();
  walk(57);
  for (int i = 0; i < THREADS; i++)
    sem_post(&done);
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  return check_failed;
}
