/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The table of arenas, twice. Who writes, under a lock, changes the one that nobody reads, has it read from then on,
   and changes the other likewise. Each has a version, odd while it is changed: who read during a change reads again, of
   the other table. A signal handler that interrupts the writer thus finds a table at rest. Nodes are used again only
   when no table has them. */

#include "arenas/arena_table.h"
#include "ground/store.h"
#include "os/os.h"

#include <limits.h>
#include <string.h>

enum { SMALLEST_TABLE = 64, READS = 1000, SPINS = 200, PAUSE_US = 50, TRIES = 300 };
#define ADDRESS_BITS 48

struct allocs_arena_table_state allocs_arena_table_state;

static uint64_t key_of(uint32_t depth, uintptr_t address) { return (uint64_t)depth << ADDRESS_BITS | address; }

typedef uint64_t __attribute__((may_alias)) word;

/* What a reader sees in the middle of it is thrown away. Whole words, from the last on if `back`. */
static void copy_words(void *to, const void *from, size_t size, bool back) {
  word *target = to;
  const word *source = from;
  size_t n = size / sizeof *target;
  for (size_t k = 0; k < n; k++) {
    size_t i = back ? n - 1 - k : k;
    __atomic_store_n(&target[i], __atomic_load_n(&source[i], __ATOMIC_RELAXED), __ATOMIC_RELAXED);
  }
}

/* How many entries have a key up to this one. */
static size_t count_up_to(const struct allocs_arena_entry *entries, size_t n, uint64_t key) {
  size_t low = 0;
  while (low < n) {
    size_t middle = low + (n - low) / 2;
    if (__atomic_load_n(&entries[middle].key, __ATOMIC_RELAXED) <= key)
      low = middle + 1;
    else
      n = middle;
  }
  return low;
}

/* The last node of a depth that begins at or before an address, or, `after`, the first that begins after it. */
bool allocs_arena_table_look_up(uint32_t depth, uintptr_t address, bool after, struct allocs_arena_node *ret,
                                struct allocs_arena_node **ret_at) {
  uint64_t key = key_of(depth, address);
  for (int i = 0; i < READS; i++) {
    const struct allocs_arena_table *table =
        &allocs_arena_table_state.tables[__atomic_load_n(&allocs_arena_table_state.current, __ATOMIC_ACQUIRE)];
    uint64_t version = __atomic_load_n(&table->version, __ATOMIC_ACQUIRE);
    const struct allocs_arena_entry *entries = __atomic_load_n(&table->entries, __ATOMIC_ACQUIRE);
    size_t n = __atomic_load_n(&table->n, __ATOMIC_ACQUIRE);
    if (version & 1 || __atomic_load_n(&table->version, __ATOMIC_ACQUIRE) != version)
      continue; /* n and entries belong together */
    size_t at = count_up_to(entries, n, key);
    bool found = after ? at < n : at > 0;
    if (found) {
      *ret_at = __atomic_load_n(&entries[after ? at : at - 1].node, __ATOMIC_RELAXED);
      copy_words(ret, *ret_at, sizeof *ret, false);
    }
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (__atomic_load_n(&table->version, __ATOMIC_RELAXED) == version)
      return found && ret->depth == depth;
  }
  return false;
}

uint32_t allocs_arena_table_depths(void) {
  return __atomic_load_n(&allocs_arena_table_state.deepest, __ATOMIC_ACQUIRE) + 1;
}

