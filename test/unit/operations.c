// An operation is done by the allocator of the allocation, after the query is over, if that can and the address is its first byte; what is moved keeps contents and type, and nothing is lost where that fails.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "answers/operations.c"
#include "check.h"

/* What is done, in order. */
static char log[400];
#define LOG(...) sprintf(log + strlen(log), __VA_ARGS__)
static const struct allocator from, to, zeroing, moving, bare = {.name = "bare"};
static char memory[64], target[64];
static struct alloc_pos leaf;
static struct alloc_arena outer;
static bool is_known, has_arena, is_full, fails;
static struct uniqtype byte = {.kind = ALLOCS_KIND_BASE, .size = 1}, type = {.kind = ALLOCS_KIND_COMPOSITE, .size = 32}, bytes = {.kind = ALLOCS_KIND_ARRAY, .target = &byte, .size = 32}, words = {.kind = ALLOCS_KIND_ARRAY, .target = &type, .size = 32};

bool allocs_query_arena(const void *obj, struct alloc_pos *ret, struct alloc_arena *arena) { return CHECK(obj), *ret = leaf, *arena = outer, is_known; }
void allocs_query_end(struct alloc_pos *answer) { CHECK(answer->base == leaf.base), LOG("over "); }
void allocs_os_tell(const void *begin, size_t size) { CHECK(begin), LOG("tell %zu ", size); }
void allocs_arenas_tell(const struct alloc_arena *arena, const struct alloc_pos *pos) { LOG("tell %s%s ", arena->allocator->name, pos ? "+" : ""), CHECK(!pos || !pos->flags); }
bool allocs_arenas_of(const struct allocator *allocator, uintptr_t address, struct alloc_arena *ret) { return LOG("of %lx ", address), ret->allocator = allocator, ret->begin = target, has_arena; }
enum alloc_status allocs_arenas_add(const struct alloc_arena *arena, const struct alloc_pos *in, bool is_fixed) { return CHECK(arena == &outer && in->base == leaf.base), LOG("add %d ", is_fixed), ALLOC_OK; }
enum alloc_status allocs_arenas_remove(const struct alloc_arena *arena) { return CHECK(arena == &outer), LOG("remove "), ALLOC_UNKNOWN; }
bool allocs_memory_kinds_has(const struct allocator *allocator, enum allocs_memory_traits trait) {
  return (trait == ALLOCS_MEMORY_ALLOCATES && allocator == &zeroing) || (trait == ALLOCS_MEMORY_MOVES && allocator == &moving);
}
const struct uniqtype *allocs_type_byte(void) { return &byte; }

static enum alloc_status free_it(const struct alloc_arena *arena, const struct alloc_pos *pos) {
  LOG("free %s ", arena->allocator->name), CHECK(pos->base == (arena->allocator == &from || arena->allocator == &moving ? (void *)memory : target));
  return fails ? ALLOC_NO_MEMORY : ALLOC_OK;
}
static enum alloc_status resize(const struct alloc_arena *arena, const struct alloc_pos *pos, unsigned long size) { return CHECK(arena && pos), LOG("resize %lu ", size), ALLOC_OK; }
static void *allocate_it(const struct alloc_arena *arena, unsigned long size, unsigned long alignment, const struct uniqtype *as) {
  LOG("allocate %s%s %lu %lu%s ", arena->allocator->name, arena->begin ? "@" : "", size, alignment, as ? " typed" : "");
  leaf.base = fails ? target : leaf.base, outer.allocator = fails ? &to : outer.allocator; /* what is freed again */
  return is_full ? NULL : memset(target, 'x', sizeof target);
}
static void *zeroes(const struct alloc_arena *arena, unsigned long size, unsigned long alignment, const struct uniqtype *as) { return CHECK(arena && !as), LOG("zeroes %lu %lu ", size, alignment), target; }
static const struct allocator from = {.name = "from", .free = free_it, .resize_in_place = resize}, to = {.name = "to", .allocate = allocate_it, .free = free_it},
                              zeroing = {.name = "zeroing", .allocate = allocate_it, .allocate_zero = zeroes}, moving = {.name = "moving", .free = free_it};

static void begin(void) {
  leaf = (struct alloc_pos){.base = memory, .size = 32, .flags = 1, .allocator = &from}, outer = (struct alloc_arena){.allocator = &from, .begin = memory};
  is_known = has_arena = true, is_full = fails = false, log[0] = 0;
}
static void did(const char *wanted) { CHECK_STRING(log, wanted), log[0] = 0; }

static void on_the_allocation(void) {
  begin(), CHECK(alloc_free(memory) == ALLOC_OK), did("over tell from+ free from "), CHECK(alloc_free(memory + 1) == ALLOC_BAD_ARGUMENT), did("over tell from+ ");
  fails = true, CHECK(alloc_free(memory) == ALLOC_NO_MEMORY), did("over tell from+ free from "), is_known = false, CHECK(alloc_free(memory) == ALLOC_UNKNOWN), did("");
  begin(), outer.allocator = &bare, CHECK(alloc_free(memory) == ALLOC_NOT_SUPPORTED && alloc_free(memory + 1) == ALLOC_NOT_SUPPORTED && alloc_resize_in_place(memory + 1, 5) == ALLOC_NOT_SUPPORTED), did("over over over ");
  begin(), CHECK(alloc_resize_in_place(memory, 5) == ALLOC_OK), did("over tell from+ resize 5 "), CHECK(alloc_resize_in_place(memory, 0) == ALLOC_BAD_ARGUMENT), did("over tell from+ ");
  CHECK(alloc_resize_in_place(memory + 1, 5) == ALLOC_BAD_ARGUMENT), is_known = false, CHECK(alloc_resize_in_place(memory, 5) == ALLOC_UNKNOWN);
}

