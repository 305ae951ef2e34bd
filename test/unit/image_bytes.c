// An image reads the same from its file, from memory and from a copy of that, and what reads it needs bytes alone: neither kernel nor libc.
// RUN: %cc -r -nostdlib -O2 -iquote %src/runtime %src/runtime/bytes/*.c %src/runtime/unwind/cfi.c %src/runtime/unwind/cfi_run.c -o %t.o
// RUN: llvm-nm -u %t.o > %t.undefined && not grep -vwE "memcpy|memcmp|memset|memmove" %t.undefined
// RUN: %cc -O1 -g -Wall -Wextra -Werror -Wno-unused-function -rdynamic -Wl,--build-id -iquote %src/runtime %s %t.o -o %t && %t %t
// RUN: %if lld %{ %cc -O1 -rdynamic -fuse-ld=lld -Wl,--build-id -Wl,--hash-style=sysv -iquote %src/runtime %s %t.o -o %t && %t %t %}

#define _GNU_SOURCE
#include "bytes/dynamic_symbols.h"
#include "bytes/elf_headers.h"
#include "bytes/notes.h"
#include "bytes/segments.h"
#include "check.h"
#include "unwind/cfi.h"

#include <link.h>
#include <stdlib.h>
#include <sys/mman.h>

int exported_variable = 7;
__attribute__((noinline)) int exported_function(int x) { return x * 3 + exported_variable; }

static int take_first(struct dl_phdr_info *info, size_t size, void *arg) {
  (void)size;
  *(struct allocs_segments *)arg = allocs_segments_loaded(info->dlpi_phdr, info->dlpi_phnum, info->dlpi_addr);
  return 1;
}

