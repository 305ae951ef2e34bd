/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Hooks of the calls that make threads, in a dynamically linked program: as in hook_next_malloc.c. */

#define _GNU_SOURCE
#include "doors/hooks.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>

/* The next of this name; the C library has them all. */
static void *find_next(const char *name) {
  int before = errno;
  void *found = dlsym(RTLD_NEXT, name);
  errno = before;
  return found;
}

#define HOOK(name) hook_##name
#define HOOK_LINKAGE static
#define REAL(name) (*(__typeof__(&name))find_next(#name))
#include "doors/hook_thread.def"

static int hook_sigaltstack(const stack_t *stack, stack_t *before) {
  if (stack)
    allocs_thread_stack_is_anywhere();
  return REAL(sigaltstack)(stack, before);
}

#define ALLOCS_THREADS(name) ALLOCS_HOOK_PUBLIC(name)
#include "allocs/hooked.def"

const char allocs_hook_next_thread = 1;
