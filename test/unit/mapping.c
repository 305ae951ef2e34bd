// A mapping reaches as far as a loaded file, what one call mapped as long as that is so, the program break's heap, or else what the kernel has, less any of these; what is no more is not told.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "mapping/mapping.c"
#include "check.h"

/* The kernel's mappings, what calls mapped, and loaded files, each by address. */
enum { MOST = 5 };
static struct allocs_os_mapping kernel[MOST];
static struct allocs_region regions[MOST];
static struct { uintptr_t begin, end; const char *name; } files[2];
static struct allocs_known_site site = {.info = {.code = (void *)0xc0de}};
static uintptr_t initial_break, current_break;
static bool may_enter;
static unsigned n_held, n_asked, n_kernel;
static struct uniqtype byte = {.size = 1}, array, type;

bool allocs_os_find_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  n_kernel++;
  for (int i = 0; i < MOST; i++)
    if (address - kernel[i].begin < kernel[i].end - kernel[i].begin)
      return *ret = kernel[i], true;
  return false;
}
bool allocs_os_next_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  for (int i = 0; i < MOST; i++)
    if (kernel[i].end > address)
      return *ret = kernel[i], true;
  return false;
}
bool allocs_os_is_mapped(uintptr_t begin, size_t size) {
  for (uintptr_t at = begin; at < begin + size; at += 0x1000) {
    int i = 0;
    while (i < MOST && at - kernel[i].begin >= kernel[i].end - kernel[i].begin)
      i++;
    if (i == MOST)
      return false;
  }
  return true;
}
bool allocs_os_find_loaded(uintptr_t address, struct allocs_os_image *ret) {
  for (int i = 0; i < 2; i++)
    if (address - files[i].begin < files[i].end - files[i].begin)
      return ret->begin = files[i].begin, ret->end = files[i].end, true;
  return false;
}
bool allocs_loaded_files_find_file(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_os_image image;
  CHECK(n_held);
  if (!allocs_os_find_loaded(address, &image))
    return false;
  return ret->base = (void *)image.begin, ret->size = allocs_round_up(image.end, ALLOCS_PAGE) - image.begin, ret->name = files[image.begin == files[1].begin].name, true;
}
bool allocs_readers_enter(void) { return n_held += may_enter, may_enter; }
void allocs_readers_leave(void) { n_held--; }
uintptr_t allocs_os_break(void) { return n_asked++, current_break; }
uintptr_t allocs_os_initial_break(void) { return initial_break; }
const char *allocs_store_text(const char *text) {
  static char kept[4][40], *at[4] = {kept[0], kept[1], kept[2], kept[3]};
  static unsigned n;
  return strcpy(at[n++ % 4], text), at[(n - 1) % 4];
}
bool allocs_map_regions_find(uintptr_t address, struct allocs_region *ret) {
  *ret = (struct allocs_region){.base = 0, .size = UINTPTR_MAX};
  for (int i = 0; i < MOST; i++) {
    if (address - regions[i].base < regions[i].size)
      return *ret = regions[i], true;
    uintptr_t end = regions[i].base + regions[i].size;
    if (regions[i].size && end <= address && end > ret->base)
      ret->size -= end - ret->base, ret->base = end;
    if (regions[i].size && regions[i].base > address && regions[i].base < ret->base + ret->size)
      ret->size = regions[i].base - ret->base;
  }
  return false;
}
const char *allocs_map_regions_break(uintptr_t initial, const void **ret) { return CHECK(initial == initial_break), *ret = &site, "sbrk"; }
void allocs_os_tell(const void *begin, size_t size) { CHECK(begin && size == sizeof(struct alloc_mapping)); }
const struct uniqtype *allocs_type_byte(void) { return &byte; }
const struct uniqtype *allocs_type_table_closed_array(const struct uniqtype *of, uint64_t n) { return array = (struct uniqtype){.target = of, .size = n}, &array; }
enum alloc_status allocs_mapping_operations_set_type(const struct alloc_arena *arena, const struct alloc_pos *pos, const struct uniqtype *to) { return arena && pos && to ? ALLOC_OK : ALLOC_UNKNOWN; }
void *allocs_mapping_operations_allocate(const struct alloc_arena *arena, unsigned long size, unsigned long alignment, const struct uniqtype *as) { return (void)size, (void)alignment, (void)as, (void *)arena; }
enum alloc_status allocs_mapping_operations_free(const struct alloc_arena *arena, const struct alloc_pos *pos) { return arena && pos ? ALLOC_OK : ALLOC_UNKNOWN; }
enum alloc_status allocs_mapping_operations_resize(const struct alloc_arena *arena, const struct alloc_pos *pos, unsigned long size) { return arena && pos && size ? ALLOC_OK : ALLOC_UNKNOWN; }

