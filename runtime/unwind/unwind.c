/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Unwinding, by rules from unwind_rule.c, and the bounds of the stack.

   Every load from the stack is checked to lie in it. Its bounds are the mapping of the stack pointer, cut at the thread
   control block, which lies above the frames of a thread's stack. They are kept per thread only where they cannot
   become untrue while the thread runs: for its initial or pthread stack, not for alternate and coroutine stacks.
   Another thread's stack may go at any time: it is read through the kernel.
   Without a signal frame between, each frame is above the one before, so that a walk ends. */

#include "unwind/unwind.h"
#include "os/os.h"
#include "unwind/unwind_rule.h"

#include <string.h>

/* The extent of a function is that of its unwind entry: symbols may be stripped, and need not be right. */
bool allocs_unwind_function(uintptr_t code, uintptr_t *begin, uintptr_t *end) {
  struct allocs_unwind_rule known;
  struct allocs_cfi_row row;
  if (!allocs_unwind_rule_known(code, &known) && !allocs_unwind_rule_find(code, &known, &row))
    return false;
  *begin = known.begin;
  *end = known.end;
  return true;
}

void allocs_unwind_forget(void) { allocs_unwind_rule_forget(); }

/* The stack */

/* From one stack to another a walk goes only through a signal frame. As many of these as handlers interrupt each other,
   on stacks of their own, in earnest; a circle of forged ones ends. */
enum { SWITCHES_MAX = 8 };

static _Thread_local struct {
  uintptr_t begin, end; /* 0, 0 if not known */
} own_stack;

/* Control block of the first thread, which may lie in the mapping of any other stack; 0 if not known. */
static uintptr_t first_control;

void allocs_unwind_first_thread(void) { first_control = allocs_arch_thread_pointer(); }

/* Readable memory that holds the stack pointer: nothing is read on the way that does not lie in there. */
static bool find_mapping(struct allocs_cursor *cursor, struct allocs_os_mapping *ret) {
  if (!allocs_os_find_mapping(cursor->regs[ALLOCS_ARCH_SP], ret) || !(ret->flags & ALLOCS_OS_READ))
    return false;
  cursor->begin = ret->begin;
  cursor->end = ret->end;
  cursor->own = false;
  return true;
}

/* The thread stands still, on its own stack, on one for signals, or on a coroutine's. */
static bool find_foreign_stack(struct allocs_cursor *cursor) {
  struct allocs_os_mapping mapping;
  const struct allocs_foreign *foreign = cursor->foreign;
  if (cursor->regs[ALLOCS_ARCH_SP] < foreign->begin || cursor->regs[ALLOCS_ARCH_SP] >= foreign->end)
    return find_mapping(cursor, &mapping);
  cursor->begin = foreign->begin;
  cursor->end = foreign->end;
  cursor->own = true;
  return true;
}

static __attribute__((noinline)) bool find_stack(struct allocs_cursor *cursor) {
  struct allocs_os_mapping mapping;
  uintptr_t sp = cursor->regs[ALLOCS_ARCH_SP], self = allocs_arch_thread_pointer();
  if (!find_mapping(cursor, &mapping))
    return false;
  /* The kernel gives this name to the stack of the first thread alone. That grows downwards on demand: bounds kept are
     a part of it, which stays true. */
  cursor->own = !memcmp(mapping.name, "[stack]", sizeof "[stack]");
  /* The C library puts the control block above the stack, in the same mapping, aligned down to what a stack is aligned
     to. */
  if (self != first_control && self > sp && self < mapping.end) {
    cursor->end = self & ~(uintptr_t)15;
    cursor->own = true;
  }
  if (cursor->own) {
    /* A signal handler that reads between the stores sees nothing, or the same end. */
    own_stack.end = 0;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    own_stack.begin = cursor->begin;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    own_stack.end = cursor->end;
  }
  return sp < cursor->end;
}

/* In the reverse order of the stores: who sees an end sees the begin that goes with it. */
void allocs_unwind_own(uintptr_t *begin, uintptr_t *end) {
  *end = own_stack.end;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  *begin = own_stack.begin;
}

