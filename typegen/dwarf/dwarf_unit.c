/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Goes over a unit's tree of DIEs, with a stack of its own, as deep as any compiler nests. A variable counts if it has
   one address all the time; what is described without being there has none. */

#include "dwarf/dwarf_unit.h"
#include "dwarf/dwarf_frame.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 512, LLVM_ALLOC_TYPE = 0x3e0e /* attribute of LLVM 22's; DWARF 6 is to have one */ };

struct level {
  Dwarf_Die die;
  const char *function, *inlined; /* that it is in, in the source; and if that was inlined */
  size_t frame;                   /* number of the function that it is in, in the code; or NO_FRAME */
  struct dwarf_frame_base base;
};
#define NO_FRAME SIZE_MAX

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

const char *allocs_dwarf_unit_path(const struct dwarf_unit *unit, const char *path) {
  size_t n = unit->folder ? strlen(unit->folder) : 0;
  return path && n && !strncmp(path, unit->folder, n) && path[n] == '/' ? path + n + 1 : path;
}

static const char *file_of(const struct dwarf_unit *unit, Dwarf_Die *die) {
  return allocs_dwarf_unit_path(unit, path_of(die));
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
    /* Of a constant it is a number's. */
    if (dwarf_getlocation_attr(&attribute, ops, &indexed) ||
        (dwarf_formaddr(&indexed, &address) && dwarf_formudata(&indexed, &address)))
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

static void add_local(struct dwarf_unit *unit, struct level *level) {
  struct dwarf_local it = {.function = level->frame};
  int line = 0;
  if (level->frame == NO_FRAME || dwarf_hasattr(&level->die, DW_AT_artificial) ||
      !allocs_dwarf_frame_place(&level->base, &level->die, &it.local.offset))
    return;
  dwarf_decl_line(&level->die, &line);
  it.local.name = dwarf_diename(&level->die);
  it.local.function = level->inlined;
  it.local.line = (uint32_t)line;
  it.type = allocs_dwarf_type_of(&unit->types, &level->die, &it.local.alias);
  unit->locals = allocs_grow(unit->locals, unit->n_locals, &unit->cap_locals, sizeof it);
  unit->locals[unit->n_locals++] = it;
  unit->functions[level->frame].n_locals++;
}

static void add_variable(struct dwarf_unit *unit, struct level *level) {
  Dwarf_Die *die = &level->die;
  uint64_t address;
  bool is_tls;
  if (dwarf_hasattr(die, DW_AT_declaration))
    return;
  if (!place_of(die, &address, &is_tls)) {
    add_local(unit, level);
    return;
  }
  /* What the linker dropped has address 0, or one beyond all. */
  if (!is_tls && (!address || !allocs_dwarf_is_loaded(unit->dwarf, address += unit->dwarf->shift, 1, 0)))
    return;
  struct dwarf_object *it = add(unit, die, ALLOCS_STATIC_VARIABLE, address);
  it->is_tls = is_tls;
  it->object.source.function = level->function;
  it->type = allocs_dwarf_type_of(&unit->types, die, &it->object.alias);
}

static bool entry_of(Dwarf_Die *die, Dwarf_Addr *ret) {
  Dwarf_Addr base, begin, end;
  return !dwarf_entrypc(die, ret) || !dwarf_lowpc(die, ret) ||
         (dwarf_hasattr(die, DW_AT_ranges) && dwarf_ranges(die, 0, &base, &begin, &end) > 0 && (*ret = begin, true));
}

/* The pieces of code that a DIE has, like `code`, into a vector. */
static void add_codes(Dwarf_Die *die, struct dwarf_code code, struct dwarf_code **codes, size_t *n, size_t *cap) {
  Dwarf_Addr base;
  for (ptrdiff_t at = 0; (at = dwarf_ranges(die, at, &base, &code.begin, &code.end)) > 0;) {
    *codes = allocs_grow(*codes, *n, cap, sizeof **codes);
    (*codes)[(*n)++] = code;
  }
}

static void add_inlined(struct dwarf_unit *unit, struct level *inside, Dwarf_Die *die) {
  const char *function = dwarf_diename(die);
  inside->function = inside->inlined = function;
  if (inside->frame != NO_FRAME && function)
    add_codes(die, (struct dwarf_code){.function = function}, &unit->inlined, &unit->n_inlined, &unit->cap_inlined);
}

/* One that has code; then `inside`, the level of what is in it, has its frame. */
static void add_function(struct dwarf_unit *unit, Dwarf_Die *die, struct level *inside) {
  Dwarf_Addr entry;
  if (dwarf_hasattr(die, DW_AT_declaration) || !entry_of(die, &entry) || !entry || !dwarf_diename(die))
    return;
  uint64_t address = entry + unit->dwarf->shift;
  if (!allocs_dwarf_is_loaded(unit->dwarf, address, 1, PF_X))
    return;
  struct dwarf_object *it = add(unit, die, ALLOCS_STATIC_FUNCTION, address);
  it->type = allocs_dwarf_type(&unit->types, die);
  struct dwarf_code code = {.function = it->object.name, .source = it->object.source, .first_inlined = unit->n_inlined};
  code.source.function = code.function;
  add_codes(die, code, &unit->codes, &unit->n_codes, &unit->cap_codes);
  inside->frame = unit->n_functions;
  inside->base = allocs_dwarf_frame_base(unit->dwarf, die, entry);
  unit->functions = allocs_grow(unit->functions, unit->n_functions, &unit->cap_functions, sizeof *unit->functions);
  unit->functions[unit->n_functions++] = (struct dwarf_function){
      .frame = {
          .code.address = address, .name = it->object.name, .source = it->object.source, .dynamic = ALLOCS_NO_DYNAMIC}};
}

/* A call that allocates, if it says of what type: how many, it does not. */
static void add_site(struct dwarf_unit *unit, struct level *level) {
  Dwarf_Attribute attribute;
  Dwarf_Addr returns_to;
  Dwarf_Die of;
  if (!dwarf_attr(&level->die, LLVM_ALLOC_TYPE, &attribute) || !dwarf_formref_die(&attribute, &of) ||
      dwarf_formaddr(dwarf_attr(&level->die, DW_AT_call_return_pc, &attribute), &returns_to) ||
      !allocs_dwarf_is_loaded(unit->dwarf, returns_to + unit->dwarf->shift - 1, 1, PF_X))
    return;
  struct dwarf_site it = {.site = {.code.address = returns_to + unit->dwarf->shift}};
  it.site.shape = ALLOCS_SHAPE_EXACT;
  it.site.rule = ALLOCS_RULE_FUNCTION;
  it.site.source.function = level->function;
  if (dwarf_attr(&level->die, DW_AT_call_origin, &attribute)) {
    Dwarf_Die callee;
    it.site.callee = dwarf_formref_die(&attribute, &callee) ? dwarf_diename(&callee) : NULL;
  }
  it.type = allocs_dwarf_type(&unit->types, &of);
  unit->sites = allocs_grow(unit->sites, unit->n_sites, &unit->cap_sites, sizeof it);
  unit->sites[unit->n_sites++] = it;
}

/* What a DIE says; true if there is something in it, of which `inside` is the level. */
static bool visit(struct dwarf_unit *unit, struct level *level, struct level *inside) {
  *inside = *level;
  switch (dwarf_tag(&level->die)) {
  case DW_TAG_variable:
    add_variable(unit, level);
    return false;
  case DW_TAG_formal_parameter:
    add_local(unit, level);
    return false;
  case DW_TAG_subprogram:
    inside->function = dwarf_diename(&level->die);
    inside->inlined = NULL;
    inside->frame = NO_FRAME;
    add_function(unit, &level->die, inside);
    return true;
  case DW_TAG_inlined_subroutine:
    add_inlined(unit, inside, &level->die);
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
  case DW_TAG_call_site:
    add_site(unit, level);
    return false;
  case DW_TAG_lexical_block:
  case DW_TAG_namespace:
  case DW_TAG_module:
    return true;
  default:
    return false;
  }
}

static bool walk(struct dwarf_unit *unit, Dwarf_Die *die, struct level *levels) {
  size_t depth = 0;
  int end = dwarf_child(die, &levels->die);
  levels->frame = NO_FRAME;
  while (end >= 0) {
    struct level *level = &levels[depth];
    if (end > 0 && !depth--)
      return true;
    if (!end && visit(unit, level, level + 1) && dwarf_haschildren(&level->die)) {
      if (++depth == MAX_DEPTH)
        return allocs_dwarf_wrong(unit->dwarf, &level->die, "nested too deeply");
      end = dwarf_child(&level->die, &levels[depth].die);
    } else {
      level = &levels[depth];
      end = allocs_dwarf_sibling(&level->die);
    }
    if (unit->dwarf->diag->failed)
      return false;
  }
  return allocs_dwarf_wrong(unit->dwarf, die, "what is in the unit does not follow one another");
}

bool allocs_dwarf_unit_read(struct dwarf_unit *unit, Dwarf_Die *die, Dwarf_Die *skeleton) {
  Dwarf_Attribute attribute;
  struct level *levels = allocs_new(MAX_DEPTH + 1, sizeof *levels);
  unit->n_objects = unit->n_functions = unit->n_locals = unit->n_codes = unit->n_inlined = unit->n_sites = 0;
  unit->lines = *skeleton;
  unit->folder = dwarf_formstring(dwarf_attr(skeleton, DW_AT_comp_dir, &attribute));
  allocs_dwarf_types_begin(&unit->types, die);
  bool ok = walk(unit, die, levels);
  free(levels);
  return ok;
}

void allocs_dwarf_unit_fini(struct dwarf_unit *unit) {
  allocs_dwarf_types_fini(&unit->types);
  free(unit->objects);
  free(unit->functions);
  free(unit->locals);
  free(unit->codes);
  free(unit->inlined);
  free(unit->sites);
}
