// ELF headers, notes, dynamic symbols and segments of hostile bytes are read without a read beyond them.
// REQUIRES: fuzzer
// RUN: %cc -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I%src/runtime %s %src/runtime/bytes/*.c -o %t
// RUN: %t -runs=0 %S/Inputs/elf

/* The input is a file; its segments are looked at where the file has them. */

#include "bytes/dynamic_symbols.h"
#include "bytes/elf_headers.h"
#include "bytes/notes.h"

#include <stdlib.h>

enum { SEGMENTS_MAX = 32 };

static volatile unsigned char sink;

/* Whatever is said to be there can be read. */
static void touch(const void *begin, uint64_t size) {
  for (uint64_t i = 0; i < size; i++)
    sink ^= ((const unsigned char *)begin)[i];
}

static void read_sections(const struct allocs_source *file, const struct allocs_elf_headers *headers) {
  Elf64_Shdr section;
  char bytes[64];
  for (uint32_t i = 0; i < headers->n_sections; i++)
    if (allocs_elf_headers_section(file, headers, i, &section))
      allocs_source_read(file, section.sh_offset, bytes, section.sh_size < sizeof bytes ? section.sh_size : sizeof bytes);
}

static void read_notes(const struct allocs_segments *segments) {
  struct allocs_stretch stretch;
  const Elf64_Phdr *phdr;
  for (size_t i = 0; (phdr = allocs_segments_next(segments, PT_NOTE, &i, &stretch));) {
    struct allocs_notes notes = {stretch.begin, (uint64_t)(stretch.end - stretch.begin), phdr->p_align, 0};
    struct allocs_elf_note note;
    while (allocs_notes_next(&notes, &note)) {
      touch(note.name, note.name_size);
      if (!note.is_cut)
        touch(note.contents, note.size);
      uint64_t begin, end;
      for (unsigned which = 0; allocs_notes_state(&note) == ALLOCS_NOTES_OURS && which <= ALLOCS_N_TABLES; which++)
        if (!allocs_notes_bounds(note.contents, phdr->p_vaddr + note.at, which, &begin, &end) && end < begin)
          abort();
    }
  }
}

static void copied(uintptr_t address, void *arg) { *(uintptr_t *)arg ^= address; }

static void read_symbols(const struct allocs_segments *segments) {
  struct allocs_symtab table;
  uintptr_t all = 0;
  allocs_dynamic_symbols_each_copy(segments, copied, &all);
  if (!allocs_dynamic_symbols(segments, &table))
    return;
  for (uint64_t i = 0; i < table.n; i++) {
    Elf64_Sym symbol = allocs_symtab_at(&table, i);
    const char *name = allocs_symtab_name(&table, &symbol);
    if (name)
      touch(name, strlen(name) + 1);
    if (allocs_dynamic_symbols_is_definition(segments, &table, &symbol) && !name)
      abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unsigned char *bytes = malloc(size ? size : 1); /* nothing readable follows it */
  memcpy(bytes, data, size);
  struct allocs_memory file = allocs_memory(bytes, size);
  struct allocs_elf_headers headers;
  if (allocs_elf_headers_read(&file.source, &headers)) {
    Elf64_Phdr phdrs[SEGMENTS_MAX];
    size_t n = 0;
    while (n < SEGMENTS_MAX && allocs_elf_headers_segment(&file.source, &headers, (uint32_t)n, &phdrs[n]))
      n++;
    struct allocs_segments segments = allocs_segments_of_file(phdrs, n, bytes, size);
    read_sections(&file.source, &headers);
    read_notes(&segments);
    read_symbols(&segments);
    for (size_t i = 0; i < n; i++) {
      const void *there = allocs_segments_bytes(&segments, phdrs[i].p_vaddr, phdrs[i].p_filesz);
      if (there)
        touch(there, phdrs[i].p_filesz);
    }
  }
  free(bytes);
  return 0;
}
