/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TEXT_H
#define ALLOCS_TEXT_H

/* Text in a buffer of the caller's, without libc: what does not fit is cut off; always terminated if cap > 0. */

#include "base.h"

struct allocs_text {
  char *begin;
  size_t cap, length; /* length counts what would have been written, the terminator excluded */
};

void allocs_text_init(struct allocs_text *text, char *begin, size_t cap);
void allocs_text_char(struct allocs_text *text, char c);
void allocs_text_string(struct allocs_text *text, const char *string);
void allocs_text_decimal(struct allocs_text *text, uint64_t n);
void allocs_text_signed(struct allocs_text *text, int64_t n);
void allocs_text_hex(struct allocs_text *text, uint64_t n); /* 0x… */

/* One line "allocs: …" on stderr, in one write. Parts end with NULL. */
void allocs_text_say(const char *part, ...);

#endif
