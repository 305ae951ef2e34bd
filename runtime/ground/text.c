/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Text: append to a buffer of the caller's. The buffer is terminated after each call; what does not fit is only
   counted. */

#include "ground/text.h"
#include "os/os.h"

#include <stdarg.h>

void allocs_text_init(struct allocs_text *text, char *begin, size_t cap) {
  text->begin = begin;
  text->cap = cap;
  text->length = 0;
  if (cap) {
    begin[0] = 0;
    allocs_os_tell(begin, 1);
  }
}

void allocs_text_char(struct allocs_text *text, char c) {
  if (text->cap && text->length < text->cap - 1) {
    text->begin[text->length] = c;
    text->begin[text->length + 1] = 0;
    allocs_os_tell(text->begin + text->length, 2);
  }
  text->length++;
}

void allocs_text_string(struct allocs_text *text, const char *string) {
  for (; string && *string; string++)
    allocs_text_char(text, *string);
}

void allocs_text_decimal(struct allocs_text *text, uint64_t n) {
  char digits[20];
  unsigned n_digits = 0;
  do
    digits[n_digits++] = (char)('0' + n % 10);
  while (n /= 10);
  while (n_digits)
    allocs_text_char(text, digits[--n_digits]);
}

void allocs_text_signed(struct allocs_text *text, int64_t n) {
  if (n < 0)
    allocs_text_char(text, '-');
  allocs_text_decimal(text, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

void allocs_text_hex(struct allocs_text *text, uint64_t n) {
  unsigned shift = 60;
  while (shift && !(n >> shift))
    shift -= 4;
  allocs_text_string(text, "0x");
  for (;; shift -= 4) {
    allocs_text_char(text, "0123456789abcdef"[n >> shift & 15]);
    if (!shift)
      return;
  }
}

void allocs_text_say(const char *part, ...) {
  char line[1024];
  struct allocs_text text;
  va_list parts;
  allocs_text_init(&text, line, sizeof line - 1); /* room for the newline */
  allocs_text_string(&text, "allocs: ");
  va_start(parts, part);
  for (; part; part = va_arg(parts, const char *))
    allocs_text_string(&text, part);
  va_end(parts);
  if (text.length > sizeof line - 2)
    text.length = sizeof line - 2;
  line[text.length] = '\n';
  allocs_os_write(2, line, text.length + 1);
}
