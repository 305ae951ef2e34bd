/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Dynamic symbols: all that a stripped file says of itself. The linker lays the tables out and the loader has used
   them, yet nothing is read that is not in a readable segment's bytes.

   System V ABI, chapter 5 (dynamic section, hash table); the count of symbols under DT_GNU_HASH is the end of the last
   chain. */

#include "bytes/dynamic_symbols.h"
#include "arch/arch.h"
#include <string.h>

struct dynamic {
  uintptr_t symbols, strings, hash, gnu_hash, relocations;
  uint64_t strings_size, relocations_size;
};

/* So many bytes or more, where one of these pointers leads. The loader has relocated some of them, and others not. */
static bool follow(const struct allocs_segments *segments, uintptr_t pointer, uint64_t size,
                   struct allocs_stretch *ret) {
  uintptr_t addresses[] = {pointer, pointer + segments->bias};
  for (unsigned i = 0; i < 2 && pointer; i++)
    if (allocs_segments_at(segments, addresses[i], PF_R, ret) && size <= (uint64_t)(ret->end - ret->begin))
      return true;
  return false;
}

/* 0 beyond the end. */
static uint32_t word_at(const struct allocs_stretch *table, uint64_t i) {
  uint32_t word = 0;
  if (i < (uint64_t)(table->end - table->begin) / sizeof word)
    memcpy(&word, table->begin + i * sizeof word, sizeof word);
  return word;
}

/* Four words of head, among them the number of buckets and that of the first symbol in a chain; a filter of words of 8
   bytes, as many as the third says; buckets; chains. */
static uint64_t count_by_gnu_hash(const struct allocs_stretch *table) {
  uint64_t n_buckets = word_at(table, 0), first = word_at(table, 1), buckets = 4 + 2 * (uint64_t)word_at(table, 2);
  uint64_t n_words = (uint64_t)(table->end - table->begin) / 4, chains = buckets + n_buckets, last = 0;
  if (chains > n_words)
    return 0;
  for (uint64_t i = buckets; i < chains; i++)
    last = word_at(table, i) > last ? word_at(table, i) : last;
  for (; last >= first && chains + last - first < n_words; last++)
    if (word_at(table, chains + last - first) & 1)
      return last + 1;
  return 0;
}

static uint64_t count(const struct allocs_segments *segments, const struct dynamic *dynamic) {
  struct allocs_stretch table;
  if (dynamic->hash)
    return follow(segments, dynamic->hash, 8, &table) ? word_at(&table, 1) : 0;
  return follow(segments, dynamic->gnu_hash, 16, &table) ? count_by_gnu_hash(&table) : 0;
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

/* Of the first dynamic section that is there. */
static struct dynamic read_dynamic(const struct allocs_segments *segments) {
  struct dynamic dynamic = {.symbols = 0};
  for (size_t i = 0; i < segments->n_phdrs; i++) {
    const Elf64_Phdr *phdr = &segments->phdrs[i];
    const char *at = phdr->p_type == PT_DYNAMIC
                         ? allocs_segments_bytes(segments, segments->bias + phdr->p_vaddr, phdr->p_filesz)
                         : NULL;
    Elf64_Dyn dyn = {.d_tag = DT_NULL};
    if (!at)
      continue;
    for (uint64_t n = phdr->p_filesz / sizeof dyn; n; n--, at += sizeof dyn) {
      memcpy(&dyn, at, sizeof dyn);
      if (dyn.d_tag == DT_NULL)
        break;
      take_entry(&dyn, &dynamic);
    }
    break;
  }
  return dynamic;
}

bool allocs_dynamic_symbols(const struct allocs_segments *segments, struct allocs_symtab *ret) {
  struct dynamic dynamic = read_dynamic(segments);
  struct allocs_stretch symbols, strings;
  uint64_t n = count(segments, &dynamic), size = n * sizeof(Elf64_Sym);
  if (!n || n > UINT32_MAX || !dynamic.strings_size || !follow(segments, dynamic.symbols, size, &symbols) ||
      !follow(segments, dynamic.strings, dynamic.strings_size, &strings))
    return false;
  *ret = allocs_symtab(symbols.begin, size, strings.begin, dynamic.strings_size);
  return ret->strings_size != 0;
}

/* A resolver of an indirect function is not the function it is named for. */
bool allocs_dynamic_symbols_is_definition(const struct allocs_segments *segments, const struct allocs_symtab *symtab,
                                          const Elf64_Sym *symbol) {
  unsigned type = ELF64_ST_TYPE(symbol->st_info);
  return (type == STT_OBJECT || type == STT_FUNC) && symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS &&
         symbol->st_size && symbol->st_name < symtab->strings_size &&
         allocs_segments_hold(segments, segments->bias + symbol->st_value, symbol->st_size, 0);
}

void allocs_dynamic_symbols_each_copy(const struct allocs_segments *segments, void (*fn)(uintptr_t address, void *arg),
                                      void *arg) {
  struct dynamic dynamic = read_dynamic(segments);
  struct allocs_stretch table;
  Elf64_Rela rela;
  if (!follow(segments, dynamic.relocations, dynamic.relocations_size, &table))
    return;
  for (uint64_t n = dynamic.relocations_size / sizeof rela; n; n--, table.begin += sizeof rela) {
    memcpy(&rela, table.begin, sizeof rela);
    if (ELF64_R_TYPE(rela.r_info) == ALLOCS_ARCH_RELOCATION_COPY)
      fn(segments->bias + rela.r_offset, arg);
  }
}
