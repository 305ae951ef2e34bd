/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Hooks of a statically linked program: ld --wrap=malloc leads all calls of malloc, libc's own among them, to
   __wrap_malloc, and ours of __real_malloc to malloc. A program links this file by -u __allocs_hooks_wrap, wraps each
   function of allocs/hooked.def but those that are DYNAMIC, and names malloc and libc before the archive of the
   runtime, whose hook_next_malloc.c would be taken for malloc otherwise.

   All but the CORE are weak: a program with a malloc of its own may have no more, and libc's must not come in beside
   it. Its own calls of functions in the same object are not led to us. So such a malloc is kept track of only if it is
   a whole allocator, to be told by malloc_usable_size: those are made to be linked beneath any program. */

#define _GNU_SOURCE
#include "doors/hooks.h"
#include "mapping/map_calls.h"
#include "stack/thread_stack.h"

#include <signal.h>

static bool find_real(struct allocs_real *ret);

#define HOOK(name) __wrap_##name
#define HOOK_LINKAGE
#define WEAK __attribute__((weak))
#define ALLOCS_FAMILY_CORE(name, result, parameters)                                                                   \
  result __wrap_##name parameters;                                                                                     \
  result __real_##name parameters;
#define ALLOCS_FAMILY_FOUND(name, result, parameters)                                                                  \
  result __wrap_##name parameters;                                                                                     \
  WEAK result __real_##name parameters;
#define ALLOCS_FAMILY_MADE(name, result, parameters) result __wrap_##name parameters;
#include "allocs/hooked.def"
#include "doors/hook_family.def"

/* Those that map go to the kernel, as the C library's do. It keeps where the break is: those that move it are not
   wrapped. */
#define ALLOCS_MAPS_CORE(name, result, parameters) result __wrap_##name parameters;
#define ALLOCS_MAPS_MADE(name, result, parameters) result __wrap_##name parameters;
#include "allocs/hooked.def"
#include "doors/hook_map.def"

int __sigaltstack(const stack_t *, stack_t *);
int __wrap_sigaltstack(const stack_t *, stack_t *);

int __wrap_sigaltstack(const stack_t *stack, stack_t *before) {
  if (stack)
    allocs_thread_stack_is_anywhere();
  return __sigaltstack(stack, before);
}

extern void *__libc_malloc(size_t) WEAK;
/* Is there if glibc's allocator is; others have functions of the names above, too. */
extern void __malloc_fork_lock_parent(void) WEAK;

static bool find_real(struct allocs_real *ret) {
#define ALLOCS_FAMILY_CORE(name, ...) ret->name = __real_##name;
#define ALLOCS_FAMILY_FOUND(name, ...) ret->name = __real_##name;
#include "allocs/hooked.def"
  ret->is_libcs = __malloc_fork_lock_parent != NULL;
  return __libc_malloc ? __real_malloc == __libc_malloc : __real_malloc_usable_size != NULL;
}

const struct allocs_hooks __allocs_hooks_wrap = {find_real, NULL};