static void map(int i, uintptr_t begin, uintptr_t end, bool is_file, uint64_t offset, const char *name) {
  kernel[i] = (struct allocs_os_mapping){.begin = begin, .end = end, .is_file = is_file, .offset = offset, .flags = ALLOCS_OS_READ};
  strcpy(kernel[i].name, name);
}
static void region(int i, uintptr_t base, uint64_t size, unsigned kind, uint64_t offset) {
  regions[i] = (struct allocs_region){.base = base, .size = size, .kind = kind, .offset = offset, .call = "mmap", .site = &site, .type = &type};
}
static void begin(void) {
  memset(kernel, 0, sizeof kernel), memset(regions, 0, sizeof regions), memset(files, 0, sizeof files);
  may_enter = true, initial_break = 0x50000, current_break = 0x52800;
}
/* "kind name begin+size call", with a T if its type is known; "-" if there is none. */
static const char *text_of(int found, const struct alloc_pos *pos) {
  static char text[120];
  if (!found)
    return "-";
  CHECK(pos->type == &type || (pos->type == &array && array.size == pos->size && array.target == &byte)), CHECK(!n_held && (pos->site == (void *)0xc0de) == (pos->callee != NULL));
  return sprintf(text, "%s %s %lx+%lx %s%s", pos->allocator == &alloc_static_file ? "file" : pos->allocator->name, pos->name ? pos->name : "?", (uintptr_t)pos->base, pos->size, pos->callee ? pos->callee : "", pos->type == &type ? " T" : ""), text;
}
const struct allocator alloc_static_file;
static const char *at(uintptr_t address) {
  struct alloc_pos pos = {.size = 0};
  return text_of(allocs_mapping_find(address, &pos), &pos);
}
static const char *in(const struct allocator *kind, uintptr_t low, uintptr_t high, uintptr_t address, bool is_next) {
  struct alloc_pos pos = {.size = 0};
  struct alloc_arena arena = {.begin = (void *)low, .size = high - low};
  return text_of((is_next ? kind->next : kind->find)(&arena, (void *)address, &pos), &pos);
}
#define IS(got, wanted) CHECK_STRING(got, wanted)

static void kernels(void) {
  begin(), map(0, 0x1000, 0x3000, false, 0, ""), map(1, 0x5000, 0x6000, true, 0x2000, "/f"), IS(at(0x1000), "mmap ? 1000+2000 "), IS(at(0x2fff), "mmap ? 1000+2000 "), IS(at(0x3000), "-"), IS(at(0x5800), "mmap /f 5000+1000 ");
  n_kernel = 0, IS(at(ALLOCS_ARCH_ADDRESS_END), "-"), CHECK(!n_kernel), map(2, ALLOCS_ARCH_ADDRESS_END, ALLOCS_ARCH_ADDRESS_END + 0x1000, false, 0, ""), IS(in(&alloc_mmap, 0, 0, ALLOCS_ARCH_ADDRESS_END, true), "-"), IS(in(&alloc_mmap, 0, 0, 0x6000, true), "-");
  IS(in(&alloc_mmap, 0, 0, 0, true), "mmap ? 1000+2000 "), IS(in(&alloc_mmap, 0, 0, 0x3000, true), "mmap /f 5000+1000 "), IS(in(&alloc_mmap, 0x3000, 0, 0, true), "mmap /f 5000+1000 "), IS(in(&alloc_mmap, 0, 0, 0x2fff, true), "mmap ? 1000+2000 ");
  IS(in(&alloc_mmap, 0, 0, 0x5001, false), "mmap /f 5000+1000 "), IS(in(&alloc_mmap, 0, 0, 0x4000, false), "-");
}

