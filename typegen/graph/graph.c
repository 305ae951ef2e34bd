/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Nodes and edges, looked up. Sizes and origins of blocks stay in the heap index. */

#include "graph/graph.h"
#include "heap/block_marks.h"
#include <stdlib.h>

struct allocs_heap_block allocs_graph_block(const struct allocs_graph *graph, uint32_t i) {
  struct allocs_heap_block block = {.base = graph->bases[i]};
  allocs_heap_index_at(graph->bases[i], &block);
  block.origin = allocs_block_marks_origin(block.base, block.origin);
  return block;
}

uint64_t allocs_graph_bytes(const struct allocs_graph *graph, uint32_t i) {
  struct allocs_heap_block block = {.size = 0};
  return allocs_graph_is_block(graph, i) && allocs_heap_index_at(graph->bases[i], &block) ? block.size : 0;
}

uint64_t allocs_graph_place(const struct allocs_graph *graph, uint32_t i, uint32_t edge) {
  return (graph->bases[i] & ~UINT64_C(7)) + graph->edges[edge].word * sizeof(uint64_t);
}

uint32_t allocs_graph_from(const struct allocs_graph *graph, uint32_t edge) {
  uint32_t low = 0, high = graph->n;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (graph->first[middle] <= edge)
      low = middle;
    else
      high = middle;
  }
  return low;
}

bool allocs_graph_find(const struct allocs_graph *graph, uint64_t address, uint32_t *ret) {
  struct allocs_heap_block block;
  /* Most pointers lead to where a block begins. */
  if (address < ALLOCS_PAGE || address >= ALLOCS_ARCH_ADDRESS_END)
    return false;
  if (allocs_block_numbers_find(&graph->numbers, address, ret) && graph->bases[*ret] == address)
    return true;
  return allocs_heap_index_find(address, &block) && allocs_block_numbers_find(&graph->numbers, block.base, ret) &&
         graph->bases[*ret] == block.base;
}

void allocs_graph_fini(struct allocs_graph *graph) {
  allocs_block_numbers_fini(&graph->numbers);
  free(graph->bases);
  free(graph->sizes);
  free(graph->first);
  free(graph->edges);
}
