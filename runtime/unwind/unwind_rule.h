/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_UNWIND_RULE_H
#define ALLOCS_UNWIND_RULE_H

/* What the unwind tables say of a code address, kept from one time to the next. */

#include "base.h"
#include "unwind/cfi.h"

/* Rules. A word of 0 stands for a frame that needs its full row. Else the CFA is stack or frame pointer plus an offset,
   the return address is just below it, and each register kept is in its caller's state or in the slot 8 * (n + 1) below
   the CFA.
 */
enum {
  ALLOCS_RULE_SIMPLE = 1,
  ALLOCS_RULE_FP = 2,  /* the CFA is relative to the frame pointer, else the stack pointer */
  ALLOCS_RULE_END = 4, /* the outermost frame */
  ALLOCS_RULE_SIGNAL = 8,
  ALLOCS_RULE_SLOTS = 4, /* first bit of a slot of six bits for each of allocs_arch_kept, 0 for none */
  ALLOCS_RULE_OFFSET = ALLOCS_RULE_SLOTS + 6 * ALLOCS_ARCH_N_KEPT
};
enum { ALLOCS_RULE_SLOT_MAX = 63, ALLOCS_RULE_REACH = 8 * (ALLOCS_RULE_SLOT_MAX + 1) };

struct allocs_unwind_rule {
  uintptr_t begin, end; /* of the function */
  uint64_t rule;
};

/* What who asks for a return address has to say of the function, kept with its rule: it must stay true as long as the
   function is loaded, or until all is forgotten. */
void allocs_unwind_rule_note(uintptr_t code, const void *note);

/* What the tables say of a code address. *row is filled if the word is 0, or ALLOCS_RULE_SIGNAL. */
bool allocs_unwind_rule_find(uintptr_t code, struct allocs_unwind_rule *ret, struct allocs_cfi_row *row);
/* Forgets all: an image has been unloaded. */
void allocs_unwind_rule_forget(void);

/* The cache; all of it is read and written atomically. */
enum { ALLOCS_RULE_CACHE_BITS = 11 };
struct allocs_unwind_rule_slot {
  _Alignas(64) uint32_t sequence; /* odd while it is written */
  uint32_t generation;
  uintptr_t code;
  uint64_t rule;
  const void *note;       /* NULL if there is none */
  uint32_t before, after; /* distance to begin and end of the function */
};
/* A variable, since each step of each stack query looks there. */
extern struct allocs_unwind_rule_cache {
  struct allocs_unwind_rule_slot slots[1u << ALLOCS_RULE_CACHE_BITS];
  uint32_t generation;
} allocs_unwind_rule_cache __attribute__((visibility("hidden")));

static inline struct allocs_unwind_rule_slot *allocs_unwind_rule_slot(uintptr_t code) {
  return &allocs_unwind_rule_cache.slots[code * UINT64_C(0x9e3779b97f4a7c15) >> (64 - ALLOCS_RULE_CACHE_BITS)];
}

/* The rule's word, 0 if it is not cached, and the note. */
static inline uint64_t allocs_unwind_rule_noted(uintptr_t code, const void **ret) {
  struct allocs_unwind_rule_slot *slot = allocs_unwind_rule_slot(code);
  uint32_t sequence = __atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE);
  uintptr_t at = __atomic_load_n(&slot->code, __ATOMIC_RELAXED);
  uint32_t generation = __atomic_load_n(&slot->generation, __ATOMIC_RELAXED);
  uint64_t rule = __atomic_load_n(&slot->rule, __ATOMIC_RELAXED);
  *ret = __atomic_load_n(&slot->note, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  bool is_so = at == code && generation == __atomic_load_n(&allocs_unwind_rule_cache.generation, __ATOMIC_RELAXED) &&
               !(sequence & 1) && sequence == __atomic_load_n(&slot->sequence, __ATOMIC_RELAXED);
  return ALLOCS_LIKELY(is_so) ? rule : 0;
}

/* As allocs_unwind_rule_find, but only if it is cached. */
static inline bool allocs_unwind_rule_known(uintptr_t code, struct allocs_unwind_rule *ret) {
  struct allocs_unwind_rule_slot *slot = allocs_unwind_rule_slot(code);
  uint32_t sequence = __atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE);
  uintptr_t at = __atomic_load_n(&slot->code, __ATOMIC_RELAXED);
  uint32_t generation = __atomic_load_n(&slot->generation, __ATOMIC_RELAXED);
  ret->rule = __atomic_load_n(&slot->rule, __ATOMIC_RELAXED);
  ret->begin = code - __atomic_load_n(&slot->before, __ATOMIC_RELAXED);
  ret->end = code + __atomic_load_n(&slot->after, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return at == code && generation == __atomic_load_n(&allocs_unwind_rule_cache.generation, __ATOMIC_RELAXED) &&
         !(sequence & 1) && sequence == __atomic_load_n(&slot->sequence, __ATOMIC_RELAXED);
}

#endif
