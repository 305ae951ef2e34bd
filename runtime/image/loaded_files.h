/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_LOADED_FILES_H
#define ALLOCS_LOADED_FILES_H

/* Loaded files, their segments and sections. */

#include "allocs.h"
#include "base.h"

/* The section that holds an address, else the segment, else the file. */
bool allocs_loaded_files_find(uintptr_t address, struct alloc_pos *ret);
/* The whole file, from its first page to its last; false in a hole that is not the file's. */
bool allocs_loaded_files_find_file(uintptr_t address, struct alloc_pos *ret);

#endif
