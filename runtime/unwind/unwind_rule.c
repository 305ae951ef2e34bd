/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Rules: cached per code address.

   The cache maps a code address to its function and, for all but odd frames, to one word that says where the CFA and
   the saved registers are. Direct-mapped, each slot under a sequence lock whose writer gives up rather than waits:
   readers never wait, also in a signal handler that interrupted a writer. What was learnt before an image was unloaded
   is of an older generation, and not used. */

#include "unwind/unwind_rule.h"
#include "os/os.h"

struct allocs_unwind_rule_cache allocs_unwind_rule_cache;

static bool unchanged(const struct allocs_cfi_rule *rule) {
  return rule->how == ALLOCS_CFI_UNSET || rule->how == ALLOCS_CFI_SAME;
}

static uint64_t rule_of_row(const struct allocs_cfi_row *row) {
  const struct allocs_cfi_rule *cfa = &row->cfa, *ra = &row->regs[ALLOCS_ARCH_RA];
  uint64_t rule = ALLOCS_RULE_SIMPLE;
  allocs_arch_set others = ~ALLOCS_ARCH_KEPT_SET & ~ALLOCS_ARCH_BIT(ALLOCS_ARCH_RA);
  if (cfa->how != ALLOCS_CFI_REGISTER || cfa->u.n < 0 || cfa->u.n >> (64 - ALLOCS_RULE_OFFSET))
    return 0;
  if (cfa->reg == ALLOCS_ARCH_FP)
    rule |= ALLOCS_RULE_FP;
  else if (cfa->reg != ALLOCS_ARCH_SP)
    return 0;
  rule |= (uint64_t)cfa->u.n << ALLOCS_RULE_OFFSET;
  if (ra->how == ALLOCS_CFI_UNDEFINED || ra->how == ALLOCS_CFI_UNSET)
    rule |= ALLOCS_RULE_END;
  else if (ra->how != ALLOCS_CFI_AT_CFA || ra->u.n != -8)
    return 0;
  for (unsigned reg = 0; reg < ALLOCS_ARCH_RA; reg++)
    if (others >> reg & 1 && !unchanged(&row->regs[reg]))
      return 0;
  for (unsigned i = 0; i < ALLOCS_ARCH_N_KEPT; i++) {
    const struct allocs_cfi_rule *saved = &row->regs[allocs_arch_kept[i]];
    if (unchanged(saved))
      continue;
    if (saved->how != ALLOCS_CFI_AT_CFA || saved->u.n > -16 || saved->u.n < -ALLOCS_RULE_REACH || saved->u.n % 8)
      return 0;
    rule |= (uint64_t)(-saved->u.n / 8 - 1) << (ALLOCS_RULE_SLOTS + 6 * i);
  }
  return rule;
}

/* The cache */

/* Begins to write a slot whose sequence was read before; false if another does. */
static bool slot_take(struct allocs_unwind_rule_slot *slot, uint32_t sequence) {
  if (sequence & 1 ||
      !__atomic_compare_exchange_n(&slot->sequence, &sequence, sequence + 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
    return false;
  __atomic_thread_fence(__ATOMIC_RELEASE);
  return true;
}

static void cache_put(uintptr_t code, uint32_t generation, const struct allocs_unwind_rule *known) {
  struct allocs_unwind_rule_slot *slot = allocs_unwind_rule_slot(code);
  uint32_t sequence = __atomic_load_n(&slot->sequence, __ATOMIC_RELAXED);
  uintptr_t before = code - known->begin, after = known->end - code;
  if (before > UINT32_MAX || after > UINT32_MAX || !slot_take(slot, sequence))
    return;
  __atomic_store_n(&slot->code, code, __ATOMIC_RELAXED);
  __atomic_store_n(&slot->generation, generation, __ATOMIC_RELAXED);
  __atomic_store_n(&slot->rule, known->rule, __ATOMIC_RELAXED);
  __atomic_store_n(&slot->note, NULL, __ATOMIC_RELAXED);
  __atomic_store_n(&slot->before, (uint32_t)before, __ATOMIC_RELAXED);
  __atomic_store_n(&slot->after, (uint32_t)after, __ATOMIC_RELAXED);
  __atomic_store_n(&slot->sequence, sequence + 2, __ATOMIC_RELEASE);
}

void allocs_unwind_rule_note(uintptr_t code, const void *note) {
  struct allocs_unwind_rule_slot *slot = allocs_unwind_rule_slot(code);
  uint32_t sequence = __atomic_load_n(&slot->sequence, __ATOMIC_RELAXED);
  if (!slot_take(slot, sequence))
    return;
  if (__atomic_load_n(&slot->code, __ATOMIC_RELAXED) == code)
    __atomic_store_n(&slot->note, note, __ATOMIC_RELAXED);
  __atomic_store_n(&slot->sequence, sequence + 2, __ATOMIC_RELEASE);
}

void allocs_unwind_rule_forget(void) { __atomic_fetch_add(&allocs_unwind_rule_cache.generation, 1, __ATOMIC_SEQ_CST); }

bool allocs_unwind_rule_find(uintptr_t code, struct allocs_unwind_rule *ret, struct allocs_cfi_row *row) {
  uint32_t generation = __atomic_load_n(&allocs_unwind_rule_cache.generation, __ATOMIC_SEQ_CST);
  struct allocs_os_image image;
  struct allocs_cfi_entry entry;
  if (!allocs_os_find_image(code, &image))
    return false;
  struct allocs_segments segments = allocs_os_segments(&image);
  if (!allocs_cfi_find(&segments, (uintptr_t)image.eh_frame_hdr, code, &entry) || !allocs_cfi_run(&entry, code, row))
    return false;
  *ret = (struct allocs_unwind_rule){entry.begin, entry.end, entry.signal ? 0 : rule_of_row(row)};
  cache_put(code, generation, ret);
  if (entry.signal)
    ret->rule = ALLOCS_RULE_SIGNAL;
  return true;
}
