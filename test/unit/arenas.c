// An arena counts while what it lies in is the same: the marked block, the object of another arena, the bounds that it has for good; what overlaps one that counts is refused, and what an allocator tells must lie in its arena.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/arenas/arena_table.c %src/runtime/ground/store.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t && %t

#include "arenas/arenas.c"
#include "check.h"

const struct allocator alloc_heap = {.name = "heap"};
static const struct allocator variables = {.name = "static"}, mappings = {.name = "mmap"};
static uint64_t marks[16]; /* of the blocks, by number; 0 if it has none */
static bool is_short;
static unsigned n_told;
static struct uniqtype byte = {.size = 1}, array;

#define BLOCK(i) (0x100000u + 0x1000u * (unsigned)(i))
static uint64_t *mark_at(uintptr_t base) { return &marks[(base - BLOCK(0)) / 0x1000 % 16]; }
allocs_mark_word allocs_blocks_mark(uintptr_t base) { return is_short ? 0 : (*mark_at(base) += !*mark_at(base)); }
bool allocs_blocks_has_mark(uintptr_t base, allocs_mark_word mark) { return mark && *mark_at(base) == mark; }
void allocs_os_tell(const void *begin, size_t size) { CHECK(begin && size), n_told++; }
void allocs_os_tell_arguments(void) { n_told++; }
uint64_t allocs_type_tail(const struct uniqtype *type) { return type->count; }
const struct uniqtype *allocs_type_byte(void) { return &byte; }
const struct uniqtype *allocs_type_table_closed_array(const struct uniqtype *of, uint64_t n) { return array = (struct uniqtype){.target = of, .size = n}, &array; }

/* What the allocator tells. */
static uintptr_t told_base, told_size;
static const struct uniqtype *told_type;
static int find_it(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  CHECK(arena && address && ret->allocator == arena->allocator);
  return *ret = (struct alloc_pos){.base = (void *)told_base, .size = told_size, .type = told_type, .flags = 1, .index = 7, .depth = 3, .level = 1, .name = "n"}, told_size != 99;
}
static const struct allocator own = {.name = "own", .find = find_it}, another = {.name = "another", .find = find_it}, mute = {.name = "mute"};

static struct alloc_pos in_heap(int i) { return (struct alloc_pos){.allocator = &alloc_heap, .base = (void *)(uintptr_t)BLOCK(i), .size = 0x1000}; }
static struct alloc_pos in(const struct allocator *allocator, uintptr_t base, uintptr_t size) { return (struct alloc_pos){.allocator = allocator, .base = (void *)base, .size = size}; }
static struct alloc_arena arena(uintptr_t begin, uintptr_t size) { return (struct alloc_arena){&own, (void *)begin, size, NULL}; }
/* Where the arena that is found begins; 0 if there is none. */
static uintptr_t found(struct alloc_pos pos, uintptr_t address) {
  struct alloc_arena ret;
  return allocs_arenas_find(&pos, address, &ret) ? (uintptr_t)ret.begin : 0;
}
static uintptr_t next(struct alloc_pos pos, uintptr_t address) {
  struct alloc_arena ret;
  return allocs_arenas_next(&pos, address, &ret) ? (uintptr_t)ret.begin : 0;
}
static uintptr_t of(const struct allocator *allocator, uintptr_t address) {
  struct alloc_arena ret;
  return allocs_arenas_of(allocator, address, &ret) ? (uintptr_t)ret.begin : 0;
}
static enum alloc_status registered(const struct alloc_arena *it, struct alloc_pos pos, bool is_fixed) { return allocs_arenas_add(it, &pos, is_fixed); }

