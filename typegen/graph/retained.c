/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Objects, by what they hold alone: the blocks that each dominates. Variables, stacks and mappings, which do not go,
   count nothing themselves.

   A suspect holds a tenth of the heap or more. Below it, where it hangs together: as long as one object holds most of
   what the one above it does, that is where to look, unless it is of the same kind, as in a list. */

#include "graph/retained.h"
#include "graph/dominators.h"
#include "graph/node_names.h"
#include "inspect/share.h"
#include "write/json.h"
#include <inttypes.h>
#include <stdlib.h>

enum { LONGEST = 1024, SUSPECT_PART = 10, MOST_PERCENT = 80, MOST_SUSPECTS = 10, MOST_ABOVE = 10 };

struct retained {
  struct allocs_json json; /* if is_json */
  bool is_json;
  FILE *out;
  const struct allocs_graph *graph;
  struct allocs_dominators tree;
  struct allocs_node_names names;
};

static void init(struct retained *retained, FILE *out, const struct allocs_graph *graph, bool json) {
  *retained = (struct retained){.json.out = out, .is_json = json, .out = out, .graph = graph, .names.graph = graph};
  allocs_dominators_make(graph, &retained->tree);
}

static void fini(struct retained *retained) {
  allocs_dominators_fini(&retained->tree);
  allocs_node_names_fini(&retained->names);
}

/* `at` is an order. */
static const char *name_of(struct retained *retained, uint32_t at, char *buf) {
  struct allocs_text text;
  allocs_text_init(&text, buf, LONGEST);
  allocs_node_names_put(&retained->names, &text, retained->tree.node[at]);
  return buf;
}

static void put_object(struct retained *retained, uint32_t at) {
  char name[LONGEST];
  allocs_json_text(&retained->json, "what", name_of(retained, at, name));
  if (retained->tree.node[at] != allocs_graph_lost(retained->graph))
    allocs_json_address(&retained->json, "address", retained->graph->bases[retained->tree.node[at]]);
  allocs_json_number(&retained->json, "blocks", retained->tree.blocks[at]);
  allocs_json_number(&retained->json, "bytes", (int64_t)retained->tree.bytes[at]);
}

static void print_object(struct retained *retained, uint32_t at) {
  char name[LONGEST];
  if (retained->is_json) {
    allocs_json_open(&retained->json, NULL, '{');
    put_object(retained, at);
    allocs_json_close(&retained->json, '}');
    return;
  }
  fprintf(retained->out, "%12" PRIu32 "%16" PRIu64, retained->tree.blocks[at], retained->tree.bytes[at]);
  allocs_share_print(retained->out, retained->tree.bytes[at], retained->tree.bytes[0], 6);
  fprintf(retained->out, "  %s\n", name_of(retained, at, name));
}

/* Those that none holds alone, most first */

static const struct allocs_dominators *sorted;

static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return sorted->bytes[x] != sorted->bytes[y] ? (sorted->bytes[x] < sorted->bytes[y] ? 1 : -1) : (x > y) - (x < y);
}

static uint32_t *find_outermost(const struct allocs_dominators *tree, size_t *ret_n) {
  uint32_t *ret = NULL;
  size_t n = 0, cap = 0;
  for (uint32_t i = 1; i < tree->n; i++)
    if (!tree->by[i] && tree->blocks[i]) {
      ret = allocs_grow(ret, n, &cap, sizeof *ret);
      ret[n++] = i;
    }
  sorted = tree;
  if (n)
    qsort(ret, n, sizeof *ret, compare);
  *ret_n = n;
  return ret;
}

/* Suspects */

/* Of each, the one among those that it holds nearest that holds most; 0 if there is none. */
static uint32_t *find_largest(const struct allocs_dominators *tree) {
  uint32_t *ret = allocs_new(tree->n, sizeof *ret);
  for (uint32_t i = tree->n - 1; i; i--)
    if (!ret[tree->by[i]] || tree->bytes[i] >= tree->bytes[ret[tree->by[i]]])
      ret[tree->by[i]] = i;
  return ret;
}

