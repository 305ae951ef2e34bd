/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Leaks: the graph has the heads of what is lost, which no other lost block leads to. From each in turn all is reached
   that it leads to and none before did; sums are by type and place of the heads. */

#include "graph/leaks.h"
#include "graph/node_names.h"
#include "graph/search.h"
#include "write/json.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct sum {
  uint64_t blocks, bytes;
};
struct row {
  const struct allocs_block_kind *kind;
  struct sum heads, held;
  uint64_t example; /* the first of the heads */
};
struct leaks {
  const struct allocs_graph *graph;
  struct allocs_search search;
  struct allocs_node_names names;
  struct row *rows;
  size_t n, cap;
  struct sum lost, total;
};

static void add(struct sum *sum, uint64_t bytes) {
  sum->blocks++;
  sum->bytes += bytes;
}

/* The last is likely to be meant again. */
static struct row *row_of(struct leaks *leaks, const struct allocs_block_kind *kind) {
  for (size_t i = leaks->n; i-- > 0;)
    if (leaks->rows[i].kind->type == kind->type && leaks->rows[i].kind->site == kind->site)
      return &leaks->rows[i];
  leaks->rows = allocs_grow(leaks->rows, leaks->n, &leaks->cap, sizeof *leaks->rows);
  leaks->rows[leaks->n] = (struct row){.kind = kind};
  return &leaks->rows[leaks->n++];
}

static void take_head(struct leaks *leaks, uint32_t head) {
  struct allocs_search *search = &leaks->search;
  struct row *row = row_of(leaks, allocs_node_names_kind(&leaks->names, head));
  uint32_t before = search->n;
  row->example = row->heads.blocks ? row->example : leaks->graph->bases[head];
  add(&row->heads, allocs_graph_bytes(leaks->graph, head));
  allocs_search_from(search, head);
  allocs_search_on(search);
  for (uint32_t i = before + 1; i < search->n; i++)
    add(&row->held, allocs_graph_bytes(leaks->graph, search->reached[i]));
}

static void sum_up(struct leaks *leaks) {
  const struct allocs_graph *graph = leaks->graph;
  uint32_t lost = allocs_graph_lost(graph);
  allocs_search_roots(&leaks->search);
  allocs_search_on(&leaks->search);
  for (uint32_t i = 0; i < graph->n_blocks; i++) {
    uint64_t bytes = allocs_graph_bytes(graph, i);
    add(&leaks->total, bytes);
    if (!leaks->search.seen[i])
      add(&leaks->lost, bytes);
  }
  for (uint32_t edge = graph->first[lost]; edge < graph->first[lost + 1]; edge++)
    take_head(leaks, graph->edges[edge].to);
}

static int compare(const void *a, const void *b) {
  const struct row *x = a, *y = b;
  uint64_t p = x->heads.bytes + x->held.bytes, q = y->heads.bytes + y->held.bytes;
  int by_type = strcmp(x->kind->type, y->kind->type);
  return p != q ? (p < q ? 1 : -1) : by_type ? by_type : strcmp(x->kind->site, y->kind->site);
}

static void print(FILE *out, const struct leaks *leaks, uint64_t top) {
  fprintf(out, "allocs: what nothing leads to, of process %d\n", leaks->graph->target->process);
  if (!leaks->graph->target->n_threads)
    fprintf(out, "(its registers are not known: what is held by them alone is told, too)\n");
  if (leaks->n)
    fprintf(out, "      blocks           bytes   held blocks      held bytes  type, site, the first\n");
  for (size_t i = 0; i < leaks->n && (!top || i < top); i++) {
    const struct row *row = &leaks->rows[i];
    fprintf(out, "%12" PRIu64 "%16" PRIu64 "%14" PRIu64 "%16" PRIu64 "  %s, %s, 0x%" PRIx64 "\n", row->heads.blocks,
            row->heads.bytes, row->held.blocks, row->held.bytes, row->kind->type, row->kind->site, row->example);
  }
  fprintf(out, "leaked: %" PRIu64 " of %" PRIu64 " blocks, %" PRIu64 " of %" PRIu64 " bytes\n", leaks->lost.blocks,
          leaks->total.blocks, leaks->lost.bytes, leaks->total.bytes);
}

static void print_json(FILE *out, const struct leaks *leaks, uint64_t top) {
  struct allocs_json json = {.out = out};
  allocs_json_open(&json, NULL, '{');
  allocs_json_number(&json, "process", leaks->graph->target->process);
  allocs_json_bool(&json, "knows_registers", leaks->graph->target->n_threads);
  allocs_json_number(&json, "blocks", (int64_t)leaks->total.blocks);
  allocs_json_number(&json, "bytes", (int64_t)leaks->total.bytes);
  allocs_json_number(&json, "leaked_blocks", (int64_t)leaks->lost.blocks);
  allocs_json_number(&json, "leaked_bytes", (int64_t)leaks->lost.bytes);
  allocs_json_open(&json, "rows", '[');
  for (size_t i = 0; i < leaks->n && (!top || i < top); i++) {
    const struct row *row = &leaks->rows[i];
    allocs_json_open(&json, NULL, '{');
    allocs_json_text(&json, "type", row->kind->type);
    allocs_json_text(&json, "site", row->kind->site);
    allocs_json_number(&json, "blocks", (int64_t)row->heads.blocks);
    allocs_json_number(&json, "bytes", (int64_t)row->heads.bytes);
    allocs_json_number(&json, "held_blocks", (int64_t)row->held.blocks);
    allocs_json_number(&json, "held_bytes", (int64_t)row->held.bytes);
    allocs_json_address(&json, "first", row->example);
    allocs_json_close(&json, '}');
  }
  allocs_json_close(&json, ']');
  allocs_json_close(&json, '}');
}

void allocs_leaks(FILE *out, const struct allocs_graph *graph, uint64_t top, bool json) {
  struct leaks leaks = {.graph = graph, .names.graph = graph};
  allocs_search_init(&leaks.search, graph, false);
  sum_up(&leaks);
  if (leaks.n)
    qsort(leaks.rows, leaks.n, sizeof *leaks.rows, compare);
  (json ? print_json : print)(out, &leaks, top);
  allocs_search_fini(&leaks.search);
  allocs_node_names_fini(&leaks.names);
  free(leaks.rows);
}