static void of_calls(void) {
  begin(), map(0, 0x1000, 0x6000, false, 0, ""), region(0, 0x2000, 0x2000, 0, 0), IS(at(0x2000), "mmap ? 2000+2000 mmap T"), IS(at(0x3fff), "mmap ? 2000+2000 mmap T"), IS(at(0x1fff), "mmap ? 1000+1000 "), IS(at(0x4000), "mmap ? 4000+2000 ");
  kernel[0].is_file = true, IS(at(0x2000), "mmap ? 1000+5000 "), kernel[0].is_file = false, kernel[0].flags |= ALLOCS_OS_SHARED, IS(at(0x2000), "mmap ? 1000+5000 "), regions[0].kind = ALLOCS_REGION_SHARED, IS(at(0x2000), "mmap ? 2000+2000 mmap T");
  region(1, 0x4000, 0x1000, 0, 0), IS(at(0x4800), "mmap ? 4000+2000 "), region(2, 0x5000, 0x1000, ALLOCS_REGION_SHARED, 0), IS(at(0x4800), "mmap ? 4000+1000 "); /* not so any more: between its neighbours */
  /* In part only. */
  begin(), map(0, 0x1000, 0x3000, true, 0x8000, "/f"), map(1, 0x4000, 0x6000, true, 0xb000, "/f"), region(0, 0x1000, 0x5000, ALLOCS_REGION_FILE, 0x8000), IS(at(0x1000), "mmap /f 1000+2000 mmap"), IS(at(0x4000), "mmap /f 4000+2000 mmap");
  map(2, 0x3000, 0x4000, true, 0, "/g"), IS(at(0x1000), "mmap /f 1000+5000 mmap T"), IS(at(0x3000), "mmap /g 3000+1000 "), kernel[1].offset++, IS(at(0x4000), "mmap /f 4000+2000 ");
  begin(), map(0, 0x1000, 0x4000, false, 0, "[anon:x]"), region(0, 0x2000, 0x1000, 0, 0), IS(at(0x2000), "mmap [anon:x] 2000+1000 mmap T"), strcpy(kernel[0].name, "[heap]"), IS(at(0x2000), "mmap ? 2000+1000 mmap T");
  struct alloc_pos pos = {.size = 0};
  CHECK(allocs_mapping_find(0x2000, &pos) && alloc_mmap.set_type(NULL, &pos, &type) == ALLOC_UNKNOWN && alloc_mmap.set_type((void *)&pos, &pos, &type) == ALLOC_OK);
}

static void of_the_break(void) {
  begin(), map(0, 0x4f000, 0x53000, false, 0, "[heap]"), IS(at(0x50000), "brk [heap] 50000+2800 sbrk"), IS(at(0x527ff), "brk [heap] 50000+2800 sbrk"), IS(at(0x52800), "mmap [heap] 50000+3000 sbrk"), IS(at(0x4fff0), "mmap ? 4f000+1000 ");
  kernel[0].end = 0x54000, IS(at(0x53000), "mmap ? 53000+1000 "), IS(in(&alloc_mmap, 0, 0, 0x52800, false), "mmap [heap] 50000+3000 sbrk");
  IS(in(&alloc_brk, 0, 0x60000, 0x50000, false), "brk [heap] 50000+2800 sbrk"), IS(in(&alloc_brk, 0, 0x60000, 0x527ff, false), "brk [heap] 50000+2800 sbrk"), IS(in(&alloc_brk, 0, 0x60000, 0x52800, false), "-"), IS(in(&alloc_brk, 0, 0x60000, 0x4ffff, false), "-");
  IS(in(&alloc_brk, 0, 0x60000, 0, true), "brk [heap] 50000+2800 sbrk"), IS(in(&alloc_brk, 0, 0x60000, 0x527ff, true), "brk [heap] 50000+2800 sbrk"), IS(in(&alloc_brk, 0, 0x60000, 0x52800, true), "-"), IS(in(&alloc_brk, 0x52800, 0x60000, 0, true), "-");
  n_asked = 0, IS(in(&alloc_brk, 0, 0x50000, 0, true), "-"), CHECK(!n_asked), IS(in(&alloc_brk, 0, 0x50001, 0, true), "brk [heap] 50000+2800 sbrk");
  region(0, 0x51000, 0x1000, 0, 0), IS(at(0x51000), "mmap ? 51000+1000 mmap T"), IS(at(0x50000), "brk [heap] 50000+1000 sbrk"), IS(at(0x52000), "brk [heap] 52000+800 sbrk"), IS(in(&alloc_brk, 0, 0x60000, 0x51000, true), "brk [heap] 52000+800 sbrk");
  begin(), initial_break = 0, map(0, 0x4f000, 0x53000, false, 0, "[heap]"), IS(at(0x50000), "brk [heap] 4f000+3800 sbrk");
}