static const struct allocs_block_kind *kind_of(struct retained *retained, uint32_t at) {
  uint32_t node = retained->tree.node[at];
  return allocs_graph_is_block(retained->graph, node) ? allocs_node_names_kind(&retained->names, node) : NULL;
}

static uint32_t find_hanging(struct retained *retained, const uint32_t *largest, uint32_t at) {
  const struct allocs_dominators *tree = &retained->tree;
  for (uint32_t next = largest[at]; next; next = largest[at]) {
    const struct allocs_block_kind *mine = kind_of(retained, at), *its = kind_of(retained, next);
    if (tree->bytes[next] < tree->bytes[at] / 100 * MOST_PERCENT || (mine && its && mine->type == its->type))
      break;
    at = next;
  }
  return at;
}

struct part {
  const struct allocs_block_kind *kind;
  uint64_t blocks, bytes;
};

/* The kind of which most is that an object holds, itself not among it. */
static struct part find_most(struct retained *retained, uint32_t at) {
  const struct allocs_dominators *tree = &retained->tree;
  struct part *parts = NULL, ret = {.kind = NULL};
  unsigned char *is_held = allocs_new(tree->n, 1);
  struct allocs_map numbers = {.n = 0};
  size_t n = 0, cap = 0;
  is_held[at] = true;
  for (uint32_t i = at + 1; i < tree->n; i++) {
    const struct allocs_block_kind *kind = (is_held[i] = is_held[tree->by[i]]) ? kind_of(retained, i) : NULL;
    if (!kind)
      continue;
    void **number = allocs_map_at(&numbers, (uintptr_t)kind->type ^ (uint64_t)(uintptr_t)kind->site << 16);
    if (!*number) {
      parts = allocs_grow(parts, n, &cap, sizeof *parts);
      parts[n++] = (struct part){.kind = kind};
      *number = (void *)(uintptr_t)n;
    }
    struct part *part = &parts[(uintptr_t)*number - 1];
    part->blocks++;
    part->bytes += allocs_graph_bytes(retained->graph, tree->node[i]);
  }
  for (size_t i = 0; i < n; i++)
    if (parts[i].bytes > ret.bytes)
      ret = parts[i];
  free(parts);
  free(is_held);
  allocs_map_fini(&numbers);
  return ret;
}

static void put_suspect(struct retained *retained, uint32_t at, uint32_t hanging, const struct part *most) {
  struct allocs_json *json = &retained->json;
  allocs_json_open(json, NULL, '{');
  put_object(retained, at);
  allocs_json_open(json, "at", '{');
  put_object(retained, hanging);
  allocs_json_close(json, '}');
  if (most->kind) {
    allocs_json_open(json, "mostly", '{');
    allocs_json_text(json, "type", most->kind->type);
    allocs_json_text(json, "site", most->kind->site);
    allocs_json_number(json, "blocks", (int64_t)most->blocks);
    allocs_json_number(json, "bytes", (int64_t)most->bytes);
    allocs_json_close(json, '}');
  }
  allocs_json_close(json, '}');
}

static void print_suspect(struct retained *retained, const uint32_t *largest, uint32_t at) {
  uint32_t hanging = find_hanging(retained, largest, at);
  struct part most = find_most(retained, hanging);
  char name[LONGEST];
  if (retained->is_json) {
    put_suspect(retained, at, hanging, &most);
    return;
  }
  print_object(retained, at);
  if (hanging != at)
    fprintf(retained->out, "    by %s, which holds %" PRIu32 " blocks, %" PRIu64 " bytes\n",
            name_of(retained, hanging, name), retained->tree.blocks[hanging], retained->tree.bytes[hanging]);
  if (most.kind)
    fprintf(retained->out, "    mostly %s, %s: %" PRIu64 " blocks, %" PRIu64 " bytes\n", most.kind->type,
            most.kind->site, most.blocks, most.bytes);
}

