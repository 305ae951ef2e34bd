/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What a type is made of, by the kind of its DIE. In the end the nodes become a vector, whose keys can be computed. */

#include "dwarf/dwarf_fill.h"
#include "dwarf/dwarf_values.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

enum { POINTER = 8 };

static void fill_pointer(struct dwarf_types *types, struct dwarf_node *node) {
  Dwarf_Word size = POINTER;
  allocs_dwarf_number(&node->die, DW_AT_byte_size, &size);
  if (size != POINTER) {
    allocs_dwarf_fill_bytes(types, node);
    return;
  }
  node->type.size = POINTER;
  node->type.target = &allocs_dwarf_node_of(types, &node->die, NULL)->type;
}

/* What an instance is of: its own parameters may be fewer. */
static Dwarf_Die source_of(Dwarf_Die die) {
  Dwarf_Attribute attribute;
  for (unsigned i = 0; i < 16; i++)
    if ((!dwarf_attr(&die, DW_AT_abstract_origin, &attribute) && !dwarf_attr(&die, DW_AT_specification, &attribute)) ||
        !dwarf_formref_die(&attribute, &die))
      break;
  return die;
}

/* As callers pass it who have no prototype. */
static struct dwarf_node *promoted(struct dwarf_types *types, struct dwarf_node *node) {
  struct dwarf_node *value = allocs_dwarf_plain(types, node);
  struct model_type *type = &value->type;
  if (type->kind != ALLOCS_KIND_BASE || type->encoding == ALLOCS_ENC_COMPLEX_FLOAT)
    return node;
  if (type->encoding == ALLOCS_ENC_FLOAT && type->count == 32) {
    value = allocs_dwarf_integer(types, 8, true);
    value->type.encoding = ALLOCS_ENC_FLOAT;
    return value;
  }
  return type->encoding == ALLOCS_ENC_FLOAT ? node : type->size < 4 ? allocs_dwarf_integer(types, 4, true) : value;
}

/* One that is defined without prototype, but with parameters, is of the type that these make, as it is for Clang. */
static void fill_subprogram(struct dwarf_types *types, struct dwarf_node *node) {
  struct dwarf_entries entries = {0};
  Dwarf_Die die = source_of(node->die), child = {0};
  Dwarf_Attribute attribute;
  bool has_prototype = types->has_prototypes || dwarf_attr_integrate(&die, DW_AT_prototyped, &attribute);
  node->type.target = &allocs_dwarf_node_of(types, &node->die, NULL)->type;
  while (allocs_dwarf_next_child(types, &die, &child))
    if (dwarf_tag(&child) == DW_TAG_formal_parameter) {
      struct dwarf_node *parameter = allocs_dwarf_node_of(types, &child, NULL);
      allocs_dwarf_entries_add(&entries)->type = has_prototype ? &parameter->type : &promoted(types, parameter)->type;
    } else if (dwarf_tag(&child) == DW_TAG_unspecified_parameters && has_prototype)
      node->type.flags |= ALLOCS_TYPE_VARIADIC;
  allocs_dwarf_entries_keep(types, node, &entries);
  if (!has_prototype && !node->type.n_entries)
    node->type.flags = ALLOCS_TYPE_NO_PROTOTYPE;
}

/* Arrays. */

static uint64_t count_of(Dwarf_Die *range) {
  Dwarf_Word count, upper, lower = 0;
  if (dwarf_hasattr(range, DW_AT_count))
    return allocs_dwarf_number(range, DW_AT_count, &count) ? count : ALLOCS_LENGTH_UNBOUNDED;
  allocs_dwarf_number(range, DW_AT_lower_bound, &lower);
  if (!allocs_dwarf_number(range, DW_AT_upper_bound, &upper))
    return ALLOCS_LENGTH_UNBOUNDED;
  /* Of no elements the upper bound is -1. Bounds of other languages may be negative. */
  uint64_t n = upper + 1 - lower;
  return n > INT64_MAX ? 0 : n;
}

/* A vector of three takes the room of four. */
static uint64_t vector_size(Dwarf_Die *die) {
  Dwarf_Word size, padded = 1;
  if (allocs_dwarf_number(die, DW_AT_byte_size, &size))
    return size;
  if (dwarf_aggregate_size(die, &size) || size > (uint64_t)1 << 32)
    return ALLOCS_SIZE_UNKNOWN;
  while (padded < size)
    padded *= 2;
  return padded;
}

