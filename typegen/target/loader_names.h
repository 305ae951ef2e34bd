/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TARGET_LOADER_NAMES_H
#define ALLOCS_TARGET_LOADER_NAMES_H

#include "target/target.h"

/* What the target's dynamic linker calls a loaded file, by which the program itself tells it; NULL if it does not know
   it, or has no name for it. `bias` is the target's. The text is kept for good. */
struct allocs_os_image; /* here the copy of the executable */
const char *allocs_loader_name(struct allocs_target *target, const struct allocs_os_image *executable, uint64_t bias);

#endif
