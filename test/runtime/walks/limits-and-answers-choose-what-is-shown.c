// A walk shows what its limits leave of the tree, in the same order, from a position of any kind; skipping and stopping do what they say.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t
#include "check.h"
#include <allocs.h>
#include <sys/mman.h>

enum { MOST = 200000 };
struct inner { int a, b[2]; };
struct outer { struct inner inner[3]; char text[5]; };
static struct alloc_pos *all, *some; /* in memory that has no type, or walks would show it all */
static size_t n_all, n_some;
static struct outer *blocks[50];

static int keep(const struct alloc_pos *pos, void *arg) {
  size_t *n = arg;
  struct alloc_pos *list = n == &n_all ? all : some;
  if (*n < MOST)
    list[(*n)++] = *pos;
  return ALLOC_WALK_ON;
}

static int is_same(const struct alloc_pos *a, const struct alloc_pos *b) {
  return a->base == b->base && a->size == b->size && a->allocator == b->allocator && a->type == b->type &&
         a->level == b->level && a->depth == b->depth;
}

/* What is in `some` is what of `all` is wanted. */
static void compare(int wanted(const struct alloc_pos *)) {
  size_t at = 0;
  int before = check_failed;
  for (size_t i = 0; i < n_all; i++)
    if (wanted(&all[i])) {
      CHECK(at < n_some && is_same(&all[i], &some[at]));
      at++;
      if (check_failed > before)
        return;
    }
  CHECK(at == n_some && at);
}

static const char *begin, *end;
static int is_within(const struct alloc_pos *pos) {
  return (const char *)pos->base < end && ((const char *)pos->base >= begin || (char *)pos->base + pos->size > begin);
}
static int is_shallow(const struct alloc_pos *pos) { return pos->depth <= 2; }
static int is_child(const struct alloc_pos *pos) { return pos->depth == 1; }
static int is_allocation(const struct alloc_pos *pos) { return pos->level == ALLOC_LEVEL_ALLOCATION; }
static int is_outside_blocks(const struct alloc_pos *pos) {
  return pos->allocator != &alloc_heap || pos->level == ALLOC_LEVEL_ALLOCATION;
}

static int skip_blocks(const struct alloc_pos *pos, void *arg) {
  keep(pos, arg);
  return pos->allocator == &alloc_heap ? ALLOC_WALK_SKIP : ALLOC_WALK_ON;
}

static int stop_at_third(const struct alloc_pos *pos, void *arg) {
  (void)pos;
  return ++*(int *)arg == 3 ? ALLOC_WALK_STOP : ALLOC_WALK_ON;
}

/* A walk from each position of a kind shows what the whole walk showed below it. */
static void check_below(const struct alloc_pos *from, size_t i) {
  size_t n = i + 1;
  int before = check_failed;
  n_some = 0;
  alloc_walk_tree(from, NULL, keep, &n_some);
  for (size_t j = 0; j < n_some; j++, n++) {
    CHECK(n < n_all && some[j].base == all[n].base && some[j].type == all[n].type);
    CHECK(n < n_all && some[j].depth + from->depth == all[n].depth);
    if (check_failed > before)
      return;
  }
  CHECK(n == n_all || all[n].depth <= from->depth);
}

int main(void) {
  static char *volatile probe;
  struct outer on_stack[2];
  int count = 0;
  all = mmap(NULL, 2 * MOST * sizeof *all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  some = all + MOST;
  probe = (char *)on_stack;
  for (size_t i = 0; i < 50; i++)
    blocks[i] = malloc((i % 3 + 1) * sizeof(struct outer));
  alloc_walk_tree(NULL, NULL, keep, &n_some); /* what it makes for itself is there from now on */
  CHECK(alloc_walk_tree(NULL, NULL, keep, &n_all) == ALLOC_WALK_ON && n_all > 1000 && n_all < MOST);

  begin = (char *)&blocks[7]->inner[1].b[1] + 1, end = blocks[30]->text;
  n_some = 0;
  alloc_walk_tree(NULL, &(struct alloc_walk_options){.begin = begin, .end = end}, keep, &n_some);
  compare(is_within);
  n_some = 0;
  alloc_walk_tree(NULL, &(struct alloc_walk_options){.max_depth = 2}, keep, &n_some);
  compare(is_shallow);
  n_some = 0;
  alloc_walk(NULL, keep, &n_some);
  compare(is_child);
  n_some = 0;
  alloc_walk_tree(NULL, &(struct alloc_walk_options){.allocations_only = 1}, keep, &n_some);
  compare(is_allocation);
  n_some = 0;
  alloc_walk_tree(NULL, NULL, skip_blocks, &n_some);
  compare(is_outside_blocks);
  CHECK(alloc_walk_tree(NULL, NULL, stop_at_third, &count) == ALLOC_WALK_STOP && count == 3);

  const struct allocator *kinds[] = {&alloc_mmap,   &alloc_static_file, &alloc_static_segment, &alloc_static_section,
                                     &alloc_static, &alloc_brk,         &alloc_heap,           &alloc_stack,
                                     &alloc_auxv,   &alloc_stackframe,  &alloc_tls_block};
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    int n = 0;
    for (size_t i = 0; i < n_all && n < 20; i++)
      if (all[i].allocator == kinds[k] && all[i].level == ALLOC_LEVEL_ALLOCATION) {
        check_below(&all[i], i);
        n++;
      }
    CHECK(n > 0);
  }
  for (size_t i = 0, n = 0; i < n_all && n < 200; i++)
    if (all[i].level == ALLOC_LEVEL_SUBOBJECT && all[i].allocator == &alloc_heap) {
      check_below(&all[i], i);
      n++;
    }
  return check_failed;
}
