/* Sites and types as the plugin writes them, and what the heap says of a pointer. */
#include "../../../unit/check.h"
#include "heap/blocks.h"

#include <stdlib.h>

static inline void refer(allocs_ref *ref, const void *to) { *ref = to ? (allocs_ref)((intptr_t)to - (intptr_t)ref) : 0; }

#define INT_RECORD(name)                                                                                               \
  static const unsigned char name##_bytes[] = {6, ALLOCS_KIND_BASE, 0, ALLOCS_ENC_SIGNED, 0, 4, 32};                   \
  static const struct allocs_type *const name = (const struct allocs_type *)name##_bytes

#define SITE_RECORD(name, at_line, shape_, rule_)                                                                      \
  static uint64_t name##_slot;                                                                                         \
  static struct allocs_site name = {.line = at_line, .column = 5, .shape = shape_, .rule = rule_}
static inline void site_init(struct allocs_site *site, uint64_t *slot, const struct allocs_type *type,
                             const void *function) {
  refer(&site->slot, slot);
  refer(&site->type, type);
  refer(&site->code, function);
}

/* What the heap answers for an address; all zero if it does not know it. */
static inline struct alloc_pos heap_answer(const void *address) {
  struct alloc_pos answer = {0}, zero = {0};
  return allocs_blocks_find((uintptr_t)address, &answer) ? answer : zero;
}

/* Whether each of some addresses in a block of n bytes, and none beside it, leads to the block. */
static inline int is_block(const char *block, size_t n) {
  size_t offsets[] = {0, 1, n / 3, n / 2, n - 1};
  if (!n)
    return !heap_answer(block).size;
  for (int i = 0; i < 5; i++) {
    struct alloc_pos answer = heap_answer(block + offsets[i] % n);
    if (answer.base != (void *)block || answer.size != n || answer.allocator != &alloc_heap)
      return 0;
  }
  return heap_answer(block + n).base != (void *)block && heap_answer(block - 1).base != (void *)block;
}
