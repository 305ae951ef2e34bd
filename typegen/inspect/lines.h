/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_LINES_H
#define ALLOCS_INSPECT_LINES_H

#include <stdbool.h>
#include <stdint.h>

struct allocs_line {
  const char *file; /* lives until allocs_lines_fini */
  int line;
};
/* Where in the source an instruction at a local address is from: by the DWARF of its file, if that is still the one
   that was loaded; else by a meta file's table of calls, if it is one. False if neither tells. */
bool allocs_lines_find(uint64_t code, struct allocs_line *ret);
void allocs_lines_fini(void);

#endif
