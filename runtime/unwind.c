/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Unwinding, and what makes it fast: the rule cache and the bounds of the stack.

   The rule cache maps a code address to its function and, for all but odd frames, to one word that says where the CFA
   and the saved registers are. Direct-mapped, each slot under a sequence lock whose writer gives up rather than waits:
   readers never wait, also in a signal handler that interrupted a writer. What was learnt before an image was unloaded
   is of an older generation, and not used.

   Every load from the stack is checked to lie in it. Its bounds are the mapping of the stack pointer, cut at the thread
   control block, which lies above the frames of a thread's stack. They are kept per thread only where they cannot
   become untrue while the thread runs: for its initial or pthread stack, not for alternate and coroutine stacks.
   Without a signal frame between, each frame is above the one before, so that a walk ends. */

#include "unwind.h"

#include <stdatomic.h>
#include <string.h>

/* Rules. A word of 0 stands for a frame that needs its full row. Else the CFA is rsp or rbp plus an offset, the return
   address is just below it, and each register kept is in its caller's state or in the slot 8 * (n + 1) below the CFA.
 */

enum {
  RULE_SIMPLE = 1,
  RULE_RBP = 2, /* the CFA is relative to rbp, else rsp */
  RULE_END = 4, /* the outermost frame */
  RULE_SIGNAL = 8,
  RULE_SLOTS = 4, /* first bit of six slots of six bits, 0 for none */
  RULE_OFFSET = 40
};
enum { N_KEPT = 6, SLOT_MAX = 63, SLOTS_REACH = 8 * (SLOT_MAX + 1) };
static const unsigned char kept[N_KEPT] = {ALLOCS_RBP, ALLOCS_RBX, ALLOCS_R12, ALLOCS_R13, ALLOCS_R14, ALLOCS_R15};
static const uint32_t kept_mask =
    1u << ALLOCS_RBX | 1u << ALLOCS_RBP | 1u << ALLOCS_R12 | 1u << ALLOCS_R13 | 1u << ALLOCS_R14 | 1u << ALLOCS_R15;

static bool unchanged(const struct allocs_cfi_rule *rule) {
  return rule->how == ALLOCS_CFI_UNSET || rule->how == ALLOCS_CFI_SAME;
}

static uint64_t rule_of_row(const struct allocs_cfi_row *row) {
  const struct allocs_cfi_rule *cfa = &row->cfa, *ra = &row->regs[ALLOCS_RA];
  uint64_t rule = RULE_SIMPLE;
  uint32_t others = ~kept_mask & ~(1u << ALLOCS_RA);
  if (cfa->how != ALLOCS_CFI_REGISTER || cfa->u.n < 0 || cfa->u.n >> (64 - RULE_OFFSET))
    return 0;
  if (cfa->reg == ALLOCS_RBP)
    rule |= RULE_RBP;
  else if (cfa->reg != ALLOCS_RSP)
    return 0;
  rule |= (uint64_t)cfa->u.n << RULE_OFFSET;
  if (ra->how == ALLOCS_CFI_UNDEFINED || ra->how == ALLOCS_CFI_UNSET)
    rule |= RULE_END;
  else if (ra->how != ALLOCS_CFI_AT_CFA || ra->u.n != -8)
    return 0;
  for (unsigned reg = 0; reg < ALLOCS_RA; reg++)
    if (others >> reg & 1 && !unchanged(&row->regs[reg]))
      return 0;
  for (unsigned i = 0; i < N_KEPT; i++) {
    const struct allocs_cfi_rule *saved = &row->regs[kept[i]];
    if (unchanged(saved))
      continue;
    if (saved->how != ALLOCS_CFI_AT_CFA || saved->u.n > -16 || saved->u.n < -SLOTS_REACH || saved->u.n % 8)
      return 0;
    rule |= (uint64_t)(-saved->u.n / 8 - 1) << (RULE_SLOTS + 6 * i);
  }
  return rule;
}

/* The cache */

enum { CACHE_BITS = 11 };

struct known {
  uintptr_t begin, end; /* of the function */
  uint64_t rule;
};
struct slot {
  _Atomic uint32_t sequence; /* odd while it is written */
  _Atomic uint32_t generation;
  _Atomic uintptr_t code;
  _Atomic uint64_t rule;
  _Atomic uint32_t before, after; /* distance to begin and end of the function */
};
static struct {
  struct slot slots[1u << CACHE_BITS];
  _Atomic uint32_t generation;
} cache;

static struct slot *slot_of(uintptr_t code) {
  return &cache.slots[code * UINT64_C(0x9e3779b97f4a7c15) >> (64 - CACHE_BITS)];
}

