/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Goes over a unit's tree of DIEs, with a stack of its own, as deep as any compiler nests. A variable counts if it has
   one address all the time; what is described without being there has none. */

#include "dwarf/dwarf_unit.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 512 };

struct level {
  Dwarf_Die die;
  const char *function; /* that it is in */
};

/* By number, as DWARF 5 has a file 0, too, which libdw's shorter way refuses. */
static const char *path_of(Dwarf_Die *die) {
  Dwarf_Attribute attribute;
  Dwarf_Files *files;
  Dwarf_Die unit;
  Dwarf_Word number;
  size_t n;
  if (dwarf_formudata(dwarf_attr_integrate(die, DW_AT_decl_file, &attribute), &number) ||
      !dwarf_cu_die(attribute.cu, &unit, NULL, NULL, NULL, NULL, NULL, NULL) || dwarf_getsrcfiles(&unit, &files, &n) ||
      number >= n)
    return NULL;
  return dwarf_filesrc(files, number, NULL, NULL);
}

/* As the compiler was given it: relative to the folder. */
static const char *file_of(const struct dwarf_unit *unit, Dwarf_Die *die) {
  const char *file = path_of(die);
  size_t n = unit->folder ? strlen(unit->folder) : 0;
  if (file && n && !strncmp(file, unit->folder, n) && file[n] == '/')
    file += n + 1;
  return file && !strncmp(file, "./", 2) ? file + 2 : file;
}

static struct dwarf_object *add(struct dwarf_unit *unit, Dwarf_Die *die, unsigned kind, uint64_t address) {
  int line = 0;
  unit->objects = allocs_grow(unit->objects, unit->n_objects, &unit->cap_objects, sizeof *unit->objects);
  struct dwarf_object *it = &unit->objects[unit->n_objects++];
  *it = (struct dwarf_object){.object = {.kind = kind, .place.address = address, .name = dwarf_diename(die)}};
  dwarf_decl_line(die, &line);
  it->object.source = (struct model_source){.file = file_of(unit, die), .line = (uint32_t)line};
  return it;
}

/* An address, or a distance in each thread's block. */
static bool place_of(Dwarf_Die *die, uint64_t *ret, bool *ret_is_tls) {
  Dwarf_Attribute attribute, indexed;
  Dwarf_Op *ops;
  Dwarf_Addr address;
  size_t n;
  if (!dwarf_attr(die, DW_AT_location, &attribute) || dwarf_whatform(&attribute) == DW_FORM_sec_offset ||
      dwarf_whatform(&attribute) == DW_FORM_loclistx || dwarf_getlocation(&attribute, &ops, &n) || !n)
    return false;
  *ret_is_tls = n == 2 && (ops[1].atom == DW_OP_GNU_push_tls_address || ops[1].atom == DW_OP_form_tls_address);
  switch (ops->atom) {
  case DW_OP_addr:
  case DW_OP_const4u:
  case DW_OP_const8u:
    *ret = ops->number;
    break;
  case DW_OP_addrx:
  case DW_OP_constx:
  case DW_OP_GNU_addr_index:
  case DW_OP_GNU_const_index:
    if (dwarf_getlocation_attr(&attribute, ops, &indexed) || dwarf_formaddr(&indexed, &address))
      return false;
    *ret = address;
    break;
  default:
    return false;
  }
  bool is_address = ops->atom == DW_OP_addr || ops->atom == DW_OP_addrx || ops->atom == DW_OP_GNU_addr_index;
  if (n == 2 && is_address && ops[1].atom == DW_OP_plus_uconst)
    *ret += ops[1].number;
  else if (n != 1 && !*ret_is_tls)
    return false;
  return is_address || *ret_is_tls;
}