void allocs_arena_table_end_node(struct allocs_arena_node *at, uint32_t state) {
  if (!(state & 1)) /* fails if it is another arena's by now */
    __atomic_compare_exchange_n(&at->state, &state, state | 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* Writing */

static struct allocs_arena_table *current(void) {
  return &allocs_arena_table_state.tables[allocs_arena_table_state.current];
}
size_t allocs_arena_table_count(void) { return current()->n; }
struct allocs_arena_node *allocs_arena_table_at(size_t i) { return current()->entries[i].node; }
size_t allocs_arena_table_count_up_to(uint32_t depth, uintptr_t address) {
  return count_up_to(current()->entries, current()->n, key_of(depth, address));
}
static struct allocs_arena_table *other(void) {
  return &allocs_arena_table_state.tables[!allocs_arena_table_state.current];
}

/* The other table may have been left half changed by a process that forked. */
static void copy_current(void) {
  struct allocs_arena_table *from = current(), *to = other();
  to->version |= 1;
  if (from->n <= to->cap && from->n)
    memcpy(to->entries, from->entries, from->n * sizeof *from->entries);
  __atomic_store_n(&to->n, from->n <= to->cap ? from->n : 0, __ATOMIC_RELEASE);
  __atomic_store_n(&to->version, to->version + 1, __ATOMIC_RELEASE);
}

/* Whose process is no more has left its turn, and perhaps a table half changed. */
static bool take_turn(unsigned tries) {
  int process = allocs_os_process(), holder = 0;
  for (unsigned i = 0; !__atomic_compare_exchange_n(&allocs_arena_table_state.lock, &holder, process, false,
                                                    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
       i++) {
    if (holder != process && __atomic_compare_exchange_n(&allocs_arena_table_state.lock, &holder, process, false,
                                                         __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
      allocs_arena_table_state.free = NULL;
      copy_current();
      return true;
    }
    if (i == tries)
      return false;
    holder = 0;
    if (i >= SPINS)
      allocs_os_pause(PAUSE_US);
  }
  return true;
}

void allocs_arena_table_take_turn(void) {
  while (!take_turn(UINT_MAX))
    ;
}

bool allocs_arena_table_try_turn(void) { return take_turn(TRIES); }

void allocs_arena_table_end_turn(void) { __atomic_store_n(&allocs_arena_table_state.lock, 0, __ATOMIC_RELEASE); }

static bool reserve(struct allocs_arena_table *table, size_t n) {
  if (n <= table->cap)
    return true;
  size_t cap = table->cap ? 2 * table->cap : SMALLEST_TABLE;
  struct allocs_arena_entry *entries = allocs_os_map(cap * sizeof *entries);
  if (!entries)
    return false;
  if (table->n)
    memcpy(entries, table->entries, table->n * sizeof *entries);
  __atomic_store_n(&table->entries, entries, __ATOMIC_RELEASE);
  table->cap = cap;
  return true;
}

bool allocs_arena_table_reserve(void) {
  size_t n = current()->n + 1;
  return reserve(&allocs_arena_table_state.tables[0], n) && reserve(&allocs_arena_table_state.tables[1], n);
}

/* Puts a node, if it is not NULL, in place of entries [from, to). */
static void splice(struct allocs_arena_table *table, size_t from, size_t to, struct allocs_arena_node *add) {
  uint64_t version = table->version;
  size_t n_added = add != NULL;
  __atomic_store_n(&table->version, version + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  if (from + n_added != to)
    copy_words(&table->entries[from + n_added], &table->entries[to], (table->n - to) * sizeof *table->entries,
               from + n_added > to);
  if (add)
    copy_words(&table->entries[from],
               &(struct allocs_arena_entry){key_of(add->depth, allocs_arena_table_begin(add)), add},
               sizeof(struct allocs_arena_entry), false);
  __atomic_store_n(&table->n, table->n - (to - from) + n_added, __ATOMIC_RELAXED);
  __atomic_store_n(&table->version, version + 2, __ATOMIC_RELEASE);
}

/* Takes out all that have ended. */
static void compact(struct allocs_arena_table *table) {
  uint64_t version = table->version;
  size_t kept = 0;
  __atomic_store_n(&table->version, version + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  for (size_t i = 0; i < table->n; i++)
    if (!table->entries[i].node->doomed)
      copy_words(&table->entries[kept++], &table->entries[i], sizeof(struct allocs_arena_entry), false);
  __atomic_store_n(&table->n, kept, __ATOMIC_RELAXED);
  __atomic_store_n(&table->version, version + 2, __ATOMIC_RELEASE);
}

static void swap_tables(void) {
  __atomic_store_n(&allocs_arena_table_state.current, !allocs_arena_table_state.current, __ATOMIC_RELEASE);
}

/* Entries [from, to) are of no table any more, once *list is given back. */
static void doom(size_t i, struct allocs_arena_node **list) {
  struct allocs_arena_node *node = current()->entries[i].node;
  __atomic_fetch_or(&node->state, 1, __ATOMIC_ACQ_REL);
  __atomic_store_n(&node->doomed, 1, __ATOMIC_RELAXED);
  __atomic_store_n(&node->next_free, *list, __ATOMIC_RELAXED);
  *list = node;
}

static void give_back(struct allocs_arena_node *list) {
  while (list) {
    struct allocs_arena_node *next = list->next_free;
    __atomic_store_n(&list->next_free, allocs_arena_table_state.free, __ATOMIC_RELAXED);
    allocs_arena_table_state.free = list;
    list = next;
  }
}

/* Whether both tables have the same nodes, each once, in the order of their keys. */
static bool is_whole(void) {
  const struct allocs_arena_table *table = current();
  for (size_t i = 0; i < table->n; i++) {
    const struct allocs_arena_entry *entry = &table->entries[i];
    if (entry->key != key_of(entry->node->depth, allocs_arena_table_begin(entry->node)) ||
        (i && entry[-1].key >= entry->key) || other()->entries[i].node != entry->node)
      return false;
  }
  return other()->n == table->n;
}

void allocs_arena_table_replace(size_t from, size_t to, struct allocs_arena_node *add) {
  struct allocs_arena_node *list = NULL;
  if (add && add->depth > allocs_arena_table_state.deepest)
    __atomic_store_n(&allocs_arena_table_state.deepest, add->depth, __ATOMIC_RELEASE);
  for (size_t i = from; i < to; i++)
    doom(i, &list);
  splice(other(), from, to, add);
  swap_tables();
  splice(other(), from, to, add);
  ALLOCS_VALIDATE(is_whole());
  give_back(list);
}

void allocs_arena_table_sweep(bool (*is_live)(const struct allocs_arena_node *)) {
  struct allocs_arena_node *list = NULL;
  for (size_t i = 0; i < current()->n; i++)
    if (!is_live(current()->entries[i].node))
      doom(i, &list);
  compact(other());
  swap_tables();
  compact(other());
  ALLOCS_VALIDATE(is_whole());
  give_back(list);
}

struct allocs_arena_node *allocs_arena_table_new_node(const struct allocs_arena_node *like) {
  struct allocs_arena_node *node = allocs_arena_table_state.free;
  if (node)
    allocs_arena_table_state.free = node->next_free;
  else if (!(node = allocs_store_alloc(sizeof *node)))
    return NULL;
  struct allocs_arena_node made = *like;
  made.state = (node->state | 1) + 1;
  __atomic_store_n(&node->state, made.state, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  copy_words(node, &made, sizeof made, false);
  return node;
}
