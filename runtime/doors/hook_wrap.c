/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Hooks of a statically linked program: ld --wrap=malloc leads all calls of malloc, libc's own among them, to
   __wrap_malloc, and ours of __real_malloc to malloc. A program links this file by -u __allocs_hooks_wrap, wraps each
   function of hook_family.def and those below that map, and names malloc and libc before the archive of the runtime,
   whose hook_next_malloc.c would be taken for malloc otherwise.

   All but four are weak: a program with a malloc of its own may have no more, and libc's must not come in beside it.
   Its own calls of functions in the same object are not led to us. So such a malloc is kept track of only if it is a
   whole allocator, to be told by malloc_usable_size: those are made to be linked beneath any program. */

#include "doors/hooks.h"
#include "mapping/map_calls.h"
#include "stack/thread.h"

#include <signal.h>
#include <stdarg.h>

static bool find_real(struct allocs_real *ret);

#define HOOK(name) __wrap_##name
#define FAMILY_LINKAGE
#define WRAPPED(attribute, result, name, ...)                                                                          \
  result __wrap_##name(__VA_ARGS__);                                                                                   \
  attribute result __real_##name(__VA_ARGS__);
#define WEAK __attribute__((weak))
WRAPPED(, void *, malloc, size_t)
WRAPPED(, void, free, void *)
WRAPPED(, void *, calloc, size_t, size_t)
WRAPPED(, void *, realloc, void *, size_t)
WRAPPED(WEAK, void *, memalign, size_t, size_t)
WRAPPED(WEAK, void *, aligned_alloc, size_t, size_t)
WRAPPED(WEAK, int, posix_memalign, void **, size_t, size_t)
WRAPPED(WEAK, size_t, malloc_usable_size, void *)
void *__wrap_reallocarray(void *, size_t, size_t);
void *__wrap_valloc(size_t);
void *__wrap_pvalloc(size_t);
#include "doors/hook_family.def"

/* Those that map go to the kernel, as the C library's do. It keeps where the break is: those that move it are not
   wrapped. */
void *__wrap_mmap(void *, size_t, int, int, int, long);
void *__wrap_mmap64(void *, size_t, int, int, int, long);
int __wrap_munmap(void *, size_t);
void *__wrap_mremap(void *, size_t, size_t, int, ...);
void *__wrap_shmat(int, const void *, int);
int __wrap_shmdt(const void *);

void *__wrap_mmap(void *begin, size_t size, int protection, int flags, int fd, long offset) {
  return allocs_map_calls_mmap(begin, size, protection, flags, fd, offset, __builtin_return_address(0));
}

void *__wrap_mmap64(void *begin, size_t size, int protection, int flags, int fd, long offset) {
  return allocs_map_calls_mmap(begin, size, protection, flags, fd, offset, __builtin_return_address(0));
}

int __wrap_munmap(void *begin, size_t size) { return allocs_map_calls_munmap(begin, size); }

void *__wrap_mremap(void *old, size_t old_size, size_t size, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  void *begin = va_arg(rest, void *);
  va_end(rest);
  return allocs_map_calls_mremap(old, old_size, size, flags, begin, __builtin_return_address(0));
}

void *__wrap_shmat(int id, const void *begin, int flags) {
  return allocs_map_calls_shmat(id, begin, flags, __builtin_return_address(0));
}

int __wrap_shmdt(const void *begin) { return allocs_map_calls_shmdt(begin); }

int __sigaltstack(const stack_t *, stack_t *);
int __wrap_sigaltstack(const stack_t *, stack_t *);

int __wrap_sigaltstack(const stack_t *stack, stack_t *before) {
  allocs_thread_stacks_anywhere |= stack != NULL;
  return __sigaltstack(stack, before);
}

extern void *__libc_malloc(size_t) WEAK;
/* Is there if glibc's allocator is; others have functions of the names above, too. */
extern void __malloc_fork_lock_parent(void) WEAK;

static bool find_real(struct allocs_real *ret) {
  ret->malloc = __real_malloc;
  ret->free = __real_free;
  ret->calloc = __real_calloc;
  ret->realloc = __real_realloc;
  ret->memalign = __real_memalign;
  ret->aligned_alloc = __real_aligned_alloc;
  ret->posix_memalign = __real_posix_memalign;
  ret->usable_size = __real_malloc_usable_size;
  ret->is_libcs = __malloc_fork_lock_parent != NULL;
  return __libc_malloc ? __real_malloc == __libc_malloc : __real_malloc_usable_size != NULL;
}

const struct allocs_hooks __allocs_hooks_wrap = {find_real, NULL, NULL};
