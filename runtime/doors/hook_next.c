/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What is underneath the hooks of a dynamically linked program: the next definition in the process. Looking it up takes
   the dynamic linker's lock, which a thread may hold that runs a constructor and waits for the caller: so it is done
   when the program begins, and after that only for what was not there then. */

#define _GNU_SOURCE
#include "doors/hook_next.h"
#include "doors/preload.h"
#include "image/image.h"

#include <dlfcn.h>
#include <errno.h>

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

static bool is_root(const struct allocs_elf_note *note, void *arg) {
  (void)arg;
  return allocs_notes_is_root(note);
}

/* A preloaded runtime, which is next, is passed over. Whether there is one is seen by its note, once for each library
   that has the next: looking for what is not there would allocate, and leave a message for dlerror(). */
void *allocs_hook_next_symbol(const char *name) {
  static allocs_preload_beneath_fn *known;
  static const void *other; /* atomic: the library that was seen last to be none */
  allocs_preload_beneath_fn *beneath = __atomic_load_n(&known, __ATOMIC_RELAXED);
  struct allocs_os_image image;
  if (beneath)
    return beneath(name);
  void *found = dlsym(RTLD_NEXT, name);
  if (!found || !allocs_os_find_loaded((uintptr_t)found, &image) ||
      image.handle == __atomic_load_n(&other, __ATOMIC_RELAXED))
    return found;
  if (!allocs_os_find_image((uintptr_t)found, &image) || !allocs_image_each_note(&image, is_root, NULL)) {
    __atomic_store_n(&other, image.handle, __ATOMIC_RELAXED);
    return found;
  }
  *(void **)&beneath = dlsym(RTLD_NEXT, TEXT(ALLOCS_PRELOAD_BENEATH));
  __atomic_store_n(&known, beneath, __ATOMIC_RELAXED);
  return beneath ? beneath(name) : found;
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