bool allocs_unwind_stack(struct allocs_cursor *cursor) {
  if (ALLOCS_UNLIKELY(cursor->foreign != NULL))
    return find_foreign_stack(cursor);
  uintptr_t sp = cursor->regs[ALLOCS_ARCH_SP], begin, end;
  allocs_unwind_own(&begin, &end);
  if (sp < begin || sp >= end)
    return find_stack(cursor);
  cursor->begin = begin;
  cursor->end = end;
  cursor->own = true;
  return true;
}

/* Frames */

static bool is_known(const struct allocs_cursor *cursor, unsigned reg) { return cursor->known >> reg & 1; }

static struct allocs_cfi_state state_of(const struct allocs_cursor *cursor) {
  return (struct allocs_cfi_state){cursor->regs, cursor->known, cursor->begin, cursor->end,
                                   cursor->foreign ? &cursor->foreign->window : NULL};
}

/* A return address stands behind a call. The code may be anything, unmapped too: it is read through the kernel. */
static bool is_after_call(uintptr_t code) {
  unsigned char bytes[ALLOCS_ARCH_CALL_MAX];
  return code >= sizeof bytes && allocs_os_read(code - sizeof bytes, bytes, sizeof bytes) && allocs_arch_is_call(bytes);
}

/* Interrupted in a linkage stub, which keeps nothing: the call just above the stack pointer is of this address. */
static bool is_in_stub(const struct allocs_cursor *cursor, const struct allocs_cfi_state *state) {
  unsigned char call[ALLOCS_ARCH_DIRECT_CALL];
  uintptr_t ra, target;
  return cursor->exact && allocs_cfi_value_load(state, cursor->regs[ALLOCS_ARCH_SP], 8, &ra) &&
         allocs_os_read(ra - sizeof call, call, sizeof call) && allocs_arch_call_target(call, ra, &target) &&
         cursor->regs[ALLOCS_ARCH_RA] - allocs_os_local(target) < ALLOCS_ARCH_STUB_MAX;
}

/* No unwind entry: the frame that the frame pointer links, if that is what it does. */
/* As a rule's word, so that going up is the same as from a known frame. */
static bool guess_frame(struct allocs_cursor *cursor) {
  struct allocs_cfi_state state = state_of(cursor);
  uintptr_t fp = cursor->regs[ALLOCS_ARCH_FP], ra;
  cursor->function = cursor->function_end = 0;
  if (is_in_stub(cursor, &state)) {
    cursor->cfa = cursor->regs[ALLOCS_ARCH_SP] + 8;
    cursor->rule = ALLOCS_RULE_SIMPLE | (uint64_t)8 << ALLOCS_RULE_OFFSET;
    return true;
  }
  if (!is_known(cursor, ALLOCS_ARCH_FP) || fp < cursor->regs[ALLOCS_ARCH_SP] || fp % 8 ||
      !allocs_cfi_value_load(&state, fp + 8, 8, &ra) || !is_after_call(ra))
    return false;
  cursor->cfa = fp + ALLOCS_ARCH_LINK;
  cursor->rule = ALLOCS_RULE_SIMPLE | ALLOCS_RULE_FP | (uint64_t)1 << ALLOCS_RULE_SLOTS |
                 (uint64_t)ALLOCS_ARCH_LINK << ALLOCS_RULE_OFFSET;
  return true;
}

/* By the row of a frame that no word can describe. */
static bool find_cfa(struct allocs_cursor *cursor) {
  const struct allocs_cfi_rule *rule = &cursor->row.cfa;
  struct allocs_cfi_state state = state_of(cursor);
  if (rule->how == ALLOCS_CFI_VALUE)
    return allocs_cfi_value_evaluate(&state, rule, NULL, &cursor->cfa);
  cursor->cfa = cursor->regs[rule->reg] + (uintptr_t)rule->u.n;
  return is_known(cursor, rule->reg);
}

/* What a walk's end rests on: each CFA is above the stack pointer, within the stack, and aligned as the ABI aligns it.
 */
static bool is_in_order(const struct allocs_cursor *cursor) {
  return cursor->cfa > cursor->regs[ALLOCS_ARCH_SP] && cursor->cfa <= cursor->end && cursor->cfa % 8 == 0;
}

/* All that the cache does not know, or that is not simple. A signal frame's CFA is on the stack that was interrupted,
   of which nothing is known yet. */
