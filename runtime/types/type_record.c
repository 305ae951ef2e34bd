/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* From the records of an image to the types of the process.

   The types of a record are made in five steps, so ordered that a thread may stop anywhere without another having to
   wait for it, and that nothing half-made is ever returned:
     1. collect  all records that can be reached, but not beyond those whose slot is set
     2. assign   to each its object, parts before what is made of them; a composite needs no part for that, so a cycle
                 without a composite in it is damage
     3. fill     in the members of the composites
     4. verify   that where other members than ours won (two records of one key may mention an opaque and a complete
                 type of one tag), all types that they lead to are filled in too
     5. publish  by setting the slots

   A failure half-way leaves composites without members in the table; whoever needs them next fills them in. */

#include "types/type_record.h"
#include "allocs/typekey.h"
#include "bytes/record.h"
#include "ground/readers.h"
#include "ground/store.h"
#include "os/os.h"
#include "types/type.h"
#include "types/type_keys.h"
#include "types/type_table.h"

#include <string.h>

#define NONE UINT32_MAX
enum { FIRST_CAP = 512, FEW_ARGS = 16 };

/* What is reached: records, or in step 4 types. */
struct node {
  const void *key;
  const struct uniqtype *type;     /* NULL until assigned */
  const struct allocs_type *whole; /* of an incomplete record: the complete one, if there is one */
  uint32_t parent, cursor;         /* step 2: the way back, and the next part to look at */
  bool cached;                     /* its slot was set: closed already */
};

/* A set of nodes in the order they were added, in a mapping of its own: `cap` nodes, then an open hash table of 2 * cap
   node numbers, each plus 1. */
struct graph {
  const struct allocs_type_images *images; /* NULL in a graph of types */
  struct node *nodes;
  uint32_t *index;
  uint32_t n, cap;
  bool undecided; /* nobody can look for the complete one of an incomplete record that was or may be met */
};

static size_t graph_bytes(uint32_t cap) { return cap * (sizeof(struct node) + 2 * sizeof(uint32_t)); }

static void graph_fini(struct graph *graph) {
  if (graph->nodes)
    allocs_os_unmap(graph->nodes, graph_bytes(graph->cap));
}

/* Where in the index a key is, or would be. */
static uint32_t *graph_probe(const struct graph *graph, const void *key) {
  uint32_t mask = 2 * graph->cap - 1, at = (uint32_t)(((uintptr_t)key >> 3) * 0x9e3779b97f4a7c15u >> 32) & mask;
  while (graph->index[at] && graph->nodes[graph->index[at] - 1].key != key)
    at = (at + 1) & mask;
  return &graph->index[at];
}

static bool graph_grow(struct graph *graph) {
  struct graph wider = {.images = graph->images,
                        .n = graph->n,
                        .undecided = graph->undecided,
                        .cap = graph->cap ? 2 * graph->cap : FIRST_CAP};
  if (wider.cap > UINT32_MAX / 4 || !(wider.nodes = allocs_os_map(graph_bytes(wider.cap))))
    return false;
  wider.index = (uint32_t *)(wider.nodes + wider.cap);
  if (graph->n)
    memcpy(wider.nodes, graph->nodes, graph->n * sizeof *graph->nodes);
  for (uint32_t i = 0; i < wider.n; i++)
    *graph_probe(&wider, wider.nodes[i].key) = i + 1;
  graph_fini(graph);
  *graph = wider;
  return true;
}

/* The node of a key, added if it is new; NULL if memory is short. Moves the nodes. */
static struct node *graph_add(struct graph *graph, const void *key) {
  if (graph->n == graph->cap && !graph_grow(graph))
    return NULL;
  uint32_t *at = graph_probe(graph, key);
  if (!*at) {
    graph->nodes[graph->n].key = key;
    *at = ++graph->n;
  }
  return &graph->nodes[*at - 1];
}

static struct node *graph_get(const struct graph *graph, const void *key) {
  return &graph->nodes[*graph_probe(graph, key) - 1];
}

/* Records. */

static const struct uniqtype **slot_of(const struct allocs_type_images *images, const struct allocs_type *record) {
  return images->slot ? images->slot(record) : NULL;
}

