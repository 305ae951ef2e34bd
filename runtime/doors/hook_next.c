/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What is underneath the hooks of a dynamically linked program: the next definition in the process. Looking it up takes
   the dynamic linker's lock, which a thread may hold that runs a constructor and waits for the caller: so it is done
   when the program begins, and after that only for what was not there then. */

#define _GNU_SOURCE
#include "doors/hook_next.h"

#include <dlfcn.h>
#include <errno.h>

void *allocs_hook_next_find(void **known, const char *name) {
  void *found = __atomic_load_n(known, __ATOMIC_RELAXED);
  if (!found) {
    int before = errno;
    found = dlsym(RTLD_NEXT, name);
    errno = before;
    __atomic_store_n(known, found, __ATOMIC_RELAXED);
  }
  return found;
}