static __attribute__((noinline)) bool find_frame(struct allocs_cursor *cursor, uintptr_t code) {
  struct allocs_unwind_rule known;
  if (!allocs_unwind_rule_find(code, &known, &cursor->row))
    return guess_frame(cursor);
  cursor->function = known.begin;
  cursor->function_end = known.end;
  cursor->signal = known.rule == ALLOCS_RULE_SIGNAL;
  cursor->rule = 0;
  return find_cfa(cursor) && (cursor->signal || is_in_order(cursor));
}

/* The hot path: a cached word. A return address belongs to the instruction before it: the call may be the last of its
   function, so that one byte back is looked up, but where a signal interrupted. */
static inline __attribute__((always_inline)) bool frame(struct allocs_cursor *cursor) {
  uintptr_t code = cursor->regs[ALLOCS_ARCH_RA] - !cursor->exact;
  struct allocs_unwind_rule known;
  if (!ALLOCS_ARCH_UNWINDS || (ALLOCS_UNLIKELY(!cursor->end) && !allocs_unwind_stack(cursor)))
    return false;
  cursor->signal = false;
  if (ALLOCS_UNLIKELY(!allocs_unwind_rule_known(code, &known)) || ALLOCS_UNLIKELY(!(known.rule & ALLOCS_RULE_SIMPLE)))
    return find_frame(cursor, code);
  unsigned base = known.rule & ALLOCS_RULE_FP ? ALLOCS_ARCH_FP : ALLOCS_ARCH_SP;
  cursor->function = known.begin;
  cursor->function_end = known.end;
  cursor->rule = known.rule;
  cursor->cfa = cursor->regs[base] + (known.rule >> ALLOCS_RULE_OFFSET);
  /* A slot may lie so far below the CFA; if that is not all stack, the slow way checks each load. */
  if (ALLOCS_UNLIKELY(cursor->cfa - ALLOCS_RULE_REACH < cursor->begin))
    return find_frame(cursor, code);
  return is_in_order(cursor) && is_known(cursor, base);
}

/* No load is checked: frame() has seen to it that all slots lie in the stack. A register without a slot is loaded from
   where it is, which needs no branch. */
static inline __attribute__((always_inline)) bool up_by_rule(struct allocs_cursor *cursor) {
  uintptr_t cfa = cursor->cfa;
  uint64_t slots = cursor->rule >> ALLOCS_RULE_SLOTS;
  if (cursor->rule & ALLOCS_RULE_END)
    return false;
  for (unsigned i = 0; i < ALLOCS_ARCH_N_KEPT; i++, slots >>= 6) {
    uintptr_t *reg = &cursor->regs[allocs_arch_kept[i]];
    const uintptr_t *saved =
        slots & ALLOCS_RULE_SLOT_MAX ? (const uintptr_t *)cfa - (slots & ALLOCS_RULE_SLOT_MAX) - 1 : reg;
    *reg = *saved;
  }
  cursor->regs[ALLOCS_ARCH_RA] = *((const uintptr_t *)cfa - 1);
  cursor->regs[ALLOCS_ARCH_SP] = cfa;
  cursor->known &= ALLOCS_ARCH_KEPT_SET | ALLOCS_ARCH_BIT(ALLOCS_ARCH_SP) | ALLOCS_ARCH_BIT(ALLOCS_ARCH_RA);
  return cursor->regs[ALLOCS_ARCH_RA] != 0;
}

/* The same on a stack that may go: each load through the kernel, and may fail. */
static __attribute__((noinline)) bool up_foreign(struct allocs_cursor *cursor) {
  struct allocs_cfi_state state = state_of(cursor);
  uintptr_t cfa = cursor->cfa;
  uint64_t slots = cursor->rule >> ALLOCS_RULE_SLOTS;
  if (cursor->rule & ALLOCS_RULE_END)
    return false;
  for (unsigned i = 0; i < ALLOCS_ARCH_N_KEPT; i++, slots >>= 6) {
    uintptr_t slot = cfa - 8 * ((slots & ALLOCS_RULE_SLOT_MAX) + 1);
    if (slots & ALLOCS_RULE_SLOT_MAX && !allocs_cfi_value_load(&state, slot, 8, &cursor->regs[allocs_arch_kept[i]]))
      return false;
  }
  if (!allocs_cfi_value_load(&state, cfa - 8, 8, &cursor->regs[ALLOCS_ARCH_RA]))
    return false;
  cursor->regs[ALLOCS_ARCH_SP] = cfa;
  cursor->known &= ALLOCS_ARCH_KEPT_SET | ALLOCS_ARCH_BIT(ALLOCS_ARCH_SP) | ALLOCS_ARCH_BIT(ALLOCS_ARCH_RA);
  return cursor->regs[ALLOCS_ARCH_RA] != 0;
}

