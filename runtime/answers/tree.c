/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The tree of memory: which allocation lies in which, and what encloses an address.

   The parent of an allocation is the smallest that holds all of it. Below an allocation of one kind only those kinds
   are looked for that memory_kinds.def names, and the arenas that a program registered in it. What a witness or a
   program's allocator tells is only believed if it lies in the parent. */

#include "answers/tree.h"
#include "answers/query.h"
#include "arch/arch.h"
#include "arenas/arenas.h"
#include "ground/readers.h"
#include "os/os.h"
#include "types/subobject.h"
#include "types/type.h"

/* The number of a source, and the set of what comes after it. */
static unsigned first_of(uint32_t sources) { return (unsigned)__builtin_ctz(sources); }
static uint32_t rest_of(uint32_t sources) { return sources & (sources - 1); }

/* What a witness is asked about. */
static struct alloc_arena range_of(const struct alloc_pos *in, unsigned kind) {
  return (struct alloc_arena){allocs_memory_kinds_allocator(kind), in ? in->base : NULL,
                              in ? in->size : ALLOCS_ARCH_ADDRESS_END, NULL};
}

/* Things of no known size, such as a function without unwind entry, count as one byte. */
static uintptr_t extent(const struct alloc_pos *pos) { return pos->size ? pos->size : 1; }

static bool lies_in(const struct alloc_pos *pos, const struct alloc_arena *arena) {
  uintptr_t offset = (uintptr_t)pos->base - (uintptr_t)arena->begin;
  return offset < arena->size && extent(pos) <= arena->size - offset;
}

static bool holds(const struct alloc_pos *pos, uintptr_t address) {
  return address - (uintptr_t)pos->base < extent(pos);
}

static bool ask_find(const struct alloc_arena *arena, uintptr_t address, struct alloc_pos *ret) {
  *ret = (struct alloc_pos){.allocator = arena->allocator};
  return arena->allocator->find && arena->allocator->find(arena, (const void *)address, ret) && lies_in(ret, arena) &&
         holds(ret, address);
}

bool allocs_tree_child(const struct alloc_pos *in, uintptr_t address, struct alloc_pos *ret) {
  struct alloc_arena arena;
  struct alloc_pos found;
  bool any = false;
  if (in && ALLOCS_UNLIKELY(allocs_arenas_any) && allocs_arenas_find(in, address, &arena) &&
      allocs_arenas_ask(&arena, address, ret))
    return true;
  for (uint32_t kinds = allocs_memory_kinds_below(in); kinds; kinds = rest_of(kinds)) {
    arena = range_of(in, first_of(kinds));
    if (!ask_find(&arena, address, &found) || (any && found.size <= ret->size))
      continue;
    *ret = found;
    any = true;
  }
  return any;
}

/* Siblings */

static bool ask_next(const struct alloc_arena *arena, uintptr_t from, uintptr_t floor, struct alloc_pos *ret) {
  uintptr_t end = (uintptr_t)arena->begin + arena->size;
  if (!arena->allocator->next)
    return false;
  while (from < end) {
    *ret = (struct alloc_pos){.allocator = arena->allocator};
    allocs_arenas_tell(arena, ret);
    if (!arena->allocator->next(arena, (const void *)from, ret))
      return false;
    uintptr_t base = (uintptr_t)ret->base;
    if (base >= floor && base + extent(ret) > from && lies_in(ret, arena))
      return true;
    if (base + extent(ret) <= from)
      return false; /* does not go on: not to be trusted */
    from = base + extent(ret);
  }
  return false;
}

static bool next_in_arenas(const struct alloc_pos *in, uintptr_t from, uintptr_t floor, struct alloc_pos *ret) {
  struct alloc_arena arena;
  while (ALLOCS_UNLIKELY(allocs_arenas_any) && allocs_arenas_next(in, from, &arena)) {
    uintptr_t begin = (uintptr_t)arena.begin, end = begin + arena.size;
    if (ask_next(&arena, from > begin ? from : begin, floor, ret))
      return allocs_arenas_believe(&arena, ret);
    if (end <= from)
      break;
    from = end;
  }
  return false;
}

