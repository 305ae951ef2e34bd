/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_CFI_VALUE_H
#define ALLOCS_CFI_VALUE_H

/* Values that unwind tables state by an expression: of registers, and of memory within given bounds. */

#include "os/os.h"
#include "unwind/cfi.h"

/* What an expression may look at: registers, and the memory from begin to end. */
struct allocs_cfi_state {
  const uintptr_t *regs;
  allocs_arch_set known;
  uintptr_t begin, end;
  struct allocs_os_window *window; /* through which it is read, if it may go meanwhile; else NULL */
};
bool allocs_cfi_value_load(const struct allocs_cfi_state *state, uintptr_t address, unsigned size, uintptr_t *ret);
/* `first` is what the expression's stack starts with: the CFA for registers, nothing for the CFA itself. */
bool allocs_cfi_value_evaluate(const struct allocs_cfi_state *state, const struct allocs_cfi_rule *rule,
                               const uintptr_t *first, uintptr_t *ret);

#endif
