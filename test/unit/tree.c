// What lies right below an allocation is the largest that a witness or arena tells of there, in order of addresses, and only what lies in it; a chain has all of it, innermost first, cut where its room ends.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "answers/tree.c"
#include "check.h"

/* Three kinds of memory, each of which has its things in a list of its own, by address. */
struct thing { uintptr_t base, size; };
enum { KINDS = 3, MOST = 6 };
static struct thing things[KINDS][MOST], in_arena[MOST];
static struct alloc_arena arena;
static bool stands_still, may_enter, has_path, is_nested; /* `next` gives the same again and again */
static unsigned n_asked, n_held, n_told, below = 7;
static struct uniqtype byte = {.kind = ALLOCS_KIND_BASE, .size = 1}, number = {.kind = ALLOCS_KIND_BASE, .size = 4}, pair;
static const struct uniqtype_member members[] = {{&number, "a", NULL, 0}, {&number, "b", "t", 4}};
bool allocs_arenas_any;

static int find_in(const struct thing *all, const void *address, struct alloc_pos *ret) {
  n_asked++;
  for (int i = 0; i < MOST && all[i].base; i++)
    if ((uintptr_t)address - all[i].base < all[i].size + !all[i].size)
      return ret->base = (void *)all[i].base, ret->size = all[i].size, ret->type = is_nested && all == things[2] ? &pair : NULL, 1;
  return 0;
}
/* The outermost that lies in what is nested so. */
static bool is_deep;
static int find_within(const struct thing *all, const struct alloc_arena *in, const void *address, struct alloc_pos *ret) {
  if (!is_deep)
    return find_in(all, address, ret);
  for (int i = 0; i < MOST && all[i].base; i++)
    if ((uintptr_t)address - all[i].base < all[i].size && all[i].size < in->size)
      return ret->base = (void *)all[i].base, ret->size = all[i].size, 1;
  return 0;
}
static int next_in(const struct thing *all, const void *address, struct alloc_pos *ret) {
  n_asked++;
  for (int i = 0; i < MOST && all[i].base; i++)
    if (all[i].base + all[i].size + !all[i].size > (uintptr_t)address || stands_still)
      return ret->base = (void *)all[i].base, ret->size = all[i].size, 1;
  return 0;
}
#define KIND(n) \
  static int find##n(const struct alloc_arena *in, const void *address, struct alloc_pos *ret) { return CHECK(in->allocator == ret->allocator && !in->state), find_within(things[n], in, address, ret); } \
  static int next##n(const struct alloc_arena *in, const void *address, struct alloc_pos *ret) { return CHECK(in->allocator == ret->allocator), next_in(things[n], address, ret); }
KIND(0) KIND(1) KIND(2)
static int find3(const struct alloc_arena *in, const void *address, struct alloc_pos *ret) { return CHECK(in == &arena), find_in(in_arena, address, ret); }
static int next3(const struct alloc_arena *in, const void *address, struct alloc_pos *ret) { return CHECK(in->begin == arena.begin), next_in(in_arena, address, ret); }
static const struct allocator kinds[] = {{.name = "0", .find = find0, .next = next0}, {.name = "1", .find = find1, .next = next1}, {.name = "2", .find = find2, .next = next2},
                                         {.name = "own", .find = find3, .next = next3}, {.name = "nothing"}};

