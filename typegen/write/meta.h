/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_META_H
#define ALLOCS_TYPEGEN_META_H

/* Models as meta files; see docs/abi.md. */

#include "model/model.h"

/* The bytes of one, to be freed. They depend on the model's contents and order alone. NULL, and told, if a reference
   does not reach. Sets `at` of what the model has. */
unsigned char *allocs_meta_make(struct model *model, struct allocs_diag *diag, size_t *ret_size);

#endif