enum { ARENAS = ALLOCS_MEMORY_KINDS };

static bool next_of(const struct allocs_tree_siblings *at, const struct alloc_pos *in, unsigned source,
                    struct alloc_pos *ret) {
  if (source == ARENAS)
    return in && next_in_arenas(in, at->from, at->floor, ret);
  struct alloc_arena arena = range_of(in, source);
  arena.state = at->walk;
  return ask_next(&arena, at->from, at->floor, ret);
}

void allocs_tree_siblings_init(struct allocs_tree_siblings *at, const struct alloc_pos *in, uintptr_t from) {
  at->sources = allocs_memory_kinds_below(in) | UINT32_C(1) << ARENAS;
  at->asked = 0;
  at->walk = NULL;
  at->floor = in ? (uintptr_t)in->base : 0;
  at->from = from > at->floor ? from : at->floor;
}

static void look(struct allocs_tree_siblings *at, const struct alloc_pos *in, unsigned source, struct alloc_pos *ret) {
  bool any = next_of(at, in, source, ret);
  at->asked |= UINT32_C(1) << source;
  at->next[source].base = any ? (uintptr_t)ret->base : UINTPTR_MAX;
  at->next[source].size = any ? extent(ret) : 0;
}

static bool is_to_be_asked(const struct allocs_tree_siblings *at, unsigned source) {
  return !(at->asked >> source & 1) || at->next[source].base < at->floor;
}

/* The source whose next begins first; of those, the largest. */
static unsigned first_source(const struct allocs_tree_siblings *at) {
  unsigned best = first_of(at->sources);
  for (uint32_t rest = rest_of(at->sources); rest; rest = rest_of(rest)) {
    unsigned i = first_of(rest);
    if (at->next[i].base < at->next[best].base ||
        (at->next[i].base == at->next[best].base && at->next[i].size > at->next[best].size))
      best = i;
  }
  return best;
}

bool allocs_tree_siblings_next(struct allocs_tree_siblings *at, const struct alloc_pos *in, struct alloc_pos *ret) {
  unsigned first, held = UINT32_MAX; /* *ret is the next of source `held` */
  for (uint32_t rest = at->sources; rest; rest = rest_of(rest))
    if (is_to_be_asked(at, first_of(rest)))
      look(at, in, held = first_of(rest), ret);
  /* What was kept may have gone meanwhile: then it is another source's turn, perhaps. */
  while ((first = first_source(at)) != held && at->next[first].base != UINTPTR_MAX)
    look(at, in, held = first, ret);
  if (at->next[first].base == UINTPTR_MAX)
    return false;
  at->from = at->floor = (uintptr_t)ret->base + extent(ret);
  return true;
}

/* Subobjects and chains */

void allocs_tree_subobject(const struct alloc_pos *of, const struct uniqtype *parent, const struct uniqtype *type,
                           uint64_t size, uint64_t offset, uint64_t index, struct alloc_pos *ret) {
  bool is_member = UNIQTYPE_IS_COMPOSITE_TYPE(parent);
  *ret = (struct alloc_pos){
      .allocator = of->allocator,
      .base = (char *)of->base + offset,
      .size = size,
      .type = allocs_type_exact(type, size),
      .site = of->site,
      .name = is_member ? UNIQTYPE_MEMBER_NAME(parent, index) : NULL,
      .function = of->function,
      .alias = is_member ? UNIQTYPE_MEMBER_ALIAS(parent, index) : NULL,
      .index = index,
      .level = ALLOC_LEVEL_SUBOBJECT,
  };
}

static void put(const struct alloc_pos *pos, unsigned *n, struct alloc_pos *ret, unsigned cap) {
  if (*n < cap) {
    ret[*n] = *pos;
    ret[*n].depth = *n;
  }
  ++*n;
}

