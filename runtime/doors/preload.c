/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Preloaded: what the runtime needs to know where it is a shared library before all others, and not part of the
   executable. Links of executables leave this file out.

   A runtime exports __allocs_runtime. Where the executable has one, calls that come to the hooks of this library go on
   to what is beneath, and those of the executable's look past them. */

#define _GNU_SOURCE
#include "doors/preload.h"
#include "bytes/dynamic_symbols.h"
#include "os/os.h"

#include <dlfcn.h>

bool allocs_preload_stands_aside(void) {
  struct allocs_os_image image;
  return allocs_os_find_loaded((uintptr_t)dlsym(RTLD_DEFAULT, "__allocs_runtime"), &image) && !image.name[0];
}

/* The dynamic linker tells by the caller what is next: so this must not end in a jump. */
__attribute__((visibility("default"))) allocs_preload_beneath_fn ALLOCS_PRELOAD_BENEATH;
void *ALLOCS_PRELOAD_BENEATH(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  __asm__("" : "+r"(found));
  return found;
}

/* Such a symbol has an address though it is not defined. */
bool allocs_preload_is_stub(const char *function, const void *address) {
  struct allocs_os_image image;
  struct allocs_symtab table;
  if (!allocs_os_find_image((uintptr_t)address, &image))
    return false;
  struct allocs_segments segments = allocs_os_segments(&image);
  if (!allocs_dynamic_symbols(&segments, &table))
    return false;
  for (uint64_t i = 0; i < table.n; i++) {
    Elf64_Sym symbol = allocs_symtab_at(&table, i);
    const char *name = allocs_symtab_name(&table, &symbol);
    if (symbol.st_shndx == SHN_UNDEF && symbol.st_value + image.bias == (uintptr_t)address && name &&
        allocs_same_text(name, function))
      return true;
  }
  return false;
}
