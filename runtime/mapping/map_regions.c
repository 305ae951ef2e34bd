/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Regions: a record where each begins, in leaves of 16 MiB of address space (branches lead to them), and a tree of
   bits, 64 to a word, that tells the last beginning at or before an address in six steps.

     level 0   a bit per page: a region begins there
     level k   a bit per word of level k - 1: it is not zero

   What always holds: regions do not overlap. A bit of level k + 1 is set if its word is not zero; so a reader never
   misses what is there throughout, and where it meets a word that has just become zero, it goes on beside it.

   Writers take turns, for less than a microsecond. Readers wait for nobody: a record is read again if its version
   changed meanwhile, a few times. A signal handler that interrupts its own thread's turn leaves its change to it, and
   sees both as made. Who has to take over a turn, or finds too many changes left, which nobody seems to come back to
   make, begins anew with an empty index.

   A forked child whose parent was writing in another thread finds the change half made: each is written down before it
   is made, in steps that may be made twice, and whoever is next finishes it. */

#include "mapping/map_regions.h"
#include "arch/arch.h"
#include "mapping/map_regions_index.h"
#include "mapping/map_turns.h"
#include "os/os.h"

enum {
  PAGE = 12,
  LEVELS = 6, /* of six bits each: a bit of the last stands for 2^30 pages */
  LEAF = ALLOCS_REGIONS_LEAF,
  LEAF_PAGES = 1 << LEAF,
  BRANCH = ALLOCS_REGIONS_BRANCH,
  LEVEL_3 = ALLOCS_REGIONS_LEVEL_3, /* where it begins in `upper`, after level 2 */
  LEVEL_4 = ALLOCS_REGIONS_LEVEL_4,
  LEVEL_5 = ALLOCS_REGIONS_LEVEL_5
};
enum { READS = 1000, PAUSED_READS = 20, PAUSE_US = 100 };

struct allocs_map_regions_state allocs_map_regions_state;

/* What handlers left to the turn that they interrupted; only they and it write here. */
enum { MOST_LEFT = 8 };
static struct {
  unsigned n; /* atomic: MOST_LEFT + 1 if there was no room */
  struct {
    enum allocs_region_step step; /* atomic: stored last, and ALLOCS_REGIONS_NOTHING before */
    struct allocs_region region;
  } changes[MOST_LEFT];
} left;

/* Bits */

static struct allocs_region_leaf *leaf_of(const struct allocs_region_index *index, uintptr_t page) {
  const struct allocs_region_branch *branch =
      __atomic_load_n(&index->branches[page >> LEAF >> BRANCH], __ATOMIC_ACQUIRE);
  return branch ? __atomic_load_n(&branch->leaves[(page >> LEAF) % (1 << BRANCH)], __ATOMIC_ACQUIRE) : NULL;
}

/* The word of a level that has the bit of a page; NULL if there is no leaf. */
static uint64_t *word_of(struct allocs_region_index *index, unsigned level, uintptr_t page) {
  static const uint32_t begins[] = {0, LEVEL_3, LEVEL_4, LEVEL_5};
  if (level >= 2)
    return &index->upper[begins[level - 2] + (page >> 6 * (level + 1))];
  struct allocs_region_leaf *leaf = leaf_of(index, page);
  return !leaf ? NULL : level ? &leaf->groups : &leaf->starts[page % LEAF_PAGES / 64];
}

static uint64_t bits_of(struct allocs_region_index *index, unsigned level, uintptr_t page) {
  const uint64_t *word = word_of(index, level, page);
  return word ? __atomic_load_n(word, __ATOMIC_ACQUIRE) : 0;
}

static void set_bits(struct allocs_region_index *index, uintptr_t page) {
  for (unsigned level = 0; level < LEVELS; level++)
    __atomic_fetch_or(word_of(index, level, page), (uint64_t)1 << (page >> 6 * level) % 64, __ATOMIC_RELEASE);
}

static void clear_bits(struct allocs_region_index *index, uintptr_t page) {
  for (unsigned level = 0; level < LEVELS; level++) {
    uint64_t bit = (uint64_t)1 << (page >> 6 * level) % 64;
    if (__atomic_and_fetch(word_of(index, level, page), ~bit, __ATOMIC_RELEASE))
      return;
  }
}

