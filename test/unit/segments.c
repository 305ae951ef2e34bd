// The bytes of an image end where its segments do, to the byte: loaded, in a file that is cut, and around the address space's end.
// RUN: %cc -O1 -Wall -Wextra -Werror -iquote %src/runtime %s %src/runtime/bytes/segments.c -o %t && %t

#include "bytes/segments.h"
#include "check.h"

enum { N = 6, FILE_SIZE = 0x400 };
static _Alignas(16) unsigned char memory[0x1000];
#define BIAS ((uintptr_t)memory)

/* Not read: one that is before the first and one behind the last would hold all. */
static const Elf64_Phdr phdrs[1 + N + 1] = {
    {.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X, .p_filesz = 0x1000, .p_memsz = 0x1000},
    {.p_type = PT_NOTE, .p_flags = PF_R, .p_vaddr = 0x120, .p_filesz = 0x10, .p_memsz = 0x10},
    {.p_type = PT_LOAD, .p_flags = PF_R, .p_offset = 0x40, .p_vaddr = 0x100, .p_filesz = 0x80, .p_memsz = 0x80},
    {.p_type = PT_LOAD, .p_flags = PF_X, .p_offset = 0x80, .p_vaddr = 0x200, .p_filesz = 0x80, .p_memsz = 0x80},
    {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = 0x3c0, .p_vaddr = 0x400, .p_filesz = 0x80, .p_memsz = 0xc0},
    {.p_type = PT_GNU_RELRO, .p_flags = PF_R, .p_vaddr = 0x420, .p_filesz = 0x20, .p_memsz = 0x20},
    {.p_type = PT_NOTE, .p_flags = PF_R, .p_offset = FILE_SIZE, .p_vaddr = 0x470, .p_filesz = 0x11, .p_memsz = 0x11},
    {.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X, .p_filesz = 0x1000, .p_memsz = 0x1000},
};

static struct allocs_segments segments;
static struct allocs_stretch stretch;

static bool at(uint64_t address, uint32_t flags) {
  return allocs_segments_at(&segments, segments.bias + address, flags, &stretch);
}
/* Offset of the bytes from where the image is. */
static int64_t bytes(uint64_t address, uint64_t size) {
  const unsigned char *found = allocs_segments_bytes(&segments, segments.bias + address, size);
  return found ? found - memory : -1;
}
static bool holds(uint64_t address, uint64_t size, uint32_t flags) {
  return allocs_segments_hold(&segments, segments.bias + address, size, flags);
}

static void loaded(void) {
  segments = allocs_segments_loaded(phdrs + 1, N, BIAS);
  CHECK(!at(0xff, 0) && at(0x100, 0) && stretch.begin == memory + 0x100 && stretch.end == memory + 0x180);
  CHECK(stretch.shift == 0 && at(0x17f, 0) && stretch.end - stretch.begin == 1 && !at(0x180, 0) && !at(0x1ff, 0));
  CHECK(at(0x100, PF_R) && !at(0x100, PF_X) && !at(0x100, PF_R | PF_W) && at(0x400, PF_R | PF_W) && at(0x200, PF_X));
  CHECK(bytes(0x100, 0x80) == 0x100 && bytes(0x100, 0x81) == -1 && bytes(0x17f, 1) == 0x17f && bytes(0x17f, 2) == -1);
  CHECK(bytes(0x180, 0) == -1 && bytes(0xff, 2) == -1 && bytes(0x200, 1) == -1); /* not readable */
  CHECK(bytes(0x47f, 1) == 0x47f && bytes(0x480, 1) == -1);                      /* in memory only */
  CHECK(bytes(0x100, UINT64_MAX) == -1 && !at(UINT64_MAX, 0) && !at(0, 0));
}

