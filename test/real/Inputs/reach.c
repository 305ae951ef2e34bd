/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Linked into a program, it has SIGUSR1 print how many blocks of the heap the roots lead to, and of which type the others
   are. Some are lost from the beginning; of these a few may be kept by what is left on the stack. */

#define _GNU_SOURCE
#include <allocs.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { MOST = 1 << 20, LOST = 100, STALE = 3 };
struct lost {
  struct lost *next;
  int number;
};
static struct {
  unsigned long begin;
  int is_seen;
} * blocks;
static unsigned *to_do, n_blocks, n_to_do;

static int note_block(const struct alloc_pos *pos, void *arg) {
  (void)arg;
  if (pos->allocator == &alloc_heap && n_blocks < MOST) {
    blocks[n_blocks].is_seen = 0;
    blocks[n_blocks++].begin = (unsigned long)pos->base;
  }
  return pos->allocator == &alloc_mmap || pos->allocator == &alloc_brk ? ALLOC_WALK_ON : ALLOC_WALK_SKIP;
}

static void note_pointer(const void *p) {
  struct alloc_pos pos;
  if (alloc_get_pos(p, &pos) != ALLOC_OK || pos.allocator != &alloc_heap)
    return;
  unsigned from = 0, to = n_blocks;
  while (from < to) {
    unsigned middle = (from + to) / 2;
    if (blocks[middle].begin < (unsigned long)pos.base)
      from = middle + 1;
    else
      to = middle;
  }
  if (from < n_blocks && blocks[from].begin == (unsigned long)pos.base && !blocks[from].is_seen++)
    to_do[n_to_do++] = from;
}

static int see_pointer(const struct alloc_pointer *pointer, void *arg) {
  const void *value;
  unsigned long at = pointer->type ? 0 : -(unsigned long)pointer->at % sizeof value;
  (void)arg;
  for (; at + sizeof value <= pointer->size; at += sizeof value) {
    memcpy(&value, (char *)pointer->at + at, sizeof value);
    note_pointer(value);
  }
  return ALLOC_WALK_ON;
}

static int see_root(const struct alloc_root *root, void *arg) {
  return alloc_walk_pointers(&root->pos, see_pointer, arg);
}

static void report(int signal) {
  struct alloc_pos pos;
  unsigned n_seen = 0, n_lost = 0;
  char type[100];
  (void)signal;
  n_blocks = 0;
  alloc_walk_tree(NULL, NULL, note_block, NULL);
  alloc_walk_roots(ALLOC_ROOT_ALL & ~ALLOC_ROOT_FRAME, see_root, NULL);
  while (n_to_do)
    if (alloc_get_pos((void *)blocks[to_do[--n_to_do]].begin, &pos) == ALLOC_OK)
      alloc_walk_pointers(&pos, see_pointer, NULL);
  for (unsigned i = 0; i < n_blocks; i++) {
    n_seen += blocks[i].is_seen != 0;
    if (!blocks[i].is_seen && strcmp(uniqtype_c_name(alloc_get_type((void *)blocks[i].begin), type, sizeof type), "struct lost"))
      fprintf(stderr, "not reached: %s\n", type);
    else
      n_lost += !blocks[i].is_seen;
  }
  fprintf(stderr, "%s blocks, lost ones found: %s, others reached: %s\n", n_blocks < 5000 ? "few" : "many",
          n_lost <= LOST && n_lost >= LOST - STALE ? "yes" : "no", n_seen && n_seen + n_lost == n_blocks ? "all" : "not all");
}

__attribute__((constructor)) static void start(void) {
  static struct lost *volatile last;
  blocks = mmap(NULL, MOST * sizeof *blocks, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  to_do = mmap(NULL, MOST * sizeof *to_do, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  for (int i = 0; i < LOST; i++)
    last = malloc(sizeof(struct lost));
  last = NULL;
  sigaction(SIGUSR1, &(struct sigaction){.sa_handler = report, .sa_flags = SA_RESTART}, NULL);
}
