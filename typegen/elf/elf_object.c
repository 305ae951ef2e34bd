/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Relocatable objects: what a linker would do, as far as the tables need it.

   1. Each section that would be loaded gets an address of its own; all sections of a table's name follow one another,
      in file order, and become that table. Undefined and common symbols get an address each.
   2. Relocations against the tables' sections are applied to copies of them. */

#include "elf/elf_object.h"
#include "bytes/symbol_table.h"
#include "elf/note.h"
#include "ground/machine.h"
#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* Addresses are made up: none is zero, so that a reference to nothing stays one; and all sums stay below 2^63, so that
   signed distances hold them. */
enum { FIRST_ADDRESS = 0x10000 };
#define ADDRESS_LIMIT ((uint64_t)1 << 46)
/* References are distances of 31 bits, and lead to where a variable begins: what is larger goes last. */
#define LARGE ((uint64_t)1 << 30)
/* Of a section of a table: what lies between two is in memory. */
enum { TABLE_ALIGN_MAX = 4096 };

/* An object in the making: `sections` are the caller's, `next` only grows. */
struct object {
  struct allocs_elf *elf;
  struct allocs_section *sections;
  size_t n_sections;
  struct allocs_symtab symbols;
  const struct allocs_section *far_indexes; /* section numbers above SHN_LORESERVE */
  uint64_t next;                            /* free address */
};

/* By name and type, as the linker joins them; -1 if it is none of a table. */
static int table_of(const struct allocs_section *section) {
  if (section->type != SHT_PROGBITS || !(section->flags & SHF_ALLOC))
    return -1;
  for (unsigned i = 0; i < ALLOCS_N_TABLES; i++)
    if (!strcmp(section->name, allocs_notes_section(i)))
      return (int)i;
  return -1;
}

static bool whole(struct object *object, const struct allocs_section *section) {
  return !section->outside || allocs_diag_at(object->elf->diag, section->name, 0, "the section ends beyond the file");
}

/* Each of the three is bounded before the sum is made: the file may say any numbers. */
static bool place(struct object *object, struct allocs_section *section) {
  uint64_t align = section->align;
  if (align & (align - 1))
    return allocs_diag_at(object->elf->diag, section->name, 0, "the section's alignment is no power of two");
  if (align > 1 && align <= ADDRESS_LIMIT)
    object->next = (object->next + align - 1) & ~(align - 1);
  if (align > ADDRESS_LIMIT || object->next > ADDRESS_LIMIT || section->size > ADDRESS_LIMIT)
    return allocs_diag_at(object->elf->diag, section->name, 0, "the section is too large");
  section->address = object->next;
  object->next += section->size;
  return true;
}

/* Addresses for the sections of one table. Their bytes come together in one region. */
static bool place_table(struct object *object, unsigned table) {
  struct allocs_span *span = &object->elf->tables[table];
  /* The plugin's tables are aligned to 8 at most: the first section begins where the table does. */
  uint64_t begin = object->next = (object->next + 15) & ~15ull;
  for (size_t i = 0; i < object->n_sections; i++) {
    struct allocs_section *section = &object->sections[i];
    if (table_of(section) != (int)table)
      continue;
    if (section->align > TABLE_ALIGN_MAX)
      return allocs_diag_at(object->elf->diag, section->name, 0, "the section's alignment is too large");
    if (!whole(object, section) || !place(object, section))
      return false;
  }
  uint64_t size = object->next - begin;
  if (!size)
    return true;
  if (size > UINT32_MAX)
    return allocs_diag_at(object->elf->diag, allocs_notes_section(table), 0, "the table is too large");
  /* Gaps between sections are zero, as a linker leaves them: padding, which readers pass over. */
  unsigned char *bytes = allocs_new(size, 1);
  allocs_elf_add_region(object->elf, begin, size, bytes, size, bytes);
  *span = (struct allocs_span){allocs_notes_section(table), begin, size, bytes};
  for (size_t i = 0; i < object->n_sections; i++) {
    struct allocs_section *section = &object->sections[i];
    if (table_of(section) != (int)table || !section->size)
      continue;
    section->copy = bytes + (section->address - begin);
    memcpy(section->copy, section->bytes, section->size);
  }
  return true;
}

