/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HOOKS_H
#define ALLOCS_HOOKS_H

/* By what the malloc family and the calls that map are hooked. A program links one of the first two, by `-u` and its
   name; or neither, where another tool needs the place, and then its heap is not kept track of. */

#include "heap/heap.h"

struct allocs_hooks {
  allocs_real_find *find_real;
  void (*start)(void); /* when the program begins; or NULL */
};

/* Our hook_<name> under the name that it stands for. Weak, so that a program that has one still links. */
#define ALLOCS_HOOK_PUBLIC(name)                                                                                       \
  __attribute__((weak, visibility("default"), alias("hook_" #name))) extern __typeof__(hook_##name) name;

/* In the other hook_next_*.c: look up what is underneath their hooks. */
void allocs_hook_next_map_start(void);
void allocs_hook_next_thread_start(void);
void allocs_hook_next_end_start(void);

/* Variables, since links name them: they bring their files along, or tell, by a weak reference, if those are there. */
extern const struct allocs_hooks __allocs_hooks_next; /* dynamic: hook_next_malloc.c */
extern const struct allocs_hooks __allocs_hooks_wrap; /* -static, with ld --wrap: hook_wrap.c */
extern const struct allocs_hooks __allocs_hooks_none; /* hook_none.c */

#endif