const struct uniqtype *allocs_type_record_kept(const struct allocs_type *record, const struct allocs_type_images *in) {
  const struct uniqtype **slot = record ? slot_of(in, record) : NULL;
  return slot ? __atomic_load_n(slot, __ATOMIC_ACQUIRE) : NULL;
}

/* Of a record that has been found sound. */
static struct allocs_type_view view_of(const struct allocs_type *record) {
  struct allocs_type_view view;
  allocs_type_view_whole(record, &view);
  return view;
}

/* All of the record can be read, and it has no part without a type but a pointee or return type. */
static bool is_sound(const struct allocs_type *record) {
  struct allocs_type_view view;
  if (!allocs_type_view_whole(record, &view) || (view.kind == ALLOCS_KIND_ARRAY && !view.target.distance))
    return false;
  struct allocs_entry_view entry = allocs_entry_first(&view);
  for (uint64_t i = 0; i < view.n_entries; i++) {
    allocs_read_entry(&view.entries, &entry);
    if (view.entries.wrong || (view.kind != ALLOCS_KIND_ENUMERATION && !entry.type.distance))
      return false;
  }
  return true;
}

static const struct allocs_type *find_whole(struct graph *graph, const struct allocs_type *record) {
  struct allocs_type_view view = view_of(record), found_view;
  bool is_open = view.flags & ALLOCS_TYPE_INCOMPLETE && view.name.distance;
  graph->undecided |= is_open && (!graph->images->find_complete || !allocs_os_may_list());
  if (!is_open || graph->undecided)
    return NULL;
  const struct allocs_type *found =
      graph->images->find_complete(view.kind, view.flags & ALLOCS_TYPE_UNION, allocs_target(view.name));
  bool is_whole = found && allocs_type_view_whole(found, &found_view) && found_view.kind == view.kind &&
                  !(found_view.flags & ALLOCS_TYPE_INCOMPLETE);
  return is_whole ? found : NULL;
}

/* Step 1. */
static struct node *add_record(struct graph *graph, const struct allocs_type *record) {
  struct node *node = graph_add(graph, record);
  if (node && !node->type) {
    node->type = allocs_type_record_kept(record, graph->images);
    node->cached = node->type != NULL;
  }
  return node;
}

static bool add_parts(struct graph *graph, const struct allocs_type *record) {
  struct allocs_type_view view = view_of(record);
  struct allocs_entry_view entry = allocs_entry_first(&view);
  if (view.target.distance && !add_record(graph, allocs_target(view.target)))
    return false;
  for (uint64_t i = 0; i < view.n_entries; i++) {
    allocs_read_entry(&view.entries, &entry);
    if (entry.type.distance && !add_record(graph, allocs_target(entry.type)))
      return false;
  }
  return true;
}

static bool collect(struct graph *graph, const struct allocs_type *root) {
  if (!add_record(graph, root))
    return false;
  for (uint32_t i = 0; i < graph->n; i++) {
    const struct allocs_type *record = graph->nodes[i].key, *whole;
    if (graph->nodes[i].type)
      continue;
    if (!is_sound(record))
      return false;
    whole = find_whole(graph, record);
    if (whole) {
      graph->nodes[i].whole = whole;
      if (!add_record(graph, whole))
        return false;
      continue;
    }
    if (!add_parts(graph, record))
      return false;
  }
  return true;
}

/* Step 2. */

static const struct uniqtype *make_subprogram(const struct graph *graph, struct allocs_type_view *view,
                                              const struct uniqtype *result) {
  const struct uniqtype *few[FEW_ARGS], **args = few;
  unsigned flags = view->flags & (ALLOCS_TYPE_VARIADIC | ALLOCS_TYPE_NO_PROTOTYPE), n = (unsigned)view->n_entries;
  struct allocs_entry_view entry = allocs_entry_first(view);
  if (n > FEW_ARGS && !(args = allocs_store_alloc(n * sizeof *args)))
    return NULL;
  for (uint32_t i = 0; i < n; i++) {
    allocs_read_entry(&view->entries, &entry);
    args[i] = graph_get(graph, allocs_target(entry.type))->type;
  }
  return allocs_type_keys_function(result, args, n, flags, false);
}

