/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Arenas: which counts where, and what its allocator tells.

   An arena counts only as long as what it lies in is the same allocation: a heap block with the same mark
   (block_marks.h), an object of the same arena, a variable or frame with the same bounds. Mappings and libraries that
   go end theirs. What has ended is taken out of the table when the place is needed, or when the table has doubled. */

#include "arenas/arenas.h"
#include "arenas/arena_table.h"
#include "heap/blocks.h"
#include "heap/heap.h"
#include "os/os.h"
#include "types/type.h"

#include <string.h>

/* So many may have ended before it is worth looking for them. */
enum { SWEEP_LEAST = 64 };

bool allocs_arenas_any;

static size_t sweep_at; /* how many there are to be before those that have ended are looked for */

/* Reading */

/* Whether nothing is known to have ended it; what it lies in is yet to be compared, if that is no heap block. */
static bool is_live(const struct allocs_arena_node *node) {
  struct allocs_arena_node at = *node;
  for (int i = 0; i < ALLOCS_ARENA_DEPTHS; i++) {
    if (at.state & 1)
      return false;
    if (at.in.allocator == &alloc_heap)
      return allocs_blocks_has_mark(at.in.base, at.in.mark);
    if (!at.in.node)
      return true;
    /* A node is written anew for another arena: what was read counts if its state is still the one that was lived in */
    uint32_t state = at.in.state;
    const struct allocs_arena_node *outer = at.in.node;
    at = *outer;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (__atomic_load_n(&outer->state, __ATOMIC_RELAXED) != state)
      return false;
  }
  return false;
}

/* A heap block may have been grown in place since: the arena still lies in it, though its bounds are others. What has
   fixed bounds is known by these. */
static bool lies_in(const struct allocs_arena_node *node, const struct alloc_pos *in) {
  if (node->in.allocator != in->allocator)
    return false;
  if (node->in.is_fixed)
    return node->in.base == (uintptr_t)in->base && node->in.size == in->size;
  return allocs_arena_table_begin(node) >= (uintptr_t)in->base &&
         allocs_arena_table_end(node) <= (uintptr_t)in->base + in->size;
}

/* What it lies in holds the address asked about: so that is not freed meanwhile. */
bool allocs_arenas_find(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret) {
  struct allocs_arena_node node, *at;
  if (in->level != ALLOC_LEVEL_ALLOCATION)
    return false;
  for (uint32_t depth = 0; depth < allocs_arena_table_depths(); depth++)
    if (allocs_arena_table_look_up(depth, address, false, &node, &at) && address < allocs_arena_table_end(&node) &&
        lies_in(&node, in) && is_live(&node)) {
      *ret = node.arena;
      return true;
    }
  return false;
}

/* Of each depth the first: one that reaches over the address, or the next that begins behind it. */
bool allocs_arenas_next(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret) {
  uintptr_t base = (uintptr_t)in->base;
  struct allocs_arena_node node, *at;
  if (address < base)
    address = base;
  if (in->level != ALLOC_LEVEL_ALLOCATION)
    return false;
  for (uint32_t depth = 0; depth < allocs_arena_table_depths(); depth++) {
    bool found =
        allocs_arena_table_look_up(depth, address, false, &node, &at) && address < allocs_arena_table_end(&node);
    if (!found)
      found = allocs_arena_table_look_up(depth, address, true, &node, &at);
    for (; found && allocs_arena_table_begin(&node) < base + in->size;
         found = allocs_arena_table_look_up(depth, allocs_arena_table_begin(&node), true, &node, &at))
      if (lies_in(&node, in) && is_live(&node)) {
        *ret = node.arena;
        return true;
      }
  }
  return false;
}

/* From within outwards, so that of nested arenas of one allocator the innermost is told. */
bool allocs_arenas_of(const struct allocator *allocator, uintptr_t address, struct alloc_arena *ret) {
  struct allocs_arena_node node, *at;
  for (uint32_t depth = allocs_arena_table_depths(); depth-- > 0;) {
    bool found = allocs_arena_table_look_up(depth, address, !address, &node, &at);
    while (found && !address && (node.arena.allocator != allocator || !is_live(&node)))
      found = allocs_arena_table_look_up(depth, allocs_arena_table_begin(&node), true, &node, &at);
    if (found && (!address || address < allocs_arena_table_end(&node)) && node.arena.allocator == allocator &&
        is_live(&node)) {
      *ret = node.arena;
      return true;
    }
  }
  return false;
}

/* The allocator is the program's own code: what it says must lie in its arena, and is an allocation whatever it says.
 */
bool allocs_arenas_believe(const struct alloc_arena *arena, struct alloc_pos *ret) {
  uintptr_t offset = (uintptr_t)ret->base - (uintptr_t)arena->begin;
  if (!ret->size || offset >= arena->size || ret->size > arena->size - offset)
    return false;
  ret->allocator = arena->allocator;
  bool is_open = ret->type && ret->type->kind == ALLOCS_KIND_COMPOSITE && allocs_type_tail(ret->type) <= ret->size;
  if (!ret->type || (ret->type->size != ret->size && !is_open))
    ret->type = allocs_type_array(allocs_type_byte(), ret->size);
  ret->level = ALLOC_LEVEL_ALLOCATION;
  ret->flags = 0;
  ret->index = ret->depth = 0;
  return true;
}

