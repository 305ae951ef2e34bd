/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Types of single values: base types and enumerations; and what is needed to fill any. */

#include "dwarf/dwarf_values.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

enum { WIDEST_BASE = 1 << 20 };

bool allocs_dwarf_number(Dwarf_Die *die, unsigned name, Dwarf_Word *ret) {
  Dwarf_Attribute attribute;
  return dwarf_attr(die, name, &attribute) && !dwarf_formudata(&attribute, ret);
}

const char *allocs_dwarf_name(Dwarf_Die *die) {
  const char *name = dwarf_diename(die);
  return name && *name ? name : NULL;
}

void allocs_dwarf_fill_bytes(struct dwarf_types *types, struct dwarf_node *node) {
  Dwarf_Word size = 0;
  allocs_dwarf_number(&node->die, DW_AT_byte_size, &size);
  node->type =
      (struct model_type){.at = node->type.at, .kind = ALLOCS_KIND_ARRAY, .target = &types->byte->type, .count = size};
}

/* Base types: what DWARF's encodings are of ours, and how many bits a floating-point value has, which only the name
   tells of those of 2 and 16 bytes. Clang calls all complex types "complex": of 32 bytes they are of either. */

static uint64_t float_bits(const char *name, uint64_t size) {
  bool is_x87 = name && (strstr(name, "long double") || strstr(name, "_Float64x"));
  return size == 16 && is_x87 ? 80 : 8 * size;
}

static unsigned encoding_of(Dwarf_Word encoding, const char *name) {
  bool is_brain = name && (strstr(name, "bf16") || strstr(name, "bfloat"));
  switch (encoding) {
  case DW_ATE_boolean:
    return ALLOCS_ENC_BOOLEAN;
  case DW_ATE_complex_float:
    return ALLOCS_ENC_COMPLEX_FLOAT;
  case DW_ATE_float:
    return is_brain ? ALLOCS_ENC_BFLOAT : ALLOCS_ENC_FLOAT;
  case DW_ATE_signed:
    return ALLOCS_ENC_SIGNED;
  case DW_ATE_signed_char:
    return ALLOCS_ENC_SIGNED_CHAR;
  case DW_ATE_unsigned:
  case DW_ATE_UTF:
    return ALLOCS_ENC_UNSIGNED;
  case DW_ATE_unsigned_char:
    return ALLOCS_ENC_UNSIGNED_CHAR;
  case DW_ATE_lo_user: /* of gcc and Clang */
    return ALLOCS_ENC_COMPLEX_INT;
  default:
    return 0;
  }
}

void allocs_dwarf_fill_base(struct dwarf_types *types, struct dwarf_node *node) {
  Dwarf_Word encoding = 0, size = 0, bits = 0;
  const char *name = allocs_dwarf_name(&node->die);
  allocs_dwarf_number(&node->die, DW_AT_encoding, &encoding);
  allocs_dwarf_number(&node->die, DW_AT_byte_size, &size);
  node->type.encoding = (uint8_t)encoding_of(encoding, name);
  if (!node->type.encoding || !size || size > WIDEST_BASE) {
    allocs_dwarf_fill_bytes(types, node);
    return;
  }
  if (node->type.encoding == ALLOCS_ENC_COMPLEX_FLOAT && size == 32 && (!name || !strcmp(name, "complex"))) {
    allocs_dwarf_fill_bytes(types, node);
    return;
  }
  node->type.size = size;
  node->type.count = 8 * size;
  if (node->type.encoding == ALLOCS_ENC_FLOAT)
    node->type.count = float_bits(name, size);
  else if (node->type.encoding == ALLOCS_ENC_COMPLEX_FLOAT)
    node->type.count = 2 * float_bits(name, size / 2);
  else if (allocs_dwarf_number(&node->die, DW_AT_bit_size, &bits) && bits && bits <= 8 * size)
    node->type.count = bits;
}

struct model_entry *allocs_dwarf_entries_add(struct dwarf_entries *entries) {
  entries->entries = allocs_grow(entries->entries, entries->n, &entries->cap, sizeof *entries->entries);
  entries->entries[entries->n] = (struct model_entry){0};
  return &entries->entries[entries->n++];
}
void allocs_dwarf_entries_keep(struct dwarf_types *types, struct dwarf_node *node, struct dwarf_entries *entries) {
  size_t size = entries->n * sizeof *entries->entries;
  node->type.entries = allocs_pool_new(&types->pool, size);
  node->type.n_entries = (uint32_t)entries->n;
  if (size)
    memcpy(node->type.entries, entries->entries, size);
  free(entries->entries);
}

