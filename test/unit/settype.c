// A type that is set fits the allocation: of its size, as many elements as fill it, or open to its end; one that is added makes a union of all uses, each once and in one order, of so many at most.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "answers/set_type.c"
#include "check.h"

static struct uniqtype byte = {.kind = ALLOCS_KIND_BASE, .size = 1}, number = {.kind = ALLOCS_KIND_BASE, .size = 4}, unsized = {.kind = ALLOCS_KIND_BASE, .size = UNIQTYPE_SIZE_UNKNOWN};
static struct uniqtype uses[20], made[8], made_union, nothing;
static struct uniqtype_member members[20];
static unsigned n_made, n_members, n_over, n_told;
static const struct uniqtype *set, *tail_of;
static struct alloc_pos leaf;
static bool is_known, is_short;
static enum alloc_status set_it(const struct alloc_arena *arena, const struct alloc_pos *pos, const struct uniqtype *to) { return CHECK(arena && pos->base == leaf.base && n_told), set = to, ALLOC_OK; }
static const struct allocator can = {.set_type = set_it}, cannot;
static struct alloc_arena outer;

bool allocs_query_arena(const void *obj, struct alloc_pos *ret, struct alloc_arena *arena) { return CHECK(obj), *ret = leaf, *arena = outer, n_told = 0, is_known; }
void allocs_query_end(struct alloc_pos *answer) { CHECK(answer), n_over++; }
void allocs_arenas_tell(const struct alloc_arena *arena, const struct alloc_pos *pos) { CHECK(arena->allocator == &can && pos), n_told++; }
const struct uniqtype *allocs_type_byte(void) { return &byte; }
uint64_t allocs_type_tail(const struct uniqtype *type) { return type == tail_of ? 8 : ALLOCS_SIZE_UNKNOWN; }
const struct uniqtype *allocs_type_table_closed_array(const struct uniqtype *element, uint64_t n) {
  made[n_made % 8] = (struct uniqtype){.kind = ALLOCS_KIND_ARRAY, .target = element, .count = n, .size = n * element->size};
  return &made[n_made++ % 8];
}
const struct uniqtype *uniqtype_union(const char *tag, unsigned long size, const struct uniqtype_member *of, unsigned n) {
  CHECK(!tag && size == leaf.size), n_members = n;
  for (unsigned i = 0; i < n; i++)
    members[i] = of[i], CHECK(!of[i].name && !of[i].offset && !of[i].alias);
  made_union = (struct uniqtype){.kind = ALLOCS_KIND_COMPOSITE, .flags = ALLOCS_TYPE_UNION, .size = size, .n_entries = n, .entries.members = members};
  return is_short ? NULL : &made_union;
}

static enum alloc_status sets(const struct uniqtype *type, uint64_t size) { return leaf.size = size, set = &nothing, alloc_set_type(&leaf, type); }
static void fits(void) {
  struct uniqtype open = {.kind = ALLOCS_KIND_ARRAY, .target = &number, .count = ~0ul, .size = ~0ul}, three = {.kind = ALLOCS_KIND_ARRAY, .target = &number, .count = 3, .size = 12};
  struct uniqtype tailed = {.kind = ALLOCS_KIND_COMPOSITE, .size = 8}, of_unsized = {.kind = ALLOCS_KIND_ARRAY, .target = &unsized, .count = ~0ul}, empty = {.kind = ALLOCS_KIND_BASE};
  CHECK(sets(&number, 4) == ALLOC_OK && set == &number && n_over == 1 && sets(&number, 5) == ALLOC_BAD_ARGUMENT && set == &nothing && sets(&number, 3) == ALLOC_BAD_ARGUMENT);
  CHECK(sets(NULL, 4) == ALLOC_OK && !set && sets(&three, 12) == ALLOC_OK && set == &three && sets(&three, 16) == ALLOC_BAD_ARGUMENT);
  CHECK(sets(&open, 12) == ALLOC_OK && set != &open && set->count == 3 && set->target == &number && sets(&open, 13) == ALLOC_BAD_ARGUMENT && sets(&of_unsized, 12) == ALLOC_BAD_ARGUMENT);
  of_unsized.target = &empty, CHECK(sets(&of_unsized, 12) == ALLOC_BAD_ARGUMENT && sets(&empty, 0) == ALLOC_BAD_ARGUMENT && sets(&open, 0) == ALLOC_OK && set->count == 0);
  CHECK(sets(&tailed, 20) == ALLOC_BAD_ARGUMENT), tail_of = &tailed, CHECK(sets(&tailed, 20) == ALLOC_OK && set == &tailed && sets(&tailed, 7) == ALLOC_BAD_ARGUMENT && sets(&tailed, 8) == ALLOC_OK);
  tailed.size = 7, CHECK(sets(&tailed, 20) == ALLOC_BAD_ARGUMENT); /* its tail is behind it */
  outer.allocator = &cannot, CHECK(sets(&number, 4) == ALLOC_NOT_SUPPORTED && alloc_add_type(&leaf, &number) == ALLOC_NOT_SUPPORTED), is_known = false;
  CHECK(sets(&number, 4) == ALLOC_UNKNOWN && alloc_add_type(&leaf, &number) == ALLOC_UNKNOWN), outer.allocator = &can, is_known = true;
}