/* The last page at or before `page` where a region begins. */
static bool last_start(struct allocs_region_index *index, uintptr_t page, uintptr_t *ret) {
  for (;;) {
    uint64_t bits = bits_of(index, 0, page) & (((uint64_t)2 << page % 64) - 1);
    unsigned level = 0;
    while (!bits) {
      if (++level == LEVELS)
        return false;
      bits = bits_of(index, level, page) & (((uint64_t)1 << (page >> 6 * level) % 64) - 1);
    }
    uintptr_t at = (page >> 6 * level | 63) - (uintptr_t)__builtin_clzll(bits);
    while (level && (bits = bits_of(index, level - 1, at << 6 * level))) {
      level--;
      at = (at << 6 | 63) - (uintptr_t)__builtin_clzll(bits);
    }
    if (!level) {
      *ret = at;
      return true;
    }
    page = at << 6 * level;
    if (!page--)
      return false;
  }
}

/* The first page at or after `page` where a region begins. */
static bool first_start(struct allocs_region_index *index, uintptr_t page, uintptr_t *ret) {
  while (page < ALLOCS_ARCH_ADDRESS_END >> PAGE) {
    uint64_t bits = bits_of(index, 0, page) & (UINT64_MAX << page % 64);
    unsigned level = 0;
    while (!bits) {
      if (++level == LEVELS)
        return false;
      bits = bits_of(index, level, page) & ((UINT64_MAX << (page >> 6 * level) % 64) << 1);
    }
    uintptr_t at = (page >> 6 * level & ~(uintptr_t)63) + (uintptr_t)__builtin_ctzll(bits);
    while (level && (bits = bits_of(index, level - 1, at << 6 * level))) {
      level--;
      at = (at << 6) + (uintptr_t)__builtin_ctzll(bits);
    }
    if (!level) {
      *ret = at;
      return true;
    }
    page = (at + 1) << 6 * level;
  }
  return false;
}

/* Records */

static uint64_t get(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }
static void set(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELAXED); }

/* At its base. One that was begun and not finished has an odd version. */
static void write_record(struct allocs_region_index *index, const struct allocs_region *region) {
  uintptr_t page = region->base >> PAGE;
  struct allocs_region_record *record = &leaf_of(index, page)->records[page % LEAF_PAGES];
  uint64_t version = get(&record->version) & ~(uint64_t)1;
  index->change.record = *region;
  __atomic_store_n(&index->change.has_record, true, __ATOMIC_RELEASE);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  set(&record->version, version + 1);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  set(&record->size, region->size | region->kind);
  set(&record->offset, region->offset);
  set(&record->site, (uintptr_t)region->site);
  set(&record->call, (uintptr_t)region->call);
  set(&record->type, (uintptr_t)region->type);
  __atomic_store_n(&record->version, version + 2, __ATOMIC_RELEASE);
  __atomic_store_n(&index->change.has_record, false, __ATOMIC_RELEASE);
}

static void finish_what_was_begun(void);

/* False if no region begins there, or that cannot be told in time. */
static bool read_record(const struct allocs_region_index *index, uintptr_t page, struct allocs_region *ret) {
  const struct allocs_region_leaf *leaf = leaf_of(index, page);
  const struct allocs_region_record *record = leaf ? &leaf->records[page % LEAF_PAGES] : NULL;
  for (unsigned i = 0; record && i < READS + PAUSED_READS; i++) {
    uint64_t version = __atomic_load_n(&record->version, __ATOMIC_ACQUIRE), size = get(&record->size);
    *ret = (struct allocs_region){
        .base = page << PAGE,
        .size = size >> PAGE << PAGE,
        .offset = get(&record->offset),
        .site = (const void *)get(&record->site),
        .call = (const char *)get(&record->call),
        .type = (const struct uniqtype *)get(&record->type),
        .kind = size & (ALLOCS_PAGE - 1),
    };
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (!(version & 1) && get(&record->version) == version)
      return ret->size != 0;
    if (version & 1 && allocs_map_turns_is_mine()) {
      *ret = index->change.record;
      return ret->size && ret->base == page << PAGE;
    }
    if (version & 1 && !allocs_map_turns_is_held())
      finish_what_was_begun();
    if (i < READS)
      allocs_arch_pause();
    else
      allocs_os_pause(PAUSE_US);
  }
  return false;
}

