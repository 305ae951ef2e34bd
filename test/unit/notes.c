// Notes are found whether they are padded to 4 bytes, to 8, or some to 4 and some to 8 in one segment; nothing beyond the bytes given is read.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/bytes/notes.c -o %t
// RUN: %t

#define _GNU_SOURCE
#include "bytes/notes.h"
#include "check.h"

#include <elf.h>
#include <string.h>
#include <sys/mman.h>

enum { ROOM = 4096 };
static unsigned char *bytes; /* nothing can be read behind it */
static uint64_t size;

static void put(const void *from, uint64_t n) {
  memcpy(bytes + size, from, n);
  size += n;
}
static void pad(uint64_t align) {
  while (size % align)
    bytes[size++] = 0;
}
/* A note whose contents are so many bytes of its type. Padding counts from where it begins. */
static void note(const char *name, uint32_t name_size, uint32_t n, uint32_t type, uint64_t align) {
  Elf64_Nhdr header = {name_size, n, type};
  uint64_t begin = size;
  put(&header, sizeof header);
  put(name, name_size);
  for (; (size - begin) % align; size++)
    bytes[size] = 0;
  memset(bytes + size, (int)type, n);
  size += n;
  for (; (size - begin) % align; size++)
    bytes[size] = 0;
}

/* The types of the notes found, as digits; their contents are looked at. */
static const char *found(uint64_t align) {
  static char types[ROOM];
  unsigned char *end = bytes + ROOM, *begin = end - size;
  memmove(begin, bytes, size);
  struct allocs_notes notes = {begin, size, align, 0};
  struct allocs_elf_note each;
  size_t n = 0;
  while (allocs_notes_next(&notes, &each)) {
    types[n++] = each.is_cut ? '!' : (char)('0' + each.type);
    CHECK(each.name + each.name_size <= end);
    for (uint32_t i = 0; !each.is_cut && i < each.size; i++)
      CHECK(each.contents[i] == (unsigned char)each.type);
  }
  types[n] = '\0';
  size = 0;
  return types;
}

static void layouts(void) {
  /* A segment of 4. */
  note("GNU", 4, 20, 3, 4), note("allocs\0", 8, 60, 1, 4), note("GNU", 4, 16, 2, 4);
  CHECK(!strcmp(found(4), "312"));
  note("GNU", 4, 20, 3, 4), note("allocs", 7, 61, 1, 4), note("GNU", 4, 16, 2, 4);
  CHECK(!strcmp(found(0), "312")); /* 0 and 1 stand for 4 */
  note("GNU", 4, 20, 3, 4), note("allocs", 7, 61, 1, 4);
  CHECK(!strcmp(found(1), "31"));
  /* A segment of 8 as the gABI has it. */
  note("GNU", 4, 20, 3, 8), note("allocs\0", 8, 60, 1, 8), note("name of ten", 12, 3, 2, 8);
  CHECK(!strcmp(found(8), "312"));
  /* As mold has it: the first to 8, the others to 4. */
  note("GNU", 4, 16, 5, 8), note("GNU", 4, 20, 3, 4), note("GNU", 4, 16, 2, 4), note("allocs\0", 8, 60, 1, 4);
  CHECK(!strcmp(found(8), "5321"));
  note("allocs\0", 8, 60, 1, 4), note("GNU", 4, 20, 3, 4), note("GNU", 4, 16, 2, 4);
  CHECK(!strcmp(found(8), "132"));
  note("allocs", 7, 16, 1, 4);
  CHECK(!strcmp(found(8), "1"));
  /* A gap before a section of 8. */
  note("GNU", 4, 20, 3, 4), pad(8), note("GNU", 4, 16, 5, 8), note("allocs\0", 8, 60, 1, 4);
  CHECK(!strcmp(found(8), "351"));
  note("GNU", 4, 20, 3, 4), note("GNU", 4, 16, 2, 4), pad(8), note("GNU", 4, 16, 5, 8), note("allocs\0", 8, 60, 1, 4);
  CHECK(!strcmp(found(8), "3251"));
  /* The plugin's is the same in both, and where it begins does not matter. */
  for (int before = 0; before < 2; before++)
    for (int after = 0; after < 2; after++) {
      if (before)
        note("GNU", 4, 20, 3, 4);
      note("allocs\0\0\0\0\0", 12, 64, 1, 8);
      if (after)
        note("GNU", 4, 20, 2, 4);
      const char *expected[] = {"1", "12", "31", "312"};
      CHECK(!strcmp(found(before || after ? 8 : 4), expected[2 * before + after]));
    }
  /* Ends. */
  CHECK(!strcmp(found(8), ""));
  note("GNU", 4, 20, 3, 4), size -= 1;
  CHECK(!strcmp(found(4), "!"));
  note("GNU", 4, 19, 3, 4), size -= 1; /* but for the padding */
  CHECK(!strcmp(found(8), "3"));
  note("GNU", 4, 20, 3, 4), size = 15;
  CHECK(!strcmp(found(8), ""));
}

