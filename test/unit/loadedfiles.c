// A loaded file is told with all pages from its first to its last, its segments and sections where they are; what lies between segments is its own if the kernel says so.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "image/loaded_files.c"
#include "check.h"

/* One of three segments, with a page that is in none, and sections in two of them; one that nothing is known of; one
   without a name or sections. */
enum { N = 3 };
static const struct allocs_part segments[] = {
    {0x10000, 0x800, "s0", false}, {0x12000, 0x1000, "s1", true}, {0x13000, 0x1123, "s2", true}};
static const struct allocs_part sections[] = {{0x10100, 0x100, "a", false}, {0x12000, 0x800, "b", false}};
static const struct allocs_part other_segments[] = {{0x30000, 0x1001, "o", false}};
static struct allocs_parts parts[] = {{0, "/file", 3, 2, segments, sections}, {0}, {0, NULL, 1, 0, other_segments, other_segments + 1}};
static struct allocs_image images[N] = {{.os = {.begin = 0x10000, .end = 0x14123}},
                                        {.os = {.begin = 0x20000, .end = 0x21000}},
                                        {.os = {.begin = 0x30000, .end = 0x31001}}};
static const char *mapped; /* what the kernel has in the pages between */
static unsigned n_asked;

struct allocs_image *allocs_image_find(uintptr_t address) {
  for (int i = 0; i < N; i++)
    if (address - images[i].os.begin < images[i].os.end - images[i].os.begin)
      return &images[i];
  return NULL;
}
struct allocs_image *allocs_image_from(uintptr_t address, uintptr_t end) {
  for (int i = 0; i < N; i++)
    if (address < images[i].os.end)
      return images[i].os.begin < end ? &images[i] : NULL;
  return NULL;
}
const struct allocs_parts *allocs_image_parts_of(struct allocs_image *image) {
  return image == &images[1] ? NULL : &parts[image - images];
}
const struct allocs_part *allocs_image_parts_from(const struct allocs_part *all, size_t n, uintptr_t address) {
  while (n-- && all->begin + all->size <= address)
    all++;
  return all;
}
bool allocs_os_find_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  CHECK(address);
  return mapped && strcpy(ret->name, mapped);
}
int allocs_image_ask(allocs_ask_fn *fn, const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return n_asked++, fn(arena, address, ret);
}

/* As "name begin+size"; "-" if there is none. */
static const char *text_of(int found, const struct alloc_pos *pos) {
  static char text[80];
  if (!found)
    return "-";
  sprintf(text, "%s %s %lx+%lx", pos->allocator->name + strlen("static-"), pos->name ? pos->name : "?", (uintptr_t)pos->base,
          pos->size);
  return text;
}
static const char *at(uintptr_t address) {
  struct alloc_pos pos = {.size = 0};
  return text_of(allocs_loaded_files_find(address, &pos), &pos);
}
static const char *file(uintptr_t address) {
  struct alloc_pos pos = {.size = 0};
  return text_of(allocs_loaded_files_find_file(address, &pos), &pos);
}
static const char *in(const struct allocator *kind, uintptr_t begin, uintptr_t end, uintptr_t address, bool is_next) {
  struct alloc_pos pos = {.size = 0};
  struct alloc_arena arena = {.allocator = kind, .begin = (void *)begin, .size = end - begin};
  return text_of((is_next ? kind->next : kind->find)(&arena, (void *)address, &pos), &pos);
}
#define IS(got, wanted) CHECK_STRING(got, wanted)