static void in_blocks(void) {
  static struct alloc_arena first, second, third;
  first = arena(BLOCK(1), 0x100), second = arena(BLOCK(1) + 0x200, 0x100), third = arena(BLOCK(2) + 0x10, 0xff0);
  CHECK(!allocs_arenas_any && !found(in_heap(1), BLOCK(1)) && registered(&first, in_heap(1), false) == ALLOC_OK && allocs_arenas_any && registered(&second, in_heap(1), false) == ALLOC_OK && registered(&third, in_heap(2), false) == ALLOC_OK);
  CHECK(found(in_heap(1), BLOCK(1)) == BLOCK(1) && found(in_heap(1), BLOCK(1) + 0xff) == BLOCK(1) && !found(in_heap(1), BLOCK(1) + 0x100) && found(in_heap(1), BLOCK(1) + 0x200) == BLOCK(1) + 0x200 && !found(in_heap(1), BLOCK(1) + 0x300));
  CHECK(!found(in_heap(2), BLOCK(1)) && !found(in(&mappings, BLOCK(0), 0x10000), BLOCK(1)) && found(in_heap(2), BLOCK(3) - 1) == BLOCK(2) + 0x10 && !found(in_heap(2), BLOCK(2) + 0xf));
  struct alloc_pos part = in_heap(1);
  part.level = ALLOC_LEVEL_SUBOBJECT, CHECK(!found(part, BLOCK(1)) && !next(part, BLOCK(1)));
  CHECK(next(in_heap(1), 0) == BLOCK(1) && next(in_heap(1), BLOCK(1) + 0xff) == BLOCK(1) && next(in_heap(1), BLOCK(1) + 0x100) == BLOCK(1) + 0x200 && next(in_heap(1), BLOCK(1) + 0x2ff) && !next(in_heap(1), BLOCK(1) + 0x300));
  CHECK(next(in_heap(2), 0) == BLOCK(2) + 0x10 && next(in_heap(2), BLOCK(2) + 0x11) == BLOCK(2) + 0x10 && !next(in_heap(0), 0) && !next(in(&alloc_heap, BLOCK(1), 0x200), BLOCK(1) + 0x100));
  CHECK(of(&own, BLOCK(1) + 5) == BLOCK(1) && !of(&own, BLOCK(1) + 0x100) && !of(&another, BLOCK(1)) && of(&own, 0) == BLOCK(1) && !of(&another, 0));
  marks[1]++, CHECK(!found(in_heap(1), BLOCK(1)) && !next(in_heap(1), 0) && !of(&own, BLOCK(1)) && of(&own, 0) == BLOCK(2) + 0x10 && found(in_heap(2), BLOCK(2) + 0x10));
  CHECK(allocs_arenas_remove(&first) == ALLOC_UNKNOWN && allocs_arenas_remove(&first) == ALLOC_UNKNOWN && allocs_arenas_remove(&third) == ALLOC_OK && !found(in_heap(2), BLOCK(2) + 0x10));
  CHECK(allocs_arenas_any && allocs_arenas_remove(&second) == ALLOC_UNKNOWN && !allocs_arenas_any);
  is_short = true, CHECK(registered(&first, in_heap(1), false) == ALLOC_NO_MEMORY && !allocs_arenas_any), is_short = false;
}

static void refused(void) {
  struct alloc_arena it = arena(BLOCK(3) + 0x100, 0x100), over, same = it, outside = arena(BLOCK(3) - 1, 0x10), behind = arena(BLOCK(3) + 0xfff, 2), empty = arena(BLOCK(3), 0), last = arena(BLOCK(3) + 0xfff, 1);
  CHECK(registered(&outside, in_heap(3), false) == ALLOC_BAD_ARGUMENT && registered(&behind, in_heap(3), false) == ALLOC_BAD_ARGUMENT && registered(&empty, in_heap(3), false) == ALLOC_BAD_ARGUMENT && registered(&last, in_heap(3), false) == ALLOC_OK);
  outside = arena(BLOCK(4), 1), CHECK(registered(&outside, in_heap(3), false) == ALLOC_BAD_ARGUMENT && registered(&it, in_heap(3), false) == ALLOC_OK);
  static const struct { int at, size; bool fits; } each[] = {{0, 0x100, true}, {0, 0x101, false}, {0x1ff, 1, false}, {0x200, 0x10, true}, {0x150, 1, false}, {0x80, 0x400, false}};
  for (int i = 0; i < 6; i++) {
    over = arena(BLOCK(3) + (unsigned)each[i].at, (unsigned)each[i].size);
    CHECK((registered(&over, in_heap(3), false) == ALLOC_OK) == each[i].fits), CHECK(!each[i].fits || allocs_arenas_remove(&over) == ALLOC_OK);
  }
  CHECK(registered(&same, in_heap(3), false) == ALLOC_BAD_ARGUMENT && registered(&it, in_heap(3), false) == ALLOC_OK && found(in_heap(3), BLOCK(3) + 0x100)); /* the same again */
  marks[3]++, over = arena(BLOCK(3) + 0x150, 0x100), CHECK(registered(&over, in_heap(3), false) == ALLOC_OK && found(in_heap(3), BLOCK(3) + 0x150) == BLOCK(3) + 0x150); /* the block is another */
  CHECK(allocs_arenas_remove(&it) == ALLOC_UNKNOWN && allocs_arenas_remove(&over) == ALLOC_OK), allocs_arenas_remove(&last);
}