const struct allocator *allocs_memory_kinds_allocator(unsigned kind) { return &kinds[kind]; }
/* When they are nested, each kind lies in the one before. */
uint32_t allocs_memory_kinds_below(const struct alloc_pos *in) { return !is_nested ? below : !in ? 1 : in->allocator == &kinds[0] ? 2 : in->allocator == &kinds[1] ? 4 : is_deep; }
bool allocs_arenas_find(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret) { return CHECK(in), *ret = arena, address - (uintptr_t)arena.begin < arena.size; }
bool allocs_arenas_next(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret) { return CHECK(in), *ret = arena, address < (uintptr_t)arena.begin + arena.size; }
void allocs_arenas_tell(const struct alloc_arena *in, const struct alloc_pos *pos) { CHECK(in && pos), n_told++; }
bool allocs_arenas_believe(const struct alloc_arena *in, struct alloc_pos *ret) { return CHECK(in->begin == arena.begin), ret->name = "believed", true; }
bool allocs_arenas_ask(const struct alloc_arena *in, uintptr_t address, struct alloc_pos *ret) {
  return *ret = (struct alloc_pos){.allocator = in->allocator}, find_in(in_arena, (void *)address, ret);
}
const struct uniqtype *allocs_type_byte(void) { return &byte; }
const struct uniqtype *allocs_type_exact(const struct uniqtype *type, uint64_t size) { return CHECK(size), type; }
void allocs_os_tell(const void *begin, size_t size) { (void)begin, (void)size; }
bool allocs_readers_enter(void) { return n_held += may_enter, may_enter; }
void allocs_readers_leave(void) { n_held--; }
/* A pair's way leads to one of its members, of bytes to bytes. */
void allocs_subobject_path(const struct uniqtype *type, uint64_t size, uint64_t offset, struct allocs_path *ret) {
  *ret = (struct allocs_path){.n = type == &pair ? 2 : type == &byte ? 2 : 1, .steps = {{type, 0, 0}}, .sizes = {size, 4}};
  ret->steps[1] = (struct uniqtype_subobject){type == &pair ? &number : &byte, offset & ~3ul, offset / 4};
}
static struct alloc_pos leaf;
static bool is_shared;
bool allocs_query_path(const void *obj, struct alloc_pos *ret, struct allocs_path *path) {
  *ret = leaf, allocs_subobject_path(leaf.type, leaf.size, (uintptr_t)obj - (uintptr_t)leaf.base, path), path->shared = is_shared;
  return has_path;
}
static unsigned n_ended;
void allocs_query_end(struct alloc_pos *answer) { CHECK(answer), n_ended++; }

static void begin(void) {
  memset(things, 0, sizeof things), memset(in_arena, 0, sizeof in_arena), arena = (struct alloc_arena){&kinds[3], (void *)0x5000, 0, NULL};
  stands_still = allocs_arenas_any = false, below = 7, n_told = 0;
}
static void add(int kind, uintptr_t base, uintptr_t size) {
  struct thing *all = kind == 3 ? in_arena : things[kind];
  while (all->base)
    all++;
  *all = (struct thing){base, size};
}
static char text[400];
static void put_text(const struct alloc_pos *pos) { sprintf(text + strlen(text), "%s %lx+%lx ", pos->allocator->name, (uintptr_t)pos->base, pos->size); }
static const char *child(const struct alloc_pos *in, uintptr_t address) {
  struct alloc_pos pos;
  text[0] = 0;
  if (allocs_tree_child(in, address, &pos))
    put_text(&pos);
  return text;
}
static const char *siblings(const struct alloc_pos *in, uintptr_t from) {
  struct allocs_tree_siblings at;
  struct alloc_pos pos;
  text[0] = 0;
  allocs_tree_siblings_init(&at, in, from);
  for (int i = 0; i < 20 && allocs_tree_siblings_next(&at, in, &pos); i++)
    put_text(&pos);
  return text;
}
#define IS(got, wanted) CHECK_STRING(got, wanted)

static void children(void) {
  struct alloc_pos in = {.base = (void *)0x1000, .size = 0x1000};
  begin(), add(0, 0x1000, 0x100), add(1, 0x1000, 0x200), add(2, 0x1000, 0x200), IS(child(&in, 0x1000), "1 1000+200 "), IS(child(&in, 0x11ff), "1 1000+200 ");
  below = 5, IS(child(&in, 0x1000), "2 1000+200 "), below = 1, IS(child(&in, 0x10ff), "0 1000+100 "), IS(child(&in, 0x1100), ""), below = 0, IS(child(&in, 0x1000), "");
  begin(), add(0, 0xfff, 0x100), add(1, 0x1f00, 0x101), IS(child(&in, 0x1000), ""), IS(child(&in, 0x1f00), ""), IS(child(NULL, 0x1000), "0 fff+100 "), IS(child(NULL, 0x2000), "1 1f00+101 ");
  begin(), add(0, 0x1f00, 0x100), add(1, 0x1000, 0), IS(child(&in, 0x1f00), "0 1f00+100 "), IS(child(&in, 0x1000), "1 1000+0 "), IS(child(&in, 0x1001), "");
  begin(), add(0, 0x2000, 0), IS(child(&in, 0x2000), ""), add(1, 0x1800, 0x10), allocs_arenas_any = true, arena.begin = (void *)0x1800, arena.size = 0x100, add(3, 0x1808, 4);
  IS(child(&in, 0x1808), "own 1808+4 "), IS(child(&in, 0x180c), "1 1800+10 "), IS(child(&in, 0x1810), ""), IS(child(NULL, 0x1808), "1 1800+10 ");
  allocs_arenas_any = false, IS(child(&in, 0x1808), "1 1800+10 ");
}

