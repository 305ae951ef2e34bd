// Of a file that is to be run its dynamic linker, build ID and sections are found wherever they stand in it; what is too long, not there, or no file is none.
// RUN: %cc -O1 -D_GNU_SOURCE -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover -I%src/runtime -I%src/typegen %s %src/runtime/bytes/notes.c %src/runtime/bytes/elf_headers.c -o %t && %t %t.file

#include "run/run_file.c"
#include "check.h"

#include <stdio.h>

enum { AT_INTERP = 1000, AT_NOTES = 1100, AT_MORE = 1300, AT_NAMES = 1600, AT_SECTIONS = 2048, SIZE = 3000 };
static struct {
  Elf64_Ehdr header;
  Elf64_Phdr segments[4];
  char rest[SIZE - sizeof(Elf64_Ehdr) - 4 * sizeof(Elf64_Phdr)];
} it;
static const char *name;
static struct allocs_run_file file;

static char *at(size_t offset) { return (char *)&it + offset; }
static bool opened(size_t size) {
  FILE *out = fopen(name, "w");
  fwrite(&it, 1, size, out), fclose(out);
  return allocs_run_file_open(name, &file);
}
static size_t put_note(size_t offset, uint32_t type, const char *owner, const void *contents, uint32_t size) {
  Elf64_Nhdr note = {4, size, type};
  memcpy(at(offset), &note, sizeof note), memcpy(at(offset + sizeof note), owner, 4), memcpy(at(offset + sizeof note + 4), contents, size);
  return offset + sizeof note + 4 + (size + 3) / 4 * 4;
}

static void begin(void) {
  static const char names[] = "\0.text\0.debug_info\0.shstrtab";
  memset(&it, 0, sizeof it);
  it.header = (Elf64_Ehdr){.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT}, .e_type = ET_DYN, .e_machine = EM_X86_64, .e_version = EV_CURRENT, .e_phoff = sizeof it.header, .e_shoff = AT_SECTIONS,
                           .e_ehsize = sizeof it.header, .e_phentsize = sizeof *it.segments, .e_phnum = 4, .e_shentsize = sizeof(Elf64_Shdr), .e_shnum = 4, .e_shstrndx = 3};
  it.segments[0] = (Elf64_Phdr){.p_type = PT_LOAD, .p_filesz = SIZE, .p_memsz = SIZE};
  it.segments[1] = (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = AT_NOTES, .p_filesz = 100, .p_align = 4};
  it.segments[2] = (Elf64_Phdr){.p_type = PT_INTERP, .p_offset = AT_INTERP, .p_filesz = sizeof "/lib/ld.so"};
  it.segments[3] = (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = AT_MORE, .p_filesz = 100, .p_align = 4};
  strcpy(at(AT_INTERP), "/lib/ld.so"), memcpy(at(AT_NAMES), names, sizeof names);
  Elf64_Shdr sections[4] = {{.sh_name = 0}, {.sh_name = 1, .sh_type = SHT_PROGBITS}, {.sh_name = 7, .sh_type = SHT_PROGBITS}, {.sh_name = 19, .sh_type = SHT_STRTAB, .sh_offset = AT_NAMES, .sh_size = sizeof names}};
  memcpy(at(AT_SECTIONS), sections, sizeof sections);
  it.segments[1].p_filesz = put_note(put_note(AT_NOTES, 1, "GNU", "abcd", 4), 3, "Foo", "abcd", 4) - AT_NOTES;
  it.segments[3].p_filesz = put_note(put_note(AT_MORE, 7, "GNU", "abc", 3), 3, "GNU", "\1\2\3\4\5\6\7\10\11", 9) - AT_MORE;
}

static bool id(const char *wanted, size_t size) {
  unsigned char room[ALLOCS_BUILD_ID_LONGEST];
  struct allocs_build_id found;
  bool is_there = allocs_run_file_build_id(&file, room, &found);
  return wanted ? is_there && found.size == size && found.bytes == room && !memcmp(room, wanted, size) : !is_there;
}
static bool linker(const char *wanted, size_t room) {
  char path[64] = "?";
  bool found = allocs_run_file_interpreter(&file, path, room);
  return wanted ? found && !strcmp(path, wanted) : !found;
}

