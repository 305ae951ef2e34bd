/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_AUXV_H
#define ALLOCS_AUXV_H

/* Notes where the argument vectors are. At start, since later a program may have written into them. */
void allocs_auxv_init(void);

#endif
