/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_READ_H
#define ALLOCS_TYPEGEN_READ_H

/* Between the readers of the tables: the types are read first, the other tables refer to them. */

#include "cursor.h"
#include "model.h"

bool allocs_read_types(struct model *model, struct allocs_elf *elf);
/* The type that a reference leads to; NULL for nothing. */
const struct model_type *allocs_read_type(const struct allocs_cursor *cursor, const struct model *model,
                                          uint64_t field);
const struct model_type *allocs_take_type(struct allocs_cursor *cursor, const struct model *model);

#endif
