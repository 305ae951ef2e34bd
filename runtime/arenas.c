/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Arenas: a table of them, sorted by depth, that is how many arenas they lie in, then by address. Those of one depth do
   not overlap.

   There are two tables. Who writes, under a lock, changes the one that nobody reads, has it read from then on, and
   changes the other likewise. Each has a version, odd while it is changed: who read during a change reads again, of the
   other table. A signal handler that interrupts the writer thus finds a table at rest. Nodes are used again only when
   no table has them.

   An arena counts only as long as what it lies in is the same allocation: a heap block with the same mark (marks.h), an
   object of the same arena, a variable or frame with the same bounds. Mappings and libraries that go end theirs. What
   has ended is taken out when the place is needed, or when the table has doubled. */

#include "arenas.h"
#include "arena.h"
#include "heap.h"
#include "os.h"
#include "type.h"

#include <string.h>

enum { DEPTHS = 8, SMALLEST_TABLE = 64, READS = 1000, SPINS = 200, PAUSE_US = 50 };
#define ADDRESS_BITS 48

struct node {
  struct alloc_arena arena;
  const struct alloc_arena *id; /* the program's own */
  struct {                      /* what it lies in */
    const struct allocator *allocator;
    uintptr_t base;
    uint64_t size, mark;
    struct node *node; /* its arena, if it is an object of one, and that one's state then */
    uint32_t state;
  } in;
  uint32_t depth;
  uint32_t state; /* atomic: 2 * how often it was used, + 1 once it has ended */
  bool doomed;    /* about to be taken out of the tables */
  struct node *next_free;
};

struct entry {
  uint64_t key;
  struct node *node;
};
struct table {
  uint64_t version;      /* atomic */
  size_t n, cap;         /* atomic: n */
  struct entry *entries; /* atomic; those left behind as the table grows stay mapped */
};

bool allocs_arenas_any;

static struct {
  struct table tables[2];
  unsigned current; /* atomic: which table is read */
  int lock;         /* atomic: the process whose turn it is, or 0 */
  uint32_t deepest; /* atomic: no arena is deeper */
  size_t sweep_at;
  struct node *free;
} arenas;

static uint64_t key_of(uint32_t depth, uintptr_t address) { return (uint64_t)depth << ADDRESS_BITS | address; }

static uintptr_t begin_of(const struct node *node) { return (uintptr_t)node->arena.begin; }
static uintptr_t end_of(const struct node *node) { return begin_of(node) + node->arena.size; }

/* Reading */

/* How many entries have a key up to this one. */
static size_t count_up_to(const struct entry *entries, size_t n, uint64_t key) {
  size_t low = 0;
  while (low < n) {
    size_t middle = low + (n - low) / 2;
    if (entries[middle].key <= key)
      low = middle + 1;
    else
      n = middle;
  }
  return low;
}

/* The last node of a depth that begins at or before an address, or, `after`, the first that begins after it. */
static bool look_up(uint32_t depth, uintptr_t address, bool after, struct node *ret, struct node **ret_at) {
  uint64_t key = key_of(depth, address);
  for (int i = 0; i < READS; i++) {
    const struct table *table = &arenas.tables[__atomic_load_n(&arenas.current, __ATOMIC_ACQUIRE)];
    uint64_t version = __atomic_load_n(&table->version, __ATOMIC_ACQUIRE);
    const struct entry *entries = __atomic_load_n(&table->entries, __ATOMIC_ACQUIRE);
    size_t n = __atomic_load_n(&table->n, __ATOMIC_ACQUIRE);
    if (version & 1 || __atomic_load_n(&table->version, __ATOMIC_ACQUIRE) != version)
      continue; /* n and entries belong together */
    size_t at = count_up_to(entries, n, key);
    bool found = after ? at < n : at > 0;
    if (found) {
      *ret_at = entries[after ? at : at - 1].node;
      memcpy(ret, *ret_at, sizeof *ret);
    }
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (__atomic_load_n(&table->version, __ATOMIC_RELAXED) == version)
      return found && ret->depth == depth;
  }
  return false;
}

/* Whether nothing is known to have ended it; what it lies in is yet to be compared, if that is no heap block. */
static bool is_live(const struct node *node) {
  struct node at = *node;
  for (int i = 0; i < DEPTHS; i++) {
    if (at.state & 1)
      return false;
    if (at.in.allocator == &alloc_heap)
      return allocs_heap_has_mark(at.in.base, at.in.mark);
    if (!at.in.node)
      return true;
    uint32_t state = at.in.state;
    const struct node *outer = at.in.node;
    at = *outer;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (__atomic_load_n(&outer->state, __ATOMIC_RELAXED) != state)
      return false;
  }
  return false;
}

