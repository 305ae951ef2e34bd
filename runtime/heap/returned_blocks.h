/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_RETURNED_BLOCKS_H
#define ALLOCS_RETURNED_BLOCKS_H

#include "allocs/abi.h"
#include "base.h"

/* Whether an allocator that was asked for so much may have given so much: they give multiples of 8 and 16. */
static inline bool allocs_returned_blocks_is_rounded(uint64_t size, uint64_t room) {
  return size && size <= room &&
         (room == size || room == allocs_round_up(size, 8) || room == allocs_round_up(size, 16));
}

enum { ALLOCS_RETURNED_NUMBERS = 3 };

/* A call of a function that nobody named as allocating has returned this pointer; what it was given is as
   __allocs_returned has it. If the thread made a block since, at a place that tells no type of these bytes, and the
   pointer leads into it, the block is told as of this call; and of its type, if the call was given its size. */
void allocs_returned_blocks_tell(uintptr_t pointer, const struct allocs_site *record, uint64_t before, uint64_t sizes,
                                 const uint64_t numbers[ALLOCS_RETURNED_NUMBERS]);

#endif