/* The caller's value of a register; false if it is not known. */
static bool find_register(const struct allocs_cursor *cursor, unsigned reg, uintptr_t *ret) {
  const struct allocs_cfi_rule *rule = &cursor->row.regs[reg];
  struct allocs_cfi_state state = state_of(cursor);
  uintptr_t address;
  switch (rule->how) {
  /* No rule: the System V ABI has the callee keep some registers; the stack pointer is the CFA, by definition. */
  case ALLOCS_CFI_UNSET:
    if (reg == ALLOCS_ARCH_SP) {
      *ret = cursor->cfa;
      return true;
    }
    *ret = cursor->regs[reg];
    return ALLOCS_ARCH_KEPT_SET >> reg & cursor->known >> reg & 1;
  case ALLOCS_CFI_SAME:
    *ret = cursor->regs[reg];
    return is_known(cursor, reg);
  case ALLOCS_CFI_AT_CFA:
    return allocs_cfi_value_load(&state, cursor->cfa + (uintptr_t)rule->u.n, 8, ret);
  case ALLOCS_CFI_CFA:
    *ret = cursor->cfa + (uintptr_t)rule->u.n;
    return true;
  case ALLOCS_CFI_REGISTER:
    *ret = cursor->regs[rule->reg];
    return is_known(cursor, rule->reg);
  case ALLOCS_CFI_AT_VALUE:
    return allocs_cfi_value_evaluate(&state, rule, &cursor->cfa, &address) &&
           allocs_cfi_value_load(&state, address, 8, ret);
  case ALLOCS_CFI_VALUE:
    return allocs_cfi_value_evaluate(&state, rule, &cursor->cfa, ret);
  }
  return false;
}

/* All registers, by their own rules, from the old ones: hence a second set, put in place when all are found. */
static __attribute__((noinline)) bool up_by_row(struct allocs_cursor *cursor) {
  uintptr_t regs[ALLOCS_ARCH_N_REGS], sp = cursor->regs[ALLOCS_ARCH_SP];
  allocs_arch_set known = 0;
  for (unsigned reg = 0; reg < ALLOCS_ARCH_N_REGS; reg++)
    if (find_register(cursor, reg, &regs[reg]))
      known |= ALLOCS_ARCH_BIT(reg);
  if (!(known >> ALLOCS_ARCH_RA & 1) || !(known >> ALLOCS_ARCH_SP & 1) || !regs[ALLOCS_ARCH_RA])
    return false;
  memcpy(cursor->regs, regs, sizeof regs);
  cursor->known = known;
  cursor->exact = cursor->signal;
  /* Upwards in the same stack; else only through a signal frame, to the stack that was interrupted. */
  if (regs[ALLOCS_ARCH_SP] > sp && regs[ALLOCS_ARCH_SP] < cursor->end)
    return true;
  return cursor->signal && cursor->switches++ < SWITCHES_MAX && allocs_unwind_stack(cursor);
}

static inline __attribute__((always_inline)) bool up(struct allocs_cursor *cursor, bool foreign) {
  if (ALLOCS_UNLIKELY(!(cursor->rule & ALLOCS_RULE_SIMPLE)))
    return up_by_row(cursor);
  cursor->exact = false;
  if (foreign)
    return up_foreign(cursor);
  return up_by_rule(cursor);
}

bool allocs_unwind_frame(struct allocs_cursor *cursor) { return frame(cursor); }

bool allocs_unwind_up(struct allocs_cursor *cursor) {
  bool is_foreign = cursor->foreign != NULL, found = up(cursor, is_foreign);
  if (found && ALLOCS_UNLIKELY(is_foreign))
    cursor->regs[ALLOCS_ARCH_RA] = allocs_os_local(cursor->regs[ALLOCS_ARCH_RA]);
  return found;
}

