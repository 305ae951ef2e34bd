// Dynamic symbols are counted by either hash table to the last, and none is told where a table does not end in the bytes that are there.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -iquote %src/runtime %s %src/runtime/bytes/dynamic_symbols.c %src/runtime/bytes/segments.c -o %t && %t

#include "arch/arch.h"
#include "bytes/dynamic_symbols.h"
#include "check.h"

/* An image of two segments: the tables lie in the first, at its end by turns; the second holds what symbols name. */
enum { SIZE = 0x400, DYNAMIC = 0x10, HASH = 0x100, SYMBOLS = 0x200, STRINGS = 0x300, CODE = 0x1000 };
static _Alignas(16) unsigned char memory[SIZE];
static Elf64_Phdr phdrs[5];
static struct allocs_segments segments;
static struct allocs_symtab symtab;
static Elf64_Dyn *dyn;

static void begin(void) {
  memset(memory, 0xff, sizeof memory);
  phdrs[0] = (Elf64_Phdr){.p_type = PT_NOTE};
  phdrs[1] = (Elf64_Phdr){.p_type = PT_DYNAMIC, .p_vaddr = DYNAMIC};
  phdrs[2] = (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = SIZE, .p_memsz = SIZE};
  phdrs[3] = (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = CODE, .p_filesz = 0, .p_memsz = 0x100};
  segments = allocs_segments_loaded(phdrs, 4, (uintptr_t)memory);
  dyn = (void *)(memory + DYNAMIC);
}
static void entry(Elf64_Sxword tag, uint64_t value) {
  *dyn++ = (Elf64_Dyn){.d_tag = tag, .d_un = {value}};
  phdrs[1].p_filesz += sizeof *dyn;
}
/* Behind the two tables that are always wanted. */
static void table(Elf64_Sxword tag, uint64_t at, const uint32_t *words, size_t size) {
  begin();
  memcpy(memory + at, words, size);
  memcpy(memory + STRINGS, "\0name", 6);
  entry(DT_STRTAB, STRINGS), entry(DT_STRSZ, 6), entry(DT_SYMTAB, SYMBOLS), entry(tag, at);
}
/* How many symbols there are; 0 if that is not known. */
static uint64_t n_symbols(void) { return allocs_dynamic_symbols(&segments, &symtab) ? symtab.n : 0; }
static uint64_t hash(uint32_t n) {
  uint32_t words[] = {1, n};
  table(DT_HASH, HASH, words, sizeof words);
  return n_symbols();
}
#define GNU(at, ...)                                                                                                   \
  (table(DT_GNU_HASH, at, (const uint32_t[]){__VA_ARGS__}, sizeof(const uint32_t[]){__VA_ARGS__}), n_symbols())
#define AT_END(words) (SIZE - 4 * (words))

static void by_hash(void) {
  CHECK(hash(1) == 1 && hash(5) == 5 && !hash(0));
  CHECK((const unsigned char *)symtab.strings == memory + STRINGS && symtab.strings_size == 6);
  CHECK((const unsigned char *)symtab.symbols == memory + SYMBOLS);
  /* To the last byte of the segment, and not beyond. */
  CHECK(hash((SIZE - SYMBOLS) / 24) == 21 && !hash((SIZE - SYMBOLS) / 24 + 1) && !hash(UINT32_MAX));
  uint32_t words[] = {1, 2};
  table(DT_HASH, AT_END(2), words, sizeof words);
  CHECK(n_symbols() == 2);
  table(DT_HASH, AT_END(1), words, 4);
  CHECK(!n_symbols());
}

