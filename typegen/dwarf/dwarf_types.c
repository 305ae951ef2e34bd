/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* From DIEs that refer to types to nodes: qualifiers and typedefs are passed over, which gives the DIE of the type
   itself, and a node for it, which is filled later. */

#include "dwarf/dwarf_types.h"
#include "dwarf/dwarf_node.h"
#include "model/model.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

/* Typedefs and qualifiers that follow one another. */
enum { MAX_CHAIN = 1000 };

void allocs_dwarf_types_init(struct dwarf_types *types, const struct allocs_dwarf *dwarf) {
  *types = (struct dwarf_types){.dwarf = dwarf};
}

void allocs_dwarf_types_fini(struct dwarf_types *types) {
  allocs_pool_fini(&types->pool);
  allocs_map_fini(&types->of_die);
  free(types->nodes);
}

/* Which elfutils' list of languages ends before. */
enum { C_PLUS_PLUS_17 = 0x2a, C_PLUS_PLUS_20 = 0x2b };

static bool is_c_plus_plus(int language) {
  switch (language) {
  case DW_LANG_C_plus_plus:
  case DW_LANG_C_plus_plus_03:
  case DW_LANG_C_plus_plus_11:
  case DW_LANG_C_plus_plus_14:
  case C_PLUS_PLUS_17:
  case C_PLUS_PLUS_20:
    return true;
  default:
    return false;
  }
}

void allocs_dwarf_types_begin(struct dwarf_types *types, Dwarf_Die *unit) {
  const struct allocs_dwarf *dwarf = types->dwarf;
  Dwarf_Attribute attribute;
  const char *producer = dwarf_formstring(dwarf_attr(unit, DW_AT_producer, &attribute));
  allocs_dwarf_types_fini(types);
  allocs_dwarf_types_init(types, dwarf);
  types->is_clang = producer && strstr(producer, "clang");
  types->has_prototypes = is_c_plus_plus(dwarf_srclang(unit));
  types->nothing = allocs_dwarf_node_new(types, ALLOCS_KIND_VOID);
  types->byte = allocs_dwarf_node_new(types, ALLOCS_KIND_BASE);
  types->byte->type.encoding = ALLOCS_ENC_BYTE;
  types->byte->type.size = 1;
  types->byte->type.count = 8;
}

/* The type that a DIE is of: false if it has none, which is void, or if that is damaged, which is told. */
static bool type_die(const struct dwarf_types *types, Dwarf_Die *die, unsigned name, Dwarf_Die *ret) {
  Dwarf_Attribute attribute;
  if (!dwarf_attr_integrate(die, name, &attribute))
    return false;
  return dwarf_formref_die(&attribute, ret) ||
         allocs_dwarf_wrong(types->dwarf, die, "the type that it refers to is not there");
}

/* What has no tag is called by its first typedef, which has a lower address than the others in the same unit. */
static void call(struct dwarf_node *node, Dwarf_Die *type_definition) {
  bool is_tagged = node->type.kind == ALLOCS_KIND_COMPOSITE || node->type.kind == ALLOCS_KIND_ENUMERATION;
  if (!is_tagged || !(node->type.flags & ALLOCS_TYPE_ANONYMOUS))
    return;
  if (node->type.name && node->named_by <= (uintptr_t)type_definition->addr)
    return;
  node->type.name = dwarf_diename(type_definition);
  node->named_by = (uintptr_t)type_definition->addr;
}

static struct dwarf_node *node_of(struct dwarf_types *types, Dwarf_Die *die) {
  void **known = allocs_map_at(&types->of_die, (uintptr_t)die->addr);
  if (!*known) {
    struct dwarf_node *node = allocs_dwarf_node_begin(types, die);
    /* Beginning one makes no other. */
    *known = node;
  }
  return *known;
}

/* A declaration that says in which type unit the type is defined. */
static void follow_signature(const struct dwarf_types *types, Dwarf_Die *die) {
  Dwarf_Die definition;
  if (dwarf_hasattr(die, DW_AT_signature) && type_die(types, die, DW_AT_signature, &definition))
    *die = definition;
}

/* The atomic type of a value that is not padded is the value's. Clang pads those of up to 16 bytes to a power of two,
   gcc none. */
static struct dwarf_node *atomic(struct dwarf_types *types, struct dwarf_node *value, Dwarf_Die *die) {
  Dwarf_Word size, padded = 1;
  if (!types->is_clang || dwarf_aggregate_size(die, &size) || !size || size > 16)
    return value;
  while (padded < size)
    padded *= 2;
  return padded == size ? value : allocs_dwarf_node_array(types, types->byte, padded);
}

static struct dwarf_node *node_at(struct dwarf_types *types, Dwarf_Die die, const char **ret_alias) {
  Dwarf_Die type_definition, atomic_of;
  bool is_alias = false, is_atomic = false;
  for (unsigned i = 0; i < MAX_CHAIN; i++) {
    int tag = dwarf_tag(&die);
    switch (tag) {
    case DW_TAG_typedef:
      type_definition = die;
      if (ret_alias && !*ret_alias && !is_atomic)
        *ret_alias = dwarf_diename(&die);
      break;
    case DW_TAG_atomic_type:
      atomic_of = die;
      is_atomic = true;
      break;
    case DW_TAG_const_type:
    case DW_TAG_volatile_type:
    case DW_TAG_restrict_type:
    case DW_TAG_immutable_type:
    case DW_TAG_packed_type:
    case DW_TAG_shared_type:
      break;
    default:
      follow_signature(types, &die);
      struct dwarf_node *node = node_of(types, &die);
      if (is_alias)
        call(node, &type_definition);
      return is_atomic ? atomic(types, node, &atomic_of) : node;
    }
    is_alias = tag == DW_TAG_typedef;
    if (!type_die(types, &die, DW_AT_type, &die))
      return types->nothing;
  }
  allocs_dwarf_wrong(types->dwarf, &die, "the type is made of itself");
  return types->nothing;
}

size_t allocs_dwarf_type(struct dwarf_types *types, Dwarf_Die *die) { return node_at(types, *die, NULL)->number; }

struct dwarf_node *allocs_dwarf_node_of(struct dwarf_types *types, Dwarf_Die *die, const char **ret_alias) {
  Dwarf_Die type;
  if (ret_alias)
    *ret_alias = NULL;
  return type_die(types, die, DW_AT_type, &type) ? node_at(types, type, ret_alias) : types->nothing;
}

size_t allocs_dwarf_type_of(struct dwarf_types *types, Dwarf_Die *die, const char **ret_alias) {
  return allocs_dwarf_node_of(types, die, ret_alias)->number;
}