static void of_files(void) {
  begin(), map(0, 0x1000, 0x2000, true, 0, "/lib"), map(1, 0x2000, 0x4000, false, 0, ""), map(2, 0x7000, 0x9000, false, 0, "");
  files[0].begin = 0x1000, files[0].end = 0x2800, files[0].name = "/lib", IS(at(0x1000), "file /lib 1000+2000 "), IS(at(0x2400), "file /lib 1000+2000 "), IS(at(0x3000), "mmap ? 3000+1000 ");
  IS(in(&alloc_mmap, 0, 0, 0x1000, false), "mmap /lib 1000+2000 "), n_kernel = 0, in(&alloc_mmap, 0, 0, 0x1000, false), CHECK(!n_kernel), kernel[0].end = kernel[0].begin, IS(in(&alloc_mmap, 0, 0, 0x1000, false), "-"), kernel[0].end = 0x2000;
  files[0].name = NULL, IS(at(0x1000), "file /lib 1000+2000 "), IS(in(&alloc_mmap, 0, 0, 0x1000, false), "mmap /lib 1000+2000 "), kernel[0].name[0] = 0, IS(at(0x1000), "file ? 1000+2000 "), files[0].name = "/lib";
  may_enter = false, strcpy(kernel[0].name, "/k"), IS(at(0x1000), "file /k 1000+2000 "), may_enter = true; /* it is being unloaded */
  files[1].begin = 0x8000, files[1].end = 0x9000, IS(at(0x7000), "mmap ? 7000+1000 "), kernel[2].is_file = true, IS(at(0x7000), "mmap ? 7000+2000 ");
  files[0].begin = 0x500, files[0].end = 0x900, IS(at(0x3000), "mmap ? 2000+2000 ");
}

static void asked(void) {
  struct alloc_mapping got;
  begin(), map(0, 0x1000, 0x6000, true, 0x9000, "/f"), region(0, 0x2000, 0x1000, ALLOCS_REGION_FILE, 0xa000);
  CHECK(alloc_get_mapping((void *)0x2800, &got) == ALLOC_OK && got.base == (void *)0x2000 && got.size == 0x1000 && got.protection == PROT_READ && got.flags == MAP_PRIVATE && !strcmp(got.file, "/f") && got.offset == 0xa000 && !strcmp(got.call, "mmap") && got.site == (void *)0xc0de);
  kernel[0].flags = ALLOCS_OS_WRITE | ALLOCS_OS_EXEC | ALLOCS_OS_SHARED, CHECK(alloc_get_mapping((void *)0x3800, &got) == ALLOC_OK && got.base == (void *)0x3000 && got.offset == 0xb000 && got.protection == (PROT_WRITE | PROT_EXEC) && got.flags == MAP_SHARED && !got.call && !got.site);
  CHECK(alloc_get_mapping((void *)0x6000, &got) == ALLOC_UNKNOWN), map(1, 0x6000, 0x7000, false, 0, ""), files[0].begin = 0x1000, files[0].end = 0x7000, files[0].name = "/f";
  CHECK(alloc_get_mapping((void *)0x6800, &got) == ALLOC_OK && got.base == (void *)0x1000 && got.offset == 0x9000), kernel[0].is_file = false, CHECK(alloc_get_mapping((void *)0x6800, &got) == ALLOC_OK && !got.offset);
  begin(), map(0, 0x1000, 0x3000, true, 0x8000, "/f"), map(1, 0x4000, 0x6000, true, 0xb000, "/f"), region(0, 0x1000, 0x5000, ALLOCS_REGION_FILE, 0x8000), CHECK(alloc_get_mapping((void *)0x4800, &got) == ALLOC_OK && got.offset == 0xb000);
  map(1, 0x4000, 0x6000, false, 0, ""), kernel[0].is_file = false, regions[0].kind = 0, regions[0].offset = 0, CHECK(alloc_get_mapping((void *)0x4800, &got) == ALLOC_OK && !got.offset);
}

int main(void) {
  kernels();
  of_calls();
  of_the_break();
  of_files();
  asked();
  return check_failed;
}
