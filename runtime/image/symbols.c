/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Symbols of an image: those of its file's symbol table, local ones too, where there is one, and the dynamic ones.

   Read once, into an index with names of its own:
   1. Each function and variable with name and size becomes an item.
   2. Leaves are kept, in order: of those of one place and size, that with the best name; none that lies in another,
      or begins in one; none across the bounds of a section, or that meets what the caller has better things of.
   3. The names of these are copied. */

#include "image/symbols.h"
#include "bytes/dynamic_symbols.h"
#include "image/elf_file.h"
#include "image/image_parts.h"

/* An extent's value: offset of the name, with this. */
#define IS_COPY 0x80000000u
#define NAME_MASK 0x7fffffffu

/* One mapping: the head, and all names behind it. */
struct symbols {
  size_t map_size;
  struct allocs_extents *extents;
  char names[];
};

enum { DYNSYM, SYMTAB, N_TABLES };
/* What is read and sorted on the way to the index; all of it goes again. */
struct draft {
  const struct allocs_image *image;
  struct allocs_segments segments;
  struct allocs_symtab tables[N_TABLES];
  void *symbols, *strings;                       /* SYMTAB's copies */
  size_t symbols_size, strings_size, items_size; /* of these mappings and of the items */
  struct allocs_sortable *items;                 /* value: rank, table, number of the symbol; then the extent's value */
  size_t n;
};

/* The symbol table of the file */

/* Copied whole, since it is not loaded with the program. */
static void copy_symtab(struct draft *draft, const struct allocs_elf_file *file, const Elf64_Shdr *header) {
  Elf64_Shdr names;
  if (header->sh_entsize != sizeof(Elf64_Sym) || !allocs_elf_file_section(file, header->sh_link, &names) ||
      names.sh_type != SHT_STRTAB)
    return;
  draft->symbols = allocs_elf_file_copy(file, header, &draft->symbols_size);
  draft->strings = draft->symbols ? allocs_elf_file_copy(file, &names, &draft->strings_size) : NULL;
  if (draft->strings)
    draft->tables[SYMTAB] = allocs_symtab(draft->symbols, header->sh_size, draft->strings, names.sh_size);
}

static void read_symtab(struct draft *draft) {
  struct allocs_elf_file file;
  Elf64_Shdr header;
  if (!allocs_elf_file_open(draft->image, &file))
    return;
  for (uint32_t i = 1; allocs_elf_file_section(&file, i, &header); i++)
    if (header.sh_type == SHT_SYMTAB) {
      copy_symtab(draft, &file, &header);
      break;
    }
  allocs_elf_file_close(&file);
}

static void unmap(const void *begin, size_t size) {
  if (begin)
    allocs_os_unmap((void *)(uintptr_t)begin, size);
}

static void free_draft(const struct draft *draft) {
  unmap(draft->symbols, draft->symbols_size);
  unmap(draft->strings, draft->strings_size);
  unmap(draft->items, draft->items_size);
}

/* Items */

static const char *name_of(const struct draft *draft, uint64_t value) {
  const struct allocs_symtab *table = &draft->tables[value >> 32 & 1];
  return table->strings + allocs_symtab_at(table, (uint32_t)value).st_name;
}

/* Best is what does not begin with an underscore; then what is seen farthest. */
static uint64_t rank_of(const struct allocs_symtab *table, const Elf64_Sym *symbol) {
  unsigned binding = ELF64_ST_BIND(symbol->st_info);
  return (table->strings[symbol->st_name] == '_' ? 4 : 0) + (binding == STB_GLOBAL ? 0 : binding == STB_WEAK ? 1 : 2);
}

