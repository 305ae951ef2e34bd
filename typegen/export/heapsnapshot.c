/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Node 0 is the root, node 1 holds all roots, then come the graph's, in their order; what is lost is held by a node of
   its own. Variables, stacks and mappings have no size: they do not go.

   Ids are what two snapshots are compared by, and have 32 bits: of a block, where in its stretch it begins, and one of
   32 numbers of the stretch, the same each time unless stretches are far apart; of others, odd, by a hash of where they
   begin. */

#include "export/heapsnapshot.h"
#include "graph/node_names.h"
#include "ground/store.h"
#include "heap/heap_map.h"
#include "write/json.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* As `meta` has them. */
enum { NODE_OBJECT = 3, NODE_NATIVE = 8, NODE_SYNTHETIC = 9, EDGE_ELEMENT = 1, EDGE_PROPERTY, EDGE_INTERNAL };
enum { NODE_FIELDS = 7, FIRST = 2, SLOTS = 32, LONGEST = 1024 };

static const char head[] =
    "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\",\"trace_node_id\","
    "\"detachedness\"],\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\",\"code\",\"closure\",\"regexp\","
    "\"number\",\"native\",\"synthetic\",\"concatenated string\",\"sliced string\",\"symbol\",\"bigint\",\"object "
    "shape\"],\"string\",\"number\",\"number\",\"number\",\"number\",\"number\"],\"edge_fields\":[\"type\","
    "\"name_or_index\",\"to_node\"],\"edge_types\":[[\"context\",\"element\",\"property\",\"internal\",\"hidden\","
    "\"shortcut\",\"weak\"],\"string_or_number\",\"node\"],\"trace_function_info_fields\":[\"function_id\",\"name\","
    "\"script_name\",\"script_id\",\"line\",\"column\"],\"trace_node_fields\":[\"id\",\"function_info_index\","
    "\"count\",\"size\",\"children\"],\"sample_fields\":[\"timestamp_us\",\"last_assigned_id\"],\"location_fields\":["
    "\"object_index\",\"script_id\",\"line\",\"column\"]},";

struct writing {
  FILE *out;
  const struct allocs_graph *graph;
  struct allocs_node_names names;
  struct allocs_map numbers; /* of texts, plus 1 */
  const char **texts;
  size_t n, cap;
  uint64_t stretches[SLOTS]; /* plus 1 */
  struct allocs_map ids;     /* that are taken, of those that are odd */
};

static size_t text_number(struct writing *writing, const char *text) {
  text = allocs_store_text(text);
  void **number = allocs_map_at(&writing->numbers, (uintptr_t)text);
  if (!*number) {
    writing->texts = allocs_grow(writing->texts, writing->n, &writing->cap, sizeof *writing->texts);
    writing->texts[writing->n++] = text;
    *number = (void *)(uintptr_t)writing->n;
  }
  return (size_t)(uintptr_t)*number - 1;
}

/* Ids */

static uint64_t odd_id(struct writing *writing, uint64_t base) {
  uint64_t id = (base * 0x9e3779b97f4a7c15u) >> 33;
  for (;; id = (id + 1) & INT32_MAX) {
    void **taken = allocs_map_at(&writing->ids, id);
    if (*taken)
      continue;
    *taken = writing;
    return id << 1 | 1;
  }
}

static uint64_t block_id(struct writing *writing, uint32_t i) {
  uint64_t base = writing->graph->bases[i], stretch = base >> ALLOCS_HEAP_MAP_STRETCH;
  for (unsigned n = 0; n < SLOTS; n++) {
    uint64_t slot = (stretch + n) % SLOTS, *taken = &writing->stretches[slot];
    if (!*taken)
      *taken = stretch + 1;
    if (*taken == stretch + 1)
      return (slot << ALLOCS_HEAP_MAP_STRETCH | (base & ((UINT64_C(1) << ALLOCS_HEAP_MAP_STRETCH) - 1))) >>
             ALLOCS_HEAP_MAP_GRANULE << 1;
  }
  return odd_id(writing, base);
}

/* Nodes */

static void put_node(struct writing *writing, unsigned type, const char *name, uint64_t id, uint64_t size,
                     uint32_t n_edges) {
  fprintf(writing->out, "%s%u,%zu,%" PRIu64 ",%" PRIu64 ",%" PRIu32 ",0,0", writing->n ? ",\n" : "\n", type,
          text_number(writing, name), id, size, n_edges);
}