static void leaves(void) {
  IS(at(0x10100), "section a 10100+100"), IS(at(0x101ff), "section a 10100+100"), IS(at(0x10200), "segment s0 10000+800");
  IS(at(0x100ff), "segment s0 10000+800"), IS(at(0x12000), "section b 12000+800"), IS(at(0x13000), "segment s2 13000+1123");
  /* In a segment's pages, but not in it. */
  IS(at(0x10800), "file /file 10000+5000"), IS(at(0x14123), "file /file 10000+5000"), IS(at(0x14fff), "file /file 10000+5000");
  IS(at(0x15000), "-"), IS(at(0xffff), "-"), IS(at(0x20000), "-"), IS(at(0x30fff), "segment o 30000+1001"), IS(at(0x31fff), "file ? 30000+2000"), IS(at(0x32000), "-");
  IS(at(0x11000), "-"), mapped = "/file", IS(at(0x11000), "file /file 10000+5000"), IS(at(0x11fff), "file /file 10000+5000");
  mapped = "/other", IS(at(0x11000), "-"), IS(file(0x11800), "-"), IS(at(0x10fff), "file /file 10000+5000"), mapped = NULL;
  IS(file(0x11000), "-"), IS(file(0x10000), "file /file 10000+5000"), IS(file(0x14fff), "file /file 10000+5000");
  IS(file(0x15000), "-"), IS(file(0x20000), "-"), IS(file(0x30000), "file ? 30000+2000");
  parts[2].n_segments = 0, mapped = "", IS(file(0x30000), "-"), IS(at(0x30000), "-"), mapped = NULL, parts[2].n_segments = 1;
}

static void files(void) {
  const struct allocator *kind = &alloc_static_file;
  n_asked = 0;
  IS(in(kind, 0, 1, 0x10000, false), "file /file 10000+5000"), IS(in(kind, 0, 1, 0x20000, false), "-");
  IS(in(kind, 0x10000, 0x15000, 0, true), "file /file 10000+5000"), IS(in(kind, 0x10001, 0x15000, 0, true), "-");
  IS(in(kind, 0x10000, 0x14fff, 0, true), "-"), IS(in(kind, 0, 0x40000, 0x14122, true), "file /file 10000+5000");
  IS(in(kind, 0, 0x40000, 0x14fff, true), "file /file 10000+5000"), IS(in(kind, 0, 0x40000, 0x15000, true), "file ? 30000+2000");
  IS(in(kind, 0x10001, 0x40000, 0, true), "file ? 30000+2000"), IS(in(kind, 0x30000, 0x32000, 0x31fff, true), "file ? 30000+2000");
  IS(in(kind, 0x30000, 0x31fff, 0, true), "-"), IS(in(kind, 0, 0x40000, 0x32000, true), "-"), CHECK(n_asked == 12);
}

static void parts_of_files(void) {
  const struct allocator *segment = &alloc_static_segment, *section = &alloc_static_section;
  n_asked = 0;
  IS(in(segment, 0, 1, 0x10100, false), "segment s0 10000+800"), IS(in(section, 0, 1, 0x10100, false), "section a 10100+100");
  IS(in(segment, 0, 1, 0x10800, false), "-"), IS(in(section, 0, 1, 0x100ff, false), "-"), IS(in(section, 0, 1, 0x12800, false), "-");
  IS(in(segment, 0, 1, 0x20000, false), "-"), IS(in(segment, 0, 1, 0x14123, false), "-"), CHECK(n_asked == 7);
  IS(in(segment, 0, 0x40000, 0, true), "segment s0 10000+800"), IS(in(segment, 0, 0x40000, 0x107ff, true), "segment s0 10000+800");
  IS(in(segment, 0, 0x40000, 0x10800, true), "segment s1 12000+1000"), IS(in(segment, 0, 0x40000, 0x13000, true), "segment s2 13000+1123");
  IS(in(segment, 0, 0x40000, 0x14123, true), "segment o 30000+1001"), IS(in(segment, 0, 0x40000, 0x31001, true), "-");
  /* In whole, within the arena. */
  IS(in(segment, 0x10001, 0x40000, 0, true), "segment s1 12000+1000"), IS(in(segment, 0x12000, 0x13000, 0, true), "segment s1 12000+1000");
  IS(in(segment, 0x12000, 0x12fff, 0, true), "-"), IS(in(segment, 0x10001, 0x12000, 0, true), "-");
  IS(in(segment, 0x11000, 0x12001, 0, true), "-"), CHECK(n_asked == 18);
  IS(in(section, 0, 0x40000, 0, true), "section a 10100+100"), IS(in(section, 0, 0x40000, 0x10200, true), "section b 12000+800");
  IS(in(section, 0, 0x40000, 0x12800, true), "-"), IS(in(section, 0x10100, 0x10200, 0, true), "section a 10100+100");
}

int main(void) {
  leaves();
  files();
  parts_of_files();
  return check_failed;
}
