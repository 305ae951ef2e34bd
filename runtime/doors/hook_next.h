/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HOOK_NEXT_H
#define ALLOCS_HOOK_NEXT_H

/* The next definition of a function: of one of ours, what is underneath. NULL if there is none. */
void *allocs_hook_next_symbol(const char *name);

/* The function underneath a hook, kept in *known. NULL if there is none. Keeps errno. */
void *allocs_hook_next_find(void **known, const char *name);

#endif
