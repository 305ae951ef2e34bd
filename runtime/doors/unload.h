/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_UNLOAD_H
#define ALLOCS_UNLOAD_H

/* Closing libraries; see unload.c. */

/* Before an image may go: dlclose() is about to be called. After: it has been. */
void allocs_unload_begin(void);
void allocs_unload_end(void);

#endif
