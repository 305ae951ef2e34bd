/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Reaching, breadth first: the list of what has been reached is the queue of what is to be scanned, too. Blocks are
   read many at a time. */

#include "inspect/reach.h"
#include "heap/heap_index.h"
#include "os/os.h"
#include "target/images.h"
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 20, MOST_AT_ONCE = 512, STRETCH_BITS = 26, GRANULE = 5 };

/* Sets */

static uint64_t *word_of(const struct allocs_block_set *set, uint64_t base) {
  uint64_t *stretch = set->stretches ? set->stretches[base >> ALLOCS_HEAP_MAP_STRETCH] : NULL;
  return stretch ? &stretch[(base >> GRANULE & ((1u << STRETCH_BITS) - 1)) / 64] : NULL;
}

bool allocs_block_set_has(const struct allocs_block_set *set, uint64_t base) {
  const uint64_t *word = word_of(set, base);
  return word && *word >> (base >> GRANULE) % 64 & 1;
}

bool allocs_block_set_add(struct allocs_block_set *set, uint64_t base) {
  if (!set->stretches)
    set->stretches = allocs_new(ALLOCS_HEAP_MAP_STRETCHES, sizeof *set->stretches);
  uint64_t **stretch = &set->stretches[base >> ALLOCS_HEAP_MAP_STRETCH];
  /* Of which few pages are touched. */
  if (!*stretch && !(*stretch = allocs_os_map((1u << STRETCH_BITS) / 8)))
    return false;
  uint64_t *word = word_of(set, base), bit = UINT64_C(1) << (base >> GRANULE) % 64;
  bool is_new = !(*word & bit);
  *word |= bit;
  return is_new;
}

void allocs_block_set_fini(struct allocs_block_set *set) {
  for (size_t i = 0; set->stretches && i < ALLOCS_HEAP_MAP_STRETCHES; i++)
    if (set->stretches[i])
      allocs_os_unmap(set->stretches[i], (1u << STRETCH_BITS) / 8);
  free(set->stretches);
}

/* Reaching */

static bool find_block(uint64_t word, struct allocs_heap_block *ret) {
  return word >= ALLOCS_PAGE && word < ALLOCS_ARCH_ADDRESS_END && allocs_heap_index_find(word, ret);
}

/* The C library's malloc has the head of the chunk behind a block begin in the block's last bytes, if these are no more
   than 8 over a multiple of 16: where its own variables lead there, they lead to the chunk. */
static bool is_chunk_behind(const struct allocs_reach *reach, const struct allocs_heap_block *block, uint64_t word,
                            uint64_t at) {
  uint64_t behind = block->base + ((block->size + 7) & ~UINT64_C(15));
  return at >= reach->libc_begin && at < reach->libc_end && word == behind && word != block->base;
}

void allocs_reach_word(struct allocs_reach *reach, uint64_t word, uint64_t at, uint32_t parent) {
  struct allocs_heap_block block;
  if (!find_block(word, &block) || is_chunk_behind(reach, &block, word, at) ||
      !allocs_block_set_add(&reach->seen, block.base))
    return;
  reach->all = allocs_grow(reach->all, reach->n, &reach->cap, sizeof *reach->all);
  reach->all[reach->n++] = (struct allocs_reached){.base = block.base, .size = block.size, .at = at, .parent = parent};
}

static void reach_words(struct allocs_reach *reach, const char *bytes, size_t n, uint64_t at, uint32_t parent) {
  for (size_t i = 0; i + sizeof(uint64_t) <= n; i += sizeof(uint64_t)) {
    uint64_t word;
    memcpy(&word, bytes + i, sizeof word);
    allocs_reach_word(reach, word, at + i, parent);
  }
}

/* From an address on, as much as fits and is there, at least a page of it, which is zero where nothing is. */
static size_t read_chunk(uint64_t begin, uint64_t end, char *chunk) {
  uint64_t n = end - begin < CHUNK ? end - begin : CHUNK;
  if (allocs_images_read(allocs_images_to_local(begin), chunk, n))
    return n;
  n = ALLOCS_PAGE - begin % ALLOCS_PAGE < n ? ALLOCS_PAGE - begin % ALLOCS_PAGE : n;
  if (!allocs_images_read(allocs_images_to_local(begin), chunk, n))
    memset(chunk, 0, n);
  return n;
}

static void reach_range(struct allocs_reach *reach, uint64_t begin, uint64_t end, uint32_t parent) {
  char *chunk = allocs_new(CHUNK, 1);
  for (begin = (begin + 7) & ~UINT64_C(7); begin < end;) {
    size_t n = read_chunk(begin, end, chunk);
    reach_words(reach, chunk, n, begin, parent);
    begin += n;
  }
  free(chunk);
}

void allocs_reach_held(uint64_t base, uint64_t size, struct allocs_block_set *ret) {
  char *chunk = allocs_new(size < CHUNK ? size + 1 : CHUNK, 1);
  struct allocs_heap_block block;
  for (uint64_t begin = base; begin < base + size;) {
    size_t n = read_chunk(begin, base + size, chunk);
    for (size_t i = 0; i + sizeof(uint64_t) <= n; i += sizeof(uint64_t)) {
      uint64_t word;
      memcpy(&word, chunk + i, sizeof word);
      if (find_block(word, &block) && block.base != base)
        allocs_block_set_add(ret, block.base);
    }
    begin += n;
  }
  free(chunk);
}

void allocs_reach_range(struct allocs_reach *reach, uint64_t begin, uint64_t end) {
  reach_range(reach, begin, end, ALLOCS_REACH_ROOT);
}

/* As many of those that are to be scanned as there is room for. Returns how many. */
static size_t scan_some(struct allocs_reach *reach, char *buffer) {
  struct allocs_piece pieces[MOST_AT_ONCE];
  size_t first = reach->n_scanned, n = 0, used = 0;
  while (n < MOST_AT_ONCE && first + n < reach->n && reach->all[first + n].size <= CHUNK - used) {
    const struct allocs_reached *block = &reach->all[first + n];
    pieces[n] = (struct allocs_piece){.address = block->base, .to = buffer + used, .n = block->size};
    used += (block->size + 7) & ~UINT64_C(7);
    n++;
    if (used >= CHUNK)
      break;
  }
  allocs_target_read_pieces(reach->target, pieces, n);
  for (size_t i = 0; i < n; i++)
    if (pieces[i].is_read)
      reach_words(reach, pieces[i].to, pieces[i].n, pieces[i].address, (uint32_t)(first + i));
  return n;
}

void allocs_reach_on(struct allocs_reach *reach) {
  char *buffer = allocs_new(CHUNK, 1);
  while (reach->n_scanned < reach->n && reach->n < ALLOCS_REACH_ROOT &&
         !(reach->wanted && allocs_block_set_has(&reach->seen, reach->wanted))) {
    size_t n = scan_some(reach, buffer);
    if (!n) {
      struct allocs_reached block = reach->all[reach->n_scanned];
      reach_range(reach, block.base, block.base + block.size, (uint32_t)reach->n_scanned);
      n = 1;
    }
    reach->n_scanned += n;
  }
  free(buffer);
}

void allocs_reach_fini(struct allocs_reach *reach) {
  allocs_block_set_fini(&reach->seen);
  free(reach->all);
}