static void in_order(void) {
  struct alloc_pos in = {.base = (void *)0x1000, .size = 0x1000};
  begin(), add(0, 0x1000, 0x100), add(0, 0x1400, 0x10), add(1, 0x1000, 0x200), add(1, 0x1300, 8), add(2, 0x1180, 0x100), add(2, 0x1400, 0x20), add(2, 0x1420, 0);
  IS(siblings(&in, 0), "1 1000+200 1 1300+8 2 1400+20 2 1420+0 "), IS(siblings(&in, 0x1080), "1 1000+200 1 1300+8 2 1400+20 2 1420+0 ");
  IS(siblings(&in, 0x1200), "2 1180+100 1 1300+8 2 1400+20 2 1420+0 "), IS(siblings(&in, 0x1308), "2 1400+20 2 1420+0 "), IS(siblings(&in, 0x1420), "2 1420+0 "), IS(siblings(&in, 0x1421), "");
  below = 1, IS(siblings(&in, 0), "0 1000+100 0 1400+10 "), below = 6, IS(siblings(&in, 0x1180), "1 1000+200 1 1300+8 2 1400+20 2 1420+0 ");
  /* What begins before, or ends behind, is not in it; what comes after is looked for. */
  begin(), add(0, 0xf00, 0x200), add(0, 0x1200, 0x10), add(1, 0x1f00, 0x101), add(1, 0x2100, 1), IS(siblings(&in, 0), "0 1200+10 "), IS(siblings(NULL, 0), "0 f00+200 0 1200+10 1 1f00+101 1 2100+1 ");
  IS(siblings(NULL, 0x1000), "0 f00+200 0 1200+10 1 1f00+101 1 2100+1 "), stands_still = true, IS(siblings(&in, 0x1800), ""), IS(siblings(&in, 0), "");
  begin(), add(0, 0x1f00, 0x100), add(0, 0x2000, 8), IS(siblings(&in, 0), "0 1f00+100 ");
}

static void of_arenas(void) {
  struct alloc_pos in = {.base = (void *)0x1000, .size = 0x1000};
  begin(), add(0, 0x1200, 8), add(0, 0x1900, 8), allocs_arenas_any = true, arena.begin = (void *)0x1800, arena.size = 0x100, add(3, 0x17f0, 8), add(3, 0x1800, 4), add(3, 0x1880, 0x80), add(3, 0x1900, 8);
  IS(siblings(&in, 0), "0 1200+8 own 1800+4 own 1880+80 0 1900+8 "), CHECK(n_told), IS(siblings(&in, 0x1804), "own 1880+80 0 1900+8 "), IS(siblings(NULL, 0), "0 1200+8 0 1900+8 ");
  allocs_arenas_any = false, IS(siblings(&in, 0), "0 1200+8 0 1900+8 ");
}