int main(int argc, char **argv) {
  name = argv[argc - 1];
  begin(), CHECK(opened(SIZE) && id("\1\2\3\4\5\6\7\10\11", 9) && linker("/lib/ld.so", 64) && linker("/lib/ld.so", 11) && linker(NULL, 10));
  CHECK(allocs_run_file_has_section(&file, ".text") && allocs_run_file_has_section(&file, ".debug_info") && allocs_run_file_has_section(&file, ".shstrtab") && allocs_run_file_has_section(&file, ""));
  CHECK(!allocs_run_file_has_section(&file, ".debug") && !allocs_run_file_has_section(&file, "text")), allocs_run_file_close(&file);
  /* Names that are not in their table, or have no table. */
  Elf64_Shdr *sections = (Elf64_Shdr *)at(AT_SECTIONS);
  sections[2].sh_name = (uint32_t)sections[3].sh_size, CHECK(opened(SIZE) && !allocs_run_file_has_section(&file, ".debug_info") && allocs_run_file_has_section(&file, ".shstrtab")), allocs_run_file_close(&file);
  begin(), it.header.e_shstrndx = 9, CHECK(opened(SIZE) && !allocs_run_file_has_section(&file, ".text")), allocs_run_file_close(&file);
  begin(), sections[3].sh_offset = SIZE, CHECK(opened(SIZE) && !allocs_run_file_has_section(&file, ".text")), allocs_run_file_close(&file);
  begin(), sections[3].sh_size = LARGEST_NAMES + 1, CHECK(opened(SIZE) && !allocs_run_file_has_section(&file, ".text")), allocs_run_file_close(&file);
  /* A table without an end. */
  begin(), sections[3].sh_size = 12, CHECK(opened(SIZE) && allocs_run_file_has_section(&file, ".text") && allocs_run_file_has_section(&file, ".debu") && !allocs_run_file_has_section(&file, ".debug_info")), allocs_run_file_close(&file);
  /* Of the first segment of notes that has one; of one that is too long, none. */
  begin(), put_note(AT_NOTES, 3, "GNU", "xyzXYZxyz", 9), CHECK(opened(SIZE) && id("xyzXYZxyz", 9)), allocs_run_file_close(&file);
  begin(), it.segments[3].p_filesz = 10, CHECK(opened(SIZE) && id(NULL, 0)), allocs_run_file_close(&file);
  begin(), it.segments[3].p_filesz = LARGEST_NOTES + 1, CHECK(opened(SIZE) && id(NULL, 0)), allocs_run_file_close(&file);
  begin(), it.segments[3].p_filesz = put_note(AT_MORE, 3, "GNU", it.rest, ALLOCS_BUILD_ID_LONGEST) - AT_MORE, CHECK(opened(SIZE) && id(it.rest, ALLOCS_BUILD_ID_LONGEST)), allocs_run_file_close(&file);
  begin(), it.segments[3].p_filesz = put_note(AT_MORE, 3, "GNU", it.rest, ALLOCS_BUILD_ID_LONGEST + 1) - AT_MORE, CHECK(opened(SIZE) && id(NULL, 0)), allocs_run_file_close(&file);
  it.segments[3].p_type = it.segments[2].p_type = PT_NULL, CHECK(opened(SIZE) && id(NULL, 0) && linker(NULL, 64)), allocs_run_file_close(&file);
  /* A linker's name without its end, of no bytes, and behind the end. */
  begin(), it.segments[2].p_filesz--, CHECK(opened(SIZE) && linker(NULL, 64)), allocs_run_file_close(&file);
  begin(), it.segments[2].p_filesz = 0, CHECK(opened(SIZE) && linker(NULL, 64)), allocs_run_file_close(&file);
  begin(), it.segments[2].p_offset = SIZE - 10, CHECK(opened(SIZE) && linker(NULL, 64)), allocs_run_file_close(&file);
  /* No such file, no file, and none of ours. */
  begin(), it.header.e_ident[EI_CLASS] = ELFCLASS32, CHECK(!opened(SIZE) && file.fd >= 0), begin(), CHECK(!opened(20));
  CHECK(!allocs_run_file_open("/nowhere", &file) && file.fd < 0 && !allocs_run_file_open("/dev/null", &file) && !allocs_run_file_open("/", &file));
  /* What comes first in it; as much as may be; and where no other file is open. */
  begin(), it.segments[0] = it.segments[2], it.segments[2].p_type = PT_NULL, CHECK(opened(SIZE) && linker("/lib/ld.so", 64)), allocs_run_file_close(&file);
  begin(), it.segments[0] = it.segments[3], it.segments[1].p_type = it.segments[3].p_type = PT_NULL, CHECK(opened(SIZE) && id("\1\2\3\4\5\6\7\10\11", 9)), allocs_run_file_close(&file);
  for (int more = 0; more < 2; more++) {
    begin(), it.segments[3].p_filesz = LARGEST_NOTES + (unsigned)more, sections[3].sh_size = LARGEST_NAMES + (unsigned)more, opened(SIZE), allocs_run_file_close(&file);
    CHECK(!truncate(name, 2 * LARGEST_NAMES) && allocs_run_file_open(name, &file) && id(more ? NULL : "\1\2\3\4\5\6\7\10\11", 9) && allocs_run_file_has_section(&file, ".text") == !more), allocs_run_file_close(&file);
  }
  begin(), close(0);
  for (int i = 0; i < 2; i++)
    CHECK(opened(SIZE) && !file.fd && linker("/lib/ld.so", 64)), allocs_run_file_close(&file);
  CHECK(!open("/dev/null", O_RDONLY));
  int before = dup(0), after;
  close(before);
  for (int i = 0; i < 3; i++)
    CHECK(opened(SIZE)), allocs_run_file_close(&file), allocs_run_file_open("/", &file);
  after = dup(0), CHECK(before == after);
  remove(name);
  return check_failed;
}