/* Mappings grow, are split, and are joined by the kernel; they end by what ends them. */
static bool has_fixed_bounds(const struct allocator *allocator) {
  return allocator != &alloc_mmap && allocator != &alloc_brk && allocator != &alloc_stack &&
         allocator != &alloc_static_file && allocator != &alloc_static_segment && allocator != &alloc_static_section;
}

static bool lies_in(const struct node *node, const struct alloc_pos *in) {
  if (node->in.allocator != in->allocator)
    return false;
  if (has_fixed_bounds(in->allocator))
    return node->in.base == (uintptr_t)in->base && node->in.size == in->size;
  return begin_of(node) >= (uintptr_t)in->base && end_of(node) <= (uintptr_t)in->base + in->size;
}

static bool copy_if_live_in(const struct node *node, const struct alloc_pos *in, struct alloc_arena *ret) {
  if (!lies_in(node, in) || !is_live(node))
    return false;
  *ret = node->arena;
  return true;
}

static uint32_t n_depths(void) { return __atomic_load_n(&arenas.deepest, __ATOMIC_ACQUIRE) + 1; }

bool allocs_arenas_find(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret) {
  struct node node, *at;
  if (in->level != ALLOC_LEVEL_ALLOCATION)
    return false;
  for (uint32_t depth = 0; depth < n_depths(); depth++)
    if (look_up(depth, address, false, &node, &at) && address < end_of(&node) && copy_if_live_in(&node, in, ret))
      return true;
  return false;
}

bool allocs_arenas_next(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret) {
  uintptr_t base = (uintptr_t)in->base;
  struct node node, *at;
  if (address < base)
    address = base;
  if (in->level != ALLOC_LEVEL_ALLOCATION)
    return false;
  if (address - base < in->size && allocs_arenas_find(in, address, ret))
    return true;
  for (uint32_t depth = 0; depth < n_depths(); depth++) {
    uintptr_t from = address;
    while (look_up(depth, from, true, &node, &at) && begin_of(&node) - base < in->size) {
      if (copy_if_live_in(&node, in, ret))
        return true;
      from = begin_of(&node);
    }
  }
  return false;
}

bool allocs_arenas_of(const struct allocator *allocator, uintptr_t address, struct alloc_arena *ret) {
  struct node node, *at;
  for (uint32_t depth = n_depths(); depth-- > 0;) {
    bool found = look_up(depth, address, !address, &node, &at);
    while (found && !address && (node.arena.allocator != allocator || !is_live(&node)))
      found = look_up(depth, begin_of(&node), true, &node, &at);
    if (found && (!address || address < end_of(&node)) && node.arena.allocator == allocator && is_live(&node)) {
      *ret = node.arena;
      return true;
    }
  }
  return false;
}

bool allocs_arenas_believe(const struct alloc_arena *arena, struct alloc_pos *ret) {
  uintptr_t offset = (uintptr_t)ret->base - (uintptr_t)arena->begin;
  if (!ret->size || offset >= arena->size || ret->size > arena->size - offset)
    return false;
  ret->allocator = arena->allocator;
  if (!ret->type || ret->type->size != ret->size)
    ret->type = allocs_type_array(allocs_type_byte(), ret->size);
  ret->level = ALLOC_LEVEL_ALLOCATION;
  ret->flags = 0;
  ret->index = ret->depth = 0;
  return true;
}

bool allocs_arenas_ask(const struct alloc_arena *arena, uintptr_t address, struct alloc_pos *ret) {
  *ret = (struct alloc_pos){.allocator = arena->allocator};
  return arena->allocator->find && arena->allocator->find(arena, (const void *)address, ret) &&
         allocs_arenas_believe(arena, ret) && address - (uintptr_t)ret->base < ret->size;
}

/* Writing */

static struct table *current(void) { return &arenas.tables[arenas.current]; }
static struct table *other(void) { return &arenas.tables[!arenas.current]; }

/* The other table may have been left half changed by a process that forked. */
static void copy_current(void) {
  struct table *from = current(), *to = other();
  to->version |= 1;
  if (from->n <= to->cap && from->n)
    memcpy(to->entries, from->entries, from->n * sizeof *from->entries);
  __atomic_store_n(&to->n, from->n <= to->cap ? from->n : 0, __ATOMIC_RELEASE);
  __atomic_store_n(&to->version, to->version + 1, __ATOMIC_RELEASE);
}

