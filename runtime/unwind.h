/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_UNWIND_H
#define ALLOCS_UNWIND_H

/* Frames of the calling thread, from .eh_frame, frame pointers where there is none. Reads only memory it knows to be the
   stack or unwind tables. DWARF 5 section 6.4; LSB 5.0 core, chapter 10 (.eh_frame, .eh_frame_hdr). */

#include "base.h"

enum { ALLOCS_RBX = 3, ALLOCS_RBP = 6, ALLOCS_RSP = 7, ALLOCS_R12 = 12, ALLOCS_R13, ALLOCS_R14, ALLOCS_R15, ALLOCS_RA };

/* DWARF register numbers of x86-64; those a callee keeps, and the return address. */
struct allocs_cursor {
  uintptr_t regs[17];
  uint32_t known;          /* bit per register */
  bool exact;              /* regs[ALLOCS_RA] is the instruction itself (asker, signal), not a return address */
  /* Of the frame the registers stand in, filled by allocs_unwind_frame: */
  uintptr_t cfa;
  uintptr_t function;      /* entry: where its unwind entry begins; 0 if it has none */
  uintptr_t function_end;
};

/* The frame of the caller. Always inlined: the registers are those at the call. */
void allocs_unwind_here(struct allocs_cursor *cursor);
/* Finds cfa and function of the frame; false at the end of the stack or where nothing is known. */
bool allocs_unwind_frame(struct allocs_cursor *cursor);
/* To the caller's frame, after allocs_unwind_frame; false at the end. */
bool allocs_unwind_up(struct allocs_cursor *cursor);
/* The code range of the function that holds an address, from its unwind entry. */
bool allocs_unwind_function(uintptr_t code, uintptr_t *begin, uintptr_t *end);

#endif