/* The subobjects of an allocation on the way down, innermost first. */
static void put_subobjects(const struct alloc_pos *leaf, const struct allocs_path *path, unsigned *n,
                           struct alloc_pos *ret, unsigned cap) {
  struct alloc_pos pos;
  for (unsigned i = path->n; i-- > 1;) {
    const struct uniqtype_subobject *step = &path->steps[i];
    if (step->type == allocs_type_byte())
      continue;
    allocs_tree_subobject(leaf, path->steps[i - 1].type, step->type, path->sizes[i], step->offset, step->index, &pos);
    if (i == 1 && path->shared)
      pos.name = pos.alias = NULL;
    put(&pos, n, ret, cap);
  }
}

unsigned alloc_get_leaf_chain(const void *obj, struct alloc_pos *ret, unsigned cap) {
  struct alloc_pos leaf;
  struct allocs_path path;
  unsigned n = 0;
  if (!allocs_query_path(obj, &leaf, &path))
    return 0;
  allocs_query_end(&leaf);
  put_subobjects(&leaf, &path, &n, ret, cap);
  put(&leaf, &n, ret, cap);
  allocs_os_tell(ret, (n < cap ? n : cap) * sizeof *ret);
  return n;
}

static void reverse(struct alloc_pos *at, unsigned n) {
  for (unsigned i = 0; i < n / 2; i++) {
    struct alloc_pos pos = at[i];
    at[i] = at[n - 1 - i];
    at[n - 1 - i] = pos;
  }
}

/* The allocations that hold an address, innermost first as far as there is room, and that one in *leaf. Found from
   without inwards: ret is a ring of the last of them meanwhile, so that it costs no stack. */
static __attribute__((noinline)) unsigned put_allocations(uintptr_t address, struct alloc_pos *leaf,
                                                          struct alloc_pos *ret, unsigned cap) {
  struct alloc_pos child;
  unsigned depth = 0;
  for (; depth < ALLOCS_TREE_ALLOCATIONS && allocs_tree_child(depth ? leaf : NULL, address, &child); depth++) {
    *leaf = child;
    if (cap)
      ret[depth % cap] = child;
  }
  /* Two runs, each from the older to the newer: up to where the ring is, and, if it was filled, behind that */
  unsigned at = depth <= cap ? depth : cap ? depth % cap : 0;
  reverse(ret, at);
  if (depth > cap)
    reverse(ret + at, cap - at);
  return depth;
}

/* Puts what is within the leaf before the allocations that are there. */
static __attribute__((noinline)) unsigned put_within(uintptr_t address, const struct alloc_pos *leaf, unsigned depth,
                                                     struct alloc_pos *ret, unsigned cap) {
  struct allocs_path path;
  unsigned n = 0;
  allocs_subobject_path(leaf->type, leaf->size, address - (uintptr_t)leaf->base, &path);
  put_subobjects(leaf, &path, &n, NULL, 0);
  unsigned room = n < cap ? cap - n : 0;
  for (unsigned i = depth < room ? depth : room; i-- > 0;) {
    ret[n + i] = ret[i];
    ret[n + i].depth = n + i;
  }
  n = 0;
  put_subobjects(leaf, &path, &n, ret, cap);
  return n + depth;
}

/* One after the other, so that the stack holds but one of the two: a query fits the least signal stack. */
static unsigned get_chain(const void *obj, struct alloc_pos *ret, unsigned cap) {
  struct alloc_pos leaf;
  unsigned depth = put_allocations((uintptr_t)obj, &leaf, ret, cap);
  return depth ? put_within((uintptr_t)obj, &leaf, depth, ret, cap) : 0;
}

unsigned alloc_get_chain(const void *obj, struct alloc_pos *ret, unsigned cap) {
  bool held = allocs_readers_enter();
  unsigned n = get_chain(obj, ret, cap);
  allocs_os_tell(ret, (n < cap ? n : cap) * sizeof *ret);
  if (held)
    allocs_readers_leave();
  return n;
}