static bool cache_get(uintptr_t code, struct known *ret) {
  struct slot *slot = slot_of(code);
  uint32_t sequence = atomic_load_explicit(&slot->sequence, memory_order_acquire);
  uintptr_t at = atomic_load_explicit(&slot->code, memory_order_relaxed);
  uint32_t generation = atomic_load_explicit(&slot->generation, memory_order_relaxed);
  ret->rule = atomic_load_explicit(&slot->rule, memory_order_relaxed);
  ret->begin = code - atomic_load_explicit(&slot->before, memory_order_relaxed);
  ret->end = code + atomic_load_explicit(&slot->after, memory_order_relaxed);
  atomic_thread_fence(memory_order_acquire);
  return at == code && generation == atomic_load_explicit(&cache.generation, memory_order_relaxed) && !(sequence & 1) &&
         sequence == atomic_load_explicit(&slot->sequence, memory_order_relaxed);
}

static void cache_put(uintptr_t code, uint32_t generation, const struct known *known) {
  struct slot *slot = slot_of(code);
  uint32_t sequence = atomic_load_explicit(&slot->sequence, memory_order_relaxed);
  uintptr_t before = code - known->begin, after = known->end - code;
  if (sequence & 1 || before > UINT32_MAX || after > UINT32_MAX ||
      !atomic_compare_exchange_strong_explicit(&slot->sequence, &sequence, sequence + 1, memory_order_acquire,
                                               memory_order_relaxed))
    return;
  atomic_thread_fence(memory_order_release);
  atomic_store_explicit(&slot->code, code, memory_order_relaxed);
  atomic_store_explicit(&slot->generation, generation, memory_order_relaxed);
  atomic_store_explicit(&slot->rule, known->rule, memory_order_relaxed);
  atomic_store_explicit(&slot->before, (uint32_t)before, memory_order_relaxed);
  atomic_store_explicit(&slot->after, (uint32_t)after, memory_order_relaxed);
  atomic_store_explicit(&slot->sequence, sequence + 2, memory_order_release);
}

void allocs_unwind_forget(void) { atomic_fetch_add(&cache.generation, 1); }

/* What the tables say of a code address. *row is filled if the word is 0. */
static __attribute__((noinline)) bool look_up(uintptr_t code, struct known *ret, struct allocs_cfi_row *row) {
  uint32_t generation = atomic_load(&cache.generation);
  struct allocs_os_image image;
  struct allocs_cfi_entry entry;
  if (!allocs_os_find_image(code, &image) || !allocs_cfi_find(&image, code, &entry) ||
      !allocs_cfi_run(&entry, code, row))
    return false;
  *ret = (struct known){entry.begin, entry.end, entry.signal ? 0 : rule_of_row(row)};
  cache_put(code, generation, ret);
  if (entry.signal)
    ret->rule = RULE_SIGNAL;
  return true;
}

bool allocs_unwind_function(uintptr_t code, uintptr_t *begin, uintptr_t *end) {
  struct known known;
  struct allocs_cfi_row row;
  if (!cache_get(code, &known) && !look_up(code, &known, &row))
    return false;
  *begin = known.begin;
  *end = known.end;
  return true;
}

/* The stack */

enum { SWITCHES_MAX = 8 };

static _Thread_local struct {
  uintptr_t begin, end; /* 0, 0 if not known */
} own_stack;

static uintptr_t thread_control_block(void) {
  uintptr_t self;
  __asm__("mov %%fs:0, %0" : "=r"(self));
  return self;
}

static __attribute__((noinline)) bool find_stack(struct allocs_cursor *cursor) {
  struct allocs_os_mapping mapping;
  uintptr_t sp = cursor->regs[ALLOCS_RSP], self = thread_control_block();
  if (!allocs_os_find_mapping(sp, &mapping) || !(mapping.flags & ALLOCS_OS_READ))
    return false;
  cursor->begin = mapping.begin;
  cursor->end = mapping.end;
  cursor->own = !memcmp(mapping.name, "[stack]", sizeof "[stack]");
  if (self > sp && self < mapping.end) {
    cursor->end = self & ~(uintptr_t)15;
    cursor->own = true;
  }
  if (cursor->own) {
    /* A signal handler that reads between the stores sees nothing, or the same end. */
    own_stack.end = 0;
    atomic_signal_fence(memory_order_seq_cst);
    own_stack.begin = cursor->begin;
    atomic_signal_fence(memory_order_seq_cst);
    own_stack.end = cursor->end;
  }
  return sp < cursor->end;
}

bool allocs_unwind_stack(struct allocs_cursor *cursor) {
  uintptr_t sp = cursor->regs[ALLOCS_RSP], end = own_stack.end;
  atomic_signal_fence(memory_order_seq_cst);
  uintptr_t begin = own_stack.begin;
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
  return (struct allocs_cfi_state){cursor->regs, cursor->known, cursor->begin, cursor->end};
}