static void held(void) {
  CHECK(holds(0x100, 0x80, 0) && !holds(0x100, 0x81, 0) && !holds(0xff, 1, 0) && !holds(0xff, 0x81, 0));
  CHECK(holds(0x17f, 1, PF_R) && !holds(0x17f, 2, PF_R) && holds(0x180, 0, PF_R) && !holds(0x181, 0, PF_R));
  CHECK(!holds(0x100, 1, PF_W) && !holds(0x200, 1, PF_R) && holds(0x200, 1, PF_X) && !holds(0x120, UINT64_MAX, 0));
  CHECK(holds(0x480, 0x40, PF_R | PF_W) && !holds(0x480, 0x41, 0)); /* not in the file, but in memory */
  /* What the loader takes the right to write to away. */
  CHECK(holds(0x400, 0x20, PF_W) && !holds(0x400, 0x21, PF_W) && !holds(0x43f, 1, PF_W) && holds(0x440, 1, PF_W));
  CHECK(!holds(0x420, 0x20, PF_W) && holds(0x420, 0x20, PF_R) && !holds(0x410, 0x40, PF_W));
  /* The first counts, and none behind the last. */
  const Elf64_Phdr few[] = {phdrs[5], phdrs[4], {.p_type = PT_GNU_RELRO, .p_memsz = 0x1000}};
  segments = allocs_segments_loaded(few, 2, BIAS);
  CHECK(!holds(0x420, 1, PF_W) && holds(0x400, 0x20, PF_W));
  segments = allocs_segments_loaded(few + 1, 1, BIAS);
  CHECK(holds(0x420, 1, PF_W));
}

static void in_a_file(void) {
  segments = allocs_segments_of_file(phdrs + 1, N, memory, FILE_SIZE);
  CHECK(at(0x100, 0) && stretch.begin == memory + 0x40 && stretch.end == memory + 0xc0);
  CHECK((uintptr_t)stretch.begin + stretch.shift == 0x100 && bytes(0x17f, 1) == 0xbf && bytes(0x17f, 2) == -1);
  /* Cut at the file's end, in a segment that goes on. */
  CHECK(bytes(0x400, 0x40) == 0x3c0 && bytes(0x400, 0x41) == -1 && bytes(0x43f, 1) == 0x3ff && !at(0x440, 0));
  segments.size = 0x3c0; /* which begins at the end */
  CHECK(bytes(0x400, 0) == -1 && !at(0x400, 0) && at(0x100, 0));
  segments.size = 0x3bf; /* or behind it */
  CHECK(!at(0x400, 0) && at(0x100, 0));
}

/* The types and sizes of those found, in order. */
static int found(uint32_t type, uint64_t sizes[4]) {
  const Elf64_Phdr *phdr;
  int n = 0;
  for (size_t i = 0; (phdr = allocs_segments_next(&segments, type, &i, &stretch)) && n < 4;) {
    CHECK(phdr->p_type == type && phdr == &segments.phdrs[i - 1]);
    sizes[n++] = (uint64_t)(stretch.end - stretch.begin);
  }
  return n;
}

static void one_after_the_other(void) {
  uint64_t sizes[4];
  segments = allocs_segments_loaded(phdrs + 1, N, BIAS);
  CHECK(found(PT_LOAD, sizes) == 2 && sizes[0] == 0x80 && sizes[1] == 0x80); /* those that can be read */
  CHECK(found(PT_NOTE, sizes) == 1 && sizes[0] == 0x10);                     /* the other ends outside */
  CHECK(found(PT_DYNAMIC, sizes) == 0);
  segments = allocs_segments_of_file(phdrs + 1, N, memory, FILE_SIZE);
  CHECK(found(PT_LOAD, sizes) == 3 && sizes[2] == 0x40 && found(PT_NOTE, sizes) == 2 && sizes[1] == 0);
  segments.size = FILE_SIZE - 1;
  CHECK(found(PT_NOTE, sizes) == 1);
}

/* One that reaches the last byte there is has bytes; one that goes on has none. */
static void around_the_end(void) {
  Elf64_Phdr last = {.p_type = PT_LOAD, .p_flags = PF_R, .p_vaddr = -(uint64_t)0x1000, .p_memsz = 0x2000};
  segments = allocs_segments_loaded(&last, 1, 0);
  last.p_filesz = 0xfff;
  CHECK(at(-(uint64_t)0x1000, 0) && !at(-(uint64_t)1, 0));
  last.p_filesz = 0x1001;
  CHECK(!at(-(uint64_t)0x1000, 0));
  last.p_filesz = 0; /* none at all */
  size_t i = 0;
  CHECK(!at(-(uint64_t)0x1000, 0) && !allocs_segments_next(&segments, PT_LOAD, &i, &stretch) && i == 1);
  last = (Elf64_Phdr){.p_type = PT_NOTE, .p_flags = PF_R, .p_vaddr = 0x10};
  segments = allocs_segments_of_file(&last, 1, memory, FILE_SIZE);
  i = 0;
  CHECK(allocs_segments_next(&segments, PT_NOTE, &i, &stretch) == &last && stretch.begin == stretch.end);
}

int main(void) {
  loaded();
  held();
  in_a_file();
  one_after_the_other();
  around_the_end();
  return check_failed;
}
