/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Leaks:

     1 reach  all blocks from the roots
     2 find   among the others those that no other leads to: the heads of what leaked; then, of what is left, which is
              circles, the first by address
     3 reach  from each head, so that what it holds is told with it
     4 sum    by type and place of the heads */

#include "inspect/leaks.h"
#include "answers/query.h"
#include "heap/block_marks.h"
#include "inspect/labels.h"
#include "inspect/reach.h"
#include "inspect/reach_roots.h"
#include "target/images.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 1024 };

struct sum {
  uint64_t blocks, bytes;
};
struct row {
  const char *type, *site;
  struct sum heads, held;
  uint64_t example; /* the first of the heads */
};
struct leaks {
  struct allocs_reach reach;
  struct allocs_block_set held; /* what a lost block leads to */
  struct row *rows;
  size_t n, cap;
  struct sum lost, total;
};

static struct row *row_of(struct leaks *leaks, const char *type, const char *site) {
  for (size_t i = 0; i < leaks->n; i++)
    if (leaks->rows[i].type == type && leaks->rows[i].site == site)
      return &leaks->rows[i];
  leaks->rows = allocs_grow(leaks->rows, leaks->n, &leaks->cap, sizeof *leaks->rows);
  leaks->rows[leaks->n] = (struct row){.type = type, .site = site};
  return &leaks->rows[leaks->n++];
}

/* A head, with all that can be reached from it and from none before. */
static void take_head(struct leaks *leaks, const struct allocs_heap_block *block) {
  struct allocs_heap_block own = *block;
  own.origin = allocs_block_marks_origin(block->base, block->origin);
  struct row *row = row_of(leaks, allocs_label_of(ALLOCS_LABEL_TYPE, &own), allocs_label_of(ALLOCS_LABEL_SITE, &own));
  size_t before = leaks->reach.n;
  row->example = row->heads.blocks++ ? row->example : block->base;
  row->heads.bytes += block->size;
  allocs_reach_word(&leaks->reach, block->base, 0, ALLOCS_REACH_ROOT);
  allocs_reach_on(&leaks->reach);
  for (size_t i = before + 1; i < leaks->reach.n; i++) {
    row->held.blocks++;
    row->held.bytes += leaks->reach.all[i].size;
  }
}

static bool is_lost(const struct leaks *leaks, uint64_t base) {
  return !allocs_block_set_has(&leaks->reach.seen, base);
}

/* By address, so that the same state gives the same answer. */
static void find_heads(struct leaks *leaks) {
  struct allocs_heap_block block;
  for (uint64_t at = 0; allocs_heap_index_next(at, &block); at = block.base + 1) {
    leaks->total.blocks++;
    leaks->total.bytes += block.size;
    if (!is_lost(leaks, block.base))
      continue;
    leaks->lost.blocks++;
    leaks->lost.bytes += block.size;
    allocs_reach_held(block.base, block.size, &leaks->held);
  }
  for (int pass = 0; pass < 2 && leaks->lost.blocks; pass++)
    for (uint64_t at = 0; allocs_heap_index_next(at, &block); at = block.base + 1)
      if (is_lost(leaks, block.base) && (pass || !allocs_block_set_has(&leaks->held, block.base)))
        take_head(leaks, &block);
}

static int compare(const void *a, const void *b) {
  const struct row *x = a, *y = b;
  uint64_t p = x->heads.bytes + x->held.bytes, q = y->heads.bytes + y->held.bytes;
  int by_type = strcmp(x->type, y->type);
  return p != q ? (p < q ? 1 : -1) : by_type ? by_type : strcmp(x->site, y->site);
}

static void print(FILE *out, const struct leaks *leaks, uint64_t top) {
  fprintf(out, "allocs: what nothing leads to, of process %d\n", leaks->reach.target->process);
  if (!leaks->reach.target->n_threads)
    fprintf(out, "(its registers are not known: what is held by them alone is told, too)\n");
  if (leaks->n)
    fprintf(out, "      blocks           bytes   held blocks      held bytes  type, site, the first\n");
  for (size_t i = 0; i < leaks->n && (!top || i < top); i++) {
    const struct row *row = &leaks->rows[i];
    fprintf(out, "%12" PRIu64 "%16" PRIu64 "%14" PRIu64 "%16" PRIu64 "  %s, %s, 0x%" PRIx64 "\n", row->heads.blocks,
            row->heads.bytes, row->held.blocks, row->held.bytes, row->type, row->site, row->example);
  }
  fprintf(out, "leaked: %" PRIu64 " of %" PRIu64 " blocks, %" PRIu64 " of %" PRIu64 " bytes\n", leaks->lost.blocks,
          leaks->total.blocks, leaks->lost.bytes, leaks->total.bytes);
}

void allocs_leaks(FILE *out, struct allocs_target *target, const struct allocs_root *root, uint64_t top) {
  struct leaks leaks = {.reach.target = target};
  allocs_reach_roots(&leaks.reach, root);
  allocs_reach_on(&leaks.reach);
  find_heads(&leaks);
  if (leaks.n)
    qsort(leaks.rows, leaks.n, sizeof *leaks.rows, compare);
  print(out, &leaks, top);
  allocs_reach_fini(&leaks.reach);
  allocs_block_set_fini(&leaks.held);
  free(leaks.rows);
}

/* Why */

static void print_way(FILE *out, const struct allocs_reach *reach, uint32_t i) {
  uint32_t *way = NULL;
  size_t n = 0, cap = 0;
  for (; i != ALLOCS_REACH_ROOT; i = reach->all[i].parent) {
    way = allocs_grow(way, n, &cap, sizeof *way);
    way[n++] = i;
  }
  while (n--) {
    char line[LONGEST];
    uint64_t at = reach->all[way[n]].at;
    const void *local = (const void *)(uintptr_t)allocs_images_to_local(at);
    fprintf(out, "  0x%" PRIx64 ": %s\n", at, alloc_describe(local, line, sizeof line));
  }
  free(way);
}

void allocs_leaks_why(FILE *out, struct allocs_target *target, const struct allocs_root *root, uint64_t address) {
  struct allocs_reach reach = {.target = target};
  struct allocs_heap_block block;
  char line[LONGEST];
  const void *local = (const void *)(uintptr_t)allocs_images_to_local(address);
  fprintf(out, "0x%" PRIx64 ": %s\n", address, alloc_describe(local, line, sizeof line));
  if (!allocs_heap_index_find(address, &block)) {
    fprintf(out, "  it is no block of the heap\n");
    return;
  }
  reach.wanted = block.base;
  allocs_reach_roots(&reach, root);
  allocs_reach_on(&reach);
  uint32_t i = 0;
  while (i < reach.n && reach.all[i].base != block.base)
    i++;
  if (i < reach.n)
    print_way(out, &reach, i);
  else
    fprintf(out, "  nothing leads to it\n");
  allocs_reach_fini(&reach);
}
