// A mapping is freed, resized and typed only if one call of the program's mapped all of it, and by what undoes that call; what fails is told.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "mapping/mapping_operations.c"
#include "check.h"

enum { BASE = 0x10000, SIZE = 0x3000 };
static struct allocs_region region;
static bool is_known, fails, typed_fails;
static char asked[100]; /* what calls were made last */
static const struct uniqtype *typed;
#define ASKED(...) (snprintf(asked, sizeof asked, __VA_ARGS__), fails ? -1 : 0)

bool allocs_map_regions_find(uintptr_t address, struct allocs_region *ret) {
  CHECK(address == BASE);
  *ret = region;
  return is_known;
}
bool allocs_map_regions_set_type(uintptr_t base, const struct uniqtype *type) {
  CHECK(base == BASE);
  typed = type;
  return !typed_fails;
}
int allocs_map_calls_shmdt(const void *begin) { return ASKED("shmdt %lx", (uintptr_t)begin); }
int allocs_map_calls_munmap(void *begin, size_t size) { return ASKED("munmap %lx %zx", (uintptr_t)begin, size); }
void *allocs_map_calls_mremap(void *begin, size_t size, size_t to, int flags, void *at, const void *caller) {
  CHECK(!at && caller == (void *)77);
  return ASKED("mremap %lx %zx %zx %d", (uintptr_t)begin, size, to, flags) ? MAP_FAILED : begin;
}
void *allocs_map_calls_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset, const void *caller) {
  CHECK(!at && protection == (PROT_READ | PROT_WRITE) && flags == (MAP_PRIVATE | MAP_ANONYMOUS) && fd == -1 && !offset);
  CHECK(!caller);
  return ASKED("mmap %zx", size) ? MAP_FAILED : (void *)BASE;
}

static const struct alloc_arena arena;
static struct alloc_pos pos;
static struct allocs_known_site site = {.info = {.code = (void *)77}};

static void begin(void) {
  region = (struct allocs_region){.base = BASE, .size = SIZE, .call = "mmap", .site = &site};
  pos = (struct alloc_pos){.base = (void *)BASE, .size = SIZE};
  is_known = true, fails = typed_fails = false, asked[0] = 0, typed = NULL;
}
static int freed(void) { return (int)allocs_mapping_operations_free(&arena, &pos); }
static int resized(unsigned long size) { return (int)allocs_mapping_operations_resize(&arena, &pos, size); }
static int set(const struct uniqtype *type) { return (int)allocs_mapping_operations_set_type(&arena, &pos, type); }

/* None of the three, and nothing is called. */
static void none(void) {
  struct uniqtype type;
  CHECK(freed() == ALLOC_NOT_SUPPORTED && resized(0x5000) == ALLOC_NOT_SUPPORTED && set(&type) == ALLOC_NOT_SUPPORTED);
  CHECK(!asked[0] && !typed);
}

static void refused(void) {
  begin(), is_known = false, none();
  begin(), region.base -= ALLOCS_PAGE, none();
  begin(), region.size += ALLOCS_PAGE, none();
  begin(), pos.size -= ALLOCS_PAGE, none();
  begin(), region.call = NULL, none();
}

static void done(void) {
  begin();
  CHECK(freed() == ALLOC_OK && !strcmp(asked, "munmap 10000 3000"));
  fails = true;
  CHECK(freed() == ALLOC_NO_MEMORY && resized(1) == ALLOC_NO_MEMORY);
  begin(), region.call = "shmat";
  CHECK(freed() == ALLOC_OK && !strcmp(asked, "shmdt 10000"));
  asked[0] = 0;
  CHECK(resized(1) == ALLOC_NOT_SUPPORTED && !asked[0]);
  begin(), region.call = "mmap64";
  CHECK(resized(0x2001) == ALLOC_OK && resized(SIZE) == ALLOC_OK && !asked[0]); /* as many pages */
  CHECK(resized(SIZE + 1) == ALLOC_OK && !strcmp(asked, "mremap 10000 3000 4000 0"));
  CHECK(resized(0x2000) == ALLOC_OK && !strcmp(asked, "mremap 10000 3000 2000 0"));
  asked[0] = 0;
  CHECK(resized((unsigned long)PTRDIFF_MAX + 1) == ALLOC_NO_MEMORY && resized(-1ul) == ALLOC_NO_MEMORY && !asked[0]);
}

static void types(void) {
  struct uniqtype type = {.size = 0x2000};
  begin();
  CHECK(set(&type) == ALLOC_OK && typed == &type);
  typed_fails = true;
  CHECK(set(&type) == ALLOC_NOT_SUPPORTED);
  begin();
#define MADE(size, alignment, type) allocs_mapping_operations_allocate(&arena, size, alignment, type)
  CHECK(MADE(0x1001, ALLOCS_PAGE, &type) == (void *)BASE && typed == &type && !strcmp(asked, "mmap 2000"));
  begin();
  CHECK(MADE(0x2001, 1, &type) && !typed && !strcmp(asked, "mmap 3000") && MADE(0x1000, 1, &type) && !typed && MADE(0x2000, 1, NULL) && !typed);
  asked[0] = 0;
  CHECK(!MADE(1, 2 * ALLOCS_PAGE, NULL) && !MADE((unsigned long)PTRDIFF_MAX + 1, 1, NULL) && !asked[0]);
  fails = true;
  CHECK(!MADE(0x2000, 1, &type) && !typed);
}

int main(void) {
  refused();
  done();
  types();
  return check_failed;
}
