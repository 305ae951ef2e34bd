/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What can be seen of a type without looking at those that it is made of. */

#include "dwarf/dwarf_node.h"
#include <dwarf.h>
#include <string.h>

struct dwarf_node *allocs_dwarf_node_new(struct dwarf_types *types, unsigned kind) {
  struct dwarf_node *node = allocs_pool_new(&types->pool, sizeof *node);
  node->type.kind = (uint8_t)kind;
  node->number = types->n;
  types->nodes = allocs_grow(types->nodes, types->n, &types->cap, sizeof(struct dwarf_node *));
  types->nodes[types->n++] = node;
  return node;
}

struct dwarf_node *allocs_dwarf_node_array(struct dwarf_types *types, struct dwarf_node *element, uint64_t count) {
  struct dwarf_node *node = allocs_dwarf_node_new(types, ALLOCS_KIND_ARRAY);
  node->type.target = &element->type;
  node->type.count = count;
  return node;
}

static unsigned kind_of(int tag) {
  switch (tag) {
  case DW_TAG_structure_type:
  case DW_TAG_class_type:
  case DW_TAG_union_type:
    return ALLOCS_KIND_COMPOSITE;
  case DW_TAG_enumeration_type:
    return ALLOCS_KIND_ENUMERATION;
  case DW_TAG_base_type:
    return ALLOCS_KIND_BASE;
  case DW_TAG_pointer_type:
  case DW_TAG_reference_type:
  case DW_TAG_rvalue_reference_type:
    return ALLOCS_KIND_ADDRESS;
  case DW_TAG_subroutine_type:
  case DW_TAG_subprogram:
    return ALLOCS_KIND_SUBPROGRAM;
  case DW_TAG_array_type:
    return ALLOCS_KIND_ARRAY;
  default:
    return ALLOCS_KIND_VOID;
  }
}

static void begin_tagged(struct dwarf_node *node) {
  struct model_type *type = &node->type;
  Dwarf_Die *die = &node->die;
  Dwarf_Attribute attribute;
  Dwarf_Word size;
  bool is_declaration = dwarf_hasattr(die, DW_AT_declaration);
  type->name = dwarf_formstring(dwarf_attr(die, DW_AT_name, &attribute));
  if (type->name && !*type->name)
    type->name = NULL;
  if (!type->name)
    type->flags |= ALLOCS_TYPE_ANONYMOUS;
  if (dwarf_tag(die) == DW_TAG_union_type)
    type->flags |= ALLOCS_TYPE_UNION;
  bool has_size = !dwarf_formudata(dwarf_attr(die, DW_AT_byte_size, &attribute), &size);
  if (is_declaration || !has_size)
    type->flags |= ALLOCS_TYPE_INCOMPLETE;
  type->size = is_declaration || !has_size ? ALLOCS_SIZE_UNKNOWN : size;
}

struct dwarf_node *allocs_dwarf_node_begin(struct dwarf_types *types, Dwarf_Die *die) {
  struct dwarf_node *node = allocs_dwarf_node_new(types, kind_of(dwarf_tag(die)));
  node->die = *die;
  node->type.at = dwarf_dieoffset(die);
  if (node->type.kind == ALLOCS_KIND_COMPOSITE || node->type.kind == ALLOCS_KIND_ENUMERATION)
    begin_tagged(node);
  return node;
}