/* Sections of no table. */
static bool place_others(struct object *object, bool large) {
  for (size_t i = 0; i < object->n_sections; i++) {
    struct allocs_section *section = &object->sections[i];
    if (!(section->flags & SHF_ALLOC) || table_of(section) >= 0 || (section->size >= LARGE) != large)
      continue;
    if (!whole(object, section) || !place(object, section))
      return false;
    if (section->size)
      allocs_elf_add_region(object->elf, section->address, section->size, section->bytes,
                            section->bytes ? section->size : 0, NULL);
  }
  return true;
}

/* Tables first, each in one piece; then whatever else would be loaded. */
static bool place_all(struct object *object) {
  for (unsigned i = 0; i < ALLOCS_N_TABLES; i++)
    if (!place_table(object, i))
      return false;
  return place_others(object, false) && place_others(object, true);
}

static bool find_symbols(struct object *object) {
  const struct allocs_section *symbols = NULL, *strings = NULL;
  for (size_t i = 0; i < object->n_sections; i++) {
    const struct allocs_section *section = &object->sections[i];
    if (section->type == SHT_SYMTAB && !symbols)
      symbols = section;
    if (section->type == SHT_SYMTAB_SHNDX)
      object->far_indexes = section;
  }
  if (!symbols)
    return true;
  if (symbols->link < object->n_sections)
    strings = &object->sections[symbols->link];
  if (!whole(object, symbols) || (strings && !whole(object, strings)) ||
      (object->far_indexes && !whole(object, object->far_indexes)))
    return false;
  if (symbols->bytes)
    object->symbols = allocs_symtab(symbols->bytes, symbols->size, strings ? strings->bytes : NULL,
                                    strings && strings->bytes ? strings->size : 0);
  return true;
}

static bool is_elsewhere(const Elf64_Sym *symbol) {
  return symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_COMMON;
}

static const char *name_or_mark(const char *name) { return name ? name : "?"; }

/* 16 bytes each, by the symbol's number: a reference to a place in another object can be told by its name. */
static void place_undefined(struct object *object) {
  struct allocs_elf *elf = object->elf;
  if (!object->symbols.n)
    return;
  elf->undefined_begin = object->next = (object->next + 15) & ~15ull;
  elf->undefined = allocs_new(object->symbols.n, sizeof *elf->undefined);
  elf->n_undefined = object->symbols.n;
  for (size_t i = 0; i < object->symbols.n; i++) {
    Elf64_Sym symbol = allocs_symtab_at(&object->symbols, i);
    if (is_elsewhere(&symbol))
      elf->undefined[i] = name_or_mark(allocs_symtab_name(&object->symbols, &symbol));
  }
  allocs_elf_add_region(elf, elf->undefined_begin, 16 * object->symbols.n, NULL, 0, NULL);
}

/* False if the symbol has no address here: it is in a section that would not be loaded. */
static bool symbol_address(const struct object *object, size_t index, uint64_t *ret) {
  Elf64_Sym symbol = allocs_symtab_at(&object->symbols, index);
  size_t section = symbol.st_shndx;
  const struct allocs_section *far = object->far_indexes;
  if (is_elsewhere(&symbol))
    return *ret = object->elf->undefined_begin + 16 * index, true;
  if (section == SHN_ABS)
    return *ret = symbol.st_value, true;
  /* Numbers from SHN_LORESERVE on stand in a section of their own (gABI, "Symbol Table"). */
  if (section == SHN_XINDEX) {
    uint32_t wide;
    if (!far || !far->bytes || far->size / sizeof wide <= index)
      return false;
    memcpy(&wide, far->bytes + index * sizeof wide, sizeof wide);
    section = wide;
  } else if (section >= SHN_LORESERVE) {
    return false;
  }
  if (section >= object->n_sections || !(object->sections[section].flags & SHF_ALLOC))
    return false;
  return *ret = object->sections[section].address + symbol.st_value, true;
}

/* In 64 bits, wrapping around, as the processor's ABI computes them; what does not fit the field is an error, not cut.
 */
