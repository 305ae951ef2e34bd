/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Dynamic symbols: all that a library built without the plugin says of itself. The linker lays the tables out and the
   loader has used them, yet nothing is read that is not in a loaded segment.

   System V ABI, chapter 5 (dynamic section, hash table); the count of symbols under DT_GNU_HASH is the end of the last
   chain. */

#include "symbols.h"
#include "extents.h"
#include <elf.h>

struct symtab {
  const struct allocs_image *image;
  const Elf64_Sym *symbols;
  const char *strings;
  uint64_t n, strings_size;
};

/* The loader has relocated some of these pointers, and others not. */
static uintptr_t pointer(const struct allocs_image *image, uintptr_t value, uint64_t size) {
  if (allocs_image_holds(image, value, size, PF_R))
    return value;
  return allocs_image_holds(image, value + image->os.bias, size, PF_R) ? value + image->os.bias : 0;
}

static uint64_t count_by_gnu_hash(const struct allocs_image *image, uintptr_t hash) {
  const uint32_t *head = (const void *)(hash = pointer(image, hash, 16));
  if (!head)
    return 0;
  uint64_t buckets_at = 16 + (uint64_t)head[2] * 8, chains_at = buckets_at + (uint64_t)head[0] * 4, last = 0;
  if (!allocs_image_holds(image, hash, chains_at, PF_R))
    return 0;
  const uint32_t *buckets = (const void *)(hash + buckets_at), *chains = (const void *)(hash + chains_at);
  for (uint32_t i = 0; i < head[0]; i++)
    last = buckets[i] > last ? buckets[i] : last;
  if (last < head[1])
    return 0;
  for (;; last++) {
    const uint32_t *chain = &chains[last - head[1]];
    if (!allocs_image_holds(image, (uintptr_t)chain, 4, PF_R))
      return 0;
    if (*chain & 1)
      return last + 1;
  }
}

static bool read_symtab(const struct allocs_image *image, struct symtab *ret) {
  const Elf64_Phdr *phdrs = image->os.phdrs;
  uintptr_t symbols = 0, strings = 0, hash = 0, gnu_hash = 0;
  *ret = (struct symtab){.image = image};
  for (size_t i = 0; i < image->os.n_phdrs; i++) {
    const Elf64_Dyn *dyn = (const void *)(image->os.bias + phdrs[i].p_vaddr);
    if (phdrs[i].p_type != PT_DYNAMIC || !allocs_image_holds(image, (uintptr_t)dyn, phdrs[i].p_memsz, PF_R))
      continue;
    for (size_t n = phdrs[i].p_memsz / sizeof *dyn; n && dyn->d_tag != DT_NULL; n--, dyn++)
      switch (dyn->d_tag) {
      case DT_SYMTAB:
        symbols = dyn->d_un.d_ptr;
        break;
      case DT_STRTAB:
        strings = dyn->d_un.d_ptr;
        break;
      case DT_STRSZ:
        ret->strings_size = dyn->d_un.d_val;
        break;
      case DT_HASH:
        hash = dyn->d_un.d_ptr;
        break;
      case DT_GNU_HASH:
        gnu_hash = dyn->d_un.d_ptr;
        break;
      }
  }
  const uint32_t *sysv = hash ? (const void *)pointer(image, hash, 8) : NULL;
  ret->n = sysv ? sysv[1] : gnu_hash ? count_by_gnu_hash(image, gnu_hash) : 0;
  if (!ret->n || !symbols || !strings || !ret->strings_size)
    return false;
  ret->symbols = (const void *)pointer(image, symbols, ret->n * sizeof(Elf64_Sym));
  ret->strings = (const void *)pointer(image, strings, ret->strings_size);
  return ret->symbols && ret->strings && !ret->strings[ret->strings_size - 1];
}

/* A resolver of an indirect function is not the function it is named for. */
static bool is_definition(const struct symtab *symtab, const Elf64_Sym *symbol) {
  unsigned type = ELF64_ST_TYPE(symbol->st_info);
  return (type == STT_OBJECT || type == STT_FUNC) && symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS &&
         symbol->st_size && symbol->st_name < symtab->strings_size &&
         allocs_image_holds(symtab->image, symtab->image->os.bias + symbol->st_value, symbol->st_size, 0);
}

/* Of several names of one thing, one that does not begin with an underscore, else the first. */
#define RESERVED_NAME 0x80000000u
#define INDEX_MASK 0x7fffffffu

static uint32_t value_of(const struct symtab *symtab, uint32_t i) {
  return symtab->strings[symtab->symbols[i].st_name] == '_' ? i | RESERVED_NAME : i;
}

static struct allocs_extents *make_index(const struct allocs_image *image) {
  struct symtab symtab = {.n = 0};
  size_t n = 0;
  if (!read_symtab(image, &symtab) || symtab.n > INDEX_MASK)
    symtab.n = 0;
  size_t size = allocs_round_up((symtab.n + 1) * sizeof(struct allocs_sortable), ALLOCS_PAGE);
  struct allocs_sortable *items = allocs_os_map(size);
  if (!items)
    return NULL;
  for (uint32_t i = 0; i < symtab.n; i++)
    if (is_definition(&symtab, &symtab.symbols[i]))
      n += allocs_extents_item(image->os.bias + symtab.symbols[i].st_value - image->os.begin, symtab.symbols[i].st_size,
                               value_of(&symtab, i), &items[n]);
  struct allocs_extents *index = allocs_extents_create(items, n);
  allocs_os_unmap(items, size);
  return index;
}

static const struct allocs_extents *index_of(struct allocs_image *image) {
  void *index = __atomic_load_n(&image->symbols, __ATOMIC_ACQUIRE), *none = NULL;
  if (ALLOCS_LIKELY(index != NULL))
    return index;
  index = make_index(image);
  if (!index || __atomic_compare_exchange_n(&image->symbols, &none, index, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return index;
  allocs_extents_destroy(index);
  return none;
}

bool allocs_symbols_find(struct allocs_image *image, uintptr_t address, struct allocs_symbol *ret) {
  const struct allocs_extents *index = index_of(image);
  struct allocs_extent extent;
  struct symtab symtab;
  if (!index || !allocs_extents_find(index, address - image->os.begin, &extent) || !read_symtab(image, &symtab))
    return false;
  const Elf64_Sym *symbol = &symtab.symbols[extent.value & INDEX_MASK];
  *ret = (struct allocs_symbol){symtab.strings + symbol->st_name, image->os.begin + extent.offset, extent.size,
                                ELF64_ST_TYPE(symbol->st_info) == STT_FUNC};
  return true;
}

uintptr_t allocs_symbols_variable(const struct allocs_image *image, const char *name, uint64_t size) {
  struct symtab symtab;
  if (!read_symtab(image, &symtab))
    return 0;
  for (uint64_t i = 0; i < symtab.n; i++) {
    const Elf64_Sym *symbol = &symtab.symbols[i];
    if (symbol->st_size == size && ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT && is_definition(&symtab, symbol) &&
        allocs_same_text(symtab.strings + symbol->st_name, name))
      return image->os.bias + symbol->st_value;
  }
  return 0;
}

void allocs_symbols_drop(struct allocs_image *image) {
  allocs_extents_destroy(__atomic_exchange_n(&image->symbols, NULL, __ATOMIC_ACQ_REL));
}
