/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Runs the instructions of an unwind entry up to a code address: DWARF 5, section 6.4.2, and the GNU additions. */

#include "unwind/cfi.h"

/* Compilers need one or two: around an epilogue in the middle of a function. An entry that goes deeper is not known. */
enum { REMEMBERED_MAX = 4 };

/* DW_CFA_*, in the order of their numbers: DWARF 5, section 7.24, table 7.29. What needs more than six bits has the two
   highest clear. */
enum {
  CFA_NOP,
  CFA_SET_LOC,
  CFA_ADVANCE_LOC1,
  CFA_ADVANCE_LOC2,
  CFA_ADVANCE_LOC4,
  CFA_OFFSET_EXTENDED,
  CFA_RESTORE_EXTENDED,
  CFA_UNDEFINED,
  CFA_SAME_VALUE,
  CFA_REGISTER,
  CFA_REMEMBER_STATE,
  CFA_RESTORE_STATE,
  CFA_DEF_CFA,
  CFA_DEF_CFA_REGISTER,
  CFA_DEF_CFA_OFFSET,
  CFA_DEF_CFA_EXPRESSION,
  CFA_EXPRESSION,
  CFA_OFFSET_EXTENDED_SF,
  CFA_DEF_CFA_SF,
  CFA_DEF_CFA_OFFSET_SF,
  CFA_VAL_OFFSET,
  CFA_VAL_OFFSET_SF,
  CFA_VAL_EXPRESSION,
  CFA_GNU_ARGS_SIZE = 0x2e,
  CFA_GNU_NEGATIVE_OFFSET_EXTENDED = 0x2f,
  CFA_ADVANCE_LOC = 0x40, /* these three have their operand in the low six bits */
  CFA_OFFSET = 0x80,
  CFA_RESTORE = 0xc0
};

/* A row as it is kept, in half its size: a query may have little stack, and allocates nothing. */
struct kept_rule {
  int32_t n; /* of an expression where it begins, from the instructions of the CIE or, if `own`, of the FDE */
  uint16_t length;
  unsigned char how : 7, own : 1, reg;
};
struct kept_row {
  struct kept_rule cfa, regs[ALLOCS_ARCH_N_REGS];
};

struct machine {
  const struct allocs_cfi_entry *entry;
  struct allocs_cfi_reader reader;
  uintptr_t at; /* code address the row is for */
  struct allocs_cfi_row *row;
  struct kept_row initial, remembered[REMEMBERED_MAX];
  unsigned n_remembered;
};

static bool is_expression(unsigned how) { return how == ALLOCS_CFI_AT_VALUE || how == ALLOCS_CFI_VALUE; }

/* False if it does not fit: there is no such frame. */
static bool keep_rule(const struct machine *m, const struct allocs_cfi_rule *rule, struct kept_rule *ret) {
  const struct allocs_cfi_entry *entry = m->entry;
  int64_t n = rule->u.n;
  bool own = false;
  if (is_expression(rule->how)) {
    own = rule->u.expression >= entry->own && rule->u.expression < entry->own_end;
    n = rule->u.expression - (own ? entry->own : entry->shared);
  }
  *ret = (struct kept_rule){(int32_t)n, (uint16_t)rule->length, rule->how & 0x7f, own, rule->reg};
  return ret->n == n && ret->length == rule->length;
}

static struct allocs_cfi_rule rule_kept(const struct machine *m, const struct kept_rule *kept) {
  struct allocs_cfi_rule rule = {kept->how, kept->reg, kept->length, {.n = kept->n}};
  if (is_expression(kept->how))
    rule.u.expression = (kept->own ? m->entry->own : m->entry->shared) + kept->n;
  return rule;
}

static bool keep_row(const struct machine *m, struct kept_row *ret) {
  bool fits = keep_rule(m, &m->row->cfa, &ret->cfa);
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    fits &= keep_rule(m, &m->row->regs[i], &ret->regs[i]);
  return fits;
}

static void take_row(struct machine *m, const struct kept_row *kept) {
  m->row->cfa = rule_kept(m, &kept->cfa);
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    m->row->regs[i] = rule_kept(m, &kept->regs[i]);
}

/* Columns that the ABI numbers beyond the registers we follow (vector registers, flags) are read over, not followed:
   what is never asked for cannot be wrong. */
static void set(struct machine *m, uint64_t reg, enum allocs_cfi_how how, int64_t n) {
  if (reg < ALLOCS_ARCH_N_REGS)
    m->row->regs[reg] = (struct allocs_cfi_rule){.how = (unsigned char)how, .u.n = n};
}