static const struct uniqtype *make_tagged(struct allocs_type_view *view, const struct uniqtype *underlying) {
  struct uniqtype type = {.kind = view->kind, .size = view->size, .n_entries = (unsigned)view->n_entries};
  type.flags = view->flags & (ALLOCS_TYPE_INCOMPLETE | ALLOCS_TYPE_UNION | ALLOCS_TYPE_ANONYMOUS);
  type.key = view->key;
  type.target = underlying;
  const struct uniqtype *found = allocs_type_table_find(&type);
  if (found)
    return found;
  type.name = allocs_store_text(allocs_target(view->name));
  if (view->name.distance && !type.name)
    return NULL;
  if (type.kind == ALLOCS_KIND_ENUMERATION && type.n_entries) {
    struct uniqtype_enumerator *mine = allocs_store_alloc(type.n_entries * sizeof *mine);
    struct allocs_entry_view entry = allocs_entry_first(view);
    for (uint32_t i = 0; i < type.n_entries; i++) {
      allocs_read_entry(&view->entries, &entry);
      if (!mine || !(mine[i].name = allocs_store_text(allocs_target(entry.name))))
        return NULL;
      mine[i].value = entry.value;
    }
    type.entries.enumerators = mine;
  }
  return allocs_type_table_intern(&type, false);
}

/* All parts but a composite's members have their types. */
static const struct uniqtype *make(const struct graph *graph, const struct node *node) {
  if (node->whole)
    return graph_get(graph, node->whole)->type;
  struct allocs_type_view view = view_of(node->key);
  const struct uniqtype *target = view.target.distance ? graph_get(graph, allocs_target(view.target))->type : NULL;
  switch (view.kind) {
  case ALLOCS_KIND_BASE:
    return allocs_type_table_base(view.encoding, view.size, view.count, view.bit_offset,
                                  view.flags & ALLOCS_TYPE_BITFIELD);
  case ALLOCS_KIND_ENUMERATION:
  case ALLOCS_KIND_COMPOSITE:
    return make_tagged(&view, target);
  case ALLOCS_KIND_ARRAY:
    return view.flags & ALLOCS_TYPE_VECTOR ? allocs_type_table_vector(target, view.count, view.size)
                                           : allocs_type_table_array(target, view.count, false);
  case ALLOCS_KIND_VOID:
    return allocs_type_void();
  default:
    target = target ? target : allocs_type_void();
    if (!target)
      return NULL;
    return view.kind == ALLOCS_KIND_ADDRESS ? allocs_type_table_pointer(target, false)
                                            : make_subprogram(graph, &view, target);
  }
}

/* A part that has no type yet, and must have one first. Part 0 is the target, then come the parameters. */
static struct node *next_missing(const struct graph *graph, struct node *node) {
  struct allocs_type_view view = view_of(node->key);
  struct allocs_entry_view entry = allocs_entry_first(&view);
  uint64_t n = node->whole || view.kind != ALLOCS_KIND_SUBPROGRAM ? 1 : 1 + view.n_entries;
  if (node->cursor > 1)
    view.entries.at += (node->cursor - 1) * allocs_least_entry_SUBPROGRAM;
  while (node->cursor < n) {
    const struct allocs_type *part = node->whole ? node->whole : allocs_target(view.target);
    if (node->cursor++) {
      allocs_read_entry(&view.entries, &entry);
      part = allocs_target(entry.type);
    }
    struct node *found = part ? graph_get(graph, part) : NULL;
    if (found && !found->type)
      return found;
  }
  return NULL;
}

static bool assign(const struct graph *graph, uint32_t i) {
  graph->nodes[i].parent = NONE;
  while (i != NONE) {
    struct node *node = &graph->nodes[i], *part;
    if (!node->type && (part = next_missing(graph, node))) {
      if (part->cursor)
        return false; /* it waits for itself */
      part->parent = i;
      i = (uint32_t)(part - graph->nodes);
      continue;
    }
    if (!node->type && !(node->type = make(graph, node)))
      return false;
    i = node->parent;
  }
  return true;
}

/* Steps 3 and 4. */

static bool is_to_fill(const struct node *node) {
  if (node->cached || node->whole)
    return false;
  struct allocs_type_view view = view_of(node->key);
  return view.kind == ALLOCS_KIND_COMPOSITE && view.n_entries;
}

