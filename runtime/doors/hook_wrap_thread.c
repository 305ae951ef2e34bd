/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Hooks of the calls that make threads, in a statically linked program: as in hook_wrap.c, but in a file of their own,
   which is linked only if the program makes threads: it brings the C library's along. Those are called by their second
   names: under the first, the archive of the runtime has the hooks of dynamic programs, which would be found first. */

#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <threads.h>

int __pthread_create(pthread_t *ret, const pthread_attr_t *attr, void *(*run)(void *), void *arg);
int __thrd_create(thrd_t *ret, thrd_start_t run, void *arg);
#define ALLOCS_THREADS(name) __typeof__(name) __wrap_##name;
#include "allocs/hooked.def"

#define HOOK(name) __wrap_##name
#define HOOK_LINKAGE
#define REAL(name) __##name
#include "doors/hook_thread.def"