static void put_graph_node(struct writing *writing, uint32_t i) {
  const struct allocs_graph *graph = writing->graph;
  uint32_t n_edges = graph->first[i + 1] - graph->first[i];
  char name[LONGEST];
  struct allocs_text text;
  if (allocs_graph_is_block(graph, i)) {
    const struct allocs_block_kind *kind = allocs_node_names_kind(&writing->names, i);
    put_node(writing, kind->is_typed ? NODE_OBJECT : NODE_NATIVE, kind->type, block_id(writing, i),
             allocs_graph_bytes(graph, i), n_edges);
    return;
  }
  allocs_text_init(&text, name, sizeof name);
  allocs_node_names_put(&writing->names, &text, i);
  bool is_lost = i == allocs_graph_lost(graph);
  put_node(writing, is_lost ? NODE_SYNTHETIC : NODE_NATIVE, name, odd_id(writing, graph->bases[i]), 0, n_edges);
}

static void put_nodes(struct writing *writing) {
  const struct allocs_graph *graph = writing->graph;
  *allocs_map_at(&writing->ids, 0) = writing;
  *allocs_map_at(&writing->ids, 1) = writing;
  fputs("\"nodes\":[", writing->out);
  put_node(writing, NODE_SYNTHETIC, "", 1, 0, 2);
  put_node(writing, NODE_SYNTHETIC, "(GC roots)", 3, 0, graph->n - 1 - graph->n_blocks);
  for (uint32_t i = 0; i < graph->n; i++)
    put_graph_node(writing, i);
}

/* Edges */

static void put_edge(struct writing *writing, unsigned type, size_t name, uint64_t to) {
  fprintf(writing->out, ",\n%u,%zu,%" PRIu64, type, name, to * NODE_FIELDS);
}

/* `[17]` alone. */
static bool is_element(const char *name, size_t *ret) {
  size_t digits = *name == '[' ? strspn(name + 1, "0123456789") : 0;
  if (!digits || digits > 9 || strcmp(name + 1 + digits, "]") != 0)
    return false;
  *ret = strtoul(name + 1, NULL, 10);
  return true;
}

static void put_pointer(struct writing *writing, uint32_t i, uint32_t edge) {
  uint64_t to = FIRST + (uint64_t)writing->graph->edges[edge].to;
  char name[LONGEST] = "";
  struct allocs_text text;
  size_t element;
  if (i == allocs_graph_lost(writing->graph)) {
    put_edge(writing, EDGE_ELEMENT, edge - writing->graph->first[i], to);
    return;
  }
  allocs_text_init(&text, name, sizeof name);
  bool is_pointer = allocs_node_names_put_edge(&writing->names, &text, i, edge);
  if (is_element(name, &element))
    put_edge(writing, EDGE_ELEMENT, element, to);
  else
    put_edge(writing, is_pointer ? EDGE_PROPERTY : EDGE_INTERNAL, text_number(writing, name + (name[0] == '.')), to);
}

static void put_edges(struct writing *writing) {
  const struct allocs_graph *graph = writing->graph;
  fprintf(writing->out, "],\n\"edges\":[\n%d,1,%d", EDGE_ELEMENT, NODE_FIELDS);
  put_edge(writing, EDGE_ELEMENT, 2, FIRST + (uint64_t)allocs_graph_lost(graph));
  for (uint32_t i = graph->n_blocks; i < allocs_graph_lost(graph); i++)
    put_edge(writing, EDGE_ELEMENT, i - graph->n_blocks, FIRST + (uint64_t)i);
  for (uint32_t i = 0; i < graph->n; i++)
    for (uint32_t edge = graph->first[i]; edge < graph->first[i + 1]; edge++)
      put_pointer(writing, i, edge);
}

void allocs_heapsnapshot(FILE *out, const struct allocs_graph *graph) {
  struct writing writing = {.out = out, .graph = graph, .names.graph = graph};
  uint64_t n_edges = 2 + (uint64_t)(graph->n - 1 - graph->n_blocks) + graph->first[graph->n];
  fprintf(out, "%s\"node_count\":%" PRIu64 ",\"edge_count\":%" PRIu64 ",\"trace_function_count\":0},\n", head,
          FIRST + (uint64_t)graph->n, n_edges);
  put_nodes(&writing);
  put_edges(&writing);
  fputs("],\n\"trace_function_infos\":[],\"trace_tree\":[],\"samples\":[],\"locations\":[],\n\"strings\":[", out);
  for (size_t i = 0; i < writing.n; i++) {
    fputs(i ? ",\n" : "\n", out);
    allocs_json_quote(out, writing.texts[i]);
  }
  fputs("]}\n", out);
  free(writing.texts);
  allocs_map_fini(&writing.numbers);
  allocs_map_fini(&writing.ids);
  allocs_node_names_fini(&writing.names);
}
