// A walk shows what lies in a position, allocations or else subobjects, parents before their children and by address; only what overlaps its limits and is not too deep; and goes on, skips or stops as it is told.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "answers/walk.c"
#include "check.h"

static struct uniqtype byte = {.kind = ALLOCS_KIND_BASE, .size = 1}, number = {.kind = ALLOCS_KIND_BASE, .size = 4};
static struct uniqtype array, bytes, pair, open_array, vector, of_pairs, unsized, either, text;
static const struct uniqtype_member members[] = {{&number, "a", NULL, 0}, {&number, "b", NULL, 4}};
static const struct uniqtype_member arms[] = {{&pair, "p", NULL, 0}, {&number, "n", NULL, 0}, {&number, "m", NULL, 4}};
/* Allocations: two mappings, in the first a block with a block in it, of pairs, and bytes; an empty one. */
static struct node {
  const char *name;
  uintptr_t base, size;
  int in;
  const struct uniqtype *type;
} nodes[] = {{"map", 0x1000, 0x1000, -1, &bytes}, {"block", 0x1100, 0x100, 0, &of_pairs}, {"inner", 0x1180, 0x10, 1, &of_pairs},
             {"array", 0x1300, 16, 0, &array},   {"empty", 0x1400, 0, 0, NULL},           {"other", 0x3000, 0x1000, -1, NULL}};
enum { N = sizeof nodes / sizeof *nodes };
static char shown[2000];
static const char *skipped, *stop_at, *is_gone;
static unsigned n_held, n_told;
static bool may_enter;

const struct uniqtype *allocs_type_byte(void) { return &byte; }
uint64_t allocs_type_open_member_size(const struct uniqtype *composite, uint64_t size, uint64_t index) { return (void)size, composite->entries.members[index].type->size; }
void allocs_os_tell(const void *begin, size_t size) { CHECK(begin && size == sizeof(struct alloc_pos)), n_told++; }
void allocs_os_tell_arguments(void) { n_told++; }
bool allocs_readers_enter(void) { return n_held += may_enter, may_enter; }
void allocs_readers_leave(void) { n_held--; }
void allocs_tree_siblings_init(struct allocs_tree_siblings *at, const struct alloc_pos *in, uintptr_t from) {
  at->from = in && (uintptr_t)in->base > from ? (uintptr_t)in->base : from, at->floor = in ? (uintptr_t)in->base : 0;
}
bool allocs_tree_siblings_next(struct allocs_tree_siblings *at, const struct alloc_pos *in, struct alloc_pos *ret) {
  CHECK(at->walk && !at->walk->frames.valid && at->floor == (in ? (uintptr_t)in->base : 0));
  for (int i = 0; i < N; i++) {
    bool is_child = nodes[i].in < 0 ? !in : in && (uintptr_t)in->base == nodes[nodes[i].in].base && in->size == nodes[nodes[i].in].size;
    if (!is_child || nodes[i].base + nodes[i].size + !nodes[i].size <= at->from || (is_gone && !strcmp(is_gone, nodes[i].name)))
      continue;
    *ret = (struct alloc_pos){.name = nodes[i].name, .base = (void *)nodes[i].base, .size = nodes[i].size, .type = nodes[i].type};
    return at->from = nodes[i].base + nodes[i].size + !nodes[i].size, true;
  }
  return false;
}
void allocs_tree_subobject(const struct alloc_pos *of, const struct uniqtype *parent, const struct uniqtype *type, uint64_t size, uint64_t offset,
                           uint64_t index, struct alloc_pos *ret) {
  *ret = (struct alloc_pos){.base = (char *)of->base + offset, .size = size, .type = type, .index = index, .level = ALLOC_LEVEL_SUBOBJECT};
  ret->name = parent->kind == ALLOCS_KIND_COMPOSITE ? parent->entries.members[index].name : NULL;
}

static int see(const struct alloc_pos *pos, void *arg) {
  char *name = shown + strlen(shown);
  CHECK(arg == shown && n_held == may_enter && n_told == 2), n_told = 0;
  for (unsigned i = 1; i < pos->depth; i++)
    strcat(name, "-");
  const char *own = pos->name ? pos->name : "[]";
  pos->name ? strcat(name, own) : (sprintf(name + strlen(name), "[%lu]", pos->index), name);
  strcat(shown, " ");
  return stop_at && !strcmp(stop_at, own) ? ALLOC_WALK_STOP : skipped && !strcmp(skipped, own) ? ALLOC_WALK_SKIP : ALLOC_WALK_ON;
}
static const char *walked(const struct alloc_pos *from, uintptr_t begin, uintptr_t end, unsigned depth, int allocations_only) {
  struct alloc_walk_options options = {(void *)begin, (void *)end, depth, allocations_only};
  shown[0] = 0, n_told = 0;
  int result = alloc_walk_tree(from, begin || end || depth || allocations_only ? &options : NULL, see, shown);
  CHECK(result == (stop_at ? ALLOC_WALK_STOP : ALLOC_WALK_ON) && !n_held);
  return shown;
}
#define IS(got, wanted) CHECK_STRING(got, wanted)
static struct alloc_pos at(int i) {
  return (struct alloc_pos){.name = nodes[i].name, .base = (void *)nodes[i].base, .size = nodes[i].size, .type = nodes[i].type};
}