/* As "name base+size#depth". */
static const char *chain(uintptr_t address, unsigned cap, bool leaf_only, unsigned wanted) {
  struct alloc_pos all[8];
  memset(all, 0xff, sizeof all), text[0] = 0;
  unsigned n = leaf_only ? alloc_get_leaf_chain((void *)address, all, cap) : alloc_get_chain((void *)address, all, cap);
  CHECK(n == wanted && !n_held);
  for (unsigned i = 0; i < n && i < cap; i++)
    CHECK(all[i].depth == i), sprintf(text + strlen(text), "%s%s ", all[i].level == ALLOC_LEVEL_SUBOBJECT ? "." : "", all[i].name ? all[i].name : all[i].allocator->name);
  for (unsigned i = n; i < 8; i++)
    CHECK(all[i].depth == UINT32_MAX);
  return text;
}
static void chains(void) {
  static const char *const cut[] = {"", ".b ", ".b 2 ", ".b 2 1 ", ".b 2 1 0 ", ".b 2 1 0 "}, *const typeless[] = {"", "1 ", "1 0 ", "1 0 "};
  begin(), may_enter = true, add(0, 0x1000, 0x1000), below = 7;
  leaf = (struct alloc_pos){.allocator = &kinds[0], .base = (void *)0x1000, .size = 8, .type = &pair, .site = &pair, .function = "f"}, has_path = true;
  for (unsigned cap = 0; cap < 4; cap++)
    IS(chain(0x1004, cap, true, 2), cap == 0 ? "" : cap == 1 ? ".b " : ".b 0 ");
  CHECK(n_ended == 4), is_shared = true, IS(chain(0x1004, 8, true, 2), ".0 0 "), is_shared = false, leaf.type = &byte, IS(chain(0x1004, 8, true, 1), "0 "), has_path = false, IS(chain(0x1004, 8, true, 0), "");
  begin(), is_nested = true, add(0, 0x1000, 0x1000), add(1, 0x1100, 0x100), add(2, 0x1110, 8), IS(chain(0x800, 8, false, 0), "");
  for (unsigned cap = 0; cap < 6; cap++)
    IS(chain(0x1114, cap, false, 4), cut[cap]);
  for (unsigned cap = 0; cap < 4; cap++)
    IS(chain(0x1118, cap, false, 2), typeless[cap]);
  may_enter = false, IS(chain(0x1008, 8, false, 1), "0 "), is_nested = false;
}

/* Six, one in the other: as many as there is room for, from within. */
static void deep_chains(void) {
  struct alloc_pos all[8];
  static const struct thing each[] = {{0x1000, 0x1000}, {0x1100, 0x100}, {0x1102, 0x40}, {0x1104, 0x20}, {0x1108, 0x10}, {0x110a, 8}};
  begin(), is_nested = is_deep = true;
  for (int i = 0; i < 6; i++)
    add(i % 3, each[i].base, each[i].size);
  for (unsigned cap = 0; cap < 8; cap++) {
    memset(all, 0xff, sizeof all), CHECK(alloc_get_chain((void *)0x110c, all, cap) == 6);
    for (unsigned i = 0; i < 6 && i < cap; i++)
      CHECK((uintptr_t)all[i].base == each[5 - i].base && all[i].depth == i);
    for (unsigned i = cap < 6 ? cap : 6; i < 8; i++)
      CHECK(all[i].depth == UINT32_MAX);
  }
  is_nested = is_deep = false;
}

static void subobjects(void) {
  struct alloc_pos of = {.allocator = &kinds[1], .base = (void *)0x1000, .site = &of, .function = "f", .name = "n", .file = "x.c"}, ret;
  allocs_tree_subobject(&of, &pair, &number, 4, 4, 1, &ret);
  CHECK(ret.allocator == &kinds[1] && ret.base == (void *)0x1004 && ret.size == 4 && ret.type == &number && ret.site == &of && !strcmp(ret.name, "b"));
  CHECK(!strcmp(ret.function, "f") && !strcmp(ret.alias, "t") && ret.index == 1 && ret.level == ALLOC_LEVEL_SUBOBJECT && !ret.file);
  struct uniqtype array = {.kind = ALLOCS_KIND_ARRAY, .target = &number};
  allocs_tree_subobject(&of, &array, &number, 4, 4, 1, &ret), CHECK(!ret.name && !ret.alias && ret.index == 1);
}

int main(void) {
  pair = (struct uniqtype){.kind = ALLOCS_KIND_COMPOSITE, .n_entries = 2, .entries.members = members, .size = 8};
  children();
  in_order();
  of_arenas();
  chains();
  deep_chains();
  subobjects();
  return check_failed;
}