static bool relocate_one(struct object *object, struct allocs_section *to, const Elf64_Rela *rela) {
  const struct allocs_span *table = &object->elf->tables[table_of(to)];
  uint64_t where = to->address - table->address + rela->r_offset, value, target = 0;
  uint32_t type = ELF64_R_TYPE(rela->r_info), index = ELF64_R_SYM(rela->r_info);
  if (type == ALLOCS_MACHINE_NO_RELOCATION)
    return true;
  for (size_t i = 0; i < ALLOCS_MACHINE_N_RELOCATIONS; i++) {
    const struct allocs_machine_relocation *how = &allocs_machine_relocations[i];
    if (how->type != type)
      continue;
    if (rela->r_offset > to->size || to->size - rela->r_offset < how->width)
      return allocs_diag_at(object->elf->diag, table->name, where, "a relocation is outside the section");
    /* Symbol 0 is none: its value is zero. */
    if (index && (index >= object->symbols.n || !symbol_address(object, index, &target)))
      return allocs_diag_at(object->elf->diag, table->name, where, "the relocation's symbol %u has no address", index);
    value = target + (uint64_t)rela->r_addend;
    if (how->relative)
      value -= to->address + rela->r_offset;
    if (how->width == 4 && (how->is_signed ? (int64_t)value != (int32_t)value : value > UINT32_MAX))
      return allocs_diag_at(object->elf->diag, table->name, where, "the relocation's value does not fit");
    memcpy(to->copy + rela->r_offset, &value, how->width);
    return true;
  }
  return allocs_diag_at(object->elf->diag, table->name, where, "relocation of type %u, which typegen does not apply",
                        type);
}

static bool relocate(struct object *object, const struct allocs_section *relas) {
  if ((relas->type != SHT_RELA && relas->type != SHT_REL) || relas->info >= object->n_sections)
    return true;
  struct allocs_section *to = &object->sections[relas->info];
  if (table_of(to) < 0 || !to->copy)
    return true;
  if (relas->type == SHT_REL)
    return allocs_diag_at(object->elf->diag, relas->name, 0,
                          "relocations without addends, which " ALLOCS_MACHINE_NAME " does not have");
  if (!whole(object, relas))
    return false;
  for (uint64_t i = 0; i < relas->size / sizeof(Elf64_Rela); i++) {
    Elf64_Rela rela;
    memcpy(&rela, relas->bytes + i * sizeof rela, sizeof rela);
    if (!relocate_one(object, to, &rela))
      return false;
  }
  return true;
}

/* The version first: of another one nothing else is looked at. In an object the note's references are relocations, not
   applied: its tables are found by name. */
static bool check_notes(struct object *object) {
  struct allocs_elf *elf = object->elf;
  for (size_t i = 0; i < object->n_sections; i++) {
    const struct allocs_section *section = &object->sections[i];
    if (strcmp(section->name, ALLOCS_NOTE_SECTION) || section->type != SHT_NOTE || !section->size || elf->n_notes)
      continue;
    if (!whole(object, section))
      return false;
    elf->notes[elf->n_notes++] =
        (struct allocs_elf_notes){{section->bytes, section->size, section->align, 0}, section->address};
  }
  return allocs_note_read(elf);
}

static bool any_table(const struct allocs_section *sections, size_t n_sections) {
  for (size_t i = 0; i < n_sections; i++)
    if (table_of(&sections[i]) >= 0 || !strcmp(sections[i].name, ALLOCS_NOTE_SECTION))
      return true;
  return false;
}

/* In this order: relocations need all addresses, and undefined symbols come behind all sections. */
bool allocs_object_load(struct allocs_elf *elf, struct allocs_section *sections, size_t n_sections) {
  struct object object = {.elf = elf, .sections = sections, .n_sections = n_sections, .next = FIRST_ADDRESS};
  if (!any_table(sections, n_sections))
    return true;
  if (!check_notes(&object) || !place_all(&object) || !find_symbols(&object))
    return false;
  place_undefined(&object);
  allocs_elf_sort_regions(elf);
  for (size_t i = 0; i < n_sections; i++)
    if (!relocate(&object, &sections[i]))
      return false;
  return true;
}
