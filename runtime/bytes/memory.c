/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Copies: word by word, without calls. */

#include "bytes/memory.h"

#include <stdint.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) word;

void *allocs_memory_copy(void *to, const void *from, size_t n) {
  char *out = to;
  const char *in = from;
  for (; n >= sizeof(word); n -= sizeof(word), out += sizeof(word), in += sizeof(word))
    *(word *)out = *(const word *)in;
  for (; n; n--)
    *out++ = *in++;
  return to;
}

void *allocs_memory_move(void *to, const void *from, size_t n) {
  char *out = to;
  const char *in = from;
  if ((uintptr_t)out - (uintptr_t)in >= n)
    return allocs_memory_copy(to, from, n);
  while (n--)
    out[n] = in[n];
  return to;
}

void *allocs_memory_fill(void *to, int byte, size_t n) {
  char *out = to;
  word all = (unsigned char)byte * UINT64_C(0x0101010101010101);
  for (; n >= sizeof(word); n -= sizeof(word), out += sizeof(word))
    *(word *)out = all;
  for (; n; n--)
    *out++ = (char)byte;
  return to;
}

int allocs_memory_compare(const void *a, const void *b, size_t n) {
  const unsigned char *x = a, *y = b;
  for (; n; n--, x++, y++)
    if (*x != *y)
      return *x < *y ? -1 : 1;
  return 0;
}