/* The DIE's own node is the outermost dimension's, the first child. */
static void fill_array(struct dwarf_types *types, struct dwarf_node *node) {
  struct dwarf_node *element = allocs_dwarf_node_of(types, &node->die, NULL), *outer = NULL;
  Dwarf_Die child = {0};
  Dwarf_Attribute attribute;
  bool is_vector = false;
  dwarf_formflag(dwarf_attr(&node->die, DW_AT_GNU_vector, &attribute), &is_vector);
  while (allocs_dwarf_next_child(types, &node->die, &child)) {
    if (dwarf_tag(&child) != DW_TAG_subrange_type)
      continue;
    struct dwarf_node *inner = outer ? allocs_dwarf_node_array(types, element, 0) : node;
    if (outer)
      outer->type.target = &inner->type;
    inner->type.target = &element->type;
    inner->type.count = count_of(&child);
    outer = inner;
  }
  if (!outer) {
    node->type.target = &element->type;
    node->type.count = ALLOCS_LENGTH_UNBOUNDED;
  }
  if (is_vector) {
    node->type.flags = ALLOCS_TYPE_VECTOR;
    node->type.size = vector_size(&node->die);
  }
}

/* Composites. */

/* Of the type that a bit-field is declared with: base types alone have one. */
static unsigned bit_field_encoding(struct dwarf_types *types, Dwarf_Die *member) {
  const struct dwarf_node *whole = allocs_dwarf_plain(types, allocs_dwarf_node_of(types, member, NULL));
  return whole->type.encoding ? whole->type.encoding : ALLOCS_ENC_UNSIGNED;
}

static struct dwarf_node *bit_field(struct dwarf_types *types, Dwarf_Die *member, uint64_t first, uint64_t bits) {
  struct dwarf_node *node = allocs_dwarf_node_new(types, ALLOCS_KIND_BASE);
  node->type.flags = ALLOCS_TYPE_BITFIELD;
  node->type.encoding = (uint8_t)bit_field_encoding(types, member);
  node->type.count = bits;
  node->type.bit_offset = first % 8;
  node->type.size = (node->type.bit_offset + bits + 7) / 8;
  return node;
}

/* Where a member begins, in bytes. Before DWARF 3 it was told as an expression. */
static bool location(Dwarf_Die *member, Dwarf_Word *ret) {
  Dwarf_Attribute attribute;
  Dwarf_Op *ops;
  size_t n;
  *ret = 0;
  if (!dwarf_attr(member, DW_AT_data_member_location, &attribute))
    return true;
  if (!dwarf_formudata(&attribute, ret))
    return true;
  if (dwarf_getlocation(&attribute, &ops, &n) || n != 1 || ops->atom != DW_OP_plus_uconst)
    return false;
  *ret = ops->number;
  return true;
}

/* Before DWARF 4 a bit-field was told from the most significant bit of its storage unit. */
static uint64_t first_bit(Dwarf_Die *member, uint64_t offset, uint64_t bits) {
  Dwarf_Word first, unit;
  Dwarf_Attribute attribute;
  Dwarf_Die type;
  if (allocs_dwarf_number(member, DW_AT_data_bit_offset, &first))
    return first;
  if (!allocs_dwarf_number(member, DW_AT_bit_offset, &first))
    return 8 * offset;
  if (!allocs_dwarf_number(member, DW_AT_byte_size, &unit) &&
      (!dwarf_formref_die(dwarf_attr(member, DW_AT_type, &attribute), &type) || dwarf_aggregate_size(&type, &unit)))
    return 8 * offset;
  /* DW_AT_bit_offset may be negative: then the sum is meant to wrap around. */
  return 8 * offset + 8 * unit - first - bits;
}

