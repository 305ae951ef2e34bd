/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What is underneath the hooks of a dynamically linked program: the next definition in the process. Looking it up takes
   the dynamic linker's lock, which a thread may hold that runs a constructor and waits for the caller: so it is done
   when the program begins, and after that only for what was not there then. */

#define _GNU_SOURCE
#include "doors/hook_next.h"
#include "doors/preload.h"

#include <dlfcn.h>
#include <errno.h>

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

/* A preloaded runtime, which is next, is passed over. A lookup that fails leaves a message for dlerror(), until one
   that does not: so this one goes before. */
void *allocs_hook_next_symbol(const char *name) {
  static bool is_looked_for;
  static allocs_preload_beneath_fn *known;
  bool is_known = __atomic_load_n(&is_looked_for, __ATOMIC_ACQUIRE);
  allocs_preload_beneath_fn *beneath = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (!is_known) {
    *(void **)&beneath = dlsym(RTLD_NEXT, TEXT(ALLOCS_PRELOAD_BENEATH));
    __atomic_store_n(&known, beneath, __ATOMIC_RELAXED);
    __atomic_store_n(&is_looked_for, true, __ATOMIC_RELEASE);
  }
  return beneath ? beneath(name) : dlsym(RTLD_NEXT, name);
}

void *allocs_hook_next_find(void **known, const char *name) {
  void *found = __atomic_load_n(known, __ATOMIC_RELAXED);
  if (!found) {
    int before = errno;
    found = allocs_hook_next_symbol(name);
    errno = before;
    __atomic_store_n(known, found, __ATOMIC_RELAXED);
  }
  return found;
}