/* What has its bounds for good is known by them; what moves may get others around the arena. */
static void bounds(void) {
  struct alloc_arena it = arena(0x5010, 0x10), other = arena(0x5018, 0x10);
  CHECK(registered(&it, in(&variables, 0x5000, 0x100), true) == ALLOC_OK && found(in(&variables, 0x5000, 0x100), 0x5010) && !found(in(&variables, 0x5000, 0x101), 0x5010) && !found(in(&variables, 0x5001, 0x100), 0x5010));
  CHECK(!found(in(&mappings, 0x5000, 0x100), 0x5010) && registered(&other, in(&variables, 0x5000, 0x100), true) == ALLOC_BAD_ARGUMENT && registered(&other, in(&variables, 0x5000, 0x200), true) == ALLOC_OK);
  CHECK(!found(in(&variables, 0x5000, 0x100), 0x5010) && found(in(&variables, 0x5000, 0x200), 0x5018)), allocs_arenas_remove(&other);
  it = arena(0x7010, 0x10), CHECK(registered(&it, in(&mappings, 0x7000, 0x1000), false) == ALLOC_OK && found(in(&mappings, 0x6000, 0x3000), 0x7010) && found(in(&mappings, 0x7010, 0x10), 0x7010));
  CHECK(!found(in(&mappings, 0x7011, 0x1000), 0x7011) && !found(in(&mappings, 0x7000, 0x1f), 0x7010)), allocs_arenas_end(0x7000, 0x7010), CHECK(found(in(&mappings, 0x7000, 0x1000), 0x7010));
  allocs_arenas_end(0x7020, 0x8000), CHECK(found(in(&mappings, 0x7000, 0x1000), 0x7010)), allocs_arenas_end(0x701f, 0x7020), CHECK(!found(in(&mappings, 0x7000, 0x1000), 0x7010) && allocs_arenas_remove(&it) == ALLOC_UNKNOWN);
  for (int i = 0; i < 3; i++) {
    struct alloc_arena three[] = {arena(0x7000, 8), arena(0x7010, 8), arena(0x7020, 8)};
    for (int j = 0; j < 3; j++)
      CHECK(registered(&three[j], in(&mappings, 0x7000, 0x1000), false) == ALLOC_OK);
    allocs_arenas_end(0x7000 + 0x10u * (unsigned)i, 0x7001 + 0x10u * (unsigned)i);
    for (int j = 0; j < 3; j++)
      CHECK(!found(in(&mappings, 0x7000, 0x1000), (uintptr_t)three[j].begin) == (i == j) && allocs_arenas_remove(&three[j]) == (i == j ? ALLOC_UNKNOWN : ALLOC_OK));
  }
  it.allocator = &another, CHECK(registered(&it, in(&mappings, 0x7000, 0x1000), false) == ALLOC_OK), allocs_arenas_end_of((uintptr_t)&another + 1, UINTPTR_MAX), allocs_arenas_end_of(0, (uintptr_t)&another);
  CHECK(of(&another, 0x7010) == 0x7010), allocs_arenas_end_of((uintptr_t)&another, (uintptr_t)&another + 1), CHECK(!of(&another, 0x7010)), allocs_arenas_remove(&it);
}