/* The last region that begins at or before a page. */
static bool last_region(struct allocs_region_index *index, uintptr_t page, struct allocs_region *ret) {
  while (last_start(index, page, &page)) {
    if (read_record(index, page, ret))
      return true;
    if (!page--)
      return false;
  }
  return false;
}

static struct allocs_region_index *get_index(void) {
  return __atomic_load_n(&allocs_map_regions_state.index, __ATOMIC_ACQUIRE);
}

static struct allocs_region_index *need_index(void) {
  if (!get_index())
    __atomic_store_n(&allocs_map_regions_state.index, allocs_os_map(sizeof(struct allocs_region_index)),
                     __ATOMIC_RELEASE);
  return get_index();
}

/* Changes: only in one's turn */

static struct allocs_region_leaf *need_leaf(struct allocs_region_index *index, uintptr_t page) {
  struct allocs_region_branch **branch = &index->branches[page >> LEAF >> BRANCH];
  struct allocs_region_leaf *leaf = leaf_of(index, page);
  if (leaf)
    return leaf;
  if (!*branch)
    __atomic_store_n(branch, allocs_os_map(sizeof **branch), __ATOMIC_RELEASE);
  if (*branch && (leaf = allocs_os_map(sizeof *leaf)))
    __atomic_store_n(&(*branch)->leaves[(page >> LEAF) % (1 << BRANCH)], leaf, __ATOMIC_RELEASE);
  return leaf;
}

static void put(struct allocs_region_index *index, const struct allocs_region *region) {
  uintptr_t page = region->base >> PAGE;
  if (!need_leaf(index, page))
    return;
  write_record(index, region);
  set_bits(index, page);
}

/* The record first: what has no bit is not found again. */
static void erase(struct allocs_region_index *index, uintptr_t page) {
  write_record(index, &(struct allocs_region){.base = page << PAGE});
  clear_bits(index, page);
}

/* Keeps of a region what lies at or after `begin`. */
static void put_rest(struct allocs_region_index *index, const struct allocs_region *region, uintptr_t begin) {
  struct allocs_region rest = *region;
  uintptr_t before = begin - region->base;
  if (before >= region->size)
    return;
  rest.base = begin;
  rest.size -= before;
  rest.offset += rest.kind & ALLOCS_REGION_FILE ? before : 0;
  rest.type = NULL;
  put(index, &rest);
}

/* The rest behind is there before what it is cut off ends sooner. */
static void cut(struct allocs_region_index *index, uintptr_t begin, uintptr_t end) {
  struct allocs_region region;
  uintptr_t page = begin >> PAGE;
  if (page && last_region(index, page - 1, &region) && region.base + region.size > begin) {
    put_rest(index, &region, end);
    region.size = begin - region.base;
    region.type = NULL;
    write_record(index, &region);
  }
  while (first_start(index, page, &page) && page << PAGE < end) {
    if (read_record(index, page, &region))
      put_rest(index, &region, end);
    erase(index, page++);
  }
}

static bool is_range(uintptr_t begin, uintptr_t end) {
  return begin < end && end <= ALLOCS_ARCH_ADDRESS_END && begin % ALLOCS_PAGE == 0 && end % ALLOCS_PAGE == 0;
}

/* However much of it has been done. */
static void make_change(struct allocs_region_index *index, enum allocs_region_step step, struct allocs_region region) {
  if (step != ALLOCS_REGIONS_NOTHING)
    cut(index, region.base, region.base + region.size);
  if (step == ALLOCS_REGIONS_PUT)
    put(index, &region);
  __atomic_store_n(&index->change.step, ALLOCS_REGIONS_NOTHING, __ATOMIC_RELEASE);
}

static void begin_change(struct allocs_region_index *index, enum allocs_region_step step, struct allocs_region region) {
  index->change.region = region;
  __atomic_store_n(&index->change.step, step, __ATOMIC_RELEASE);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  make_change(index, step, region);
}

