/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Groups: blocks of one type, or from one place.

     1 group  all blocks
     2 rank   by what a group's members dominate, each block counted once: less than what would go with all of them at
              once, which two of them may hold together, but quickly had of all groups
     3 count  of the first, exactly: what cannot be reached if none of the group is gone through */

#include "graph/retained_groups.h"
#include "graph/dominators.h"
#include "graph/node_names.h"
#include "graph/search.h"
#include "inspect/share.h"
#include "write/json.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct group {
  const char *name;
  uint32_t number;
  uint64_t ranked, blocks, bytes, held_blocks, held_bytes;
};
struct grouping {
  const struct allocs_graph *graph;
  struct group *groups;
  size_t n, cap;
  uint32_t *group_of; /* of each block */
  uint64_t bytes;     /* of all */
};

/* Step 1 */

static void group_all(struct grouping *grouping, enum allocs_label label) {
  const struct allocs_graph *graph = grouping->graph;
  struct allocs_node_names names = {.graph = graph};
  struct allocs_map numbers = {.n = 0};
  grouping->group_of = allocs_new(graph->n_blocks, sizeof *grouping->group_of);
  for (uint32_t i = 0; i < graph->n_blocks; i++) {
    const struct allocs_block_kind *kind = allocs_node_names_kind(&names, i);
    const char *name = label == ALLOCS_LABEL_SITE ? kind->site : kind->type;
    void **number = allocs_map_at(&numbers, (uintptr_t)name);
    if (!*number) {
      grouping->groups = allocs_grow(grouping->groups, grouping->n, &grouping->cap, sizeof *grouping->groups);
      grouping->groups[grouping->n] = (struct group){.name = name, .number = (uint32_t)grouping->n};
      *number = (void *)(uintptr_t)++grouping->n;
    }
    struct group *group = &grouping->groups[(uintptr_t)*number - 1];
    grouping->group_of[i] = group->number;
    group->blocks++;
    group->bytes += allocs_graph_bytes(graph, i);
    grouping->bytes += allocs_graph_bytes(graph, i);
  }
  allocs_map_fini(&numbers);
  allocs_node_names_fini(&names);
}

/* Step 2 */

/* The tree downwards: [first[i], first[i + 1]) of below are what is held nearest by i. */
struct below {
  uint32_t *first, *all;
};

static struct below turn_tree(const struct allocs_dominators *tree) {
  struct below ret = {allocs_new((size_t)tree->n + 2, sizeof *ret.first), allocs_new(tree->n, sizeof *ret.all)};
  uint32_t sum = 0;
  for (uint32_t i = 1; i < tree->n; i++)
    ret.first[tree->by[i] + 2]++;
  for (uint32_t i = 0; i < tree->n + 2; i++)
    ret.first[i] = sum += ret.first[i];
  for (uint32_t i = 1; i < tree->n; i++)
    ret.all[ret.first[tree->by[i] + 1]++] = i;
  return ret;
}

/* Goes down the tree; `above` counts, of each group, those on the way. */
static void rank_all(struct grouping *grouping, const struct allocs_dominators *tree) {
  struct below below = turn_tree(tree);
  uint32_t *next = allocs_new(tree->n, sizeof *next), *above = allocs_new(grouping->n, sizeof *above), at = 0;
  memcpy(next, below.first, tree->n * sizeof *next);
  for (;;) {
    bool is_block = at && allocs_graph_is_block(grouping->graph, tree->node[at]);
    uint32_t group = is_block ? grouping->group_of[tree->node[at]] : 0;
    bool is_new = next[at] == below.first[at];
    if (is_block && is_new && !above[group]++)
      grouping->groups[group].ranked += tree->bytes[at];
    if (next[at] < below.first[at + 1]) {
      at = below.all[next[at]++];
      continue;
    }
    if (is_block)
      above[group]--;
    if (!at)
      break;
    at = tree->by[at];
  }
  free(next);
  free(above);
  free(below.first);
  free(below.all);
}

static int compare_ranks(const void *a, const void *b) {
  const struct group *x = a, *y = b;
  return x->ranked != y->ranked ? (x->ranked < y->ranked ? 1 : -1) : strcmp(x->name, y->name);
}

