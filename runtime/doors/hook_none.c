/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* No hooks: what compiled code allocates comes from the program's malloc, and is not kept track of. */

#include "doors/hooks.h"

#define ALLOCS_FAMILY_CORE(name, result, parameters) result name parameters;
#include "allocs/hooked.def"

static bool find_real(struct allocs_real *ret) {
#define ALLOCS_FAMILY_CORE(name, ...) ret->name = name;
#include "allocs/hooked.def"
  return false;
}

const struct allocs_hooks __allocs_hooks_none = {find_real, NULL};