void allocs_arenas_tell(const struct alloc_arena *arena, const struct alloc_pos *pos) {
  allocs_os_tell(arena, sizeof *arena);
  if (pos)
    allocs_os_tell(pos, sizeof *pos);
  allocs_os_tell_arguments();
}

bool allocs_arenas_ask(const struct alloc_arena *arena, uintptr_t address, struct alloc_pos *ret) {
  *ret = (struct alloc_pos){.allocator = arena->allocator};
  allocs_arenas_tell(arena, ret);
  return arena->allocator->find && arena->allocator->find(arena, (const void *)address, ret) &&
         allocs_arenas_believe(arena, ret) && address - (uintptr_t)ret->base < ret->size;
}

/* Adding and removing */

/* The arena that tells of the object *in; NULL if it is none of an arena. */
static struct allocs_arena_node *arena_of(const struct alloc_pos *in, struct allocs_arena_node *ret) {
  struct allocs_arena_node *at;
  for (uint32_t depth = ALLOCS_ARENA_DEPTHS; depth-- > 0;)
    if (allocs_arena_table_look_up(depth, (uintptr_t)in->base, false, ret, &at) &&
        ret->arena.allocator == in->allocator && (uintptr_t)in->base + in->size <= allocs_arena_table_end(ret) &&
        is_live(ret))
      return at;
  return NULL;
}

/* The entries that a new node overlaps; false if one of them counts. Of two allocations at one place, the one that the
   new node lies in is there now. */
static bool make_room(const struct allocs_arena_node *node, const struct alloc_pos *in, size_t *ret_from,
                      size_t *ret_to) {
  size_t at = allocs_arena_table_count_up_to(node->depth, allocs_arena_table_begin(node)),
         n = allocs_arena_table_count();
  const struct allocs_arena_node *before = at ? allocs_arena_table_at(at - 1) : NULL;
  if (before && before->depth == node->depth && allocs_arena_table_end(before) > allocs_arena_table_begin(node))
    at--;
  *ret_from = at;
  for (; at < n; at++) {
    before = allocs_arena_table_at(at);
    if (before->depth != node->depth || allocs_arena_table_begin(before) >= allocs_arena_table_end(node))
      break;
    bool is_same = before->id == node->id && allocs_arena_table_begin(before) == allocs_arena_table_begin(node) &&
                   allocs_arena_table_end(before) == allocs_arena_table_end(node);
    if (!is_same && lies_in(before, in) && is_live(before))
      return false;
  }
  *ret_to = at;
  return true;
}

/* What the arena's life hangs on: the block by its mark, an object of another arena by that arena's state. */
static bool describe_container(struct allocs_arena_node *node, const struct alloc_pos *in) {
  struct allocs_arena_node outer;
  node->in.allocator = in->allocator;
  node->in.base = (uintptr_t)in->base;
  node->in.size = in->size;
  node->in.mark = in->allocator == &alloc_heap ? allocs_blocks_mark(node->in.base) : 0;
  node->in.node = arena_of(in, &outer);
  node->in.state = node->in.node ? outer.state : 0;
  node->depth = node->in.node ? outer.depth + 1 : 0;
  return in->allocator != &alloc_heap || node->in.mark;
}

/* With the turn held. Nothing is changed unless all of it can be. */
static enum alloc_status add(struct allocs_arena_node *like, const struct alloc_pos *in) {
  size_t from, to;
  if (allocs_arena_table_count() >= sweep_at) {
    allocs_arena_table_sweep(is_live);
    sweep_at = 2 * allocs_arena_table_count() + SWEEP_LEAST;
  }
  if (!allocs_arena_table_reserve() || !describe_container(like, in))
    return ALLOC_NO_MEMORY;
  if (like->depth >= ALLOCS_ARENA_DEPTHS || !make_room(like, in, &from, &to))
    return ALLOC_BAD_ARGUMENT;
  struct allocs_arena_node *node = allocs_arena_table_new_node(like);
  if (!node)
    return ALLOC_NO_MEMORY;
  allocs_arena_table_replace(from, to, node);
  return ALLOC_OK;
}

enum alloc_status allocs_arenas_add(const struct alloc_arena *arena, const struct alloc_pos *in, bool is_fixed) {
  struct allocs_arena_node like = {.arena = *arena, .id = arena, .in.is_fixed = is_fixed};
  uintptr_t offset = (uintptr_t)arena->begin - (uintptr_t)in->base;
  if (!arena->size || offset >= in->size || arena->size > in->size - offset)
    return ALLOC_BAD_ARGUMENT;
  allocs_arena_table_take_turn();
  enum alloc_status status = add(&like, in);
  allocs_arenas_any = allocs_arena_table_count() != 0;
  allocs_arena_table_end_turn();
  return status;
}

/* For who comes again and again */

