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

static void print_line(FILE *out, struct allocs_json *json, const char *before, uint64_t at) {
  char line[LONGEST];
  const void *local = (const void *)(uintptr_t)allocs_images_to_local(at);
  alloc_describe(local, line, sizeof line);
  if (!json) {
    fprintf(out, "%s0x%" PRIx64 ": %s\n", before, at, line);
    return;
  }
  allocs_json_open(json, NULL, '{');
  allocs_json_address(json, "address", at);
  allocs_json_text(json, "text", line);
}

/* Backwards, from the block to its root; told the other way round. */
static void print_way(FILE *out, struct allocs_json *json, const struct allocs_search *search, uint32_t i) {
  const struct allocs_graph *graph = search->graph;
  uint64_t *way = NULL;
  size_t n = 0, cap = 0;
  while (search->by[i] != ALLOCS_SEARCH_FIRST) {
    uint32_t from = allocs_graph_from(graph, search->by[i]);
    way = allocs_grow(way, n, &cap, sizeof *way);
    way[n++] = allocs_graph_place(graph, from, search->by[i]);
    i = from;
  }
  while (n--) {
    print_line(out, json, "  ", way[n]);
    if (json)
      allocs_json_close(json, '}');
  }
  free(way);
}

/* Of an element that has been begun. */
static void put_way(struct allocs_json *json, const struct allocs_search *search, bool is_block, uint32_t node) {
  allocs_json_bool(json, "is_block", is_block);
  if (is_block) {
    allocs_json_bool(json, "is_held", search->seen[node]);
    allocs_json_open(json, "way", '[');
    if (search->seen[node])
      print_way(NULL, json, search, node);
    allocs_json_close(json, ']');
  }
  allocs_json_close(json, '}');
}

void allocs_why(FILE *out, struct allocs_json *json, const struct allocs_graph *graph, const uint64_t *addresses,
                unsigned n) {
  struct allocs_search search;
  allocs_search_init(&search, graph, true);
  allocs_search_roots(&search);
  allocs_search_on(&search);
  for (unsigned i = 0; i < n; i++) {
    uint32_t node = 0;
    bool is_block = allocs_graph_find(graph, addresses[i], &node);
    print_line(out, json, "", addresses[i]);
    if (json)
      put_way(json, &search, is_block, node);
    else if (!is_block)
      fprintf(out, "  it is no block of the heap\n");
    else if (!search.seen[node])
      fprintf(out, "  nothing leads to it\n");
    else
      print_way(out, NULL, &search, node);
  }
  allocs_search_fini(&search);
}
