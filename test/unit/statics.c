// Statics are told by their records, else by symbols, a copied variable with the type of what it is a copy of; an index is made once, and each record read once if its type stays.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/image/extents.c %src/runtime/bytes/record.c -o %t && %t

#include "image/statics.c"
#include "check.h"

#include <sys/mman.h>

/* The executable and two libraries; the last has no tables. What is in their memory are texts. */
enum { N = 3, SIZE = 0x200 };
static _Alignas(16) char memory[N][SIZE];
static unsigned char statics[N][300], literals[N][300], *statics_end[N], *literals_end[N], *at;
static const struct allocs_note note;
static struct allocs_image images[N];
static struct allocs_symbol symbols[4]; /* by address, until one without */
static uintptr_t variables[N];          /* that they export as the copied one */
static int n_maps, most_maps, n_read;
static size_t mapped, largest;
static bool publishes;
static unsigned kept; /* a bit of each image, whose types are known for good */

void *allocs_os_map(size_t size) {
  CHECK(size && size % ALLOCS_PAGE == 0), largest = size > largest ? size : largest;
  if (n_maps >= most_maps)
    return NULL;
  n_maps++, mapped += size;
  char *begin = mmap(NULL, size + ALLOCS_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(begin + size, ALLOCS_PAGE, PROT_NONE);
  if (publishes) /* so does another thread */
    publishes = false, CHECK(index_of(&images[0]));
  return begin;
}
void allocs_os_unmap(void *begin, size_t size) { mapped -= size, CHECK(!munmap(begin, size + ALLOCS_PAGE)); }
int allocs_os_each_image(int (*fn)(const struct allocs_os_image *, void *), void *arg) {
  for (int i = 0; i < N; i++)
    if (fn(&images[i].os, arg))
      return 1;
  return 0;
}
struct allocs_image *allocs_image_find(uintptr_t address) {
  for (int i = 0; i < N; i++)
    if (address - images[i].os.begin < SIZE)
      return &images[i];
  return NULL;
}
struct allocs_image *allocs_image_from(uintptr_t address, uintptr_t end) {
  for (int i = 0; i < N; i++)
    if (address < images[i].os.end)
      return images[i].os.begin < end ? &images[i] : NULL;
  return NULL;
}
struct allocs_bytes allocs_image_table(const struct allocs_image *image, enum allocs_table table) {
  size_t i = (size_t)(image - images);
  bool is_static = table == ALLOCS_TABLE_STATICS;
  CHECK(i < 2 && (is_static || table == ALLOCS_TABLE_LITERALS));
  return (struct allocs_bytes){(char *)(is_static ? statics : literals)[i], (char *)(is_static ? statics_end : literals_end)[i]};
}
/* A byte and a word of four. */
static const unsigned char records[2][7] = {{6, ALLOCS_KIND_BASE, 0, ALLOCS_ENC_SIGNED, 0, 1, 8}, {6, ALLOCS_KIND_BASE, 0, ALLOCS_ENC_SIGNED, 0, 4, 32}};
static struct uniqtype types[2] = {{.name = "byte", .size = 1}, {.name = "word", .size = 4}}, arrays[2];
const struct uniqtype *allocs_image_type_of(const struct allocs_type *record) {
  n_read++;
  return !record ? NULL : (const void *)record == records[0] ? &types[0] : &types[1];
}
const struct uniqtype *allocs_image_type_kept(const struct allocs_type *record) {
  return CHECK(record), kept & 1 ? &types[0] : NULL;
}
const struct uniqtype *allocs_type_table_closed_array(const struct uniqtype *element, uint64_t n) {
  struct uniqtype *array = &arrays[element - types];
  return *array = (struct uniqtype){.name = element->name, .count = n, .target = element}, array;
}
/* The functions' entries: one at 0x100, of 0x20 bytes, one at 0x130 of none. */
bool allocs_cfi_find(const struct allocs_segments *segments, uintptr_t header, uintptr_t code, struct allocs_cfi_entry *ret) {
  uintptr_t offset = code - (uintptr_t)memory[0];
  CHECK(segments->bias == images[0].os.bias && header == 0x5555);
  ret->begin = (uintptr_t)memory[0] + (offset < 0x130 ? 0x100 : 0x130), ret->end = ret->begin + (offset < 0x130 ? 0x20 : 0);
  return offset >= 0x100 && offset < 0x140;
}
bool allocs_symbols_next(struct allocs_image *image, const struct allocs_extents *taken, uintptr_t address, struct allocs_symbol *ret) {
  CHECK(taken == image->statics);
  for (int i = 0; symbols[i].address; i++)
    if (symbols[i].address - image->os.begin < SIZE && symbols[i].address + symbols[i].size > address)
      return *ret = symbols[i], true;
  return false;
}
bool allocs_symbols_find(struct allocs_image *image, const struct allocs_extents *taken, uintptr_t address, struct allocs_symbol *ret) {
  return allocs_symbols_next(image, taken, address, ret) && ret->address <= address;
}
uintptr_t allocs_symbols_variable(const struct allocs_image *image, const char *name, uint64_t size) {
  return !strcmp(name, "copy") && size == 8 ? variables[image - images] : 0;
}
static unsigned n_asked;
int allocs_image_ask(allocs_ask_fn *fn, const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return n_asked++, fn(arena, address, ret);
}

static void byte(unsigned value) { *at++ = (unsigned char)value; }
static void ref(const void *to) {
  int32_t distance = to ? (int32_t)((const unsigned char *)to - at) : 0;
  memcpy(at, &distance, 4), at += 4;
}
static void head(const char *file) { byte(ALLOCS_STATIC_FILE), ref(file), byte(0), ref(NULL), ref(NULL), ref(NULL), byte(0); }
static void record(unsigned flags, unsigned line, const void *where, const void *type, const char *name, unsigned size) {
  byte(flags), byte(line), ref(where), ref(type);
  if (!allocs_static_is(flags, ALLOCS_STATIC_COMPOUND_LITERAL))
    ref(name);
  if (flags & ALLOCS_STATIC_IN_FUNCTION)
    ref("in_function");
  if (flags & ALLOCS_STATIC_ALIAS)
    ref("alias");
  if (!allocs_static_is(flags, ALLOCS_STATIC_FUNCTION))
    byte(size);
}
enum { VARIABLE = ALLOCS_STATIC_VARIABLE, FUNCTION = ALLOCS_STATIC_FUNCTION };
static void begin(void) {
  for (int i = 0; i < N; i++) {
    allocs_statics_drop(&images[i]);
    CHECK(!images[i].statics);
    images[i].os = (struct allocs_os_image){.begin = (uintptr_t)memory[i], .end = (uintptr_t)memory[i + 1], .eh_frame_hdr = (void *)0x5555};
    images[i].note = i < 2 ? &note : NULL, literals_end[i] = literals[i], statics_end[i] = statics[i], variables[i] = 0;
  }
  CHECK(!mapped);
  at = statics[0], record(VARIABLE, 1, memory[0], records[1], "first", 4), head("a.c");
  record(VARIABLE | ALLOCS_STATIC_IN_FUNCTION | ALLOCS_STATIC_ALIAS, 2, memory[0] + 8, records[1], "second", 4);
  record(ALLOCS_STATIC_COMPOUND_LITERAL, 3, memory[0] + 0x10, records[1], NULL, 8), head("b.c");
  record(FUNCTION, 4, memory[0] + 0x100, NULL, "function", 0), record(FUNCTION, 5, memory[0] + 0x110, NULL, "inner", 0);
  record(FUNCTION, 6, memory[0] + 0x130, NULL, "empty", 0), statics_end[0] = at;
  at = literals[0], byte(2), byte(0), ref(records[0]), ref(memory[0] + 0x40), ref(memory[0] + 0x42);
  byte(2), byte(ALLOCS_LITERALS_COUNTED), ref(records[1]), ref(memory[0] + 0x60), byte(2), ref(memory[0] + SIZE - 8), byte(2);
  literals_end[0] = at;
  strcpy(memory[0] + 0x40, "text"), memset(symbols, 0, sizeof symbols);
  n_maps = 0, most_maps = 1000, kept = 1, publishes = false;
}
static const char *text_of(int found, const struct alloc_pos *pos) {
  static char text[200];
  size_t image = 0, base = (size_t)pos->base;
  if (!found)
    return "-";
  while (image < N && base - (uintptr_t)memory[image] >= SIZE)
    image++;
  CHECK(pos->allocator == &alloc_static && image < N && (pos->flags == ALLOC_POS_LITERAL) == (pos->type == &arrays[0] || pos->type == &arrays[1]));
  sprintf(text, "%s %zu:%zx+%lx %s %s:%u %s %s", pos->name ? pos->name : "?", image, base - (uintptr_t)memory[image], pos->size,
          pos->type ? pos->type->name : "?", pos->file ? pos->file : "?", pos->line, pos->function ? pos->function : "", pos->alias ? pos->alias : "");
  return text;
}
static const char *find(int image, size_t offset) {
  struct alloc_pos pos = {.size = 0};
  return text_of(allocs_statics_find((uintptr_t)memory[image] + offset, &pos), &pos);
}
static const char *next(uintptr_t from, uintptr_t end, uintptr_t address) {
  struct alloc_pos pos = {.size = 0};
  struct alloc_arena arena = {.begin = (void *)from, .size = end - from};
  return text_of(alloc_static.next(&arena, (void *)address, &pos), &pos);
}
#define IS(got, wanted) CHECK_STRING(got, wanted)

static void of_records(void) {
  struct alloc_pos pos = {.size = 0};
  begin(), CHECK(!allocs_statics_find_record(&images[0], (uintptr_t)memory[0], &pos));
  for (int twice = 0; twice < 2; twice++) {
    IS(find(0, 0), "first 0:0+4 word ?:1  "), IS(find(0, 3), "first 0:0+4 word ?:1  "), IS(find(0, 4), "-");
    IS(find(0, 0xb), "second 0:8+4 word a.c:2 in_function alias"), IS(find(0, 0x17), "? 0:10+8 word a.c:3  ");
    IS(find(0, 0x100), "function 0:100+20 ? b.c:4  "), IS(find(0, 0x11f), "function 0:100+20 ? b.c:4  "), IS(find(0, 0x120), "-");
    IS(find(0, 0x130), "empty 0:130+0 ? b.c:6  "), IS(find(0, 0x131), "-"), IS(find(0, 0x80), "-");
    IS(find(0, 0x44), "? 0:40+5 byte ?:0  "), CHECK(arrays[0].count == 5), IS(find(0, 0x45), "-");
    IS(find(0, 0x67), "? 0:60+8 word ?:0  "), CHECK(arrays[1].count == 2), IS(find(0, SIZE - 1), "? 0:1f8+8 word ?:0  ");
  }
  CHECK(allocs_statics_find_record(&images[0], (uintptr_t)memory[0], &pos)), IS(text_of(1, &pos), "first 0:0+4 word ?:1  ");
  CHECK(!allocs_statics_find_record(&images[0], (uintptr_t)memory[0] + 5, &pos));
  IS(find(1, 0), "-"), IS(find(2, 0), "-"), CHECK(!allocs_statics_find(1, &pos));
  pos.flags = 7, n_asked = 0;
  CHECK(alloc_static.find(NULL, memory[0] + 8, &pos) && !strcmp(pos.name, "second") && n_asked == 1);
}

static void kept_or_not(void) {
  begin(), find(0, 0), n_read = 0, find(0, 0), find(0, 3), CHECK(!n_read);
  begin(), kept = 0, find(0, 0), n_read = 0, IS(find(0, 0), "first 0:0+4 word ?:1  "), CHECK(n_read == 1);
  n_read = 0, find(0, 0x100), find(0, 0x100), CHECK(n_read == 2); /* of what has no type yet */
  for (int most = 0; most < 2; most++)
    begin(), most_maps = most, IS(find(0, 0), "-"), IS(next((uintptr_t)memory[0], (uintptr_t)memory[1], 0), "-"), CHECK(!mapped);
  begin(), publishes = true, IS(find(0, 0), "first 0:0+4 word ?:1  "), CHECK(n_maps == 4 && mapped == ALLOCS_PAGE);
}

static void add_symbol(int i, const char *name, int image, size_t offset, bool is_copy) {
  symbols[i] = (struct allocs_symbol){.name = name, .address = (uintptr_t)memory[image] + offset, .size = 8, .is_copy = is_copy};
}
static void of_symbols(void) {
  begin(), add_symbol(0, "copy", 0, 0x20, true), add_symbol(1, "plain", 2, 0x20, false);
  IS(find(0, 0x27), "copy 0:20+8 ? ?:0  "), IS(find(0, 0x28), "-"), IS(find(2, 0x20), "plain 2:20+8 ? ?:0  ");
  at = statics[1], head("lib.c"), record(VARIABLE | ALLOCS_STATIC_ALIAS, 9, memory[1] + 0x50, records[1], "copy", 8), statics_end[1] = at;
  variables[1] = (uintptr_t)memory[1] + 0x50, variables[0] = (uintptr_t)memory[0], variables[2] = (uintptr_t)memory[2];
  IS(find(0, 0x20), "copy 0:20+8 word lib.c:9  alias"), symbols[0].is_copy = false, IS(find(0, 0x20), "copy 0:20+8 ? ?:0  ");
  symbols[0].is_copy = true, symbols[0].name = "other", IS(find(0, 0x20), "other 0:20+8 ? ?:0  "), symbols[0].name = "copy";
  variables[1]++, IS(find(0, 0x20), "copy 0:20+8 ? ?:0  "), variables[1]--; /* in another */
  allocs_statics_drop(&images[1]), at[-1] = 7, IS(find(0, 0x20), "copy 0:20+8 ? ?:0  ");
}

static void walked(void) {
  uintptr_t low = (uintptr_t)memory[0], high = (uintptr_t)memory[2] + SIZE, from = 0;
  char all[400] = "";
  struct alloc_pos pos = {.size = 0};
  struct alloc_arena arena = {.begin = memory[0], .size = 3 * SIZE};
  begin(), add_symbol(0, "s", 0, 0x20, false), add_symbol(1, "t", 1, 0x20, false), add_symbol(2, "u", 2, 0x20, false), n_asked = 0;
  for (int i = 0; alloc_static.next(&arena, (void *)from, &pos) && i < 20; i++) {
    strcat(strcat(all, pos.name ? pos.name : "?"), " ");
    from = (uintptr_t)pos.base + pos.size + !pos.size, pos = (struct alloc_pos){.size = 0};
  }
  IS(all, "first second ? s ? ? function empty ? t u "), CHECK(n_asked == 12);
  IS(next(low, high, low + 3), "first 0:0+4 word ?:1  "), IS(next(low, high, low + 4), "second 0:8+4 word a.c:2 in_function alias");
  IS(next(low + 1, high, 0), "second 0:8+4 word a.c:2 in_function alias"), IS(next(low + 8, low + 12, 0), "second 0:8+4 word a.c:2 in_function alias");
  IS(next(low + 8, low + 11, 0), "-"), IS(next(low + 4, low + 8, 0), "-"), IS(next(low + 0x130, low + 0x131, 0), "empty 0:130+0 ? b.c:6  ");
  IS(next(low + 0x120, low + 0x130, 0), "-"), IS(next(low + 0x21, high, 0), "? 0:40+5 byte ?:0  ");
  IS(next(low, high, low + SIZE), "t 1:20+8 ? ?:0  "), IS(next(low, high, high - 0x100), "-"), IS(next(low - 9, low + 1, 0), "-");
  add_symbol(0, "s", 0, 0x28, false), IS(next(low, high, low + 0x18), "s 0:28+8 ? ?:0  ");
}

/* As many as are of the least size. */
static void many(void) {
  begin(), at = statics[0], literals_end[0] = literals[0];
  for (unsigned i = 0; i < sizeof statics[0] / allocs_least_static - 1; i++)
    record(VARIABLE, 1, memory[0] + i, records[0], "x", 1);
  statics_end[0] = at, IS(find(0, 14), "x 0:e+1 byte ?:1  ");
}

int main(void) {
  of_records();
  kept_or_not();
  of_symbols();
  walked();
  many();
  begin();
  return check_failed;
}
