/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ARENA_TABLE_H
#define ALLOCS_ARENA_TABLE_H

/* The table of arenas: in order of depth, that is how many arenas they lie in, then of address. Those of one depth do
   not overlap. See arena_table.c. */

#include "allocs.h"
#include "base.h"

enum { ALLOCS_ARENA_DEPTHS = 8 };

struct allocs_arena_node {
  struct alloc_arena arena;
  const struct alloc_arena *id; /* the program's own */
  struct {                      /* what it lies in */
    const struct allocator *allocator;
    uintptr_t base;
    uint64_t size, mark;
    bool is_fixed;                  /* it has these bounds as long as it is the same */
    struct allocs_arena_node *node; /* its arena, if it is an object of one, and that one's state then */
    uint32_t state;
  } in;
  uint32_t depth;
  uint32_t state; /* atomic: 2 * how often it was used, + 1 once it has ended */
  bool doomed;    /* about to be taken out of the tables */
  struct allocs_arena_node *next_free;
};

static inline uintptr_t allocs_arena_table_begin(const struct allocs_arena_node *node) {
  return (uintptr_t)node->arena.begin;
}
static inline uintptr_t allocs_arena_table_end(const struct allocs_arena_node *node) {
  return allocs_arena_table_begin(node) + node->arena.size;
}

struct allocs_arena_entry {
  uint64_t key;
  struct allocs_arena_node *node;
};
struct allocs_arena_table {
  uint64_t version;                   /* atomic */
  size_t n, cap;                      /* atomic: n */
  struct allocs_arena_entry *entries; /* atomic; those left behind as the table grows stay mapped */
};
/* A variable, since readers from outside begin there. */
extern struct allocs_arena_table_state {
  struct allocs_arena_table tables[2];
  unsigned current; /* atomic: which table is read */
  int lock;         /* atomic: the process whose turn it is, or 0 */
  uint32_t deepest; /* atomic: no arena is deeper */
  struct allocs_arena_node *free;
} allocs_arena_table_state __attribute__((visibility("hidden")));

/* Reading: by anyone, at any time. */

/* No arena is as deep as that. */
uint32_t allocs_arena_table_depths(void);
/* A copy of the last node of a depth that begins at or before an address, or, `after`, of the first that begins after
   it, and where that node is; false if there is none. */
bool allocs_arena_table_look_up(uint32_t depth, uintptr_t address, bool after, struct allocs_arena_node *ret,
                                struct allocs_arena_node **ret_at);
/* Ends the arena that a node was when its state was such. */
void allocs_arena_table_end_node(struct allocs_arena_node *at, uint32_t state);

/* Writing: between the first two. */

void allocs_arena_table_take_turn(void);
/* For who may have interrupted the one whose turn it is: false after some milliseconds. */
bool allocs_arena_table_try_turn(void);
void allocs_arena_table_end_turn(void);
size_t allocs_arena_table_count(void);
struct allocs_arena_node *allocs_arena_table_at(size_t i);
/* How many nodes come before any of this depth that begins after an address. */
size_t allocs_arena_table_count_up_to(uint32_t depth, uintptr_t address);
/* Room for one more; false if memory is short. */
bool allocs_arena_table_reserve(void);
/* A new node, alive; NULL if memory is short. */
struct allocs_arena_node *allocs_arena_table_new_node(const struct allocs_arena_node *like);
/* Puts a node, if it is not NULL, in place of those from `from` up to, not including, `to`. */
void allocs_arena_table_replace(size_t from, size_t to, struct allocs_arena_node *add);
/* Takes out those that are not alive. */
void allocs_arena_table_sweep(bool (*is_live)(const struct allocs_arena_node *));

#endif