bool allocs_arenas_hold(const struct allocator *allocator, uintptr_t address, struct allocs_arenas_held *ret) {
  struct allocs_arena_node node, *at;
  ret->at = NULL;
  ret->size = 0;
  for (uint32_t depth = allocs_arena_table_depths(); depth-- > 0;) {
    if (!allocs_arena_table_look_up(depth, address, false, &node, &at) || address >= allocs_arena_table_end(&node) ||
        node.arena.allocator != allocator || !is_live(&node))
      continue;
    bool is_in_block = node.in.allocator == &alloc_heap;
    *ret = (struct allocs_arenas_held){.begin = allocs_arena_table_begin(&node),
                                       .size = node.arena.size,
                                       .state = node.arena.state,
                                       .block = is_in_block ? node.in.base : 0,
                                       .mark = node.in.mark,
                                       .use = node.state};
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    ret->at = node.in.node ? NULL : at;
    return true;
  }
  return false;
}

bool allocs_arenas_is_held(const struct allocs_arenas_held *held) {
  return ALLOCS_LIKELY(held->at) && __atomic_load_n(&held->at->state, __ATOMIC_ACQUIRE) == held->use &&
         (!held->block || allocs_blocks_has_mark(held->block, held->mark));
}

void allocs_arenas_set_state(const struct allocs_arenas_held *held, void *state) {
  if (held->at && allocs_arenas_is_held(held))
    __atomic_store_n(&held->at->arena.state, state, __ATOMIC_RELAXED);
}

enum alloc_status allocs_arenas_add_whole(const struct allocator *allocator, void *state, const struct alloc_pos *in,
                                          bool is_fixed, void (*begin)(uintptr_t begin, uintptr_t end)) {
  struct allocs_arena_node like = {.arena = {allocator, in->base, in->size, state}, .in.is_fixed = is_fixed};
  struct allocs_arenas_held there;
  enum alloc_status status = ALLOC_OK;
  if (!in->size)
    return ALLOC_BAD_ARGUMENT;
  if (!allocs_arena_table_try_turn())
    return ALLOC_NO_MEMORY;
  if (!allocs_arenas_hold(allocator, (uintptr_t)in->base, &there) || there.begin != (uintptr_t)in->base ||
      there.size != in->size) {
    begin((uintptr_t)in->base, (uintptr_t)in->base + in->size);
    status = add(&like, in);
  }
  allocs_arenas_any = allocs_arena_table_count() != 0;
  allocs_arena_table_end_turn();
  return status;
}

void allocs_arenas_each(const struct allocator *allocator, void (*visit)(const struct alloc_arena *arena, void *arg),
                        void *arg) {
  struct allocs_arena_node node, *at;
  for (uint32_t depth = 0; depth < allocs_arena_table_depths(); depth++)
    for (uintptr_t from = 0; allocs_arena_table_look_up(depth, from, true, &node, &at);
         from = allocs_arena_table_begin(&node))
      if (node.arena.allocator == allocator && is_live(&node))
        visit(&node.arena, arg);
}

enum alloc_status allocs_arenas_remove(const struct alloc_arena *arena) {
  enum alloc_status status = ALLOC_UNKNOWN;
  allocs_arena_table_take_turn();
  for (uint32_t depth = 0; depth < ALLOCS_ARENA_DEPTHS && status; depth++) {
    size_t at = allocs_arena_table_count_up_to(depth, (uintptr_t)arena->begin);
    struct allocs_arena_node *node = at ? allocs_arena_table_at(at - 1) : NULL;
    if (!node || node->depth != depth || node->id != arena)
      continue;
    status = is_live(node) ? ALLOC_OK : ALLOC_UNKNOWN;
    allocs_arena_table_replace(at - 1, at, NULL);
  }
  allocs_arenas_any = allocs_arena_table_count() != 0;
  allocs_arena_table_end_turn();
  return status;
}

/* Ending */

/* What overlaps the range at all, since a part of it has gone. Without the turn: each is ended by its state alone. */
void allocs_arenas_end(uintptr_t begin, uintptr_t end) {
  struct allocs_arena_node node, *at;
  for (uint32_t depth = 0; depth < allocs_arena_table_depths(); depth++) {
    if (allocs_arena_table_look_up(depth, begin, false, &node, &at) && allocs_arena_table_end(&node) > begin)
      allocs_arena_table_end_node(at, node.state);
    for (uintptr_t from = begin;
         allocs_arena_table_look_up(depth, from, true, &node, &at) && allocs_arena_table_begin(&node) < end;
         from = allocs_arena_table_begin(&node))
      allocs_arena_table_end_node(at, node.state);
  }
}

/* The allocators of a library that goes: their code cannot be asked any more. */
void allocs_arenas_end_of(uintptr_t begin, uintptr_t end) {
  struct allocs_arena_node node, *at;
  for (uint32_t depth = 0; depth < allocs_arena_table_depths(); depth++)
    for (uintptr_t from = 0; allocs_arena_table_look_up(depth, from, true, &node, &at);
         from = allocs_arena_table_begin(&node))
      if ((uintptr_t)node.arena.allocator - begin < end - begin)
        allocs_arena_table_end_node(at, node.state);
}
