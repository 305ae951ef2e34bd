/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HOOK_NEXT_H
#define ALLOCS_HOOK_NEXT_H

/* The function underneath a hook, kept in *known. NULL if there is none. Keeps errno. */
void *allocs_hook_next_find(void **known, const char *name);

#endif