static void add_variable(struct dwarf_unit *unit, Dwarf_Die *die, const char *function) {
  uint64_t address;
  bool is_tls;
  if (dwarf_hasattr(die, DW_AT_declaration) || !place_of(die, &address, &is_tls))
    return;
  /* What the linker dropped has address 0, or one beyond all. */
  if (!is_tls && (!address || !allocs_dwarf_is_loaded(unit->dwarf, address += unit->dwarf->shift, 1, 0)))
    return;
  struct dwarf_object *it = add(unit, die, ALLOCS_STATIC_VARIABLE, address);
  it->is_tls = is_tls;
  it->object.source.function = function;
  it->type = allocs_dwarf_type_of(&unit->types, die, &it->object.alias);
}

static bool entry_of(Dwarf_Die *die, Dwarf_Addr *ret) {
  Dwarf_Addr base, begin, end;
  return !dwarf_entrypc(die, ret) || !dwarf_lowpc(die, ret) ||
         (dwarf_hasattr(die, DW_AT_ranges) && dwarf_ranges(die, 0, &base, &begin, &end) > 0 && (*ret = begin, true));
}

static void add_function(struct dwarf_unit *unit, Dwarf_Die *die) {
  Dwarf_Addr entry;
  if (dwarf_hasattr(die, DW_AT_declaration) || !entry_of(die, &entry) || !entry || !dwarf_diename(die))
    return;
  uint64_t address = entry + unit->dwarf->shift;
  if (!allocs_dwarf_is_loaded(unit->dwarf, address, 1, PF_X))
    return;
  struct dwarf_object *it = add(unit, die, ALLOCS_STATIC_FUNCTION, address);
  it->type = allocs_dwarf_type(&unit->types, die);
}

/* What a DIE says; true if there is something in it. */
static bool visit(struct dwarf_unit *unit, struct level *level) {
  switch (dwarf_tag(&level->die)) {
  case DW_TAG_variable:
    add_variable(unit, &level->die, level->function);
    return false;
  case DW_TAG_subprogram:
    add_function(unit, &level->die);
    return true;
  case DW_TAG_typedef:
  case DW_TAG_structure_type:
  case DW_TAG_class_type:
  case DW_TAG_union_type:
  case DW_TAG_enumeration_type:
  case DW_TAG_base_type:
  case DW_TAG_pointer_type:
  case DW_TAG_array_type:
    allocs_dwarf_type(&unit->types, &level->die);
    return false;
  case DW_TAG_lexical_block:
  case DW_TAG_inlined_subroutine:
  case DW_TAG_namespace:
  case DW_TAG_module:
    return true;
  default:
    return false;
  }
}

static const char *function_in(struct level *level) {
  int tag = dwarf_tag(&level->die);
  return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine ? dwarf_diename(&level->die) : level->function;
}

static bool walk(struct dwarf_unit *unit, Dwarf_Die *die, struct level *levels) {
  size_t depth = 0;
  int end = dwarf_child(die, &levels[0].die);
  levels[0].function = NULL;
  while (end >= 0) {
    struct level *level = &levels[depth];
    if (end > 0 && !depth--)
      return true;
    if (!end && visit(unit, level) && dwarf_haschildren(&level->die)) {
      if (depth + 1 == MAX_DEPTH)
        return allocs_dwarf_wrong(unit->dwarf, &level->die, "nested too deeply");
      levels[++depth].function = function_in(level);
      end = dwarf_child(&level->die, &levels[depth].die);
    } else {
      level = &levels[depth];
      end = dwarf_siblingof(&level->die, &level->die);
    }
    if (unit->dwarf->diag->failed)
      return false;
  }
  return allocs_dwarf_wrong(unit->dwarf, die, dwarf_errmsg(-1));
}

bool allocs_dwarf_unit_read(struct dwarf_unit *unit, Dwarf_Die *die) {
  Dwarf_Attribute attribute;
  struct level *levels = allocs_new(MAX_DEPTH, sizeof *levels);
  unit->n_objects = 0;
  unit->folder = dwarf_formstring(dwarf_attr(die, DW_AT_comp_dir, &attribute));
  allocs_dwarf_types_begin(&unit->types, die);
  bool ok = walk(unit, die, levels);
  free(levels);
  return ok;
}

void allocs_dwarf_unit_fini(struct dwarf_unit *unit) {
  allocs_dwarf_types_fini(&unit->types);
  free(unit->objects);
}