static enum allocs_notes_state state(const char *name, uint32_t name_size, uint32_t type, uint32_t version, uint32_t n) {
  static struct allocs_note contents;
  contents.version = version;
  return allocs_notes_state(&(struct allocs_elf_note){
      .name = (const void *)name, .name_size = name_size, .type = type, .contents = (void *)&contents, .size = n});
}

static void ours(void) {
  enum { WHOLE = sizeof(struct allocs_note) };
  for (uint32_t n = 7; n <= 12; n++)
    CHECK(state("allocs\0\0\0\0\0", n, 1, ALLOCS_ABI_VERSION, WHOLE) == ALLOCS_NOTES_OURS);
  CHECK(state("allocs\0\0\0\0\0", 12, 1, ALLOCS_ABI_VERSION, WHOLE + 4) == ALLOCS_NOTES_OURS);
  CHECK(state("allocs", 6, 1, ALLOCS_ABI_VERSION, WHOLE) == ALLOCS_NOTES_OTHER);
  CHECK(state("allocs\0x", 9, 1, ALLOCS_ABI_VERSION, WHOLE) == ALLOCS_NOTES_OTHER);
  CHECK(state("allocs", 7, 2, ALLOCS_ABI_VERSION, WHOLE) == ALLOCS_NOTES_OTHER);
  CHECK(state("allocs", 7, 1, ALLOCS_ABI_VERSION + 1, 4) == ALLOCS_NOTES_VERSION);
  CHECK(state("allocs", 7, 1, ALLOCS_ABI_VERSION, WHOLE - 1) == ALLOCS_NOTES_CUT);
  CHECK(state("allocs", 7, 1, ALLOCS_ABI_VERSION + 1, 3) == ALLOCS_NOTES_CUT);
  struct allocs_note contents = {.version = ALLOCS_ABI_VERSION};
  struct allocs_elf_note whole = {.name = (const void *)"allocs", .name_size = 7, .type = 1, .contents = (void *)&contents};
  whole.size = WHOLE;
  CHECK(allocs_notes_state(&whole) == ALLOCS_NOTES_OURS);
  whole.is_cut = true;
  CHECK(allocs_notes_state(&whole) == ALLOCS_NOTES_CUT);
}

/* What is wrong with the bounds of a table; the first reference is at 1000. */
static const char *bounds(unsigned which, int32_t begin, int32_t end, uint64_t *ret) {
  struct allocs_note note = {.version = ALLOCS_ABI_VERSION};
  struct allocs_range range = {begin, end};
  uint64_t at = allocs_notes_bounds_at(which);
  memcpy((char *)&note + at, &range, sizeof range);
  return allocs_notes_bounds(&note, 1000 - at, which, &ret[0], &ret[1]);
}

static void tables(void) {
  uint64_t ret[2];
  CHECK(!bounds(ALLOCS_TABLE_SITES, 600, 676, ret) && ret[0] == 1600 && ret[1] == 1680);
  CHECK(bounds(ALLOCS_TABLE_SITES, 601, 677, ret) && !ret[0] && !ret[1]);
  CHECK(!bounds(ALLOCS_TABLE_TYPES, -1, 2, ret) && ret[0] == 999 && ret[1] == 1006);
  CHECK(!bounds(ALLOCS_TABLE_TYPES, 0, 0, ret) && ret[0] == ret[1]);
  CHECK(!bounds(ALLOCS_TABLE_TYPES, 9, 5, ret) && ret[0] == ret[1]);
  CHECK(bounds(ALLOCS_TABLE_TYPES, 9, 4, ret) && bounds(ALLOCS_TABLE_TYPES, 9, 0, ret) && bounds(ALLOCS_TABLE_TYPES, 0, 9, ret));
  CHECK(bounds(ALLOCS_TABLE_TYPES, -600, (1 << 30) - 600, ret) && !bounds(ALLOCS_TABLE_TYPES, -600, (1 << 30) - 604, ret));
  CHECK(bounds(ALLOCS_N_TABLES, 4, 8, ret) && !bounds(ALLOCS_N_TABLES, 8, 12, ret));
}

/* Any bytes. */
static void hostile(void) {
  uint64_t seed = 1, n = 0;
  for (int round = 0; round < 100000; round++) {
    note("GNU", 4, 16, 5, 8), note("GNU", 4, 20, 3, 4), note("allocs\0", 8, 60, 1, 4);
    for (int i = 0; i < 3; i++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      bytes[(seed >> 20) % size] = (unsigned char)(seed >> 40 & 1 ? seed >> 50 : seed >> 41 & 1 ? 0 : 255);
    }
    size -= seed >> 60;
    struct allocs_notes notes = {bytes + ROOM - size, size, 4u << (round & 1), 0};
    memmove(bytes + ROOM - size, bytes, size);
    struct allocs_elf_note each;
    for (size = 0; allocs_notes_next(&notes, &each); n++)
      allocs_notes_state(&each);
  }
  CHECK(n > 100000);
}

int main(void) {
  bytes = mmap(NULL, 2 * ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(bytes + ROOM, ROOM, PROT_NONE);
  layouts();
  ours();
  tables();
  hostile();
  return check_failed;
}
