/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MAPPING_H
#define ALLOCS_MAPPING_H

/* Mappings, and the program break among them. */

#include "allocs.h"
#include "base.h"

/* What is mapped at an address; the parent of all else that may be there. */
bool allocs_mapping_find(uintptr_t address, struct alloc_pos *ret);

#endif
