/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Hooks of the calls that make threads, in a dynamically linked program: as in hook_next_malloc.c. */

#define _GNU_SOURCE
#include "doors/hook_next.h"
#include "doors/hooks.h"

#include <pthread.h>
#include <signal.h>
#include <threads.h>

static struct {
#define ALLOCS_THREADS(name) __typeof__(&name) name;
#include "allocs/hooked.def"
} real;

#define HOOK(name) hook_##name
#define HOOK_LINKAGE static
#define REAL(name) (*(__typeof__(&name))allocs_hook_next_find((void **)&real.name, #name))
#include "doors/hook_thread.def"

static int hook_sigaltstack(const stack_t *stack, stack_t *before) {
  if (stack)
    allocs_thread_stack_is_anywhere();
  return REAL(sigaltstack)(stack, before);
}

#define ALLOCS_THREADS(name) ALLOCS_HOOK_PUBLIC(name)
#include "allocs/hooked.def"

void allocs_hook_next_thread_start(void) {
#define ALLOCS_THREADS(name) (void)REAL(name);
#include "allocs/hooked.def"
}
