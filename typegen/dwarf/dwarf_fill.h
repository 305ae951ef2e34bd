/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_FILL_H
#define ALLOCS_TYPEGEN_DWARF_FILL_H

#include "dwarf/dwarf_types.h"

/* Makes all that was asked for, and what that refers to: types by number, whose entries go with `types`. `ret` is to be
   freed by the caller, in any case. False if they make no sense. */
bool allocs_dwarf_types_finish(struct dwarf_types *types, struct model_type **ret);

#endif
