/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Arenas, in the order of depth, so that what an arena lies in is there before it; and of pools the words of their
   parts. Each is put into the table as it is, with what leads to another changed to lead there. */

#include "state/arena_copy.h"
#include "answers/memory_kinds.h"
#include "arenas/arena_table.h"
#include "arenas/arenas.h"
#include "arenas/part_index.h"
#include "heap/blocks.h"
#include "heap/heap_index.h"
#include "target/copies.h"
#include "target/images.h"
#include <stdlib.h>

enum { MOST = 1 << 24, POOL = ALLOCS_MEMORY_KINDS, TEXTS, N_ALLOCATORS };

/* Reads through the target's memory, as the packed texts' own next does. */
static int find_text(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return alloc_packed_texts.next(arena, address, ret);
}
static int next_text(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return alloc_packed_texts.next(arena, address, ret);
}
static const struct allocator texts = {.name = "packed-text", .find = find_text, .next = next_text};

static struct {
  const void *there[N_ALLOCATORS]; /* the target's */
} own;

/* NULL if it is a program's own. */
static const struct allocator *allocator_of(const struct allocator *there) {
  for (unsigned i = 0; i < N_ALLOCATORS; i++)
    if (own.there[i] == there)
      return i == POOL ? &alloc_pool : i == TEXTS ? &texts : allocs_memory_kinds_allocator(i);
  return NULL;
}

/* Marks */

bool allocs_blocks_has_mark(uintptr_t base, allocs_mark_word mark) {
  struct allocs_heap_block block;
  return allocs_heap_index_find(base, &block) && block.base == base &&
         allocs_block_marks_of(base, block.origin) == mark;
}

allocs_mark_word allocs_blocks_mark(uintptr_t base) {
  (void)base;
  return 0;
}

/* Parts */

static void **table_at(void **at, size_t n) {
  if (!*at)
    *at = allocs_new(n, sizeof(void *));
  return *at;
}

enum { WORDS = ALLOCS_PART_INDEX_PIECE / ALLOCS_PART_INDEX_GRANULE };
#define PIECES ((UINT64_C(1) << ALLOCS_PART_INDEX_STRETCH) / ALLOCS_PART_INDEX_PIECE)

/* Where the word for an address is here. */
static uint32_t *word_at(uint64_t address) {
  uint64_t piece = address / ALLOCS_PART_INDEX_PIECE;
  void **all = table_at((void **)&allocs_part_index_stretches, ALLOCS_PART_INDEX_STRETCHES);
  void **words = &table_at(&all[piece / PIECES], PIECES)[piece % PIECES];
  if (!*words)
    *words = allocs_new(WORDS, sizeof(uint32_t));
  return (uint32_t *)*words + address / ALLOCS_PART_INDEX_GRANULE % WORDS;
}

static bool read_piece(struct allocs_target *target, uint64_t tables, uint64_t piece, uint32_t *ret) {
  uint64_t stretch, at;
  return allocs_target_read(target, tables + 8 * (piece / PIECES), &stretch, 8) && stretch &&
         allocs_target_read(target, stretch + 8 * (piece % PIECES), &at, 8) && at &&
         allocs_target_read(target, at, ret, WORDS * sizeof *ret);
}

/* `shift`: from the target's addresses to local ones, for what lies in an image. */
static void copy_parts(struct allocs_target *target, uint64_t tables, const struct alloc_arena *arena, uint64_t shift) {
  uint32_t words[WORDS];
  uint64_t begin = (uintptr_t)arena->begin - shift, end = begin + arena->size;
  for (uint64_t piece = begin / ALLOCS_PART_INDEX_PIECE; piece * ALLOCS_PART_INDEX_PIECE < end; piece++) {
    if (!read_piece(target, tables, piece, words))
      continue;
    for (unsigned i = 0; i < WORDS; i++) {
      uint64_t at = piece * ALLOCS_PART_INDEX_PIECE + i * ALLOCS_PART_INDEX_GRANULE;
      if (words[i] && at + ALLOCS_PART_INDEX_GRANULE > begin && at < end)
        *word_at(at + shift) = words[i];
    }
  }
}

/* The table */

static void put(const struct allocs_arena_node *from, uint64_t there) {
  struct allocs_arena_node *node = allocs_arena_table_reserve() ? allocs_arena_table_new_node(from) : NULL;
  if (!node)
    return;
  node->state = from->state;
  size_t at = allocs_arena_table_count_up_to(node->depth, allocs_arena_table_begin(node));
  allocs_arena_table_replace(at, at, node);
  allocs_copies_add(there, node);
  allocs_arenas_any = true;
}

static bool is_sound(const struct allocs_arena_node *node) {
  uintptr_t begin = (uintptr_t)node->arena.begin;
  return node->depth < ALLOCS_ARENA_DEPTHS && begin < ALLOCS_ARCH_ADDRESS_END && node->arena.size &&
         node->arena.size <= ALLOCS_ARCH_ADDRESS_END - begin;
}

static void take(struct allocs_target *target, uint64_t parts, uint64_t there) {
  struct allocs_arena_node node;
  if (!allocs_target_read(target, there, &node, sizeof node) || !is_sound(&node))
    return;
  const struct allocs_arena_node *outer = allocs_copies_find((uintptr_t)node.in.node);
  bool has_outer = node.in.node != NULL;
  node.arena.allocator = allocator_of(node.arena.allocator);
  node.in.allocator = allocator_of(node.in.allocator);
  node.in.node = (struct allocs_arena_node *)(uintptr_t)outer;
  if (!node.arena.allocator || !node.in.allocator || (has_outer && !outer))
    return;
  uint64_t begin = allocs_images_to_local((uintptr_t)node.arena.begin);
  uint64_t shift = begin - (uintptr_t)node.arena.begin;
  node.arena.begin = (void *)(uintptr_t)begin;
  node.in.base += shift;
  if (node.arena.allocator == &alloc_pool && parts)
    copy_parts(target, parts, &node.arena, shift);
  put(&node, there);
}

void allocs_arena_copy(struct allocs_target *target, const struct allocs_root *root) {
  struct allocs_arena_table_state state;
  uint64_t parts = 0;
  allocs_images_read(allocs_images_to_local((uintptr_t)root->parts), &parts, sizeof parts);
  if (!allocs_images_read(allocs_images_to_local((uintptr_t)root->allocators), own.there, sizeof own.there) ||
      !allocs_images_read(allocs_images_to_local((uintptr_t)root->arenas), &state, sizeof state))
    return;
  const struct allocs_arena_table *table = &state.tables[state.current % 2];
  for (size_t i = 0; i < table->n && i < MOST; i++) {
    struct allocs_arena_entry entry;
    if (!allocs_target_read(target, (uintptr_t)(table->entries + i), &entry, sizeof entry))
      return;
    take(target, parts, (uintptr_t)entry.node);
  }
}