static enum alloc_status adds(const struct uniqtype *type) { return set = &nothing, alloc_add_type(&leaf, type); }
static void adds_up(void) {
  struct uniqtype bytes = {.kind = ALLOCS_KIND_ARRAY, .target = &byte, .count = 4, .size = 4};
  leaf.size = 4, leaf.type = NULL;
  for (int i = 0; i < 20; i++)
    uses[i] = (struct uniqtype){.kind = ALLOCS_KIND_BASE, .size = 4, .key = (uint64_t)(i * 7 % 20)};
  CHECK(adds(&uses[1]) == ALLOC_OK && set == &uses[1]), leaf.type = &bytes, CHECK(adds(&uses[1]) == ALLOC_OK && set == &uses[1] && adds(NULL) == ALLOC_BAD_ARGUMENT && set == &nothing);
  leaf.type = &uses[1], CHECK(adds(&uses[1]) == ALLOC_OK && set == &uses[1] && adds(&unsized) == ALLOC_BAD_ARGUMENT && set == &nothing);
  leaf.type = &uses[0];
  for (unsigned i = 1; i < MOST_USES; i++) {
    CHECK(adds(&uses[i]) == ALLOC_OK && set == &made_union && n_members == i + 1), leaf.type = &made_union;
    for (unsigned j = 1; j < n_members; j++)
      CHECK(members[j - 1].type->key < members[j].type->key);
  }
  CHECK(adds(&uses[3]) == ALLOC_OK && n_members == MOST_USES && adds(&uses[17]) == ALLOC_BAD_ARGUMENT && set == &nothing), is_short = true;
  CHECK(adds(&uses[3]) == ALLOC_NO_MEMORY && set == &nothing), is_short = false;
  struct uniqtype array_of = {.kind = ALLOCS_KIND_ARRAY, .target = &number, .count = 1, .size = 4};
  leaf.type = &array_of, CHECK(adds(&uses[3]) == ALLOC_OK && n_members == 2 && set == &made_union);
  /* What the program calls a union is one use. */
  struct uniqtype_member arms[] = {{&uses[1], NULL, NULL, 0}, {&uses[2], NULL, NULL, 0}};
  struct uniqtype other = {.kind = ALLOCS_KIND_COMPOSITE, .flags = ALLOCS_TYPE_UNION, .size = 4, .n_entries = 2, .entries.members = arms};
  leaf.type = &other, CHECK(adds(&uses[3]) == ALLOC_OK && n_members == 3), leaf.type = &uses[3], CHECK(adds(&other) == ALLOC_OK && n_members == 3);
  arms[1].name = "x", CHECK(adds(&other) == ALLOC_OK && n_members == 2), arms[1].name = NULL, other.name = "tag", CHECK(adds(&other) == ALLOC_OK && n_members == 2), other.name = NULL;
  other.flags = 0, CHECK(adds(&other) == ALLOC_OK && n_members == 2), other.flags = ALLOCS_TYPE_UNION, other.n_entries = 0, CHECK(adds(&other) == ALLOC_OK && n_members == 2);
}

int main(void) {
  outer.allocator = &can, is_known = true;
  fits();
  adds_up();
  return check_failed;
}
