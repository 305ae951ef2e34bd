/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_CALLEES_H
#define ALLOCS_TYPEGEN_DWARF_CALLEES_H

/* Which allocation function code calls, by the name that the linker knows it by: of those that the runtime hooks. */

#include "dwarf/dwarf_file.h"
#include "ground/machine.h"
#include "ground/pool.h"

struct dwarf_callees {     /* begins as zero */
  struct allocs_map slots; /* names, by the address of what the dynamic linker fills with the function's */
  struct allocs_map functions;
};
void allocs_dwarf_callees_read(struct dwarf_callees *callees, const struct allocs_dwarf *dwarf);
void allocs_dwarf_callees_fini(struct dwarf_callees *callees);
/* Where an instruction goes that ends before an address; NULL if to none of these. */
const char *allocs_dwarf_callee(struct dwarf_callees *callees, const struct allocs_dwarf *dwarf,
                                struct allocs_machine_transfer how, uint64_t after);

#endif
