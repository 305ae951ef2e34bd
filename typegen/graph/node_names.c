/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Names. Many blocks are of few kinds: the words of each are made once. */

#include "graph/node_names.h"
#include "answers/query.h"
#include "answers/steps.h"
#include "heap/block_answer.h"
#include "inspect/labels.h"
#include "target/images.h"
#include "types/type.h"

enum { LONGEST = 512 };

const struct allocs_block_kind *allocs_node_names_kind(struct allocs_node_names *names, uint32_t i) {
  struct allocs_heap_block block = allocs_graph_block(names->graph, i);
  uint64_t number = (block.origin & ~ALLOCS_ORIGIN_TOP) >> ALLOCS_ORIGIN_AT;
  void **at = allocs_map_at(&names->kinds, number << ALLOCS_ARCH_ADDRESS_BITS | block.size);
  if (!*at) {
    struct allocs_block_kind *kind = *at = allocs_pool_new(&names->pool, sizeof *kind);
    kind->type = allocs_label_of(ALLOCS_LABEL_TYPE, &block);
    kind->site = allocs_label_of(ALLOCS_LABEL_SITE, &block);
    kind->is_typed = allocs_label_is_typed(&block);
  }
  return *at;
}

static bool find_leaf(const struct allocs_graph *graph, uint32_t i, uint64_t at, struct alloc_pos *ret,
                      struct allocs_path *path) {
  const void *local = (const void *)(uintptr_t)allocs_images_to_local(at);
  if (!allocs_query_path(local, ret, path))
    return false;
  return allocs_images_to_target((uintptr_t)ret->base) == graph->bases[i];
}

static void put_block(struct allocs_node_names *names, struct allocs_text *text, uint32_t i) {
  const struct allocs_block_kind *kind = allocs_node_names_kind(names, i);
  allocs_text_string(text, kind->type);
  allocs_text_string(text, ", ");
  allocs_text_string(text, kind->site);
  allocs_text_string(text, ", ");
  allocs_text_hex(text, names->graph->bases[i]);
}

static bool is_of_bytes(const struct uniqtype *type) {
  return UNIQTYPE_IS_ARRAY_TYPE(type) && UNIQTYPE_ARRAY_ELEMENT_TYPE(type) == allocs_type_byte();
}

static void put_root(const struct allocs_graph *graph, struct allocs_text *text, uint32_t i) {
  struct alloc_pos leaf;
  struct allocs_path path;
  char name[LONGEST];
  if (!find_leaf(graph, i, graph->bases[i], &leaf, &path)) {
    allocs_text_string(text, "memory at ");
    allocs_text_hex(text, graph->bases[i]);
    return;
  }
  allocs_text_string(text, leaf.allocator->name);
  if (!is_of_bytes(leaf.type)) {
    allocs_text_char(text, ' ');
    allocs_text_string(text, leaf.alias ? leaf.alias : uniqtype_c_name(leaf.type, name, sizeof name));
  }
  if (leaf.name) {
    allocs_text_char(text, ' ');
    allocs_text_string(text, leaf.name);
  }
  if (leaf.function) {
    allocs_text_string(text, " in ");
    allocs_text_string(text, leaf.function);
    allocs_text_string(text, "()");
  }
  if (leaf.file) {
    allocs_text_string(text, " (");
    allocs_text_string(text, leaf.file);
    allocs_text_char(text, ':');
    allocs_text_decimal(text, leaf.line);
    allocs_text_char(text, ')');
  }
  if (!leaf.name && !leaf.file) {
    allocs_text_string(text, " at ");
    allocs_text_hex(text, graph->bases[i]);
  }
  allocs_query_end(&leaf);
}

void allocs_node_names_put(struct allocs_node_names *names, struct allocs_text *text, uint32_t i) {
  if (allocs_graph_is_block(names->graph, i))
    put_block(names, text, i);
  else if (i == allocs_graph_lost(names->graph))
    allocs_text_string(text, "(leaked)");
  else
    put_root(names->graph, text, i);
}

bool allocs_node_names_put_edge(const struct allocs_node_names *names, struct allocs_text *text, uint32_t i,
                                uint32_t edge) {
  const struct allocs_graph *graph = names->graph;
  struct alloc_pos leaf;
  struct allocs_path path;
  uint64_t at = allocs_graph_place(graph, i, edge);
  if (i == allocs_graph_lost(graph))
    return false;
  if (graph->edges[edge].word == ALLOCS_GRAPH_FAR || !find_leaf(graph, i, at, &leaf, &path)) {
    allocs_text_string(text, "(somewhere)");
    return false;
  }
  if (path.n < 2 && leaf.name && !is_of_bytes(leaf.type)) {
    allocs_text_string(text, leaf.name);
  } else if (is_of_bytes(leaf.type) || path.n < 2) {
    allocs_text_char(text, '+');
    allocs_text_decimal(text, at - graph->bases[i]);
  }
  for (unsigned step = 1; step < path.n && !is_of_bytes(leaf.type); step++)
    allocs_steps_put(text, path.steps[step - 1].type, path.steps[step].index);
  const struct uniqtype_subobject *last = path.n ? &path.steps[path.n - 1] : NULL;
  bool ret = last && !path.padding && UNIQTYPE_IS_POINTER_TYPE(last->type) &&
             (uintptr_t)leaf.base + last->offset == allocs_images_to_local(at);
  allocs_query_end(&leaf);
  return ret;
}

void allocs_node_names_fini(struct allocs_node_names *names) {
  allocs_map_fini(&names->kinds);
  allocs_pool_fini(&names->pool);
}