static void take_turn(void) {
  int process = allocs_os_process(), holder = 0;
  for (unsigned i = 0;
       !__atomic_compare_exchange_n(&arenas.lock, &holder, process, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED); i++) {
    if (holder != process &&
        __atomic_compare_exchange_n(&arenas.lock, &holder, process, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
      arenas.free = NULL;
      copy_current();
      return;
    }
    holder = 0;
    if (i >= SPINS)
      allocs_os_pause(PAUSE_US);
  }
}

static void end_turn(void) {
  allocs_arenas_any = current()->n != 0;
  __atomic_store_n(&arenas.lock, 0, __ATOMIC_RELEASE);
}

static bool reserve(struct table *table, size_t n) {
  if (n <= table->cap)
    return true;
  size_t cap = table->cap ? 2 * table->cap : SMALLEST_TABLE;
  struct entry *entries = allocs_os_map(cap * sizeof *entries);
  if (!entries)
    return false;
  if (table->n)
    memcpy(entries, table->entries, table->n * sizeof *entries);
  __atomic_store_n(&table->entries, entries, __ATOMIC_RELEASE);
  table->cap = cap;
  return true;
}

/* Puts a node, if it is not NULL, in place of entries [from, to). */
static void splice(struct table *table, size_t from, size_t to, struct node *add) {
  uint64_t version = table->version;
  size_t n_added = add != NULL;
  __atomic_store_n(&table->version, version + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  memmove(&table->entries[from + n_added], &table->entries[to], (table->n - to) * sizeof *table->entries);
  if (add)
    table->entries[from] = (struct entry){key_of(add->depth, begin_of(add)), add};
  __atomic_store_n(&table->n, table->n - (to - from) + n_added, __ATOMIC_RELAXED);
  __atomic_store_n(&table->version, version + 2, __ATOMIC_RELEASE);
}

/* Takes out all that have ended. */
static void compact(struct table *table) {
  uint64_t version = table->version;
  size_t kept = 0;
  __atomic_store_n(&table->version, version + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  for (size_t i = 0; i < table->n; i++)
    if (!table->entries[i].node->doomed)
      table->entries[kept++] = table->entries[i];
  __atomic_store_n(&table->n, kept, __ATOMIC_RELAXED);
  __atomic_store_n(&table->version, version + 2, __ATOMIC_RELEASE);
}

static void swap_tables(void) { __atomic_store_n(&arenas.current, !arenas.current, __ATOMIC_RELEASE); }

/* Entries [from, to) are of no table any more, once *list is given back. */
static void doom(size_t i, struct node **list) {
  struct node *node = current()->entries[i].node;
  __atomic_fetch_or(&node->state, 1, __ATOMIC_ACQ_REL);
  node->doomed = true;
  node->next_free = *list;
  *list = node;
}

static void give_back(struct node *list) {
  while (list) {
    struct node *next = list->next_free;
    list->next_free = arenas.free;
    arenas.free = list;
    list = next;
  }
}

static void replace(size_t from, size_t to, struct node *add) {
  struct node *list = NULL;
  for (size_t i = from; i < to; i++)
    doom(i, &list);
  splice(other(), from, to, add);
  swap_tables();
  splice(other(), from, to, add);
  give_back(list);
}

static void sweep(void) {
  struct node *list = NULL;
  for (size_t i = 0; i < current()->n; i++)
    if (!is_live(current()->entries[i].node))
      doom(i, &list);
  compact(other());
  swap_tables();
  compact(other());
  give_back(list);
  arenas.sweep_at = 2 * current()->n + SMALLEST_TABLE;
}

/* The arena that tells of the object *in; NULL if it is none of an arena. */
static struct node *arena_of(const struct alloc_pos *in, struct node *ret) {
  struct node *at;
  for (uint32_t depth = DEPTHS; depth-- > 0;)
    if (look_up(depth, (uintptr_t)in->base, false, ret, &at) && ret->arena.allocator == in->allocator &&
        (uintptr_t)in->base + in->size <= end_of(ret) && is_live(ret))
      return at;
  return NULL;
}

/* The entries that a new node overlaps; false if one of them counts. Of two allocations at one place, the one that the
   new node lies in is there now. */
static bool make_room(const struct node *node, const struct alloc_pos *in, size_t *ret_from, size_t *ret_to) {
  const struct entry *entries = current()->entries;
  size_t at = count_up_to(entries, current()->n, key_of(node->depth, begin_of(node)));
  if (at && entries[at - 1].node->depth == node->depth && end_of(entries[at - 1].node) > begin_of(node))
    at--;
  *ret_from = at;
  for (; at < current()->n && entries[at].key < key_of(node->depth, end_of(node)); at++) {
    const struct node *before = entries[at].node;
    bool is_same = before->id == node->id && begin_of(before) == begin_of(node) && end_of(before) == end_of(node);
    if (!is_same && lies_in(before, in) && is_live(before))
      return false;
  }
  *ret_to = at;
  return true;
}

static bool describe_container(struct node *node, const struct alloc_pos *in) {
  struct node outer;
  node->in.allocator = in->allocator;
  node->in.base = (uintptr_t)in->base;
  node->in.size = in->size;
  node->in.mark = in->allocator == &alloc_heap ? allocs_heap_mark(node->in.base) : 0;
  node->in.node = arena_of(in, &outer);
  node->in.state = node->in.node ? outer.state : 0;
  node->depth = node->in.node ? outer.depth + 1 : 0;
  return in->allocator != &alloc_heap || node->in.mark;
}

static struct node *new_node(const struct node *like) {
  struct node *node = arenas.free;
  if (node)
    arenas.free = node->next_free;
  else if (!(node = allocs_arena_alloc(sizeof *node)))
    return NULL;
  uint32_t state = (node->state | 1) + 1;
  __atomic_store_n(&node->state, state, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  *node = *like;
  __atomic_store_n(&node->state, state, __ATOMIC_RELEASE);
  return node;
}

static enum alloc_status add(struct node *like, const struct alloc_pos *in) {
  size_t from, to;
  if (current()->n >= arenas.sweep_at)
    sweep();
  if (!reserve(&arenas.tables[0], current()->n + 1) || !reserve(&arenas.tables[1], current()->n + 1) ||
      !describe_container(like, in))
    return ALLOC_NO_MEMORY;
  if (like->depth >= DEPTHS || !make_room(like, in, &from, &to))
    return ALLOC_BAD_ARGUMENT;
  struct node *node = new_node(like);
  if (!node)
    return ALLOC_NO_MEMORY;
  if (node->depth > arenas.deepest)
    __atomic_store_n(&arenas.deepest, node->depth, __ATOMIC_RELEASE);
  replace(from, to, node);
  return ALLOC_OK;
}

enum alloc_status allocs_arenas_add(const struct alloc_arena *arena, const struct alloc_pos *in) {
  struct node like = {.arena = *arena, .id = arena};
  uintptr_t offset = (uintptr_t)arena->begin - (uintptr_t)in->base;
  if (!arena->size || offset >= in->size || arena->size > in->size - offset)
    return ALLOC_BAD_ARGUMENT;
  take_turn();
  enum alloc_status status = add(&like, in);
  end_turn();
  return status;
}

enum alloc_status allocs_arenas_remove(const struct alloc_arena *arena) {
  enum alloc_status status = ALLOC_UNKNOWN;
  take_turn();
  for (uint32_t depth = 0; depth < DEPTHS && status; depth++) {
    size_t at = count_up_to(current()->entries, current()->n, key_of(depth, (uintptr_t)arena->begin));
    struct node *node = at ? current()->entries[at - 1].node : NULL;
    if (!node || node->depth != depth || node->id != arena)
      continue;
    status = is_live(node) ? ALLOC_OK : ALLOC_UNKNOWN;
    replace(at - 1, at, NULL);
  }
  end_turn();
  return status;
}

/* Ending */

static void end_node(struct node *at, uint32_t state) {
  if (!(state & 1)) /* fails if it is another arena's by now */
    __atomic_compare_exchange_n(&at->state, &state, state | 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

void allocs_arenas_end(uintptr_t begin, uintptr_t end) {
  struct node node, *at;
  for (uint32_t depth = 0; depth < n_depths(); depth++) {
    if (look_up(depth, begin, false, &node, &at) && end_of(&node) > begin)
      end_node(at, node.state);
    for (uintptr_t from = begin; look_up(depth, from, true, &node, &at) && begin_of(&node) < end;
         from = begin_of(&node))
      end_node(at, node.state);
  }
}

void allocs_arenas_end_of(uintptr_t begin, uintptr_t end) {
  struct node node, *at;
  for (uint32_t depth = 0; depth < n_depths(); depth++)
    for (uintptr_t from = 0; look_up(depth, from, true, &node, &at); from = begin_of(&node))
      if ((uintptr_t)node.arena.allocator - begin < end - begin)
        end_node(at, node.state);
}