static bool fill(const struct graph *graph, const struct node *node) {
  struct allocs_type_view view = view_of(node->key);
  struct allocs_entry_view entry = allocs_entry_first(&view);
  if (allocs_type_table_members(node->type))
    return true;
  struct uniqtype_member *mine = allocs_store_alloc(view.n_entries * sizeof *mine);
  for (uint64_t i = 0; i < view.n_entries; i++) {
    allocs_read_entry(&view.entries, &entry);
    if (!mine || (!(mine[i].name = allocs_store_text(allocs_target(entry.name))) && entry.name.distance))
      return false;
    mine[i].alias = allocs_store_text(allocs_target(entry.alias));
    mine[i].type = graph_get(graph, allocs_target(entry.type))->type;
    mine[i].offset = entry.offset;
  }
  allocs_type_table_set_members(node->type, mine);
  return true;
}

static bool add_if_open(struct graph *types, const struct uniqtype *type) {
  return !type || allocs_type_table_closed(type) || graph_add(types, type);
}

/* True if all that the types lead to is filled in. */
static bool are_filled(struct graph *types) {
  for (uint32_t i = 0; i < types->n; i++) {
    const struct uniqtype *type = types->nodes[i].key;
    const struct uniqtype_member *members = NULL;
    bool composite = type->kind == ALLOCS_KIND_COMPOSITE;
    if (composite && type->n_entries && !(members = allocs_type_table_members(type)))
      return false;
    if (!add_if_open(types, type->target))
      return false;
    for (unsigned j = 0; j < type->n_entries && (composite || type->kind == ALLOCS_KIND_SUBPROGRAM); j++)
      if (!add_if_open(types, composite ? members[j].type : type->entries.args[j]))
        return false;
  }
  return true;
}

static bool verify(const struct graph *graph) {
  struct graph others = {0};
  bool ret = true;
  for (uint32_t i = 0; ret && i < graph->n; i++) {
    const struct node *node = &graph->nodes[i];
    if (!is_to_fill(node))
      continue;
    const struct uniqtype_member *members = allocs_type_table_members(node->type);
    struct allocs_type_view view = view_of(node->key);
    struct allocs_entry_view entry = allocs_entry_first(&view);
    for (uint32_t j = 0; ret && j < node->type->n_entries; j++) {
      allocs_read_entry(&view.entries, &entry);
      if (members[j].type != graph_get(graph, allocs_target(entry.type))->type)
        ret = add_if_open(&others, members[j].type);
    }
  }
  ret = ret && are_filled(&others);
  graph_fini(&others);
  return ret;
}

/* Step 5. */
static void publish(const struct graph *graph) {
  for (uint32_t i = 0; i < graph->n; i++) {
    const struct uniqtype **slot = slot_of(graph->images, graph->nodes[i].key);
    if (graph->nodes[i].cached)
      continue;
    allocs_type_table_close(graph->nodes[i].type);
    if (slot && !graph->undecided)
      __atomic_store_n(slot, graph->nodes[i].type, __ATOMIC_RELEASE);
  }
}

/* A complete type may be another library's, which must not go meanwhile. */
static __attribute__((noinline)) const struct uniqtype *first_made(const struct allocs_type *record,
                                                                   const struct allocs_type_images *in) {
  bool held = allocs_readers_enter();
  struct graph graph = {.images = in, .undecided = !held};
  const struct uniqtype *ret = NULL;
  bool good = record && collect(&graph, record);
  for (uint32_t i = 0; good && i < graph.n; i++)
    good = assign(&graph, i);
  for (uint32_t i = 0; good && i < graph.n; i++)
    good = !is_to_fill(&graph.nodes[i]) || fill(&graph, &graph.nodes[i]);
  if (good && verify(&graph)) {
    publish(&graph);
    ret = graph_get(&graph, record)->type;
  }
  graph_fini(&graph);
  if (held)
    allocs_readers_leave();
  return ret;
}

const struct uniqtype *allocs_type_record_make(const struct allocs_type *record, const struct allocs_type_images *in) {
  const struct uniqtype *known = allocs_type_record_kept(record, in);
  return ALLOCS_LIKELY(known) ? known : first_made(record, in);
}
