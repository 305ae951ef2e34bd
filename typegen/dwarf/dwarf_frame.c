/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Frame bases. Of gcc it is the CFA; of Clang the frame pointer, or, in functions that keep none, the stack pointer,
   which is at one distance from the CFA outside of prologue and epilogue: what unwind entries say tells it, where they
   say so.

   Locals that have a location by ranges of code are not told: elsewhere something else may be at their place. */

#include "dwarf/dwarf_frame.h"
#include "ground/machine.h"
#include <dwarf.h>
#include <stdlib.h>

/* The CFA from the stack pointer in the rows of a function's unwind entry, in their order. */
struct rows {
  int64_t first, greatest, last;
  bool falls, is_odd; /* it has fallen once */
};

/* From the greatest on, it may go down to the first, before a return, and be that greatest again behind it. Anything
   else, as arguments pushed for a call, leaves open what the body has. */
static void add_row(struct rows *rows, int64_t value) {
  if (value < rows->last) {
    rows->falls = true;
  } else if (value > rows->last && rows->falls) {
    rows->is_odd |= rows->last != rows->first || value != rows->greatest;
  }
  if (value > rows->greatest)
    rows->greatest = value;
  rows->last = value;
}

/* CFA = stack pointer + *ret. */
static bool cfa_of(Dwarf_Frame *frame, int64_t *ret) {
  Dwarf_Op *ops;
  size_t n;
  if (dwarf_frame_cfa(frame, &ops, &n) || n != 1 || ops->atom != DW_OP_bregx || ops->number != ALLOCS_MACHINE_DWARF_SP)
    return false;
  *ret = (int64_t)ops->number2;
  return true;
}

static bool distance_in_body(const struct allocs_dwarf *dwarf, Dwarf_Addr entry, Dwarf_Addr end, int64_t *ret) {
  struct rows rows = {ALLOCS_MACHINE_CFA_AT_ENTRY, 0, ALLOCS_MACHINE_CFA_AT_ENTRY, false, false};
  for (Dwarf_Addr at = entry; at < end;) {
    Dwarf_Frame *frame = NULL;
    Dwarf_Addr begin, next = at;
    int64_t value;
    bool ok = dwarf->cfi && !dwarf_cfi_addrframe(dwarf->cfi, at + dwarf->shift, &frame) && cfa_of(frame, &value) &&
              dwarf_frame_info(frame, &begin, &next, NULL) >= 0 && next - dwarf->shift > at;
    free(frame);
    if (!ok)
      return false;
    add_row(&rows, value);
    at = next - dwarf->shift;
  }
  *ret = rows.greatest;
  return !rows.is_odd && rows.greatest;
}

struct dwarf_frame_base allocs_dwarf_frame_base(const struct allocs_dwarf *dwarf, Dwarf_Die *function,
                                                Dwarf_Addr entry) {
  struct dwarf_frame_base base = {false, -1, 0};
  Dwarf_Attribute attribute;
  Dwarf_Op *ops;
  Dwarf_Addr end;
  size_t n;
  int64_t distance;
  if (!dwarf_attr_integrate(function, DW_AT_frame_base, &attribute) ||
      dwarf_getlocation_addr(&attribute, entry, &ops, &n, 1) != 1 || n != 1)
    return base;
  unsigned form = dwarf_whatform(&attribute);
  bool is_list = form == DW_FORM_sec_offset || form == DW_FORM_loclistx || form == DW_FORM_data4;
  if (ops->atom == DW_OP_call_frame_cfa ||
      /* Which, before DWARF 3, was told by ranges. */
      (is_list && ops->atom == DW_OP_breg0 + ALLOCS_MACHINE_DWARF_SP && ops->number == ALLOCS_MACHINE_CFA_AT_ENTRY)) {
    base = (struct dwarf_frame_base){true, -1, ALLOCS_MACHINE_LINK};
  } else if (ops->atom == DW_OP_reg0 + ALLOCS_MACHINE_DWARF_FP) {
    base = (struct dwarf_frame_base){true, ALLOCS_MACHINE_DWARF_FP, 0};
  } else if (ops->atom == DW_OP_reg0 + ALLOCS_MACHINE_DWARF_SP && !dwarf_highpc(function, &end) &&
             distance_in_body(dwarf, entry, end, &distance)) {
    base = (struct dwarf_frame_base){true, ALLOCS_MACHINE_DWARF_SP, ALLOCS_MACHINE_LINK - distance};
  }
  return base;
}

bool allocs_dwarf_frame_place(const struct dwarf_frame_base *base, Dwarf_Die *local, int32_t *ret) {
  Dwarf_Attribute attribute;
  Dwarf_Op *ops;
  size_t n;
  if (!base->is_known || !dwarf_attr(local, DW_AT_location, &attribute))
    return false;
  unsigned form = dwarf_whatform(&attribute);
  if ((form != DW_FORM_exprloc && form != DW_FORM_block1 && form != DW_FORM_block) ||
      dwarf_getlocation(&attribute, &ops, &n) || n != 1)
    return false;
  if (ops->atom != DW_OP_fbreg && (base->base_register < 0 || ops->atom != DW_OP_breg0 + base->base_register))
    return false;
  int64_t offset = (int64_t)ops->number;
  if (__builtin_add_overflow(offset, base->distance, &offset) || offset != (int32_t)offset)
    return false;
  *ret = (int32_t)offset;
  return true;
}