static void by_gnu_hash(void) {
  /* Buckets, first symbol, words of the filter, shift; filter; buckets; chains. */
  CHECK(GNU(HASH, 1, 1, 1, 0, 0, 0, 1, 3) == 2 && GNU(HASH, 1, 1, 1, 0, 0, 0, 1, 2, 2, 1) == 4);
  CHECK(GNU(HASH, 2, 3, 1, 0, 0, 0, 3, 5, 1, 2, 2, 1) == 7 && GNU(HASH, 2, 3, 1, 0, 0, 0, 5, 3, 2, 1, 2, 3) == 7);
  CHECK(GNU(HASH, 3, 3, 1, 0, 0, 0, 5, 4, 3, 1, 1, 1) == 6 && GNU(HASH, 1, 1, 2, 0, 0, 0, 0, 0, 1, 1) == 2);
  CHECK(GNU(HASH, 1, 0, 1, 0, 0, 0, 0, 1) == 1 && GNU(HASH, 1, 5, 1, 0, 0, 0, 5, 1) == 6);
  CHECK(!GNU(HASH, 1, 1, 1, 0, 0, 0, 0, 1) && !GNU(HASH, 2, 4, 1, 0, 0, 0, 3, 0, 1)); /* before the first */
  CHECK(!GNU(HASH, 0, 1, 1, 0, 0, 0, 1, 1));
  /* The last chain ends with the segment, or does not. */
  CHECK(GNU(AT_END(9), 1, 1, 1, 0, 0, 0, 1, 2, 1) == 3 && !GNU(AT_END(9), 1, 1, 1, 0, 0, 0, 1, 2, 2));
  CHECK(!GNU(AT_END(7), 1, 1, 1, 0, 0, 0, 1) && !GNU(AT_END(7), 2, 1, 1, 0, 0, 0, 1));
  CHECK(!GNU(AT_END(6), 1, 0, 1, 0, 0, 0) && !GNU(AT_END(4), 1, 1, 1, 0) && !GNU(AT_END(3), 1, 1, 1));
  CHECK(!GNU(AT_END(4), UINT32_MAX, 1, UINT32_MAX, 0));
  CHECK(GNU(HASH, 1, 1, 1, 0, 0, 0, 1, 1) == 2);
  entry(DT_HASH, AT_END(1)); /* which goes first where there are both */
  CHECK(!n_symbols());
}

static void where_they_are(void) {
  hash(3);
  memcpy(memory + SIZE - 6, "ab\0def", 6);
  entry(DT_STRTAB, SIZE - 6);
  CHECK(n_symbols() == 3 && symtab.strings_size == 3); /* less what does not end */
  entry(DT_STRSZ, 7);
  CHECK(!n_symbols());
  entry(DT_STRSZ, 0);
  CHECK(!n_symbols());
  entry(DT_STRSZ, 2), entry(DT_STRTAB, SIZE - 2);
  CHECK(!n_symbols()); /* nothing ends */
  /* Pointers may be relocated, and may be none. */
  hash(3), entry(DT_SYMTAB, (uintptr_t)memory + SYMBOLS), entry(DT_HASH, (uintptr_t)memory + HASH);
  CHECK(n_symbols() == 3);
  entry(DT_SYMTAB, 0);
  CHECK(!n_symbols());
  hash(3), entry(DT_HASH, 0);
  CHECK(!n_symbols());
  /* The section ends at its first empty entry, or with its size; there is one, and it is all there. */
  hash(3), entry(DT_NULL, 0), entry(DT_HASH, 0);
  CHECK(n_symbols() == 3);
  hash(3), entry(DT_HASH, 0), phdrs[1].p_filesz -= 1;
  CHECK(n_symbols() == 3);
  hash(3), phdrs[1].p_filesz = 3 * sizeof *dyn;
  CHECK(!n_symbols());
  hash(3), phdrs[1].p_filesz = SIZE - DYNAMIC + 1;
  CHECK(!n_symbols());
  hash(3), phdrs[0] = phdrs[1], phdrs[0].p_vaddr = SIZE;
  CHECK(n_symbols() == 3);
  hash(3), phdrs[0] = phdrs[1], phdrs[1].p_filesz = 0;
  CHECK(n_symbols() == 3);
  hash(3), phdrs[0] = phdrs[1], phdrs[0].p_filesz = 0, phdrs[0].p_vaddr = STRINGS;
  CHECK(!n_symbols()); /* the first counts, which is empty */
  hash(3), phdrs[4] = phdrs[1], phdrs[1].p_type = PT_NOTE;
  CHECK(!n_symbols()); /* none behind the last program header */
  uint32_t words[] = {1, 3};
  table(DT_HASH, HASH, words, sizeof words);
  memcpy(memory + DYNAMIC + 2 * sizeof *dyn, &(Elf64_Dyn){.d_tag = DT_DEBUG}, sizeof *dyn);
  CHECK(!n_symbols()); /* without symbols */
}

