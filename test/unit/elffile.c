// The file behind an image counts if all that is compared of it is as it was loaded, wherever it was found; of its sections copies are had, with a zero behind, of what is in it.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/bytes/elf_headers.c %src/runtime/bytes/notes.c -o %t && %t

#include "image/elf_file.c"
#include "check.h"

#include <sys/mman.h>

/* A file and what was loaded of it, at the same offsets: notes, unwind table, a segment of two chunks and a bit, and one
   that is written to. */
enum { SIZE = 0x22100, NOTES = 0x200, UNWIND = 0x300, CODE = 0x1000, CODE_SIZE = 2 * CHUNK + 0x100, DATA = 0x22000 };
static int descriptor = 5;
static _Alignas(16) unsigned char on_disk[SIZE], memory[SIZE];
static struct allocs_image image;
static const char *mapped, *exists; /* the kernel's name, and the file that is there */
static uintptr_t unreadable;
static char log[200];
static unsigned n_maps, most_maps;
static size_t mapped_size, asked_size;
static struct allocs_elf_note note;
static const unsigned char gnu[] = "GNU", gnv[] = "GNV";

bool allocs_os_find_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  CHECK(address == (uintptr_t)memory);
  if (mapped)
    *ret = (struct allocs_os_mapping){.begin = (uintptr_t)memory, .end = (uintptr_t)memory + SIZE}, strcpy(ret->name, mapped);
  else
    strcpy(ret->name, "/left");
  return mapped;
}
int allocs_os_open(const char *path, uint64_t *size) {
  *size = SIZE, sprintf(log + strlen(log), "%s ", path);
  return exists && !strcmp(path, exists) ? descriptor : -1;
}
void allocs_os_close(int fd) { CHECK(fd == descriptor), strcat(log, "close "); }
bool allocs_os_read_file(int fd, uint64_t offset, void *ret, size_t n) {
  return CHECK(fd == descriptor && offset + n <= SIZE), memcpy(ret, on_disk + offset, n);
}
bool allocs_os_read(uintptr_t address, void *ret, size_t n) {
  if (address < (uintptr_t)memory || address + n > (uintptr_t)memory + SIZE || unreadable - address < n)
    return false;
  return memcpy(ret, (const void *)address, n);
}
void *allocs_os_map(size_t size) {
  asked_size = size;
  if (n_maps >= most_maps)
    return NULL;
  n_maps++, mapped_size += size;
  char *begin = mmap(NULL, size + ALLOCS_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(begin + size, ALLOCS_PAGE, PROT_NONE);
  return begin;
}
void allocs_os_unmap(void *begin, size_t size) { mapped_size -= size, munmap(begin, size + ALLOCS_PAGE); }
bool allocs_image_each_note(const struct allocs_os_image *os, allocs_note_fn *fn, void *arg) {
  return CHECK(os == &image.os), fn(&note, arg);
}

static void begin(void) {
  for (size_t i = 0; i < SIZE; i++)
    on_disk[i] = (unsigned char)(i * 7 + i / 251);
  Elf64_Ehdr header = {.e_ident = ELFMAG, .e_type = ET_DYN, .e_ehsize = sizeof header, .e_phoff = sizeof header, .e_phnum = 4};
  header.e_ident[EI_CLASS] = ELFCLASS64, header.e_ident[EI_DATA] = ELFDATA2LSB, header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_version = EV_CURRENT, header.e_phentsize = sizeof(Elf64_Phdr), header.e_shentsize = sizeof(Elf64_Shdr);
  const Elf64_Phdr phdrs[] = {
      {.p_type = PT_NOTE, .p_flags = PF_R, .p_offset = NOTES, .p_vaddr = NOTES, .p_filesz = 0x40},
      {.p_type = PT_GNU_EH_FRAME, .p_flags = PF_R, .p_offset = UNWIND, .p_vaddr = UNWIND, .p_filesz = 0x50},
      {.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = CODE, .p_vaddr = CODE, .p_filesz = CODE_SIZE},
      {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = DATA, .p_vaddr = DATA, .p_filesz = 0x100},
      {.p_type = PT_NOTE, .p_offset = NOTES, .p_vaddr = DATA, .p_filesz = 8}}; /* one more than there are */
  memcpy(on_disk, &header, sizeof header), memcpy(on_disk + sizeof header, phdrs, sizeof phdrs);
  memcpy(memory, on_disk, SIZE);
  image.os = (struct allocs_os_image){.begin = (uintptr_t)memory, .bias = (uintptr_t)memory, .name = "/lib.so", .n_phdrs = 4};
  image.os.phdrs = memory + sizeof header;
  note = (struct allocs_elf_note){.type = NT_GNU_BUILD_ID, .name = gnu, .name_size = 4, .size = 20};
  mapped = exists = "/lib.so", unreadable = 0, most_maps = 1000, n_maps = 0, log[0] = 0;
}
static bool opens(void) {
  struct allocs_elf_file file;
  log[0] = 0;
  bool is = allocs_elf_file_open(&image, &file);
  if (is)
    CHECK(file.headers.n_segments == 4 && file.source.size == SIZE && (file.fd == descriptor || file.memory == (uintptr_t)memory));
  if (is)
    allocs_elf_file_close(&file);
  CHECK(!mapped_size);
  return is;
}
#define IS(wanted) CHECK_STRING(log, wanted)

static void where(void) {
  begin(), CHECK(opens()), IS("/lib.so close ");
  exists = "/other", CHECK(!opens()), IS("/lib.so /lib.so ");
  mapped = "/real", exists = "/lib.so", CHECK(opens()), IS("/real /lib.so close ");
  exists = "/real", CHECK(opens()), IS("/real close ");
  mapped = NULL, exists = "/lib.so", CHECK(opens()), IS("/lib.so close ");
  image.os.name = "lib.so", exists = "lib.so", CHECK(!opens()), IS(""); /* of a folder that was */
  image.os.name = "", exists = "/proc/self/exe", CHECK(opens()), IS("/proc/self/exe close ");
  mapped = exists = "/prog", CHECK(opens()), IS("/proc/self/exe /prog close ");
  exists = "/proc/self/exe", memory[NOTES]++, CHECK(!opens()), IS("/proc/self/exe close /prog ");
  begin(), image.os.name = "linux-vdso.so.1", mapped = "[vdso]", CHECK(opens()), IS("");
  memory[sizeof(Elf64_Ehdr) - 8 - 2]++, CHECK(!opens()); /* number of segments */
  begin(), image.os.name = "linux-vdso.so.1", mapped = "[heap]", CHECK(!opens());
}

static bool differs(size_t at) {
  memory[at]++;
  bool is = !opens();
  return memory[at]--, is;
}
static void compared(void) {
  begin();
  const size_t with_id[] = {NOTES, NOTES + 0x3f, UNWIND, UNWIND + 0x4f, sizeof(Elf64_Ehdr) + 4 * sizeof(Elf64_Phdr) - 1};
  for (size_t i = 0; i < sizeof with_id / sizeof *with_id; i++)
    CHECK(differs(with_id[i]));
  const size_t others[] = {NOTES - 1, NOTES + 0x40, UNWIND - 1, UNWIND + 0x50, CODE, DATA};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    CHECK(!differs(others[i]));
  const size_t without[] = {CODE, CODE + CHUNK - 1, CODE + CHUNK, CODE + 2 * CHUNK - 1, CODE + 2 * CHUNK, CODE + CODE_SIZE - 1};
  const struct allocs_elf_note none[] = {{.type = NT_GNU_BUILD_ID, .name = gnu, .name_size = 4, .size = 7},
                                         {.type = NT_GNU_BUILD_ID + 1, .name = gnu, .name_size = 4, .size = 20},
                                         {.type = NT_GNU_BUILD_ID, .name = gnv, .name_size = 4, .size = 20},
                                         {.type = NT_GNU_BUILD_ID, .name = gnu, .name_size = 3, .size = 20}};
  for (size_t i = 0; i < 4; i++) {
    note = none[i], CHECK(differs(without[i]) && differs(without[5 - i]));
    CHECK(!differs(CODE - 1) && !differs(CODE + CODE_SIZE) && !differs(NOTES) && !differs(DATA));
  }
  unreadable = (uintptr_t)memory + CODE + CHUNK, CHECK(!opens()), note.name_size = 4, note.size = 8, CHECK(opens());
  image.os.n_phdrs = 3, CHECK(!opens()), image.os.n_phdrs = 4, most_maps = n_maps, CHECK(!opens());
  begin(), on_disk[0] = 0, CHECK(!opens()), IS("/lib.so close /lib.so close ");
}

/* A copy's last bytes and what is mapped for it; NULL if there is none. */
static const unsigned char *copy_of(const struct allocs_elf_file *file, uint64_t offset, uint64_t size, uint32_t type) {
  static unsigned char last[2];
  size_t map_size = 0;
  Elf64_Shdr section = {.sh_type = type, .sh_offset = offset, .sh_size = size};
  unsigned char *copy = allocs_elf_file_copy(file, &section, &map_size);
  if (!copy)
    return CHECK(!mapped_size), NULL;
  CHECK(map_size == mapped_size && !memcmp(copy, on_disk + offset, size));
  memcpy(last, copy + size - 1, 2), allocs_os_unmap(copy, map_size);
  return last;
}
static void copies(void) {
  struct allocs_elf_file file;
  const unsigned char *last;
  begin(), CHECK(allocs_elf_file_open(&image, &file));
  CHECK((last = copy_of(&file, 0x1800, 4095, SHT_STRTAB)) && last[0] == on_disk[0x1800 + 4094] && !last[1] && asked_size == 4096);
  CHECK((last = copy_of(&file, 0x1800, 4096, SHT_STRTAB)) && !last[1] && asked_size == 8192);
  CHECK(!copy_of(&file, 0x1800, 16, SHT_NOBITS) && !copy_of(&file, 0x1800, 0, SHT_STRTAB));
  CHECK(copy_of(&file, 0, SIZE, SHT_STRTAB) && copy_of(&file, SIZE - 1, 1, SHT_STRTAB) && !copy_of(&file, SIZE, 1, SHT_STRTAB));
  asked_size = 0, CHECK(!copy_of(&file, 1, SIZE + 1, SHT_STRTAB) && !asked_size); /* nothing is mapped for that */
  most_maps = n_maps, CHECK(!copy_of(&file, 0x1800, 16, SHT_STRTAB));
  file.source.size = 4ull * LARGEST_SECTION, CHECK(!copy_of(&file, 0, LARGEST_SECTION, SHT_STRTAB));
  CHECK(asked_size == (size_t)LARGEST_SECTION + ALLOCS_PAGE), asked_size = 0;
  CHECK(!copy_of(&file, 0, (size_t)LARGEST_SECTION + 1, SHT_STRTAB) && !asked_size);
  allocs_elf_file_close(&file), CHECK(!strcmp(log, "/lib.so close "));
  /* A section's header is had by its number. */
  Elf64_Shdr header;
  file.headers.n_sections = 2, file.headers.sections = CODE, file.source.size = SIZE;
  CHECK(allocs_elf_file_section(&file, 1, &header) && !memcmp(&header, on_disk + CODE + sizeof header, sizeof header));
  CHECK(!allocs_elf_file_section(&file, 2, &header));
}

int main(void) {
  where();
  descriptor = 0, where(), copies();
  compared();
  copies();
  return check_failed;
}