/* By place in the image, so that sorting brings equals and neighbours together. */
static bool make_items(struct draft *draft) {
  const struct allocs_os_image *os = &draft->image->os;
  uint64_t most = draft->tables[DYNSYM].n + draft->tables[SYMTAB].n + 1;
  draft->items_size = allocs_round_up(most * sizeof *draft->items, ALLOCS_PAGE);
  draft->items = allocs_os_map(draft->items_size);
  if (!draft->items)
    return false;
  for (uint64_t t = 0; t < N_TABLES; t++) {
    const struct allocs_symtab *table = &draft->tables[t];
    for (uint64_t i = 0; i < table->n && i <= UINT32_MAX; i++) {
      Elf64_Sym symbol = allocs_symtab_at(table, i);
      struct allocs_sortable *item = &draft->items[draft->n];
      if (!allocs_dynamic_symbols_is_definition(&draft->segments, table, &symbol) || !table->strings[symbol.st_name] ||
          !allocs_extents_item(os->bias + symbol.st_value - os->begin, symbol.st_size, 0, item))
        continue;
      item->value = rank_of(table, &symbol) << 40 | t << 32 | i;
      draft->n++;
    }
  }
  return true;
}

/* Whether the caller's records, which know more, cover any of it. */
static bool is_taken(const struct allocs_extents *taken, struct allocs_extent extent) {
  struct allocs_extent next;
  return taken && allocs_extents_next(taken, extent.offset, &next) && next.offset < extent.offset + extent.size;
}

static void keep_leaves(struct draft *draft, const struct allocs_parts *parts, const struct allocs_extents *taken) {
  struct allocs_sortable *items = draft->items;
  size_t kept = 0;
  uint64_t end = 0;
  /* By offset, the larger first: what lies in another, or begins where it does, comes after it */
  allocs_sort(items, draft->n);
  for (size_t i = 0; i < draft->n; i++) {
    struct allocs_extent extent = allocs_extents_of_item(&items[i]);
    if (kept && items[i].key == items[kept - 1].key) {
      if (items[i].value < items[kept - 1].value)
        items[kept - 1].value = items[i].value;
      continue;
    }
    if (extent.offset < end || is_taken(taken, extent) ||
        !allocs_image_parts_hold(parts, draft->image->os.begin + extent.offset, extent.size))
      continue;
    end = (uint64_t)extent.offset + extent.size;
    items[kept++] = items[i];
  }
  draft->n = kept;
}

/* Names */

/* Without the version that linkers append in the file's table. */
static size_t length_of(const char *name) {
  size_t n = 0;
  while (name[n] && (name[n] != '@' || !n))
    n++;
  return n;
}

static size_t size_of_names(const struct draft *draft) {
  size_t size = 1;
  for (size_t i = 0; i < draft->n; i++)
    size += length_of(name_of(draft, draft->items[i].value)) + 1;
  return size;
}

/* The first byte of all is that of no name. */
static void copy_names(struct draft *draft, char *ret) {
  size_t at = 1;
  for (size_t i = 0; i < draft->n; i++) {
    const char *name = name_of(draft, draft->items[i].value);
    draft->items[i].value = at;
    for (size_t n = length_of(name); n; n--)
      ret[at++] = *name++;
    ret[at++] = '\0';
  }
}

/* The linker's copies of libraries' variables are named by relocations; their symbols look like any other. */
static void mark_copy(uintptr_t address, void *arg) {
  struct draft *draft = arg;
  size_t low = 0, high = draft->n;
  uint64_t offset = address - draft->image->os.begin;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (draft->items[middle].key >> 32 < offset)
      low = middle + 1;
    else
      high = middle;
  }
  if (low < draft->n && draft->items[low].key >> 32 == offset)
    draft->items[low].value |= IS_COPY;
}

static void destroy(struct symbols *symbols) {
  if (symbols) {
    allocs_extents_destroy(symbols->extents);
    allocs_os_unmap(symbols, symbols->map_size);
  }
}