static void print_suspects(struct retained *retained, const uint32_t *all, size_t n) {
  uint32_t *largest = find_largest(&retained->tree);
  uint64_t least = retained->tree.bytes[0] / SUSPECT_PART;
  size_t n_suspects = 0;
  while (n_suspects < n && n_suspects < MOST_SUSPECTS && retained->tree.bytes[all[n_suspects]] > least)
    n_suspects++;
  if (retained->is_json)
    allocs_json_open(&retained->json, "suspects", '[');
  else if (n_suspects)
    fprintf(retained->out, "suspects:\n      blocks           bytes   share  what\n");
  for (size_t i = 0; i < n_suspects; i++)
    print_suspect(retained, largest, all[i]);
  if (retained->is_json)
    allocs_json_close(&retained->json, ']');
  free(largest);
}

static void begin_json(struct retained *retained) {
  allocs_json_open(&retained->json, NULL, '{');
  allocs_json_number(&retained->json, "process", retained->graph->target->process);
  allocs_json_number(&retained->json, "blocks", retained->tree.blocks[0]);
  allocs_json_number(&retained->json, "bytes", (int64_t)retained->tree.bytes[0]);
  allocs_json_open(&retained->json, "objects", '[');
}

void allocs_retained(FILE *out, const struct allocs_graph *graph, uint64_t top, bool json) {
  struct retained retained;
  size_t n;
  init(&retained, out, graph, json);
  uint32_t *all = find_outermost(&retained.tree, &n);
  size_t shown = top && top < n ? top : n;
  if (json)
    begin_json(&retained);
  else
    fprintf(out, "allocs: what would go with an object, of process %d\n      blocks           bytes   share  what\n",
            graph->target->process);
  for (size_t i = 0; i < shown; i++)
    print_object(&retained, all[i]);
  if (json)
    allocs_json_close(&retained.json, ']');
  else if (shown < n)
    fprintf(out, "(%zu others)\n", n - shown);
  print_suspects(&retained, all, n);
  if (json)
    allocs_json_close(&retained.json, '}');
  else
    fprintf(out, "in all: %" PRIu32 " blocks, %" PRIu64 " bytes\n", retained.tree.blocks[0], retained.tree.bytes[0]);
  free(all);
  fini(&retained);
}

/* Addresses */

/* Those that hold it alone, nearest first; of many, the outermost is told, too. */
static void print_above(struct retained *retained, uint32_t at) {
  unsigned n = 0;
  for (uint32_t above = retained->tree.by[at]; above; above = retained->tree.by[above]) {
    bool is_outermost = !retained->tree.by[above];
    if (n++ < MOST_ABOVE || is_outermost)
      print_object(retained, above);
    else if (n == MOST_ABOVE + 1 && !retained->is_json)
      fprintf(retained->out, "         ...\n");
  }
}

static void print_address(struct retained *retained, uint64_t address) {
  uint32_t node, at = 0;
  if (allocs_graph_find(retained->graph, address, &node))
    at = retained->tree.order[node];
  if (!retained->is_json) {
    fprintf(retained->out, "0x%" PRIx64 ":%s\n", address, at ? "" : " it is no block of the heap");
    if (!at)
      return;
    print_object(retained, at);
    fprintf(retained->out, "held by:%s\n", retained->tree.by[at] ? "" : " no one object");
    print_above(retained, at);
    return;
  }
  allocs_json_open(&retained->json, NULL, '{');
  allocs_json_address(&retained->json, "asked", address);
  if (at) {
    put_object(retained, at);
    allocs_json_open(&retained->json, "held_by", '[');
    print_above(retained, at);
    allocs_json_close(&retained->json, ']');
  }
  allocs_json_close(&retained->json, '}');
}

void allocs_retained_addresses(FILE *out, const struct allocs_graph *graph, const uint64_t *addresses, unsigned n,
                               bool json) {
  struct retained retained;
  init(&retained, out, graph, json);
  if (json)
    begin_json(&retained);
  for (unsigned i = 0; i < n; i++)
    print_address(&retained, addresses[i]);
  if (json) {
    allocs_json_close(&retained.json, ']');
    allocs_json_close(&retained.json, '}');
  }
  fini(&retained);
}