/* A CFA that depends on a register not followed is none: then all that is relative to it would be wrong. */
static void set_cfa(struct machine *m, uint64_t reg, int64_t offset) {
  if (reg >= ALLOCS_ARCH_N_REGS)
    m->reader.bad = true;
  m->row->cfa = (struct allocs_cfi_rule){.how = ALLOCS_CFI_REGISTER, .reg = (unsigned char)reg, .u.n = offset};
}

/* The rule keeps where the expression stands; its bytes are read when it is evaluated, within the length that was
   checked here. */
static struct allocs_cfi_rule next_expression(struct machine *m, enum allocs_cfi_how how) {
  struct allocs_cfi_rule rule = {.how = (unsigned char)how};
  uint64_t length = allocs_cfi_uleb(&m->reader);
  if (length > (size_t)(m->reader.end - m->reader.at) || length > UINT32_MAX) {
    m->reader.bad = true;
    return rule;
  }
  rule.u.expression = m->reader.at;
  rule.length = (uint32_t)length;
  m->reader.at += length;
  return rule;
}

static uint64_t uleb(struct machine *m) { return allocs_cfi_uleb(&m->reader); }

/* Factored offsets. The product may wrap around in damaged tables: unsigned, so that it is only wrong, and what it
   leads to is checked where it is loaded. */
static int64_t scaled(struct machine *m) { return (int64_t)((uint64_t)m->entry->data_align * uleb(m)); }

static int64_t scaled_signed(struct machine *m) {
  return (int64_t)((uint64_t)m->entry->data_align * (uint64_t)allocs_cfi_sleb(&m->reader));
}

/* To the rule that the CIE's instructions gave. These themselves have nothing to restore: there `initial` is unset. */
static void restore(struct machine *m, uint64_t reg) {
  if (reg < ALLOCS_ARCH_N_REGS)
    m->row->regs[reg] = rule_kept(m, &m->initial.regs[reg]);
}

/* Instructions that state where a register is. */
static bool run_register(struct machine *m, unsigned op) {
  /* All of this group have the register as their first operand. Asked last: what is none of them either ends the entry,
     so that the operand read is no matter. */
  uint64_t reg = uleb(m), other;
  switch (op) {
  case CFA_OFFSET_EXTENDED:
    set(m, reg, ALLOCS_CFI_AT_CFA, scaled(m));
    return true;
  case CFA_OFFSET_EXTENDED_SF:
    set(m, reg, ALLOCS_CFI_AT_CFA, scaled_signed(m));
    return true;
  /* Obsolete, but in the tables of old assemblers: the offset is subtracted. */
  case CFA_GNU_NEGATIVE_OFFSET_EXTENDED:
    set(m, reg, ALLOCS_CFI_AT_CFA, (int64_t)-(uint64_t)scaled(m));
    return true;
  case CFA_VAL_OFFSET:
    set(m, reg, ALLOCS_CFI_CFA, scaled(m));
    return true;
  case CFA_VAL_OFFSET_SF:
    set(m, reg, ALLOCS_CFI_CFA, scaled_signed(m));
    return true;
  case CFA_RESTORE_EXTENDED:
    restore(m, reg);
    return true;
  case CFA_UNDEFINED:
    set(m, reg, ALLOCS_CFI_UNDEFINED, 0);
    return true;
  case CFA_SAME_VALUE:
    set(m, reg, ALLOCS_CFI_SAME, 0);
    return true;
  case CFA_REGISTER:
    other = uleb(m);
    /* The caller's value is in a register that is not followed: not known. */
    set(m, reg, other < ALLOCS_ARCH_N_REGS ? ALLOCS_CFI_REGISTER : ALLOCS_CFI_UNDEFINED, 0);
    if (reg < ALLOCS_ARCH_N_REGS && other < ALLOCS_ARCH_N_REGS)
      m->row->regs[reg].reg = (unsigned char)other;
    return true;
  case CFA_EXPRESSION:
  case CFA_VAL_EXPRESSION: {
    struct allocs_cfi_rule rule = next_expression(m, op == CFA_EXPRESSION ? ALLOCS_CFI_AT_VALUE : ALLOCS_CFI_VALUE);
    if (reg < ALLOCS_ARCH_N_REGS)
      m->row->regs[reg] = rule;
    return true;
  }
  }
  return false;
}

