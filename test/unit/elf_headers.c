// Headers of a file are read where the ones before say, to the file's last byte; what is not there is not made up.
// RUN: %cc -O1 -Wall -Wextra -Werror -iquote %src/runtime %s %src/runtime/bytes/elf_headers.c -o %t && %t

#include "bytes/elf_headers.h"
#include "check.h"

enum { SEGMENTS = 0x100, SECTIONS = 0x200, N = 3, SIZE = SECTIONS + N * sizeof(Elf64_Shdr) };
static _Alignas(16) unsigned char file[SIZE + 64];
static Elf64_Ehdr *header = (void *)file;
static Elf64_Phdr *segment = (void *)(file + SEGMENTS);
static Elf64_Shdr *section = (void *)(file + SECTIONS);
static struct allocs_elf_headers headers;

static void begin(void) {
  memset(file, 0xff, sizeof file);
  *header = (Elf64_Ehdr){.e_type = ET_DYN, .e_machine = EM_AARCH64, .e_phoff = SEGMENTS, .e_shoff = SECTIONS,
                         .e_phentsize = sizeof *segment, .e_phnum = 2, .e_shentsize = sizeof *section, .e_shnum = N,
                         .e_shstrndx = 2};
  memcpy(header->e_ident, ELFMAG, SELFMAG);
  header->e_ident[EI_CLASS] = ELFCLASS64, header->e_ident[EI_DATA] = ELFDATA2LSB;
  for (uint32_t i = 0; i < N; i++)
    section[i] = (Elf64_Shdr){.sh_type = 10 + i, .sh_size = N - 1, .sh_link = 1, .sh_info = 5};
  segment[0] = (Elf64_Phdr){.p_type = 20}, segment[1] = (Elf64_Phdr){.p_type = 21};
}
static bool reads(uint64_t size) {
  struct allocs_memory memory = allocs_memory(file, size);
  return allocs_elf_headers_read(&memory.source, &headers);
}
/* Types of those that are there, as digits. */
static unsigned sections(uint64_t size) {
  struct allocs_memory memory = allocs_memory(file, size);
  unsigned types = 0;
  Elf64_Shdr each;
  for (uint32_t i = 0; allocs_elf_headers_section(&memory.source, &headers, i, &each); i++)
    types = types * 100 + each.sh_type;
  return types;
}
static unsigned segments(uint64_t size) {
  struct allocs_memory memory = allocs_memory(file, size);
  unsigned types = 0;
  Elf64_Phdr each;
  for (uint32_t i = 0; allocs_elf_headers_segment(&memory.source, &headers, i, &each); i++)
    types = types * 100 + each.p_type;
  return types;
}

static void whole(void) {
  begin();
  CHECK(reads(SIZE) && !headers.is_cut && headers.type == ET_DYN && headers.machine == EM_AARCH64);
  CHECK(headers.segments == SEGMENTS && headers.n_segments == 2 && headers.names == 2 && headers.n_sections == N);
  CHECK(sections(SIZE) == 101112 && segments(SIZE) == 2021 && headers.sections == SECTIONS);
  CHECK(sections(SIZE - 1) == 1011 && segments(SEGMENTS + 2 * sizeof *segment) == 2021);
  CHECK(segments(SEGMENTS + 2 * sizeof *segment - 1) == 20 && !segments(SEGMENTS) && !segments(SEGMENTS - 1));
  headers.segments = SIZE + 1;
  CHECK(!segments(SIZE));
  headers.segments = -(uint64_t)sizeof *segment; /* the second would be at 0 */
  CHECK(!segments(SIZE));
}

static void cut(void) {
  begin();
  CHECK(reads(SIZE - 1) && headers.is_cut && headers.n_sections == N - 1 && sections(SIZE) == 1011);
  CHECK(reads(SECTIONS + sizeof *section) && headers.is_cut && headers.n_sections == 1);
  CHECK(reads(SECTIONS + sizeof *section - 1) && headers.is_cut && !headers.n_sections && headers.n_segments == 2);
  CHECK(reads(sizeof *header) && headers.is_cut && !reads(sizeof *header - 1));
  header->e_shoff = 0;
  CHECK(reads(SIZE) && !headers.is_cut && !headers.n_sections);
  header->e_shoff = SECTIONS, header->e_shentsize--;
  CHECK(reads(SIZE) && headers.is_cut && !headers.n_sections);
  begin(), header->e_shnum = N - 1;
  CHECK(reads(SIZE) && !headers.is_cut && headers.n_sections == N - 1);
}

static void large(void) {
  begin(), header->e_shnum = 0, header->e_shstrndx = SHN_XINDEX, header->e_phnum = PN_XNUM;
  CHECK(reads(SIZE) && headers.n_sections == N - 1 && headers.names == 1 && headers.n_segments == 5);
  section[0].sh_size = (1ull << 32) + 1;
  CHECK(reads(SIZE) && headers.is_cut && headers.n_sections == N);
  CHECK(!reads(SECTIONS)); /* how many segments there are is not known */
  header->e_phnum = PN_XNUM - 1;
  CHECK(reads(SECTIONS) && headers.n_segments == PN_XNUM - 1);
}

static void others(void) {
  begin(), header->e_ident[EI_CLASS] = ELFCLASS32;
  CHECK(!reads(SIZE));
  begin(), header->e_ident[EI_DATA] = ELFDATA2MSB;
  CHECK(!reads(SIZE));
  for (int i = 0; i < SELFMAG; i++)
    begin(), header->e_ident[i]++, CHECK(!reads(SIZE));
  begin(), header->e_phentsize++;
  CHECK(!reads(SIZE));
  header->e_phnum = 0;
  CHECK(reads(SIZE) && !headers.n_segments);
}

static bool refuse(const struct allocs_source *source, uint64_t offset, void *ret, uint64_t n) {
  (void)source, (void)ret;
  CHECK(offset + n <= SIZE);
  return n == 0;
}

static void sources(void) {
  struct allocs_memory memory = allocs_memory(file, SIZE);
  struct allocs_source source = {refuse, SIZE};
  unsigned char byte = 0;
  file[SIZE - 1] = 7, file[0] = 8;
  CHECK(allocs_source_read(&memory.source, SIZE - 1, &byte, 1) && byte == 7);
  CHECK(allocs_source_read(&memory.source, 0, &byte, 1) && byte == 8);
  CHECK(!allocs_source_read(&memory.source, SIZE, &byte, 1) && allocs_source_read(&memory.source, SIZE, &byte, 0));
  CHECK(!allocs_source_read(&memory.source, SIZE + 1, &byte, 0) && !allocs_source_read(&memory.source, SIZE - 1, &byte, 2));
  CHECK(!allocs_source_read(&memory.source, UINT64_MAX, &byte, 2) && byte == 8);
  CHECK(!allocs_source_read(&source, 0, &byte, 1) && allocs_source_read(&source, SIZE, &byte, 0));
}

int main(void) {
  whole();
  cut();
  large();
  others();
  sources();
  return check_failed;
}