/* Eight deep, each in an object of the one before; with one of them all within end. */
static void nested(void) {
  struct alloc_arena deep[ALLOCS_ARENA_DEPTHS + 1];
  for (int i = 0; i <= ALLOCS_ARENA_DEPTHS; i++) {
    deep[i] = arena(BLOCK(5) + 0x10u * (unsigned)i, 0x800 - 0x20u * (unsigned)i), deep[i].allocator = i % 2 ? &another : &own;
    struct alloc_pos around = i ? in(deep[i - 1].allocator, (uintptr_t)deep[i].begin, deep[i].size) : in_heap(5);
    CHECK(registered(&deep[i], around, false) == (i < ALLOCS_ARENA_DEPTHS ? ALLOC_OK : ALLOC_BAD_ARGUMENT));
    if (i < ALLOCS_ARENA_DEPTHS)
      CHECK(found(around, (uintptr_t)deep[i].begin) == (uintptr_t)deep[i].begin);
  }
  CHECK(of(&own, BLOCK(5) + 0x70) == BLOCK(5) + 0x60 && of(&another, BLOCK(5) + 0x70) == BLOCK(5) + 0x70 && of(&own, 0) == BLOCK(5) + 0x60 && of(&own, BLOCK(5)) == BLOCK(5));
  allocs_arenas_end((uintptr_t)deep[2].begin + deep[2].size - 1, BLOCK(6)); /* the outer three */
  CHECK(!of(&own, BLOCK(5) + 0x70) && !of(&another, BLOCK(5) + 0x70));
  for (int i = 0; i < ALLOCS_ARENA_DEPTHS; i++)
    allocs_arenas_remove(&deep[i]);
  CHECK(registered(&deep[0], in_heap(5), false) == ALLOC_OK && registered(&deep[1], in(&own, (uintptr_t)deep[1].begin, deep[1].size), false) == ALLOC_OK && of(&another, BLOCK(5) + 0x10));
  CHECK(allocs_arenas_remove(&deep[0]) == ALLOC_OK && registered(&deep[0], in_heap(5), false) == ALLOC_OK && !of(&another, BLOCK(5) + 0x10)); /* it was in the one before */
  allocs_arenas_remove(&deep[0]), allocs_arenas_remove(&deep[1]), CHECK(!allocs_arenas_any);
}

static void believed(void) {
  struct alloc_arena it = arena(0x5000, 0x100), none = {&mute, (void *)0x5000, 0x100, NULL};
  struct alloc_pos pos;
  told_base = 0x5010, told_size = 0x10, n_told = 0;
  CHECK(allocs_arenas_ask(&it, 0x5010, &pos) && pos.type == &array && array.size == 0x10 && pos.allocator == &own && !pos.flags && !pos.index && !pos.depth && !pos.level && !strcmp(pos.name, "n") && n_told == 3);
  CHECK(allocs_arenas_ask(&it, 0x501f, &pos) && !allocs_arenas_ask(&it, 0x5020, &pos) && !allocs_arenas_ask(&it, 0x500f, &pos) && !allocs_arenas_ask(&none, 0x5010, &pos));
  struct uniqtype fits = {.size = 0x10}, other = {.size = 0x11};
  told_type = &fits, CHECK(allocs_arenas_ask(&it, 0x5010, &pos) && pos.type == &fits), told_type = &other, CHECK(allocs_arenas_ask(&it, 0x5010, &pos) && pos.type == &array), told_type = NULL;
  struct uniqtype tailed = {.kind = ALLOCS_KIND_COMPOSITE, .size = 8, .count = 0x10}; /* goes on to the end */
  told_type = &tailed, CHECK(allocs_arenas_ask(&it, 0x5010, &pos) && pos.type == &tailed), tailed.count++, CHECK(allocs_arenas_ask(&it, 0x5010, &pos) && pos.type == &array), tailed.count = 1, tailed.kind = ALLOCS_KIND_ARRAY;
  CHECK(allocs_arenas_ask(&it, 0x5010, &pos) && pos.type == &array), told_type = NULL;
  told_base = 0x50f0, CHECK(allocs_arenas_ask(&it, 0x50f0, &pos)), told_size = 0x11, CHECK(!allocs_arenas_ask(&it, 0x50f0, &pos)), told_base = 0x4fff, CHECK(!allocs_arenas_ask(&it, 0x5000, &pos)), told_base = 0x5100;
  CHECK(!allocs_arenas_ask(&it, 0x5100, &pos)), told_base = 0x5000, told_size = 0, CHECK(!allocs_arenas_ask(&it, 0x5000, &pos)), told_size = 0x100, CHECK(allocs_arenas_ask(&it, 0x5000, &pos)), told_size = 99, CHECK(!allocs_arenas_ask(&it, 0x5000, &pos));
  n_told = 0, allocs_arenas_tell(&it, NULL), CHECK(n_told == 2);
}

/* Those that have ended are taken out now and then. */
static void swept(void) {
  static struct alloc_arena many[300];
  for (int i = 0; i < 300; i++)
    many[i] = arena(BLOCK(8) + 8u * (unsigned)i, 8), CHECK(registered(&many[i], in_heap(8), false) == ALLOC_OK), marks[8]++;
  CHECK(allocs_arena_table_count() <= SWEEP_LEAST + 2);
}

int main(void) {
  in_blocks();
  refused();
  bounds();
  nested();
  believed();
  swept();
  return check_failed;
}
