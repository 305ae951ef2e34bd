/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Hooks of a dynamically linked program: the malloc family and dlclose, before those of any library.

   The definitions are weak, so that a program with a malloc of its own still links. If its malloc, free, calloc or
   realloc stands before ours, or the linker was told to hide ours from the libraries (--exclude-libs, a version
   script), which then free and resize without our knowing, nothing is kept track of. The allocator underneath is the
   next in the process, for each function that is ours, else the program's own, to which a preloaded runtime must not
   come back. What the dynamic linker allocates while it looks them up comes from early_heap.c. A program links this
   file by -u __allocs_hooks_next. */

#define _GNU_SOURCE
#include "doors/hook_next.h"
#include "doors/hooks.h"
#include "doors/preload.h"
#include "doors/unload.h"
#include "heap/heap.h"
#include "image/image.h"
#include "mapping/map_calls.h"
#include "os/os.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>

static bool find_real(struct allocs_real *ret);

#define HOOK(name) hook_##name
#define HOOK_LINKAGE static
#include "doors/hook_family.def"

static int hook_dlclose(void *handle) {
  int (*real)(void *) = NULL;
  *(void **)&real = allocs_hook_next_symbol("dlclose");
  allocs_unload_begin();
  int result = real ? real(handle) : -1;
  allocs_unload_end();
  return result;
}

#define ALLOCS_FAMILY(name, ...) ALLOCS_HOOK_PUBLIC(name)
#define ALLOCS_CLOSES(name, ...) ALLOCS_HOOK_PUBLIC(name)
#include "allocs/hooked.def"

static bool is_preloaded(void) { return allocs_preload_is_stub; }

/* By these names compiled code in a library sees whether what it calls is the hook. */
#define SECOND_NAME(name)                                                                                              \
  __attribute__((visibility("default"), alias("hook_" #name))) extern __typeof__(hook_##name) __allocs_rt_hook_##name;
#define DIRECT(name) SECOND_NAME(name)
#define AFTER(name)
#define ALLOCS_GIVES(name, beneath, entry, ...) entry(name)
#include "allocs/hooked.def"

/* Stores in *ret where calls of `name` are to go, and tells whether the name means our hook in the executable. */
static bool find_one(const char *name, void *meaning, void *hook, void *ret) {
  __asm__("" : "+r"(meaning)); /* else it is taken for granted that an alias is what it is an alias of */
  bool ours = meaning == hook;
  void *found = ours || is_preloaded() ? allocs_hook_next_symbol(name) : meaning;
  if (found)
    *(void **)ret = found;
  return ours || (is_preloaded() && allocs_preload_is_stub(name, meaning));
}

/* By the library they are in: other allocators have functions of the C library's own names, too. */
static bool are_libcs(const struct allocs_real *real) {
#define ALLOCS_FAMILY_CORE(name, ...) (uintptr_t)real->name,
#define ALLOCS_FAMILY_FOUND(name, ...) (uintptr_t)real->name,
  const uintptr_t functions[] = {
#include "allocs/hooked.def"
  };
  struct allocs_os_image image, libc;
  if (!allocs_os_find_libc(&libc))
    return false;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (!allocs_os_find_loaded(functions[i], &image) || image.handle != libc.handle)
      return false;
  return true;
}

/* Whether it does so in libraries, too. */
static bool is_for_all(const char *name, const void *hook) {
  return is_preloaded() || dlsym(RTLD_DEFAULT, name) == hook;
}

static bool find_real(struct allocs_real *ret) {
  int before = errno;
  bool ours = !is_preloaded() || !allocs_preload_stands_aside();
#define FIND(name) find_one(#name, (void *)&name, (void *)&hook_##name, &ret->name)
#define ALLOCS_FAMILY_CORE(name, ...) ours &= FIND(name) && is_for_all(#name, (void *)&hook_##name);
#define ALLOCS_FAMILY_FOUND(name, ...) FIND(name);
#include "allocs/hooked.def"
  ret->is_libcs = are_libcs(ret);
  errno = before;
  return ours;
}

static void start(void) {
  allocs_hook_next_map_start();
  allocs_hook_next_thread_start();
  allocs_hook_next_end_start();
}

const struct allocs_hooks __allocs_hooks_next = {find_real, start};