/* What another did not finish, a thread of the process that this one was forked from. */
static void finish(struct allocs_region_index *index) {
  struct allocs_region record = index->change.record;
  if (index->change.has_record)
    write_record(index, &record);
  make_change(index, index->change.step, index->change.region);
}

static void begin_anew(void) {
  __atomic_store_n(&left.n, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&allocs_map_regions_state.index, NULL, __ATOMIC_RELEASE);
}

/* With nothing half made. A turn that is the calling thread's already is not begun. */
static enum allocs_map_turn begin_turn(void) {
  enum allocs_map_turn turn = allocs_map_turns_begin();
  struct allocs_region_index *index = get_index();
  if (turn == ALLOCS_TURN_NONE || turn == ALLOCS_TURN_OVER)
    begin_anew();
  else if (turn == ALLOCS_TURN && index && (index->change.has_record || index->change.step != ALLOCS_REGIONS_NOTHING))
    finish(index);
  return turn;
}

static void make_what_is_left(struct allocs_region_index *index) {
  unsigned n;
  for (unsigned i = 0; (n = __atomic_load_n(&left.n, __ATOMIC_ACQUIRE)) != 0;) {
    for (; i < n && i < MOST_LEFT; i++)
      if (index)
        begin_change(index, __atomic_exchange_n(&left.changes[i].step, ALLOCS_REGIONS_NOTHING, __ATOMIC_ACQUIRE),
                     left.changes[i].region);
    if (n > MOST_LEFT)
      begin_anew();
    else if (__atomic_compare_exchange_n(&left.n, &n, 0, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      return;
  }
}

/* A handler may leave a change until the turn has ended: then there is another. */
static void end_turn(struct allocs_region_index *index) {
  do {
    make_what_is_left(index);
    allocs_map_turns_end();
  } while (__atomic_load_n(&left.n, __ATOMIC_ACQUIRE) && begin_turn() != ALLOCS_TURN_WITHIN);
}

static void finish_what_was_begun(void) {
  enum allocs_map_turn turn = begin_turn();
  if (turn == ALLOCS_TURN || turn == ALLOCS_TURN_OVER)
    end_turn(get_index());
}

/* A place is taken before it is filled: a handler of the handler takes the next. */
static bool leave(enum allocs_region_step step, const struct allocs_region *region) {
  unsigned i = __atomic_fetch_add(&left.n, 1, __ATOMIC_ACQ_REL);
  if (i >= MOST_LEFT)
    return false;
  left.changes[i].region = *region;
  __atomic_store_n(&left.changes[i].step, step, __ATOMIC_RELEASE);
  return true;
}

static void change_regions(enum allocs_region_step step, const struct allocs_region *region) {
  enum allocs_map_turn turn = begin_turn();
  if (turn == ALLOCS_TURN_NONE || (turn == ALLOCS_TURN_WITHIN && leave(step, region)))
    return;
  if (turn == ALLOCS_TURN_WITHIN)
    begin_anew();
  struct allocs_region_index *index = need_index();
  if (index)
    begin_change(index, step, *region);
  end_turn(index);
}

void allocs_map_regions_add(const struct allocs_region *region) {
  if (is_range(region->base, region->base + region->size))
    change_regions(ALLOCS_REGIONS_PUT, region);
}

void allocs_map_regions_remove(uintptr_t begin, uintptr_t end) {
  if (is_range(begin, end) && get_index())
    change_regions(ALLOCS_REGIONS_CUT, &(struct allocs_region){.base = begin, .size = end - begin});
}

static bool find_in_index(struct allocs_region_index *index, uintptr_t address, struct allocs_region *ret) {
  uintptr_t page = address >> PAGE, begin = 0, next;
  if (last_region(index, page, ret)) {
    begin = ret->base + ret->size;
    if (address < begin)
      return true;
  }
  uintptr_t end = first_start(index, page + 1, &next) ? next << PAGE : ALLOCS_ARCH_ADDRESS_END;
  *ret = (struct allocs_region){.base = begin, .size = end - begin};
  return false;
}

/* What a change that is yet to be made makes of what is known of an address. */
static bool change_found(enum allocs_region_step step, const struct allocs_region *by, uintptr_t address, bool found,
                         struct allocs_region *ret) {
  uintptr_t begin = by->base, end = begin + by->size, ret_end = ret->base + ret->size;
  if (step == ALLOCS_REGIONS_NOTHING || begin >= ret_end || end <= ret->base)
    return found;
  if (address >= begin && address < end) {
    *ret = step == ALLOCS_REGIONS_PUT ? *by : (struct allocs_region){.base = begin, .size = by->size};
    return step == ALLOCS_REGIONS_PUT;
  }
  if (address < begin) {
    ret->size = begin - ret->base;
  } else {
    ret->offset += ret->kind & ALLOCS_REGION_FILE ? end - ret->base : 0;
    ret->base = end;
    ret->size = ret_end - end;
  }
  ret->type = NULL;
  return found;
}

/* In a signal handler that interrupted its thread's turn: what is to be made there counts. */
static __attribute__((noinline)) bool find_within(const struct allocs_region_index *index, uintptr_t address,
                                                  bool found, struct allocs_region *ret) {
  found = change_found(index->change.step, &index->change.region, address, found, ret);
  for (unsigned i = 0; i < __atomic_load_n(&left.n, __ATOMIC_ACQUIRE) && i < MOST_LEFT; i++)
    found = change_found(__atomic_load_n(&left.changes[i].step, __ATOMIC_ACQUIRE), &left.changes[i].region, address,
                         found, ret);
  return found;
}

bool allocs_map_regions_find(uintptr_t address, struct allocs_region *ret) {
  struct allocs_region_index *index = get_index();
  if (!index || address >= ALLOCS_ARCH_ADDRESS_END) {
    *ret = (struct allocs_region){.size = ALLOCS_ARCH_ADDRESS_END};
    return false;
  }
  bool found = find_in_index(index, address, ret);
  return ALLOCS_UNLIKELY(allocs_map_turns_is_mine()) ? find_within(index, address, found, ret) : found;
}

bool allocs_map_regions_set_type(uintptr_t base, const struct uniqtype *type) {
  struct allocs_region region;
  if (base % ALLOCS_PAGE || base >= ALLOCS_ARCH_ADDRESS_END)
    return false;
  enum allocs_map_turn turn = begin_turn();
  if (turn != ALLOCS_TURN && turn != ALLOCS_TURN_OVER)
    return false;
  struct allocs_region_index *index = get_index();
  bool found = index && read_record(index, base >> PAGE, &region);
  if (found) {
    region.type = type;
    write_record(index, &region);
  }
  end_turn(index);
  return found;
}

/* Where the break was at the time shows whether the call made the heap; one that shrinks it to that undoes it. */
void allocs_map_regions_move_break(uintptr_t before, uintptr_t now, const char *call, const void *site) {
  const char *known = __atomic_load_n(&allocs_map_regions_state.break_call, __ATOMIC_ACQUIRE);
  uintptr_t first = __atomic_load_n(&allocs_map_regions_state.break_before, __ATOMIC_RELAXED);
  if (known && before > first && now > first)
    return;
  __atomic_store_n(&allocs_map_regions_state.break_call, NULL, __ATOMIC_RELEASE);
  __atomic_store_n(&allocs_map_regions_state.break_before, before, __ATOMIC_RELAXED);
  __atomic_store_n(&allocs_map_regions_state.break_site, site, __ATOMIC_RELAXED);
  if (now > before)
    __atomic_store_n(&allocs_map_regions_state.break_call, call, __ATOMIC_RELEASE);
}

const char *allocs_map_regions_break(uintptr_t initial, const void **site) {
  const char *call = __atomic_load_n(&allocs_map_regions_state.break_call, __ATOMIC_ACQUIRE);
  call = call && __atomic_load_n(&allocs_map_regions_state.break_before, __ATOMIC_RELAXED) <= initial ? call : NULL;
  *site = call ? __atomic_load_n(&allocs_map_regions_state.break_site, __ATOMIC_RELAXED) : NULL;
  return call;
}
