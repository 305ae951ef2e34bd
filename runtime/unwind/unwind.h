/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_UNWIND_H
#define ALLOCS_UNWIND_H

/* Frames of the calling thread, or of one that stands still, from .eh_frame, frame pointers where there is none. Reads
   only memory it knows to be the stack or unwind tables. DWARF 5 section 6.4; LSB 5.0 core, chapter 10 (.eh_frame,
   .eh_frame_hdr). */

#include "base.h"
#include "unwind/cfi_value.h"

/* For the stacks of a thread that is not the calling one. */
struct allocs_foreign {
  uintptr_t begin, end; /* the thread's own stack; 0, 0 if not known */
  struct allocs_os_window window;
};

struct allocs_cursor {
  uintptr_t regs[ALLOCS_ARCH_N_REGS];
  allocs_arch_set known;
  bool exact; /* regs[ALLOCS_ARCH_RA] is the instruction itself (interrupted), not a return address */
  /* Of the frame the registers stand in, filled by allocs_unwind_frame: */
  bool signal; /* the kernel's frame below an interrupted function */
  uintptr_t cfa;
  uintptr_t function; /* entry: where its unwind entry begins; 0 if it has none */
  uintptr_t function_end;
  /* The stack the frame is in, as far as it may be read, filled by allocs_unwind_stack: */
  uintptr_t begin, end;
  bool own;                       /* the thread's own, not an alternate signal stack or a coroutine's */
  struct allocs_foreign *foreign; /* NULL: the calling thread */
  /* Used by unwind.c only. */
  unsigned switches;
  uint64_t rule;
  struct allocs_cfi_row row;
};

/* The frame of the caller. */
static inline __attribute__((always_inline)) void allocs_unwind_here(struct allocs_cursor *cursor);
/* Finds the bounds of the stack; false if they are not known. */
bool allocs_unwind_stack(struct allocs_cursor *cursor);
/* Finds cfa and function of the frame; false at the end of the stack or where nothing is known. */
bool allocs_unwind_frame(struct allocs_cursor *cursor);
/* To the caller's frame, after allocs_unwind_frame; false at the end. */
bool allocs_unwind_up(struct allocs_cursor *cursor);
/* Up to the frame whose memory holds an address; false if there is none. As if by the two above. */
bool allocs_unwind_to(struct allocs_cursor *cursor, uintptr_t address);
/* The same, from the caller of the function whose __builtin_frame_address(0) `frame` is, if cached simple rules on the
   thread's own stack lead there. Of the cursor's registers only those are known that are looked at on the way; *note is
   what was noted of the code that the frame stands at. */
enum allocs_unwind_near { ALLOCS_UNWIND_UNKNOWN, ALLOCS_UNWIND_NONE, ALLOCS_UNWIND_FOUND };
enum allocs_unwind_near allocs_unwind_near(const uintptr_t *frame, uintptr_t address, struct allocs_cursor *ret,
                                           const void **note);
/* Notes something of the code that a frame stands at: it must stay true as long as that is loaded, or until
   allocs_unwind_forget. */
void allocs_unwind_note(const struct allocs_cursor *cursor, const void *note);
/* Copies words from the stack that the frame is in; n is a multiple of 8. */
bool allocs_unwind_load(const struct allocs_cursor *cursor, uintptr_t address, void *ret, size_t n);
/* The calling thread is the first: it has its stack from the kernel. */
void allocs_unwind_first_thread(void);
/* The calling thread's own stack, if it has been looked for; else 0, 0. */
void allocs_unwind_own(uintptr_t *begin, uintptr_t *end);
/* Where the memory of a frame begins: at the CFA of the function it called, or, interrupted, with its red zone. */
static inline uintptr_t allocs_unwind_begin(const struct allocs_cursor *cursor) {
  return cursor->regs[ALLOCS_ARCH_SP] - (cursor->exact ? ALLOCS_ARCH_RED_ZONE : 0);
}
/* The code range of the function that holds an address, from its unwind entry. */
bool allocs_unwind_function(uintptr_t code, uintptr_t *begin, uintptr_t *end);

/* Forgets what it knows of code: an image has been unloaded. */
void allocs_unwind_forget(void);

/* The registers of ALLOCS_ARCH_CAPTURED, as they are in the caller after the call. */
void allocs_unwind_capture(uintptr_t *regs);
static inline void allocs_unwind_here(struct allocs_cursor *cursor) {
  allocs_unwind_capture(cursor->regs);
  cursor->known = ALLOCS_ARCH_CAPTURED;
  cursor->exact = false;
  cursor->begin = cursor->end = 0;
  cursor->foreign = NULL;
  cursor->switches = 0;
}

#endif
