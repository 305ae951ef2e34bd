// An image's segments are told as loaded, its sections as its file says and in their order, none over another; what a damaged file says is not, and nothing stays mapped that is not needed.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/ground/text.c -o %t && %t

#include "image/image_parts.c"
#include "check.h"

#include <sys/mman.h>

enum { N_SECTIONS = 10, MOST = 600, NAMES = 9, BIAS = 0x100000 };
static Elf64_Phdr phdrs[5];
static Elf64_Shdr headers[MOST];
static char names[] = "\0.a\0.long_name\0.b";
static struct allocs_image image;
static bool has_file, has_headers, has_copy, publishes;
static uint32_t n_sections;
static const char *mapped;
static int n_maps, most_maps, n_open;
static size_t mapped_size, asked_size, largest;
static char copy[sizeof names + 1];

bool allocs_os_find_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  CHECK(address == image.os.begin);
  memcpy(ret->name, "\0left", 6); /* what was there */
  return strcpy(ret->name, mapped ? mapped : "left"), mapped;
}
const char *allocs_store_text(const char *text) {
  static char kept[40];
  return strcat(strcpy(kept, "kept:"), text);
}
void allocs_os_tell(const void *begin, size_t size) { (void)begin, (void)size; }
int allocs_os_write(int fd, const void *bytes, size_t n) { return (void)fd, (void)bytes, (int)n; }
void *allocs_os_map(size_t size) {
  CHECK(size % ALLOCS_PAGE == 0), asked_size = size, largest = size > largest ? size : largest;
  if (n_maps >= most_maps || size > 1 << 20)
    return NULL;
  n_maps++, mapped_size += size;
  char *begin = mmap(NULL, size + ALLOCS_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(begin + size, ALLOCS_PAGE, PROT_NONE);
  if (publishes) /* so does another thread */
    publishes = false, CHECK(allocs_image_parts_of(&image));
  return begin;
}
void allocs_os_unmap(void *begin, size_t size) {
  mapped_size -= size;
  if (begin != copy)
    CHECK(!munmap(begin, size + ALLOCS_PAGE));
}
bool allocs_elf_file_open(const struct allocs_image *of, struct allocs_elf_file *ret) {
  CHECK(of == &image), n_open += has_file;
  *ret = (struct allocs_elf_file){.headers = {.sections = 0x7000, .n_sections = n_sections, .names = NAMES}};
  return has_file;
}
void allocs_elf_file_close(const struct allocs_elf_file *file) { (void)file, n_open--; }
bool allocs_elf_file_section(const struct allocs_elf_file *file, uint32_t i, Elf64_Shdr *ret) {
  return (void)file, i < MOST && (*ret = headers[i], true);
}
void *allocs_elf_file_copy(const struct allocs_elf_file *file, const Elf64_Shdr *section, size_t *map_size) {
  CHECK(file && section->sh_size == sizeof names), *map_size = 2 * ALLOCS_PAGE;
  mapped_size += has_copy ? *map_size : 0;
  return has_copy ? memcpy(copy, names, sizeof names) : NULL;
}
bool allocs_source_read(const struct allocs_source *source, uint64_t offset, void *ret, uint64_t n) {
  CHECK(source && offset == 0x7000 && n == n_sections * sizeof *headers);
  return has_headers && (memcpy(ret, headers, n), true);
}
bool allocs_image_holds(const struct allocs_image *of, uintptr_t address, uint64_t size, uint32_t flags) {
  return CHECK(of == &image && !flags), address >= BIAS && address < BIAS + 0x8000 && size <= BIAS + 0x8000 - address;
}

static Elf64_Phdr load(uint64_t begin, uint64_t size, uint32_t flags) {
  return (Elf64_Phdr){.p_type = PT_LOAD, .p_vaddr = begin, .p_memsz = size, .p_flags = flags};
}
static Elf64_Shdr section(uint64_t begin, uint64_t size, uint32_t name) {
  return (Elf64_Shdr){.sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_addr = begin, .sh_size = size, .sh_name = name};
}
static void begin(void) {
  allocs_image_parts_drop(&image);
  CHECK(!mapped_size && !n_open && !image.parts);
  memset(phdrs, 0, sizeof phdrs), memset(headers, 0, sizeof headers);
  image.os = (struct allocs_os_image){.begin = BIAS, .bias = BIAS, .phdrs = phdrs, .n_phdrs = 3, .name = "lib.so"};
  phdrs[0] = load(0, 0x1000, PF_R), phdrs[1] = (Elf64_Phdr){.p_type = PT_NOTE, .p_vaddr = 0x100, .p_memsz = 0x20};
  phdrs[2] = load(0x2000, 0x800, PF_R | PF_W);
  headers[1] = section(0x2000, 0x10, 4), headers[2] = section(0x100, 0x20, 1), headers[3] = section(0x180, 0x80, 15);
  headers[NAMES] = (Elf64_Shdr){.sh_type = SHT_STRTAB, .sh_size = sizeof names};
  has_file = has_headers = has_copy = true, n_sections = N_SECTIONS, mapped = "/lib.so", n_maps = 0, most_maps = 1000;
}
/* "name begin+size" of each, the segments first, writable ones with a star. */
static const char *told(void) {
  static char text[400];
  allocs_image_parts_drop(&image);
  const struct allocs_parts *parts = allocs_image_parts_of(&image);
  if (!parts)
    return "none";
  CHECK(mapped_size == parts->map_size && allocs_image_parts_of(&image) == parts);
  int n = sprintf(text, "%s:", parts->name ? parts->name : "?");
  for (size_t i = 0; i < parts->n_segments + parts->n_sections; i++) {
    const struct allocs_part *part = i < parts->n_segments ? &parts->segments[i] : &parts->sections[i - parts->n_segments];
    n += sprintf(text + n, " %s%s %lx+%lx", part->name, part->is_writable ? "*" : "", part->begin - BIAS, part->size);
  }
  return text;
}
#define SEGMENTS "kept:/lib.so: LOAD 0 r-- 0+1000 LOAD 2 rw-* 2000+800"
#define IS(wanted) CHECK_STRING(told(), wanted)

static void whole(void) {
  begin(), IS(SEGMENTS " .a 100+20 .b 180+80 .long_name 2000+10");
  mapped = "", IS("kept:lib.so: LOAD 0 r-- 0+1000 LOAD 2 rw-* 2000+800 .a 100+20 .b 180+80 .long_name 2000+10");
  mapped = NULL, image.os.name = "", n_sections = 0, IS("?: LOAD 0 r-- 0+1000 LOAD 2 rw-* 2000+800");
  begin(), n_sections = 0, phdrs[0].p_flags = PF_X, phdrs[2].p_flags = 0, IS("kept:/lib.so: LOAD 0 --x 0+1000 LOAD 2 --- 2000+800");
  /* None over another, ascending, and not empty. */
  begin(), n_sections = 0, image.os.n_phdrs = 5, phdrs[1] = load(0xfff, 0x10, 0), phdrs[3] = load(0x27ff, 1, 0), phdrs[4] = load(0x2800, 1, 0);
  IS(SEGMENTS " LOAD 4 --- 2800+1"), phdrs[4] = load(0x1800, 0x10, 0), IS(SEGMENTS), phdrs[4] = load(0x2900, 0, 0), IS(SEGMENTS);
  phdrs[1] = load(0x1000, 0x1000, PF_R), IS("kept:/lib.so: LOAD 0 r-- 0+1000 LOAD 1 r-- 1000+1000 LOAD 2 rw-* 2000+800");
}

static void sections(void) {
  begin(), headers[4] = section(0x11f, 1, 1), headers[5] = section(0x17f, 2, 1), IS(SEGMENTS " .a 100+20 .a 17f+2 .long_name 2000+10");
  begin(), headers[1].sh_flags = 0, headers[2].sh_size = 0, headers[3].sh_name = sizeof names, IS(SEGMENTS);
  headers[3].sh_name = sizeof names - 1, IS(SEGMENTS "  180+80");
  begin(), headers[1].sh_addr = 0x7ff1, headers[2].sh_type = SHT_NOBITS, IS(SEGMENTS " .a 100+20 .b 180+80");
  headers[2].sh_flags |= SHF_TLS, IS(SEGMENTS " .b 180+80"), headers[2].sh_type = SHT_PROGBITS, IS(SEGMENTS " .a 100+20 .b 180+80");
  headers[1].sh_addr = 0x7ff0, IS(SEGMENTS " .a 100+20 .b 180+80 .long_name 7ff0+10");
}

static void damaged(void) {
  begin(), has_file = false, IS(SEGMENTS), has_file = true, has_headers = false, IS(SEGMENTS), begin(), has_copy = false, IS(SEGMENTS);
  begin(), headers[NAMES].sh_type = SHT_PROGBITS, IS(SEGMENTS), begin();
  n_sections = MOST_SECTIONS + 1, largest = 0, IS(SEGMENTS), CHECK(largest == ALLOCS_PAGE); /* nothing is mapped for that */
  n_sections = MOST_SECTIONS, largest = 0, IS(SEGMENTS), CHECK(largest == MOST_SECTIONS * sizeof *headers), begin();
  for (most_maps = 0; most_maps < 4; most_maps++) {
    n_maps = 0;
    IS(most_maps < 3 ? "none" : SEGMENTS " .a 100+20 .b 180+80 .long_name 2000+10");
    if (!most_maps)
      CHECK(asked_size == ALLOCS_PAGE); /* of the parts alone */
  }
  begin(), publishes = true;
  const struct allocs_parts *parts = allocs_image_parts_of(&image);
  CHECK(parts && allocs_image_parts_of(&image) == parts && mapped_size == parts->map_size);
}

/* As many as just fit the pages that are mapped for them; text is copied to their ends. */
static void many(void) {
  static Elf64_Phdr more[100];
  begin(), image.os.phdrs = more, n_sections = 0;
  for (int i = 0; i < 100; i++)
    more[i] = load(0x10u * (unsigned)i, 0x10, PF_R);
  for (image.os.n_phdrs = 60; image.os.n_phdrs < 100; image.os.n_phdrs++) {
    allocs_image_parts_drop(&image);
    const struct allocs_parts *parts = allocs_image_parts_of(&image);
    size_t n = image.os.n_phdrs, size = sizeof *parts + n * sizeof(struct allocs_part) + n * SEGMENT_TEXT;
    CHECK(parts && parts->n_segments == n && parts->map_size == allocs_round_up(size, ALLOCS_PAGE));
    CHECK(parts && !strncmp(parts->segments[n - 1].name, "LOAD ", 5) && strlen(parts->segments[n - 1].name) == 11);
  }
  for (uint32_t n = 10; n <= MOST; n += n < 80 ? 1 : 13) { /* sections' texts as well */
    begin(), image.os.n_phdrs = 0, n_sections = n;
    size_t size = sizeof(struct allocs_parts);
    for (uint32_t i = 1; i < n; i++)
      if (i != NAMES)
        headers[i] = section(8 * i, 8, i % 2 ? 4 : 1), size += sizeof(struct allocs_part) + (i % 2 ? sizeof ".long_name" : sizeof ".a");
    const struct allocs_parts *parts = allocs_image_parts_of(&image);
    CHECK(parts && parts->n_sections == n - 2 && mapped_size == allocs_round_up(size, ALLOCS_PAGE));
  }
}

static void searched(void) {
  const struct allocs_part all[] = {{0x10, 8, "", false}, {0x18, 8, "", false}, {0x30, 0x10, "", false}, {0x80, 1, "", false}};
  for (size_t n = 0; n <= 4; n++)
    for (uintptr_t at = 0; at < 0x90; at++) {
      size_t i = 0;
      while (i < n && all[i].begin + all[i].size <= at)
        i++;
      CHECK(allocs_image_parts_from(all, n, at) == all + i);
    }
  struct allocs_parts parts = {.n_segments = 4, .segments = all, .n_sections = 1, .sections = &all[2]};
  CHECK(allocs_image_parts_hold(&parts, 0x30, 0x10) && !allocs_image_parts_hold(&parts, 0x30, 0x11) && !allocs_image_parts_hold(&parts, 0x10, 1));
  CHECK(allocs_image_parts_hold(&parts, 0x3f, 1) && !allocs_image_parts_hold(&parts, 0x3f, 2) && !allocs_image_parts_hold(&parts, 0x2f, 1));
  CHECK(!allocs_image_parts_hold(&parts, 0x40, 1)), parts.n_sections = 0;
  CHECK(allocs_image_parts_hold(&parts, 0x10, 8) && !allocs_image_parts_hold(&parts, 0x10, 9) && !allocs_image_parts_hold(&parts, 0x81, 0));
}

int main(void) {
  whole();
  sections();
  damaged();
  many();
  searched();
  begin();
  return check_failed;
}