bool allocs_unwind_load(const struct allocs_cursor *cursor, uintptr_t address, void *ret, size_t n) {
  struct allocs_cfi_state state = state_of(cursor);
  for (size_t i = 0; i < n; i += sizeof(uintptr_t))
    if (!allocs_cfi_value_load(&state, address + i, sizeof(uintptr_t), (uintptr_t *)((char *)ret + i)))
      return false;
  return true;
}

bool allocs_unwind_to(struct allocs_cursor *cursor, uintptr_t address) {
  while (frame(cursor)) {
    if (address < cursor->cfa && !cursor->signal && address >= allocs_unwind_begin(cursor))
      return true;
    if (!(ALLOCS_UNLIKELY(cursor->foreign != NULL) ? allocs_unwind_up(cursor) : up(cursor, false)))
      break;
  }
  return false;
}

/* The cursor as a full walk leaves it, as far as those look at it who ask for what is near. */
static void put_near(struct allocs_cursor *cursor, uintptr_t fp, uintptr_t sp, uintptr_t ra, uintptr_t cfa) {
  cursor->regs[ALLOCS_ARCH_FP] = fp;
  cursor->regs[ALLOCS_ARCH_SP] = sp;
  cursor->regs[ALLOCS_ARCH_RA] = ra;
  cursor->known = ALLOCS_ARCH_BIT(ALLOCS_ARCH_FP) | ALLOCS_ARCH_BIT(ALLOCS_ARCH_SP) | ALLOCS_ARCH_BIT(ALLOCS_ARCH_RA);
  cursor->exact = cursor->signal = false;
  cursor->cfa = cfa;
  cursor->function = 0;
  cursor->own = true;
  cursor->foreign = NULL;
}

/* A slot is at most ALLOCS_RULE_REACH below its CFA, so that all that is read is stack. */
enum allocs_unwind_near allocs_unwind_near(const uintptr_t *frame, uintptr_t address, struct allocs_cursor *ret,
                                           const void **note) {
  uintptr_t fp = frame[0], ra = frame[1], sp = (uintptr_t)(frame + 2), cfa;
  allocs_unwind_own(&ret->begin, &ret->end);
  /* Another stack, or too little of this one below: the full walk finds out. */
  if (!ALLOCS_ARCH_UNWINDS ||
      ALLOCS_UNLIKELY(address < sp || address >= ret->end || sp < ret->begin + ALLOCS_RULE_REACH))
    return ALLOCS_UNWIND_UNKNOWN;
  /* Three registers and one word per frame. CFAs ascend, so that it ends. */
  for (;; sp = cfa) {
    uint64_t rule = allocs_unwind_rule_noted(ra - 1, note), slot = rule >> ALLOCS_RULE_SLOTS & ALLOCS_RULE_SLOT_MAX;
    cfa = (rule & ALLOCS_RULE_FP ? fp : sp) + (rule >> ALLOCS_RULE_OFFSET);
    if (ALLOCS_UNLIKELY(!(rule & ALLOCS_RULE_SIMPLE) || cfa <= sp || cfa > ret->end || cfa % 8))
      return ALLOCS_UNWIND_UNKNOWN;
    if (address < cfa)
      break;
    const uintptr_t *top = (const uintptr_t *)cfa;
    uintptr_t saved = *(top - 1 - slot);
    fp = slot ? saved : fp;
    ra = top[-1];
    if (ALLOCS_UNLIKELY(rule & ALLOCS_RULE_END || !ra))
      return ALLOCS_UNWIND_NONE;
  }
  put_near(ret, fp, sp, ra, cfa);
  struct allocs_unwind_rule known;
  /* Whoever has noted something of the code knows the function: its bounds are not needed. */
  if (*note)
    return ALLOCS_UNWIND_FOUND;
  ret->function = allocs_unwind_rule_known(ra - 1, &known) ? known.begin : 0;
  return ret->function ? ALLOCS_UNWIND_FOUND : ALLOCS_UNWIND_UNKNOWN;
}

void allocs_unwind_note(const struct allocs_cursor *cursor, const void *note) {
  if (!cursor->exact)
    allocs_unwind_rule_note(cursor->regs[ALLOCS_ARCH_RA] - 1, note);
}

ALLOCS_ARCH_CAPTURE(allocs_unwind_capture)