/* Instructions that state what the CFA is. */
static bool run_cfa(struct machine *m, unsigned op) {
  struct allocs_cfi_rule *cfa = &m->row->cfa;
  uint64_t reg;
  switch (op) {
  /* Here the offset is not factored; in those that end with _SF it is. */
  case CFA_DEF_CFA:
    reg = uleb(m);
    set_cfa(m, reg, (int64_t)uleb(m));
    return true;
  case CFA_DEF_CFA_SF:
    reg = uleb(m);
    set_cfa(m, reg, scaled_signed(m));
    return true;
  /* Only the register changes; after an expression there is no offset to keep, which the standard forbids. */
  case CFA_DEF_CFA_REGISTER:
    set_cfa(m, uleb(m), cfa->how == ALLOCS_CFI_REGISTER ? cfa->u.n : 0);
    return true;
  case CFA_DEF_CFA_OFFSET:
  case CFA_DEF_CFA_OFFSET_SF:
    if (cfa->how != ALLOCS_CFI_REGISTER)
      m->reader.bad = true;
    else
      cfa->u.n = op == CFA_DEF_CFA_OFFSET ? (int64_t)uleb(m) : scaled_signed(m);
    return true;
  case CFA_DEF_CFA_EXPRESSION:
    *cfa = next_expression(m, ALLOCS_CFI_VALUE);
    return true;
  }
  return false;
}

/* The rest: what moves on in the code, and what keeps and takes back whole rows. */
static bool run_state(struct machine *m, unsigned op) {
  switch (op) {
  case CFA_NOP:
    return true;
  case CFA_GNU_ARGS_SIZE:
    /* Bytes of arguments pushed: for who throws exceptions. */
    uleb(m);
    return true;
  /* With the CFA, as all compilers mean it. */
  case CFA_REMEMBER_STATE:
    return m->n_remembered < REMEMBERED_MAX && keep_row(m, &m->remembered[m->n_remembered++]);
  case CFA_RESTORE_STATE:
    if (!m->n_remembered)
      return false;
    take_row(m, &m->remembered[--m->n_remembered]);
    return true;
  /* In a damaged entry it may go back; the bytes end all the same. */
  case CFA_SET_LOC:
    m->at = allocs_cfi_address(&m->reader, m->entry->encoding, 0);
    return true;
  case CFA_ADVANCE_LOC1:
    m->at += allocs_cfi_fixed(&m->reader, 1) * m->entry->code_align;
    return true;
  case CFA_ADVANCE_LOC2:
    m->at += allocs_cfi_fixed(&m->reader, 2) * m->entry->code_align;
    return true;
  case CFA_ADVANCE_LOC4:
    m->at += allocs_cfi_fixed(&m->reader, 4) * m->entry->code_align;
    return true;
  }
  return false;
}

/* Runs what is in the reader, until the row is for `code`. */
static bool run(struct machine *m, uintptr_t code) {
  /* Each turn takes a byte at least, so that it ends with the entry. A row holds from its address up to the next one's.
   */
  while (m->reader.at < m->reader.end && m->at <= code && !m->reader.bad) {
    unsigned op = (unsigned)allocs_cfi_fixed(&m->reader, 1), low = op & 0x3f;
    switch (op & 0xc0) {
    case CFA_ADVANCE_LOC:
      m->at += low * m->entry->code_align;
      break;
    case CFA_OFFSET:
      set(m, low, ALLOCS_CFI_AT_CFA, scaled(m));
      break;
    case CFA_RESTORE:
      restore(m, low);
      break;
    default:
      if (!run_state(m, op) && !run_cfa(m, op) && !run_register(m, op))
        return false;
    }
  }
  return !m->reader.bad;
}

/* First the CIE's instructions, all of them, for the row that each function begins with; then the FDE's, up to the code
   address. */
bool allocs_cfi_run(const struct allocs_cfi_entry *entry, uintptr_t code, struct allocs_cfi_row *ret) {
  /* Not initialised as a whole: the rows remembered would cost most of it. */
  struct machine m;
  m.entry = entry;
  m.at = entry->begin;
  m.row = ret;
  *ret = (struct allocs_cfi_row){.cfa.how = ALLOCS_CFI_UNSET};
  m.initial = (struct kept_row){.cfa.how = ALLOCS_CFI_UNSET};
  m.n_remembered = 0;
  m.reader = (struct allocs_cfi_reader){entry->shared, entry->shared_end, false, entry->shift};
  if (!run(&m, UINTPTR_MAX) || !keep_row(&m, &m.initial))
    return false;
  m.at = entry->begin;
  m.reader = (struct allocs_cfi_reader){entry->own, entry->own_end, false, entry->shift};
  if (!run(&m, code))
    return false;
  /* Damaged entries may leave the CFA unset. */
  return ret->cfa.how == ALLOCS_CFI_REGISTER || ret->cfa.how == ALLOCS_CFI_VALUE;
}
