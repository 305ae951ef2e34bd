/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_FRAME_H
#define ALLOCS_TYPEGEN_DWARF_FRAME_H

/* Where the locals of a function are, if they are in its frame, and at one place all the time. */

#include "dwarf/dwarf_file.h"

struct dwarf_frame_base {
  bool is_known;
  int base_register; /* from which locals may be told, too; -1: none */
  int64_t distance;  /* from the frame pointer, as docs/abi.md has it, to the frame base */
};
struct dwarf_frame_base allocs_dwarf_frame_base(const struct allocs_dwarf *dwarf, Dwarf_Die *function,
                                                Dwarf_Addr entry);
/* Of a variable or parameter: from the frame pointer to its first byte. False if it is not known to be there always. */
bool allocs_dwarf_frame_place(const struct dwarf_frame_base *base, Dwarf_Die *local, int32_t *ret);

#endif
