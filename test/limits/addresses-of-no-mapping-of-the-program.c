// [vsyscall], which is above all mappings, is unknown; in a static program brk() is not seen, yet its memory has an answer.
// RUN: %allocs-cc -O1 %s -o %t && %t
// RUN: %allocs-cc -O1 -static %s -o %t && %t

#define _GNU_SOURCE
#include "../unit/check.h"
#include <allocs.h>
#include <stdint.h>
#include <unistd.h>

int main(void) {
  CHECK(!alloc_get_allocator((void *)(uintptr_t)0xffffffffff600000));
  char *at = sbrk(1 << 16);
  struct alloc_pos chain[8];
  unsigned n = alloc_get_chain(at + 100, chain, 8);
  CHECK(n >= 1 && chain[n - 1].allocator == &alloc_mmap);
  return check_failed;
}
