// What compiled code calls is done by the heap where blocks are kept track of, by its site, else by the program's own functions; and there is a second name for each.
// RUN: %cc -O1 -Wall -Wextra -Werror -fno-builtin -I%src/runtime %s -o %t && %t

#include <stdlib.h>
/* The program's own. */
#define malloc(size) program_malloc(size)
#define calloc(n, size) program_calloc(n, size)
#define realloc(block, size) program_realloc(block, size)
static void *program_malloc(size_t size), *program_calloc(size_t n, size_t size), *program_realloc(void *block, size_t size);
#include "doors/entry.c"
#include "check.h"

static char log[300]; /* what is done, in order */
#define LOG(...) sprintf(log + strlen(log), __VA_ARGS__)
static bool is_kept, is_damaged;
static uint32_t of_site; /* origin of sites that are asked for; of a caller it is CALLER */
enum { CALLER = 77 };
static const uint32_t KNOWN = ALLOCS_ORIGIN_TOP | 5 << ALLOCS_ORIGIN_AT;
static struct { uint32_t slot, behind; struct allocs_site record; } made, fresh;
static struct uniqtype type;

_Thread_local struct allocs_recent_blocks allocs_recent_blocks;
struct allocs_origin **allocs_origin_table;
static int n_none;
static bool find_next(struct allocs_real *ret) { return n_none++, ret != NULL; }
const struct allocs_hooks __allocs_hooks_none = {find_next, NULL};
uint32_t allocs_site_make(const struct allocs_site *record) { return CHECK(record == &fresh.record || record == &made.record), of_site; }
void allocs_blocks_made(uintptr_t base, uint32_t call) { LOG("made %lx %x ", base, call); }
void allocs_returned_blocks_tell(uintptr_t pointer, const struct allocs_site *record, uint64_t before, uint64_t sizes, const uint64_t n[ALLOCS_RETURNED_NUMBERS]) {
  CHECK(record == &made.record), LOG("tell %lx %lu %lu %lu %lu %lu ", pointer, before, sizes, n[0], n[1], n[2]);
}
void allocs_parts_tell(uintptr_t base, const struct allocs_site *record, uint64_t size, const void *pool) { CHECK(record == &made.record), LOG("part %lx %lu %lx ", base, size, (long)pool); }
void allocs_parts_tell_filled(uintptr_t begin, const struct allocs_site *record) { CHECK(record == &made.record), LOG("filled %lx ", begin); }
void allocs_part_index_end(uintptr_t base) { LOG("ended %lx ", base); }
void allocs_pools_reset(const void *pool) { LOG("reset %lx ", (long)pool); }
bool allocs_image_is_damaged(uintptr_t address) { return CHECK(address == (uintptr_t)&type), is_damaged; }
const struct uniqtype *allocs_image_type_of(const struct allocs_type *record) { return CHECK((const void *)record == &type), &type; }
struct allocs_heap_map allocs_heap_map;
uint64_t allocs_caller_origins_recent[ALLOCS_CALLERS_RECENT];
uint32_t allocs_caller_origins_find(uintptr_t caller) { return CHECK(caller > 4096), CALLER; }
static bool (*found_by)(struct allocs_real *);
bool allocs_heap_start(allocs_real_find *find) { return found_by = find, is_kept; }
void *allocs_heap_malloc_first(void *block, uint32_t entry) {
  CHECK(block == log);
  return LOG("malloc %u %x ", entry >> ALLOCS_HEAP_INDEX_SIZE_AT & ALLOCS_HEAP_INDEX_SIZE, entry & ALLOCS_ORIGIN_MASK), log;
}
void *allocs_heap_malloc_long(size_t size, uint32_t origin) { return LOG("long %zu %x ", size, origin), log; }
static void *get(size_t size) { return CHECK(size), log; }
struct allocs_heap_beneath allocs_heap_beneath = {get, NULL};
void *allocs_heap_malloc(size_t size, uint32_t origin) { return LOG("malloc %zu %x ", size, origin), log; }
void *allocs_heap_calloc(size_t n, size_t size, uint32_t origin) { return LOG("calloc %zu %zu %x ", n, size, origin), log; }
void *allocs_heap_realloc(void *block, size_t size, uint32_t origin) { return LOG("realloc %lx %zu %x ", (long)block, size, origin), log; }
static void *program_malloc(size_t size) { return LOG("own malloc %zu ", size), log; }
static void *program_calloc(size_t n, size_t size) { return LOG("own calloc %zu %zu ", n, size), log; }
static void *program_realloc(void *block, size_t size) { return LOG("own realloc %lx %zu ", (long)block, size), log; }
static void did(const char *wanted) { CHECK_STRING(log, wanted), log[0] = 0; }