static bool defines(Elf64_Sym symbol) { return allocs_dynamic_symbols_is_definition(&segments, &symtab, &symbol); }

static void definitions(void) {
  const Elf64_Sym good = {.st_name = 1, .st_info = STT_FUNC, .st_shndx = 1, .st_value = CODE, .st_size = 0x100};
  Elf64_Sym each = good;
  CHECK(hash(3) == 3 && defines(good));
  each.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
  CHECK(defines(each));
  each.st_value = SIZE - 8, each.st_size = 8;
  CHECK(defines(each)); /* in any segment */
  static const unsigned char others[] = {STT_NOTYPE, STT_SECTION, STT_FILE, STT_COMMON, STT_TLS, STT_GNU_IFUNC};
  for (unsigned i = 0; i < sizeof others; i++)
    each.st_info = others[i], CHECK(!defines(each));
  each = good, each.st_shndx = SHN_UNDEF;
  CHECK(!defines(each));
  each.st_shndx = SHN_ABS;
  CHECK(!defines(each));
  each = good, each.st_size = 0;
  CHECK(!defines(each));
  each.st_size = 0x101;
  CHECK(!defines(each));
  each = good, each.st_name = 5;
  CHECK(defines(each) && !strcmp(allocs_symtab_name(&symtab, &each), ""));
  each.st_name = 6;
  CHECK(!defines(each) && !allocs_symtab_name(&symtab, &each));
  CHECK(!strcmp(allocs_symtab_name(&symtab, &good), "name"));
  /* Each by its number, wherever they lie. */
  struct allocs_symtab odd = allocs_symtab(memory + 1, 2 * sizeof each + 23, "a\0b", 3);
  each.st_value = 77;
  memcpy(memory + 1 + sizeof each, &each, sizeof each);
  CHECK(odd.n == 2 && odd.strings_size == 2 && allocs_symtab_at(&odd, 1).st_value == 77);
  CHECK(allocs_symtab_strings_size("", 0) == 0 && allocs_symtab_strings_size("a", 1) == 0);
}

static uint64_t copies;
static void copy(uintptr_t address, void *arg) {
  CHECK(arg == &copies);
  copies = copies * 0x1000 + (address - (uintptr_t)memory);
}
/* What is copied, as digits. */
static uint64_t copied(uint64_t at, uint64_t size) {
  const Elf64_Rela relocations[] = {{.r_offset = 0x501, .r_info = ELF64_R_INFO(1, ALLOCS_ARCH_RELOCATION_COPY)},
                                    {.r_offset = 0x502, .r_info = ELF64_R_INFO(1, ALLOCS_ARCH_RELOCATION_COPY + 1)},
                                    {.r_offset = 0x503, .r_info = ELF64_R_INFO(9, ALLOCS_ARCH_RELOCATION_COPY)}};
  begin();
  memcpy(memory + at, relocations, at + sizeof relocations <= SIZE ? sizeof relocations : SIZE - at);
  entry(DT_RELA, at), entry(DT_RELASZ, size);
  copies = 0;
  allocs_dynamic_symbols_each_copy(&segments, copy, &copies);
  return copies;
}

int main(void) {
  by_hash();
  by_gnu_hash();
  where_they_are();
  definitions();
  CHECK(copied(HASH, 72) == 0x501503 && copied(HASH, 71) == 0x501 && copied(HASH, 24) == 0x501 && copied(HASH, 23) == 0);
  CHECK(copied(SIZE - 72, 72) == 0x501503 && copied(SIZE - 71, 72) == 0);
  return check_failed;
}