static void all(void) {
  IS(walked(NULL, 0, 0, 0, 0), "map -block --inner ---[0] ----a ----b ---[1] ----a ----b -array --[0] --[1] --[2] --[3] -empty other ");
  IS(walked(NULL, 0, 0, 0, 1), "map -block --inner -array -empty other "), IS(walked(NULL, 0, 0, 1, 0), "map other "), IS(walked(NULL, 0, 0, 2, 0), "map -block -array -empty other ");
  may_enter = false, IS(walked(NULL, 0, 0, 1, 0), "map other "), may_enter = true;
  struct alloc_pos block = at(1), inner = at(2);
  IS(walked(&block, 0, 0, 0, 0), "inner -[0] --a --b -[1] --a --b "), IS(walked(&block, 0, 0, 1, 0), "inner "), IS(walked(&inner, 0, 0, 1, 0), "[0] [1] ");
  shown[0] = 0, CHECK(alloc_walk(&inner, see, shown) == ALLOC_WALK_ON), IS(shown, "[0] [1] ");
  skipped = "block", IS(walked(NULL, 0, 0, 0, 0), "map -block -array --[0] --[1] --[2] --[3] -empty other "), skipped = "[]";
  IS(walked(&block, 0, 0, 0, 0), "inner -[0] -[1] "), skipped = NULL, stop_at = "inner", IS(walked(NULL, 0, 0, 0, 0), "map -block --inner "), stop_at = NULL;
  is_gone = "inner", IS(walked(&block, 0, 0x1108, 2, 0), "[0] -a -b "), is_gone = NULL;
}

static void limits(void) {
  IS(walked(NULL, 0x1180, 0x1181, 0, 0), "map -block --inner ---[0] ----a "), IS(walked(NULL, 0x1184, 0x118c, 0, 0), "map -block --inner ---[0] ----b ---[1] ----a ");
  IS(walked(NULL, 0x1304, 0x1308, 0, 0), "map -array --[1] "), IS(walked(NULL, 0x1307, 0x1309, 0, 0), "map -array --[1] --[2] "), IS(walked(NULL, 0x2000, 0x3000, 0, 0), "");
  IS(walked(NULL, 0x2000, 0x3001, 0, 0), "other "), IS(walked(NULL, 0x1400, 0x1401, 0, 0), "map -empty "), IS(walked(NULL, 0x1401, 0x1500, 0, 0), "map ");
  IS(walked(NULL, 0x1fff, 0, 0, 0), "map other "), IS(walked(NULL, 0x3000, 0, 0, 0), "other "), IS(walked(NULL, 0x130f, 0, 0, 0), "map -array --[3] -empty other ");
  IS(walked(NULL, 0x11ff, 0x1300, 0, 0), "map -block --[31] ---b "), IS(walked(NULL, 0, 0x1101, 0, 1), "map -block "), IS(walked(NULL, 0, 0x1100, 0, 1), "map ");
}

/* What is told of a type's parts, by their number and the room there is. */
static const char *parts(const struct uniqtype *type, uint64_t size) {
  struct alloc_pos pos = {.base = (void *)0x8000, .size = size, .type = type};
  return walked(&pos, 0, 0, 0, 0);
}
static void types(void) {
  IS(parts(&array, 16), "[0] [1] [2] [3] "), IS(parts(&array, 15), "[0] [1] [2] "), IS(parts(&array, 20), "[0] [1] [2] [3] "), IS(parts(&open_array, 12), "[0] [1] [2] ");
  IS(parts(&bytes, 0x1000), ""), IS(parts(NULL, 8), ""), IS(parts(&number, 4), ""), IS(parts(&unsized, 8), ""), IS(parts(&vector, 16), "[0] [1] [2] [3] "), IS(parts(&vector, 12), "");
  IS(parts(&pair, 8), "a b "), IS(parts(&either, 8), "p -a -b n m "), unsized.target = &text, text.size = 0, IS(parts(&unsized, 8), "");
  struct alloc_pos part = {.base = (void *)0x1000, .size = 0x1000, .type = &pair, .level = ALLOC_LEVEL_SUBOBJECT}; /* as large as a mapping */
  IS(walked(&part, 0, 0, 0, 0), "a b ");
}

/* Types as deep as one likes; allocations as deep as there may be. */
static void deep(void) {
  static struct uniqtype nested[60];
  static struct uniqtype_member member[60];
  nested[0] = number;
  for (int i = 1; i < 60; i++)
    member[i] = (struct uniqtype_member){&nested[i - 1], "x", NULL, 0}, nested[i] = (struct uniqtype){.kind = ALLOCS_KIND_COMPOSITE, .n_entries = 1, .entries.members = &member[i], .size = 4};
  size_t n = 0;
  for (const char *c = parts(&nested[59], 4); *c; c++)
    n += *c == 'x';
  CHECK(n == LEVELS);
}

int main(void) {
  array = (struct uniqtype){.kind = ALLOCS_KIND_ARRAY, .target = &number, .count = 4, .size = 16}, vector = array, vector.flags = ALLOCS_TYPE_VECTOR;
  bytes = (struct uniqtype){.kind = ALLOCS_KIND_ARRAY, .target = &byte, .count = 0x1000, .size = 0x1000};
  pair = (struct uniqtype){.kind = ALLOCS_KIND_COMPOSITE, .n_entries = 2, .entries.members = members, .size = 8};
  open_array = (struct uniqtype){.kind = ALLOCS_KIND_ARRAY, .target = &number, .count = ~0ul, .size = ~0ul};
  of_pairs = (struct uniqtype){.kind = ALLOCS_KIND_ARRAY, .target = &pair, .count = 32, .size = 0x100};
  text = (struct uniqtype){.kind = ALLOCS_KIND_COMPOSITE, .size = ~0ul}, unsized = (struct uniqtype){.kind = ALLOCS_KIND_ARRAY, .target = &text, .count = 3};
  either = (struct uniqtype){.kind = ALLOCS_KIND_COMPOSITE, .n_entries = 3, .entries.members = arms, .size = 8, .flags = ALLOCS_TYPE_UNION};
  may_enter = true;
  all();
  limits();
  types();
  deep();
  return check_failed;
}