/* Whether the bytes before an address are a call instruction: e8 with 4 bytes, or ff /2 in its lengths of 2 to 7. */
static bool is_after_call(uintptr_t code) {
  unsigned char bytes[7];
  if (code < sizeof bytes || !allocs_os_read(code - sizeof bytes, bytes, sizeof bytes))
    return false;
  if (bytes[2] == 0xe8)
    return true;
  for (unsigned length = 2; length <= 7; length++)
    if (length != 5 && bytes[7 - length] == 0xff && (bytes[8 - length] & 0x38) == 0x10)
      return true;
  return false;
}

/* Interrupted in a linkage stub, which keeps nothing: the call just above the stack pointer is of this address. */
static bool is_in_stub(const struct allocs_cursor *cursor, const struct allocs_cfi_state *state) {
  enum { STUB_MAX = 16 };
  unsigned char call[5];
  uintptr_t ra;
  int32_t distance;
  if (!cursor->exact || !allocs_cfi_load(state, cursor->regs[ALLOCS_RSP], 8, &ra) ||
      !allocs_os_read(ra - sizeof call, call, sizeof call) || call[0] != 0xe8)
    return false;
  memcpy(&distance, call + 1, sizeof distance);
  return cursor->regs[ALLOCS_RA] - (ra + (uintptr_t)distance) < STUB_MAX;
}

/* No unwind entry: the frame that rbp links, if that is what it does. */
static bool guess_frame(struct allocs_cursor *cursor) {
  struct allocs_cfi_state state = state_of(cursor);
  uintptr_t rbp = cursor->regs[ALLOCS_RBP], ra;
  cursor->function = cursor->function_end = 0;
  if (is_in_stub(cursor, &state)) {
    cursor->cfa = cursor->regs[ALLOCS_RSP] + 8;
    cursor->rule = RULE_SIMPLE | (uint64_t)8 << RULE_OFFSET;
    return true;
  }
  if (!is_known(cursor, ALLOCS_RBP) || rbp < cursor->regs[ALLOCS_RSP] || rbp % 8 ||
      !allocs_cfi_load(&state, rbp + 8, 8, &ra) || !is_after_call(ra))
    return false;
  cursor->cfa = rbp + 16;
  cursor->rule = RULE_SIMPLE | RULE_RBP | (uint64_t)1 << RULE_SLOTS | (uint64_t)16 << RULE_OFFSET;
  return true;
}

static bool find_cfa(struct allocs_cursor *cursor) {
  const struct allocs_cfi_rule *rule = &cursor->row.cfa;
  struct allocs_cfi_state state = state_of(cursor);
  if (rule->how == ALLOCS_CFI_VALUE)
    return allocs_cfi_evaluate(&state, rule, NULL, &cursor->cfa);
  cursor->cfa = cursor->regs[rule->reg] + (uintptr_t)rule->u.n;
  return is_known(cursor, rule->reg);
}

static bool is_in_order(const struct allocs_cursor *cursor) {
  return cursor->cfa > cursor->regs[ALLOCS_RSP] && cursor->cfa <= cursor->end && cursor->cfa % 8 == 0;
}

static __attribute__((noinline)) bool find_frame(struct allocs_cursor *cursor, uintptr_t code) {
  struct known known;
  if (!look_up(code, &known, &cursor->row))
    return guess_frame(cursor);
  cursor->function = known.begin;
  cursor->function_end = known.end;
  cursor->signal = known.rule == RULE_SIGNAL;
  cursor->rule = 0;
  return find_cfa(cursor) && (cursor->signal || is_in_order(cursor));
}

static inline __attribute__((always_inline)) bool frame(struct allocs_cursor *cursor) {
  uintptr_t code = cursor->regs[ALLOCS_RA] - !cursor->exact;
  struct known known;
  if (ALLOCS_UNLIKELY(!cursor->end) && !allocs_unwind_stack(cursor))
    return false;
  cursor->signal = false;
  if (ALLOCS_UNLIKELY(!cache_get(code, &known)) || ALLOCS_UNLIKELY(!(known.rule & RULE_SIMPLE)))
    return find_frame(cursor, code);
  unsigned base = known.rule & RULE_RBP ? ALLOCS_RBP : ALLOCS_RSP;
  cursor->function = known.begin;
  cursor->function_end = known.end;
  cursor->rule = known.rule;
  cursor->cfa = cursor->regs[base] + (known.rule >> RULE_OFFSET);
  if (ALLOCS_UNLIKELY(cursor->cfa - SLOTS_REACH < cursor->begin))
    return find_frame(cursor, code);
  return is_in_order(cursor) && is_known(cursor, base);
}