static int compare_held(const void *a, const void *b) {
  const struct group *x = a, *y = b;
  uint64_t p = x->bytes + x->held_bytes, q = y->bytes + y->held_bytes;
  return p != q ? (p < q ? 1 : -1) : strcmp(x->name, y->name);
}

/* Step 3. */
static void count(const struct grouping *grouping, struct group *group) {
  const struct allocs_graph *graph = grouping->graph;
  struct allocs_search search;
  allocs_search_init(&search, graph, false);
  for (uint32_t i = 0; i < graph->n_blocks; i++)
    search.seen[i] = grouping->group_of[i] == group->number;
  allocs_search_roots(&search);
  allocs_search_from(&search, allocs_graph_lost(graph));
  allocs_search_on(&search);
  for (uint32_t i = 0; i < graph->n_blocks; i++)
    if (!search.seen[i]) {
      group->held_blocks++;
      group->held_bytes += allocs_graph_bytes(graph, i);
    }
  allocs_search_fini(&search);
}

static void print_text(FILE *out, const struct grouping *grouping, const char *source, size_t shown) {
  fprintf(out, "allocs: what would go with all of a %s, of process %d\n", source, grouping->graph->target->process);
  fprintf(out, "      blocks           bytes   held blocks      held bytes   share  %s\n", source);
  for (size_t i = 0; i < shown; i++) {
    const struct group *group = &grouping->groups[i];
    fprintf(out, "%12" PRIu64 "%16" PRIu64 "%14" PRIu64 "%16" PRIu64, group->blocks, group->bytes, group->held_blocks,
            group->held_bytes);
    allocs_share_print(out, group->bytes + group->held_bytes, grouping->bytes, 6);
    fprintf(out, "  %s\n", group->name);
  }
  if (shown < grouping->n)
    fprintf(out, "(%zu others)\n", grouping->n - shown);
}

static void print_json(FILE *out, const struct grouping *grouping, const char *source, size_t shown) {
  struct allocs_json json = {.out = out};
  allocs_json_open(&json, NULL, '{');
  allocs_json_number(&json, "process", grouping->graph->target->process);
  allocs_json_number(&json, "blocks", grouping->graph->n_blocks);
  allocs_json_number(&json, "bytes", (int64_t)grouping->bytes);
  allocs_json_text(&json, "source", source);
  allocs_json_open(&json, "rows", '[');
  for (size_t i = 0; i < shown; i++) {
    const struct group *group = &grouping->groups[i];
    allocs_json_open(&json, NULL, '{');
    allocs_json_text(&json, source, group->name);
    allocs_json_number(&json, "blocks", (int64_t)group->blocks);
    allocs_json_number(&json, "bytes", (int64_t)group->bytes);
    allocs_json_number(&json, "held_blocks", (int64_t)group->held_blocks);
    allocs_json_number(&json, "held_bytes", (int64_t)group->held_bytes);
    allocs_json_close(&json, '}');
  }
  allocs_json_close(&json, ']');
  allocs_json_close(&json, '}');
}

void allocs_retained_groups(FILE *out, const struct allocs_graph *graph, enum allocs_label label, uint64_t top,
                            bool json) {
  struct grouping grouping = {.graph = graph};
  struct allocs_dominators tree;
  group_all(&grouping, label);
  allocs_dominators_make(graph, &tree);
  rank_all(&grouping, &tree);
  allocs_dominators_fini(&tree);
  size_t shown = top && top < grouping.n ? top : grouping.n;
  if (grouping.n)
    qsort(grouping.groups, grouping.n, sizeof *grouping.groups, compare_ranks);
  for (size_t i = 0; i < shown; i++)
    count(&grouping, &grouping.groups[i]);
  if (shown)
    qsort(grouping.groups, shown, sizeof *grouping.groups, compare_held);
  if (json)
    print_json(out, &grouping, allocs_label_names[label], shown);
  else
    print_text(out, &grouping, allocs_label_names[label], shown);
  free(grouping.groups);
  free(grouping.group_of);
}