static struct symbols *make_from(struct draft *draft) {
  size_t names_size = size_of_names(draft);
  size_t size = allocs_round_up(sizeof(struct symbols) + names_size, ALLOCS_PAGE);
  struct symbols *symbols = names_size <= NAME_MASK ? allocs_os_map(size) : NULL;
  if (!symbols)
    return NULL;
  symbols->map_size = size;
  copy_names(draft, symbols->names);
  if (!draft->image->os.name[0])
    allocs_dynamic_symbols_each_copy(&draft->segments, mark_copy, draft);
  symbols->extents = allocs_extents_create(draft->items, draft->n, 0);
  if (symbols->extents)
    return symbols;
  destroy(symbols);
  return NULL;
}

/* Each source may be missing: a stripped file has the dynamic symbols, a static one only the file's table. */
static struct symbols *make_symbols(struct allocs_image *image, const struct allocs_extents *taken) {
  struct draft draft = {.image = image, .segments = allocs_os_segments(&image->os)};
  struct symbols *symbols = NULL;
  const struct allocs_parts *parts = allocs_image_parts_of(image);
  if (!parts)
    return NULL;
  if (!allocs_dynamic_symbols(&draft.segments, &draft.tables[DYNSYM]))
    draft.tables[DYNSYM].n = 0;
  read_symtab(&draft);
  if (make_items(&draft)) {
    keep_leaves(&draft, parts, taken);
    symbols = make_from(&draft);
  }
  free_draft(&draft);
  return symbols;
}

static const struct symbols *symbols_of(struct allocs_image *image, const struct allocs_extents *taken) {
  void *symbols = __atomic_load_n(&image->symbols, __ATOMIC_ACQUIRE), *none = NULL;
  if (ALLOCS_LIKELY(symbols != NULL))
    return symbols;
  symbols = make_symbols(image, taken);
  if (!symbols ||
      __atomic_compare_exchange_n(&image->symbols, &none, symbols, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return symbols;
  destroy(symbols);
  return none;
}

static struct allocs_symbol symbol_at(const struct allocs_image *image, const struct symbols *symbols,
                                      struct allocs_extent extent) {
  return (struct allocs_symbol){.name = symbols->names + (extent.value & NAME_MASK),
                                .address = image->os.begin + extent.offset,
                                .size = extent.size,
                                .is_copy = (extent.value & IS_COPY) != 0};
}

bool allocs_symbols_find(struct allocs_image *image, const struct allocs_extents *taken, uintptr_t address,
                         struct allocs_symbol *ret) {
  const struct symbols *symbols = symbols_of(image, taken);
  struct allocs_extent extent;
  if (!symbols || !allocs_extents_find(symbols->extents, address - image->os.begin, &extent))
    return false;
  *ret = symbol_at(image, symbols, extent);
  return true;
}

bool allocs_symbols_next(struct allocs_image *image, const struct allocs_extents *taken, uintptr_t address,
                         struct allocs_symbol *ret) {
  const struct symbols *symbols = symbols_of(image, taken);
  struct allocs_extent extent;
  if (!symbols || !allocs_extents_next(symbols->extents, address - image->os.begin, &extent))
    return false;
  *ret = symbol_at(image, symbols, extent);
  return true;
}

/* Straight from the table, not the index: asked once for each copied variable, of libraries that may never be asked
   about otherwise. */
uintptr_t allocs_symbols_variable(const struct allocs_image *image, const char *name, uint64_t size) {
  struct allocs_symtab table;
  struct allocs_segments segments = allocs_os_segments(&image->os);
  if (!allocs_dynamic_symbols(&segments, &table))
    return 0;
  for (uint64_t i = 0; i < table.n; i++) {
    Elf64_Sym symbol = allocs_symtab_at(&table, i);
    if (symbol.st_size == size && ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT &&
        allocs_dynamic_symbols_is_definition(&segments, &table, &symbol) &&
        allocs_same_text(table.strings + symbol.st_name, name))
      return image->os.bias + symbol.st_value;
  }
  return 0;
}

void allocs_symbols_drop(struct allocs_image *image) {
  destroy(__atomic_exchange_n(&image->symbols, NULL, __ATOMIC_ACQ_REL));
}