/* Where the members stand, `size` is that of all. */
static void add_member(struct dwarf_types *types, struct dwarf_entries *entries, Dwarf_Die *die, uint64_t size) {
  Dwarf_Word offset, bits = 0;
  const char *name = allocs_dwarf_name(die);
  /* What is declared in a composite and is not in it; unnamed bit-fields; what is found at run time. */
  if (dwarf_hasattr(die, DW_AT_external) || dwarf_hasattr(die, DW_AT_declaration) || !location(die, &offset))
    return;
  bool is_bit_field = allocs_dwarf_number(die, DW_AT_bit_size, &bits);
  if (is_bit_field && (!name || !bits))
    return;
  uint64_t first = is_bit_field ? first_bit(die, offset, bits) : 0;
  if (offset > size || (is_bit_field && (size >> 60 || first > 8 * size || bits > 8 * size - first))) {
    allocs_dwarf_wrong(types->dwarf, die, "the member is not in its type");
    return;
  }
  struct model_entry *entry = allocs_dwarf_entries_add(entries);
  struct dwarf_node *node = allocs_dwarf_node_of(types, die, &entry->alias);
  entry->name = name;
  entry->offset = offset;
  entry->type = &node->type;
  if (is_bit_field) {
    entry->offset = first / 8;
    entry->type = &bit_field(types, die, first, bits)->type;
  }
}

static int by_offset(const void *a, const void *b) {
  const struct model_entry *x = a, *y = b;
  int order = (x->offset > y->offset) - (x->offset < y->offset);
  return order ? order : (x->value > y->value) - (x->value < y->value);
}

/* In C they ascend, and so they do in tables; C++ may have an empty one before another. `value` is their order. */
static void sort_members(struct dwarf_entries *entries) {
  bool ascend = true;
  for (size_t i = 0; i < entries->n; i++) {
    entries->entries[i].value = (int64_t)i;
    ascend &= !i || entries->entries[i - 1].offset <= entries->entries[i].offset;
  }
  if (!ascend)
    qsort(entries->entries, entries->n, sizeof *entries->entries, by_offset);
  for (size_t i = 0; i < entries->n; i++)
    entries->entries[i].value = 0;
}

static void fill_composite(struct dwarf_types *types, struct dwarf_node *node) {
  struct dwarf_entries entries = {0};
  Dwarf_Die child = {0};
  if (node->type.flags & ALLOCS_TYPE_INCOMPLETE)
    return;
  while (allocs_dwarf_next_child(types, &node->die, &child)) {
    int tag = dwarf_tag(&child);
    if (tag == DW_TAG_member || (tag == DW_TAG_inheritance && !dwarf_hasattr(&child, DW_AT_virtuality)))
      add_member(types, &entries, &child, node->type.size);
  }
  sort_members(&entries);
  allocs_dwarf_entries_keep(types, node, &entries);
}

static void fill(struct dwarf_types *types, struct dwarf_node *node) {
  if (!node->die.addr)
    return;
  switch (dwarf_tag(&node->die)) {
  case DW_TAG_structure_type:
  case DW_TAG_class_type:
  case DW_TAG_union_type:
    return fill_composite(types, node);
  case DW_TAG_enumeration_type:
    return allocs_dwarf_fill_enumeration(types, node);
  case DW_TAG_base_type:
    return allocs_dwarf_fill_base(types, node);
  case DW_TAG_pointer_type:
  case DW_TAG_reference_type:
  case DW_TAG_rvalue_reference_type:
    return fill_pointer(types, node);
  case DW_TAG_subroutine_type:
  case DW_TAG_subprogram:
    return fill_subprogram(types, node);
  case DW_TAG_array_type:
    return fill_array(types, node);
  default:
    if (dwarf_hasattr(&node->die, DW_AT_byte_size))
      allocs_dwarf_fill_bytes(types, node);
  }
}

/* References were to nodes. */
static const struct model_type *moved(const struct model_type *type, struct model_type *types) {
  return type ? &types[((const struct dwarf_node *)type)->number] : NULL;
}

bool allocs_dwarf_types_finish(struct dwarf_types *types, struct model_type **ret) {
  /* Filling one may make others, at the end. */
  for (; types->n_filled < types->n; types->n_filled++)
    fill(types, types->nodes[types->n_filled]);
  struct model_type *all = *ret = allocs_new(types->n, sizeof *all);
  for (size_t i = 0; i < types->n; i++) {
    all[i] = types->nodes[i]->type;
    all[i].target = moved(all[i].target, all);
    for (uint32_t j = 0; j < all[i].n_entries; j++)
      all[i].entries[j].type = moved(all[i].entries[j].type, all);
  }
  struct model unit = {.section = ".debug_info", .types = all, .n_types = types->n};
  if (types->dwarf->diag->failed || !allocs_keys_compute(&unit, types->dwarf->diag))
    return false;
  for (size_t i = 0; i < types->n; i++)
    all[i].hash = all[i].keys[MODEL_KEY];
  return true;
}