static void allocates(void) {
  begin(), CHECK(alloc_allocate(&to, memory, 8, 4, NULL) == target && target[0] == 'x'), LOG("|");
  CHECK(strstr(log, "of ") == log && strstr(log, " tell to allocate to@ 8 4 |")), log[0] = 0;
  CHECK(alloc_allocate(&to, NULL, 32, 0, &type) == target), did("of 0 tell to allocate to@ 32 1 typed "), has_arena = false, CHECK(!alloc_allocate(&to, NULL, 8, 4, NULL)), did("of 0 ");
  CHECK(alloc_allocate(&zeroing, NULL, 8, 4, NULL) == target), did("tell zeroing allocate zeroing 8 4 "), CHECK(alloc_allocate_zero(&zeroing, NULL, 8, 4, NULL) == target), did("tell zeroing zeroes 8 4 ");
  has_arena = true, CHECK(alloc_allocate_zero(&to, NULL, 8, 4, NULL) == target && !target[0] && !target[7] && target[8] == 'x'), did("of 0 tell to allocate to@ 8 4 tell 8 ");
  is_full = true, CHECK(!alloc_allocate_zero(&to, NULL, 8, 4, NULL)), did("of 0 tell to allocate to@ 8 4 "), CHECK(!alloc_allocate(&bare, NULL, 8, 4, NULL)), did("of 0 tell bare ");
  CHECK(!alloc_allocate(NULL, NULL, 8, 4, NULL) && !alloc_allocate(&to, NULL, 0, 4, NULL) && !alloc_allocate(&to, NULL, 8, 3, NULL) && !alloc_allocate(&to, NULL, 8, 4, &type)), did("");
}

static void migrates(void) {
  void *where = NULL;
  begin(), memset(memory, 'm', sizeof memory), leaf.type = &type;
  CHECK(alloc_migrate(memory, &to, NULL, &where) == ALLOC_OK && where == target && target[0] == 'm' && target[31] == 'm' && target[32] == 'x');
  CHECK(strstr(log, "over of 0 tell to allocate to@ 32 ") == log && strstr(log, "typed tell 32 tell from+ free from tell 8 "));
  begin(), leaf.type = &bytes, alloc_migrate(memory, &to, NULL, &where), CHECK(!strstr(log, "typed")), begin(), leaf.type = &words, alloc_migrate(memory, &to, NULL, &where), CHECK(strstr(log, "typed")), begin(), leaf.type = &type, leaf.size = 31, alloc_migrate(memory, &to, NULL, &where), CHECK(!strstr(log, "typed"));
  for (uintptr_t at = 1; at <= 32; at *= 2) { /* as aligned as it is, up to 16 */
    char wanted[40], *from_there = memory + ((at - (uintptr_t)memory % 64) & 63) % 64;
    begin(), leaf.base = from_there, leaf.size = 1, outer.allocator = &moving, is_full = true;
    sprintf(wanted, "allocate to@ 1 %lu ", at < 16 ? at : 16ul), CHECK(alloc_migrate(from_there, &to, NULL, &where) == ALLOC_NO_MEMORY && strstr(log, wanted));
  }
  begin(), CHECK(alloc_migrate(memory + 1, &to, NULL, &where) == ALLOC_BAD_ARGUMENT), did("over "), CHECK(alloc_migrate(memory, NULL, NULL, &where) == ALLOC_NOT_SUPPORTED && alloc_migrate(memory, &bare, NULL, &where) == ALLOC_NOT_SUPPORTED);
  outer.allocator = &bare, CHECK(alloc_migrate(memory, &to, NULL, &where) == ALLOC_NOT_SUPPORTED), is_known = false, CHECK(alloc_migrate(memory, &to, NULL, &where) == ALLOC_UNKNOWN);
  /* What cannot be freed stays, and the new one goes. */
  begin(), fails = true, where = NULL, CHECK(alloc_migrate(memory, &to, NULL, &where) == ALLOC_NO_MEMORY && !where && strstr(log, "free from over tell to+ free to "));
}

static void arenas(void) {
  begin(), CHECK(alloc_arena_add(&outer) == ALLOC_OK), did("over add 1 "), leaf.allocator = &moving, CHECK(alloc_arena_add(&outer) == ALLOC_OK), did("over add 0 ");
  CHECK(alloc_arena_add(NULL) == ALLOC_BAD_ARGUMENT), is_known = false, CHECK(alloc_arena_add(&outer) == ALLOC_BAD_ARGUMENT), outer.allocator = NULL, CHECK(alloc_arena_add(&outer) == ALLOC_BAD_ARGUMENT);
  did(""), CHECK(alloc_arena_remove(&outer) == ALLOC_UNKNOWN && alloc_arena_remove(NULL) == ALLOC_BAD_ARGUMENT), did("remove ");
}

int main(void) {
  on_the_allocation();
  allocates();
  migrates();
  arenas();
  return check_failed;
}