static inline __attribute__((always_inline)) bool up_by_rule(struct allocs_cursor *cursor) {
  uintptr_t cfa = cursor->cfa;
  uint64_t slots = cursor->rule >> RULE_SLOTS;
  if (cursor->rule & RULE_END)
    return false;
  for (unsigned i = 0; i < N_KEPT; i++, slots >>= 6) {
    uintptr_t *reg = &cursor->regs[kept[i]];
    const uintptr_t *saved = slots & SLOT_MAX ? (const uintptr_t *)cfa - (slots & SLOT_MAX) - 1 : reg;
    *reg = *saved;
  }
  cursor->regs[ALLOCS_RA] = *((const uintptr_t *)cfa - 1);
  cursor->regs[ALLOCS_RSP] = cfa;
  cursor->known &= kept_mask | 1u << ALLOCS_RSP | 1u << ALLOCS_RA;
  return cursor->regs[ALLOCS_RA] != 0;
}

/* The caller's value of a register; false if it is not known. */
static bool find_register(const struct allocs_cursor *cursor, unsigned reg, uintptr_t *ret) {
  const struct allocs_cfi_rule *rule = &cursor->row.regs[reg];
  struct allocs_cfi_state state = state_of(cursor);
  uintptr_t address;
  switch (rule->how) {
  case ALLOCS_CFI_UNSET:
    if (reg == ALLOCS_RSP) {
      *ret = cursor->cfa;
      return true;
    }
    *ret = cursor->regs[reg];
    return kept_mask >> reg & cursor->known >> reg & 1;
  case ALLOCS_CFI_SAME:
    *ret = cursor->regs[reg];
    return is_known(cursor, reg);
  case ALLOCS_CFI_AT_CFA:
    return allocs_cfi_load(&state, cursor->cfa + (uintptr_t)rule->u.n, 8, ret);
  case ALLOCS_CFI_CFA:
    *ret = cursor->cfa + (uintptr_t)rule->u.n;
    return true;
  case ALLOCS_CFI_REGISTER:
    *ret = cursor->regs[rule->reg];
    return is_known(cursor, rule->reg);
  case ALLOCS_CFI_AT_VALUE:
    return allocs_cfi_evaluate(&state, rule, &cursor->cfa, &address) && allocs_cfi_load(&state, address, 8, ret);
  case ALLOCS_CFI_VALUE:
    return allocs_cfi_evaluate(&state, rule, &cursor->cfa, ret);
  }
  return false;
}

static __attribute__((noinline)) bool up_by_row(struct allocs_cursor *cursor) {
  uintptr_t regs[ALLOCS_N_REGS], sp = cursor->regs[ALLOCS_RSP];
  uint32_t known = 0;
  for (unsigned reg = 0; reg < ALLOCS_N_REGS; reg++)
    if (find_register(cursor, reg, &regs[reg]))
      known |= 1u << reg;
  if (!(known >> ALLOCS_RA & 1) || !(known >> ALLOCS_RSP & 1) || !regs[ALLOCS_RA])
    return false;
  memcpy(cursor->regs, regs, sizeof regs);
  cursor->known = known;
  cursor->exact = cursor->signal;
  if (regs[ALLOCS_RSP] > sp && regs[ALLOCS_RSP] < cursor->end)
    return true;
  return cursor->signal && cursor->switches++ < SWITCHES_MAX && allocs_unwind_stack(cursor);
}

static inline __attribute__((always_inline)) bool up(struct allocs_cursor *cursor) {
  if (ALLOCS_UNLIKELY(!(cursor->rule & RULE_SIMPLE)))
    return up_by_row(cursor);
  cursor->exact = false;
  return up_by_rule(cursor);
}

bool allocs_unwind_frame(struct allocs_cursor *cursor) { return frame(cursor); }

bool allocs_unwind_up(struct allocs_cursor *cursor) { return up(cursor); }

bool allocs_unwind_to(struct allocs_cursor *cursor, uintptr_t address) {
  while (frame(cursor)) {
    if (address < cursor->cfa && !cursor->signal && address >= allocs_unwind_begin(cursor))
      return true;
    if (!up(cursor))
      break;
  }
  return false;
}

#define STRING_OF(n) #n
#define STORE(reg, n) "mov %" reg ", 8*" STRING_OF(n) "(%rdi)\n"

__attribute__((naked, noinline)) void allocs_unwind_capture(__attribute__((unused)) uintptr_t *regs) {
  __asm__(STORE("rbx", 3) STORE("rbp", 6) STORE("r12", 12) STORE("r13", 13) STORE("r14", 14)
              STORE("r15", 15) "mov (%rsp), %rax\n" STORE("rax", 16) "lea 8(%rsp), %rax\n" STORE("rax", 7) "ret");
}