/* Nothing can be read behind them. */
static unsigned char *guarded(uint64_t size) {
  uint64_t room = (size + ALLOCS_PAGE - 1) / ALLOCS_PAGE * ALLOCS_PAGE;
  unsigned char *begin = mmap(NULL, room + ALLOCS_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(begin + room, ALLOCS_PAGE, PROT_NONE);
  return begin + room - size;
}

static unsigned char *read_file(const char *path, uint64_t *size) {
  FILE *file = fopen(path, "rb");
  fseek(file, 0, SEEK_END);
  *size = (uint64_t)ftell(file);
  unsigned char *bytes = guarded(*size);
  rewind(file);
  CHECK(fread(bytes, 1, *size, file) == *size);
  fclose(file);
  return bytes;
}

/* What can be told of an image, in one number; addresses are told less the bias. */
static uint64_t sum;
static void add(uint64_t n) { sum = (sum ^ n) * 0x100000001b3; }

static unsigned read_notes(const struct allocs_segments *segments) {
  struct allocs_stretch stretch;
  const Elf64_Phdr *phdr;
  unsigned n_ids = 0;
  for (size_t i = 0; (phdr = allocs_segments_next(segments, PT_NOTE, &i, &stretch));) {
    struct allocs_notes notes = {stretch.begin, (uint64_t)(stretch.end - stretch.begin), phdr->p_align, 0};
    struct allocs_elf_note note;
    while (allocs_notes_next(&notes, &note)) {
      allocs_notes_state(&note);
      n_ids += note.type == NT_GNU_BUILD_ID && note.name_size == 4 && !memcmp(note.name, "GNU", 4);
      for (uint32_t j = 0; !note.is_cut && j < note.size; j++)
        add(note.contents[j]);
    }
  }
  return n_ids;
}

static unsigned read_symbols(const struct allocs_segments *segments) {
  struct allocs_symtab table;
  unsigned n = 0;
  if (!allocs_dynamic_symbols(segments, &table))
    return 0;
  for (uint64_t i = 0; i < table.n; i++) {
    Elf64_Sym symbol = allocs_symtab_at(&table, i);
    const char *name = allocs_symtab_name(&table, &symbol);
    if (!name || !allocs_dynamic_symbols_is_definition(segments, &table, &symbol))
      continue;
    add(symbol.st_value);
    n += !strcmp(name, "exported_variable") || !strcmp(name, "exported_function");
  }
  return n;
}

static unsigned read_unwind(const struct allocs_segments *segments) {
  struct allocs_stretch header, code;
  unsigned n = 0;
  size_t i = 0, j = 0;
  const Elf64_Phdr *phdr = allocs_segments_next(segments, PT_GNU_EH_FRAME, &i, &header);
  for (const Elf64_Phdr *each; phdr && (each = allocs_segments_next(segments, PT_LOAD, &j, &code));) {
    uint64_t size = each->p_flags & PF_X ? (uint64_t)(code.end - code.begin) : 0;
    for (uint64_t at = 0; at < size && at < 4096; at += 5) {
      struct allocs_cfi_entry entry;
      struct allocs_cfi_row row;
      uintptr_t address = segments->bias + each->p_vaddr + at;
      if (!allocs_cfi_find(segments, segments->bias + phdr->p_vaddr, address, &entry) ||
          !allocs_cfi_run(&entry, address, &row))
        continue;
      add(entry.begin - segments->bias), add(entry.end - segments->bias);
      add(row.cfa.how), add(row.cfa.reg);
      for (int reg = 0; reg < ALLOCS_ARCH_N_REGS; reg++)
        add(row.regs[reg].how), add(row.regs[reg].how == ALLOCS_CFI_AT_CFA ? (uint64_t)row.regs[reg].u.n : 0);
      n++;
    }
  }
  return n;
}

static uint64_t read_image(const struct allocs_segments *segments, unsigned ret[3]) {
  sum = 0;
  ret[0] = read_notes(segments);
  ret[1] = read_symbols(segments);
  ret[2] = read_unwind(segments);
  return sum;
}

/* The same at other addresses, as of another process. */
static struct allocs_segments copy_of(const struct allocs_segments *loaded) {
  struct allocs_segments copy = *loaded;
  struct allocs_stretch from;
  uint64_t end = 0;
  for (size_t i = 0; i < loaded->n_phdrs; i++)
    if (loaded->phdrs[i].p_type == PT_LOAD)
      end = loaded->phdrs[i].p_vaddr + loaded->phdrs[i].p_memsz;
  unsigned char *begin = guarded(end);
  for (size_t i = 0; allocs_segments_next(loaded, PT_LOAD, &i, &from);)
    memcpy(begin + ((uintptr_t)from.begin - loaded->bias), from.begin, (size_t)(from.end - from.begin));
  copy.home = (uintptr_t)begin;
  return copy;
}

static Elf64_Phdr phdrs[64];
static struct allocs_segments file_of(const unsigned char *bytes, uint64_t size) {
  struct allocs_memory memory = allocs_memory(bytes, size);
  struct allocs_elf_headers headers;
  Elf64_Shdr section;
  uint32_t n = 0;
  if (!allocs_elf_headers_read(&memory.source, &headers))
    return allocs_segments_of_file(phdrs, 0, bytes, size);
  while (n < 64 && allocs_elf_headers_segment(&memory.source, &headers, n, &phdrs[n]))
    n++;
  for (uint32_t i = 0; i < 100 && allocs_elf_headers_section(&memory.source, &headers, i, &section); i++)
    add(section.sh_type);
  return allocs_segments_of_file(phdrs, n, bytes, size);
}

/* Numbers that are too large for the header stand in the first section header; a file may end before its sections do. */
static void headers_of(const unsigned char *bytes, uint64_t size, const struct allocs_elf_headers *known) {
  struct allocs_elf_headers headers;
  unsigned char *copy = guarded(size);
  Elf64_Ehdr *header = (void *)copy;
  struct allocs_memory memory = allocs_memory(copy, size);
  memcpy(copy, bytes, size);
  Elf64_Shdr *first = (void *)(copy + header->e_shoff);
  first->sh_size = header->e_shnum, first->sh_link = header->e_shstrndx, first->sh_info = header->e_phnum;
  header->e_shnum = 0, header->e_shstrndx = SHN_XINDEX, header->e_phnum = PN_XNUM;
  CHECK(allocs_elf_headers_read(&memory.source, &headers) && !headers.is_cut && headers.names == known->names);
  CHECK(headers.n_sections == known->n_sections && headers.n_segments == known->n_segments);
  memory.source.size = header->e_shoff + 2 * sizeof *first + 1;
  CHECK(allocs_elf_headers_read(&memory.source, &headers) && headers.is_cut && headers.n_sections == 2);
  CHECK(allocs_elf_headers_section(&memory.source, &headers, 1, first));
  CHECK(!allocs_elf_headers_section(&memory.source, &headers, 2, first));
  memory.source.size = header->e_shoff + 1;
  CHECK(!allocs_elf_headers_read(&memory.source, &headers)); /* how many segments there are is not known */
  header->e_phnum = 1;
  CHECK(allocs_elf_headers_read(&memory.source, &headers) && headers.is_cut && !headers.n_sections);
  memory.source.size = sizeof *header - 1;
  CHECK(!allocs_elf_headers_read(&memory.source, &headers));
  memory.source.size = size, header->e_ident[EI_CLASS] = ELFCLASS32;
  CHECK(!allocs_elf_headers_read(&memory.source, &headers));
}

/* Whatever the file says, nothing outside it is read. */
static void hostile(const unsigned char *bytes, uint64_t size) {
  uint64_t seed = 1;
  unsigned facts[3];
  unsigned char *copy = guarded(size);
  const uint64_t interesting[] = {0, 1, 8, 0xff, size, size - 1, 1u << 31, ~0ull, ~7ull};
  memcpy(copy, bytes, size);
  for (int round = 0; round < 300; round++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    uint64_t span = seed >> 63 ? 64 + 56 * 14 : 0x1800 < size - 8 ? 0x1800 : size - 8;
    uint64_t at = (seed >> 20) % span, width = 1u << (seed >> 60 & 3), value = interesting[(seed >> 40) % 9];
    memcpy(copy + at, &value, width);
    struct allocs_segments file = file_of(copy, size);
    read_image(&file, facts);
    if (seed >> 59 & 1)
      memcpy(copy, bytes, size);
  }
}

int main(int argc, char **argv) {
  struct allocs_segments loaded, file, copy;
  struct allocs_elf_headers headers;
  unsigned facts[3][3];
  uint64_t size;
  CHECK(argc == 2 && exported_function(1) == 10);
  dl_iterate_phdr(take_first, &loaded);
  const unsigned char *bytes = read_file(argv[1], &size);
  struct allocs_memory memory = allocs_memory(bytes, size);
  CHECK(allocs_elf_headers_read(&memory.source, &headers) && headers.machine == EM_X86_64 && !headers.is_cut);
  CHECK(headers.n_segments == loaded.n_phdrs && headers.names && headers.names < headers.n_sections);
  file = file_of(bytes, size);
  copy = copy_of(&loaded);
  CHECK(file.n_phdrs == loaded.n_phdrs);
  const void *code = allocs_segments_bytes(&file, (uintptr_t)&exported_function - loaded.bias, 8);
  CHECK(code && !memcmp(code, (void *)&exported_function, 8));
  CHECK(allocs_segments_bytes(&copy, (uintptr_t)&exported_function, 8) != (void *)&exported_function);
  CHECK(!allocs_segments_bytes(&file, (uintptr_t)&exported_function - loaded.bias, size));
  CHECK(allocs_segments_hold(&loaded, (uintptr_t)&exported_variable, 4, PF_R | PF_W));
  CHECK(!allocs_segments_hold(&loaded, (uintptr_t)&exported_function, 4, PF_W));
  uint64_t sums[] = {read_image(&loaded, facts[0]), read_image(&file, facts[1]), read_image(&copy, facts[2])};
  CHECK(sums[0] == sums[1] && sums[0] == sums[2]);
  CHECK(!memcmp(facts[0], facts[1], sizeof *facts) && !memcmp(facts[0], facts[2], sizeof *facts));
  CHECK(facts[0][0] == 1 && facts[0][1] == 2 && facts[0][2] > 100);
  headers_of(bytes, size, &headers);
  hostile(bytes, size);
  return check_failed;
}