#define BLOCK ((void *)0x40)
static void untracked(void) {
  CHECK(__allocs_malloc(1, &fresh.record) == log && __allocs_calloc(2, 3, &fresh.record) == log && __allocs_realloc(BLOCK, 4, &fresh.record) == log);
  did("own malloc 1 own calloc 2 3 own realloc 40 4 "), __allocs_realloc(NULL, 5, NULL), __allocs_malloc(6, NULL), did("own realloc 0 5 own malloc 6 ");
  __allocs_made(BLOCK, &fresh.record), __allocs_returned(BLOCK, &made.record, 1, 2, 3, 4, 5), did("");
}

static void tracked(void) {
  is_kept = true, of_site = 0x99;
  __allocs_malloc(1, &fresh.record), __allocs_calloc(2, 3, &fresh.record), __allocs_realloc(BLOCK, 4, &fresh.record), __allocs_realloc(NULL, 4, &fresh.record);
  did("malloc 1 99 calloc 2 3 99 realloc 40 4 99 realloc 0 4 99 "), __allocs_malloc(1, NULL), __allocs_calloc(2, 3, NULL), __allocs_realloc(BLOCK, 4, NULL);
  did("malloc 1 4d calloc 2 3 4d realloc 40 4 4d "), of_site = ALLOCS_ORIGIN_NONE, __allocs_malloc(1, &fresh.record), did("malloc 1 4d ");
  is_kept = false; /* what has allocated before need not ask */
  __allocs_malloc(1, &made.record), __allocs_realloc(NULL, 2, &made.record), did("malloc 1 80014000 malloc 2 80014000 "), __allocs_realloc(BLOCK, 2, &made.record), did("own realloc 40 2 ");
  is_kept = true, __allocs_made(BLOCK, &made.record), __allocs_made(NULL, &made.record), __allocs_made(BLOCK, NULL), did("made 40 80014000 ");
  __allocs_returned(BLOCK, &made.record, 1, 2, 3, 4, 5), did("tell 40 1 2 3 4 5 "), __allocs_returned(NULL, &made.record, 1, 2, 3, 4, 5), __allocs_returned(BLOCK, NULL, 1, 2, 3, 4, 5), did("");
}

/* What pools hand out, and what is filled in place. */
static void parts(void) {
  is_kept = true, __allocs_part(BLOCK, &made.record, 8, (void *)0x70), __allocs_filled(BLOCK, &made.record), __allocs_part_ended(BLOCK), __allocs_pool_reset((void *)0x70);
  did("part 40 8 70 filled 40 ended 40 reset 70 "), __allocs_part(NULL, &made.record, 8, NULL), __allocs_part(BLOCK, NULL, 8, NULL), __allocs_filled(NULL, &made.record), __allocs_filled(BLOCK, NULL), did("");
  is_kept = false, __allocs_part(BLOCK, &made.record, 8, NULL), __allocs_filled(BLOCK, &made.record), did(""), is_kept = true;
}

static void others(void) {
  CHECK(__allocs_recent() == &allocs_recent_blocks.count);
  uint64_t before = allocs_recent_blocks.count;
  __allocs_opened(BLOCK), CHECK(allocs_recent_blocks.count == before + 1 && allocs_recent_blocks.bases[before % ALLOCS_RECENT_BLOCKS] == (uintptr_t)BLOCK);
  CHECK(__allocs_type((void *)&type) == &type && !__allocs_typeof(0, &type)), is_damaged = true, CHECK(!__allocs_type((void *)&type));
  void *volatile names[] = {(void *)__allocs_malloc, (void *)__allocs_rt_malloc, (void *)__allocs_made, (void *)__allocs_rt_made, (void *)__allocs_type, (void *)__allocs_rt_type};
  CHECK(names[0] == names[1] && names[2] == names[3] && names[4] == names[5]);
}

/* The allocator underneath is that of the hooks that were linked. */
static void beneath(void) {
  struct allocs_real real;
  CHECK(found_by && found_by(&real) && n_none == 1);
}

int main(void) {
  made.record.slot = (int32_t)((char *)&made.slot - (char *)&made.record.slot), made.slot = KNOWN;
  untracked();
  tracked();
  parts();
  others();
  beneath();
  return check_failed;
}