bool allocs_dwarf_next_child(const struct dwarf_types *types, Dwarf_Die *die, Dwarf_Die *child) {
  int end = child->addr ? allocs_dwarf_sibling(child) : dwarf_child(die, child);
  if (end < 0)
    allocs_dwarf_wrong(types->dwarf, die, "its children do not follow one another");
  return end == 0;
}

/* Enumerations. */

static int64_t constant(Dwarf_Die *die) {
  Dwarf_Attribute attribute;
  Dwarf_Word plain = 0;
  Dwarf_Sword value = 0;
  if (!dwarf_attr(die, DW_AT_const_value, &attribute))
    return 0;
  unsigned form = dwarf_whatform(&attribute);
  /* Forms of one to eight bytes do not tell whether they have a sign: compilers use them for numbers that have none. */
  if (form == DW_FORM_sdata || form == DW_FORM_implicit_const)
    dwarf_formsdata(&attribute, &value);
  else if (!dwarf_formudata(&attribute, &plain))
    value = (Dwarf_Sword)plain;
  return value;
}

struct dwarf_node *allocs_dwarf_integer(struct dwarf_types *types, uint64_t size, bool is_signed) {
  struct dwarf_node *node = allocs_dwarf_node_new(types, ALLOCS_KIND_BASE);
  bool is_char = size == 1;
  node->type.encoding = is_signed ? is_char ? ALLOCS_ENC_SIGNED_CHAR : ALLOCS_ENC_SIGNED
                        : is_char ? ALLOCS_ENC_UNSIGNED_CHAR
                                  : ALLOCS_ENC_UNSIGNED;
  node->type.size = size;
  node->type.count = 8 * size;
  return node;
}

/* Where DWARF does not tell the integer type, it is the one that C takes: without a sign if no value has one. */
static struct dwarf_node *underlying(struct dwarf_types *types, Dwarf_Die *die, uint64_t size, bool has_negative) {
  if (dwarf_hasattr(die, DW_AT_type)) {
    struct dwarf_node *node = allocs_dwarf_node_of(types, die, NULL);
    /* Filled, it may turn out to be bytes. */
    if (node->type.kind == ALLOCS_KIND_BASE && node->die.addr)
      allocs_dwarf_fill_base(types, node);
    return node->type.kind == ALLOCS_KIND_BASE ? node : NULL;
  }
  return size == 1 || size == 2 || size == 4 || size == 8 ? allocs_dwarf_integer(types, size, has_negative) : NULL;
}

void allocs_dwarf_fill_enumeration(struct dwarf_types *types, struct dwarf_node *node) {
  struct dwarf_entries entries = {0};
  Dwarf_Die child = {0};
  bool has_negative = false;
  if (node->type.flags & ALLOCS_TYPE_INCOMPLETE || node->type.entries)
    return;
  while (allocs_dwarf_next_child(types, &node->die, &child)) {
    if (dwarf_tag(&child) != DW_TAG_enumerator)
      continue;
    struct model_entry *entry = allocs_dwarf_entries_add(&entries);
    entry->name = allocs_dwarf_name(&child);
    entry->value = constant(&child);
    has_negative |= entry->value < 0;
  }
  allocs_dwarf_entries_keep(types, node, &entries);
  struct dwarf_node *base = underlying(types, &node->die, node->type.size, has_negative);
  node->type.target = base ? &base->type : NULL;
}

struct dwarf_node *allocs_dwarf_plain(struct dwarf_types *types, struct dwarf_node *node) {
  if (node->type.kind == ALLOCS_KIND_ENUMERATION) {
    allocs_dwarf_fill_enumeration(types, node);
    node = node->type.target ? (struct dwarf_node *)(uintptr_t)node->type.target : node;
  }
  if (node->type.kind == ALLOCS_KIND_BASE && node->die.addr)
    allocs_dwarf_fill_base(types, node);
  return node;
}
