/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Dynamic symbols: all that a stripped file says of itself. The linker lays the tables out and the loader has used
   them, yet nothing is read that is not in a loaded segment.

   System V ABI, chapter 5 (dynamic section, hash table); the count of symbols under DT_GNU_HASH is the end of the last
   chain. */

#include "image/dynamic_symbols.h"
#include "arch/arch.h"

struct dynamic {
  uintptr_t symbols, strings, hash, gnu_hash, relocations;
  uint64_t strings_size, relocations_size;
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

static void take_entry(const Elf64_Dyn *dyn, struct dynamic *ret) {
  switch (dyn->d_tag) {
  case DT_SYMTAB:
    ret->symbols = dyn->d_un.d_ptr;
    break;
  case DT_STRTAB:
    ret->strings = dyn->d_un.d_ptr;
    break;
  case DT_STRSZ:
    ret->strings_size = dyn->d_un.d_val;
    break;
  case DT_HASH:
    ret->hash = dyn->d_un.d_ptr;
    break;
  case DT_GNU_HASH:
    ret->gnu_hash = dyn->d_un.d_ptr;
    break;
  case DT_RELA:
    ret->relocations = dyn->d_un.d_ptr;
    break;
  case DT_RELASZ:
    ret->relocations_size = dyn->d_un.d_val;
    break;
  }
}

static struct dynamic read_dynamic(const struct allocs_image *image) {
  const Elf64_Phdr *phdrs = image->os.phdrs;
  struct dynamic dynamic = {.symbols = 0};
  for (size_t i = 0; i < image->os.n_phdrs; i++) {
    const Elf64_Dyn *dyn = (const void *)(image->os.bias + phdrs[i].p_vaddr);
    if (phdrs[i].p_type != PT_DYNAMIC || !allocs_image_holds(image, (uintptr_t)dyn, phdrs[i].p_memsz, PF_R))
      continue;
    for (size_t n = phdrs[i].p_memsz / sizeof *dyn; n && dyn->d_tag != DT_NULL; n--, dyn++)
      take_entry(dyn, &dynamic);
  }
  return dynamic;
}

bool allocs_dynamic_symbols(const struct allocs_image *image, struct allocs_symtab *ret) {
  struct dynamic dynamic = read_dynamic(image);
  const uint32_t *sysv = dynamic.hash ? (const void *)pointer(image, dynamic.hash, 8) : NULL;
  *ret = (struct allocs_symtab){.strings_size = dynamic.strings_size};
  ret->n = sysv ? sysv[1] : dynamic.gnu_hash ? count_by_gnu_hash(image, dynamic.gnu_hash) : 0;
  if (!ret->n || !dynamic.symbols || !dynamic.strings || !ret->strings_size)
    return false;
  ret->symbols = (const void *)pointer(image, dynamic.symbols, ret->n * sizeof(Elf64_Sym));
  ret->strings = (const void *)pointer(image, dynamic.strings, ret->strings_size);
  return ret->symbols && ret->strings && !ret->strings[ret->strings_size - 1];
}

/* A resolver of an indirect function is not the function it is named for. */
bool allocs_dynamic_symbols_is_definition(const struct allocs_image *image, const struct allocs_symtab *symtab,
                                          const Elf64_Sym *symbol) {
  unsigned type = ELF64_ST_TYPE(symbol->st_info);
  return (type == STT_OBJECT || type == STT_FUNC) && symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS &&
         symbol->st_size && symbol->st_name < symtab->strings_size &&
         allocs_image_holds(image, image->os.bias + symbol->st_value, symbol->st_size, 0);
}

void allocs_dynamic_symbols_each_copy(const struct allocs_image *image, void (*fn)(uintptr_t address, void *arg),
                                      void *arg) {
  struct dynamic dynamic = read_dynamic(image);
  const Elf64_Rela *at = (const void *)pointer(image, dynamic.relocations, dynamic.relocations_size);
  if (!dynamic.relocations || !at)
    return;
  for (uint64_t n = dynamic.relocations_size / sizeof *at; n; n--, at++)
    if (ELF64_R_TYPE(at->r_info) == ALLOCS_ARCH_RELOCATION_COPY)
      fn(image->os.bias + at->r_offset, arg);
}
