/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Ways: all are found at once, each node's last edge. */

#include "graph/why.h"
#include "allocs.h"
#include "graph/search.h"
#include "target/images.h"
#include <inttypes.h>
#include <stdlib.h>

enum { LONGEST = 1024 };

static void print_line(FILE *out, const char *before, uint64_t at) {
  char line[LONGEST];
  const void *local = (const void *)(uintptr_t)allocs_images_to_local(at);
  fprintf(out, "%s0x%" PRIx64 ": %s\n", before, at, alloc_describe(local, line, sizeof line));
}

/* Backwards, from the block to its root; told the other way round. */
static void print_way(FILE *out, const struct allocs_search *search, uint32_t i) {
  const struct allocs_graph *graph = search->graph;
  uint64_t *way = NULL;
  size_t n = 0, cap = 0;
  while (search->by[i] != ALLOCS_SEARCH_FIRST) {
    uint32_t from = allocs_graph_from(graph, search->by[i]);
    way = allocs_grow(way, n, &cap, sizeof *way);
    way[n++] = allocs_graph_place(graph, from, search->by[i]);
    i = from;
  }
  while (n--)
    print_line(out, "  ", way[n]);
  free(way);
}

void allocs_why(FILE *out, const struct allocs_graph *graph, const uint64_t *addresses, unsigned n) {
  struct allocs_search search;
  allocs_search_init(&search, graph, true);
  allocs_search_roots(&search);
  allocs_search_on(&search);
  for (unsigned i = 0; i < n; i++) {
    uint32_t node;
    print_line(out, "", addresses[i]);
    if (!allocs_graph_find(graph, addresses[i], &node))
      fprintf(out, "  it is no block of the heap\n");
    else if (!search.seen[node])
      fprintf(out, "  nothing leads to it\n");
    else
      print_way(out, &search, node);
  }
  allocs_search_fini(&search);
}
