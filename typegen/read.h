/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_READ_H
#define ALLOCS_TYPEGEN_READ_H

/* Between the readers of the tables: the types are read first, the other tables refer to them. */

#include "elf_image.h"
#include "model.h"

bool allocs_read_types(struct model *model, struct allocs_elf *elf);

#endif
