/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TARGET_LOADER_NAMES_H
#define ALLOCS_TARGET_LOADER_NAMES_H

#include "target/target.h"
#include <elf.h>

/* What the target's dynamic linker calls a loaded file, by which the program itself tells it; NULL if it does not know
   it, or has no name for it. `bias` is the target's. The text is kept for good. */
struct allocs_os_image; /* here the copy of the executable */
const char *allocs_loader_name(struct allocs_target *target, const struct allocs_os_image *executable, uint64_t bias);

/* Of a loaded file with thread-local variables, whose header says so: the number of their module, and how far their
   blocks lie below each thread pointer; 0 if these lie elsewhere. False if that cannot be told. */
bool allocs_loader_module(struct allocs_target *target, const struct allocs_os_image *executable, uint64_t bias,
                          const Elf64_Phdr *variables, uint64_t *ret, uint64_t *ret_distance);

#endif
