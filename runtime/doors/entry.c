/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Entry: what compiled code calls; see allocs/abi.h. These definitions take the place of the weak ones in its objects.
   Where blocks are not kept track of, they call what the program's own calls do, by its name. */

#include "allocs.h"
#include "allocs/abi.h"
#include "answers/parts.h"
#include "arenas/pools.h"
#include "doors/hooks.h"
#include "heap/blocks.h"
#include "heap/recent_blocks.h"
#include "heap/returned_blocks.h"
#include "image/image.h"
#include "types/type.h"

#include <stdlib.h>

/* What names this file to the linker, since objects have definitions of the functions. */
extern const char __allocs_entry;
const char __allocs_entry = 1;

extern const struct allocs_hooks __allocs_hooks_next __attribute__((weak));
extern const struct allocs_hooks __allocs_hooks_wrap __attribute__((weak));

static bool find_real(struct allocs_real *ret) {
  const struct allocs_hooks *hooks = &__allocs_hooks_next   ? &__allocs_hooks_next
                                     : &__allocs_hooks_wrap ? &__allocs_hooks_wrap
                                                            : &__allocs_hooks_none;
  return hooks->find_real(ret);
}

static inline bool is_ready(void) { return allocs_heap_ready(find_real); }

static __attribute__((noinline)) void *any_malloc(size_t size, const struct allocs_site *site, const void *caller) {
  return is_ready() ? allocs_heap_malloc(size, allocs_heap_origin(site, caller)) : malloc(size);
}

/* The origin of a call that has allocated before; else 0. Sites are made only if blocks are kept track of. Who links
   without their section has none. */
static inline uint32_t known_origin(const struct allocs_site *site) {
  return ALLOCS_LIKELY(site) ? allocs_site_made(site) : 0;
}

void *__allocs_malloc(size_t size, const struct allocs_site *site) {
  uint32_t origin = known_origin(site);
  if (ALLOCS_LIKELY(origin))
    return allocs_heap_malloc_inline(size, origin);
  return any_malloc(size, site, __builtin_return_address(0));
}

void *__allocs_calloc(size_t n, size_t size, const struct allocs_site *site) {
  const void *caller = __builtin_return_address(0);
  return is_ready() ? allocs_heap_calloc(n, size, allocs_heap_origin(site, caller)) : calloc(n, size);
}

void *__allocs_realloc(void *ptr, size_t size, const struct allocs_site *site) {
  uint32_t origin = ALLOCS_LIKELY(!ptr) ? known_origin(site) : 0;
  if (ALLOCS_LIKELY(origin))
    return allocs_heap_malloc(size, origin);
  const void *caller = __builtin_return_address(0);
  return is_ready() ? allocs_heap_realloc(ptr, size, allocs_heap_origin(site, caller)) : realloc(ptr, size);
}

static __attribute__((noinline)) void first_made(void *block, const struct allocs_site *site) {
  if (is_ready())
    allocs_blocks_made((uintptr_t)block, allocs_site_origin(site));
}

void __allocs_made(void *block, const struct allocs_site *site) {
  if (ALLOCS_UNLIKELY(!block) || ALLOCS_UNLIKELY(!site))
    return;
  uint32_t origin = allocs_site_made(site);
  if (ALLOCS_LIKELY(origin))
    allocs_blocks_made((uintptr_t)block, origin);
  else
    first_made(block, site);
}

void __allocs_opened(void *block) { allocs_recent_blocks_note(block); }

const uint64_t *__allocs_recent(void) { return &allocs_recent_blocks.count; }

void __allocs_returned(void *pointer, const struct allocs_site *site, uint64_t before, uint64_t sizes, uint64_t number0,
                       uint64_t number1, uint64_t number2) {
  if (pointer && site && is_ready())
    allocs_returned_blocks_tell((uintptr_t)pointer, site, before, sizes, (uint64_t[]){number0, number1, number2});
}

void __allocs_part(void *pointer, const struct allocs_site *site, uint64_t size, const void *pool) {
  if (ALLOCS_LIKELY(pointer && site) && is_ready())
    allocs_parts_tell((uintptr_t)pointer, site, size, pool);
}

void __allocs_part_ended(const void *pointer) { allocs_part_index_end((uintptr_t)pointer); }

void __allocs_pool_reset(const void *pool) { allocs_pools_reset(pool); }

void __allocs_filled(void *pointer, const struct allocs_site *site) {
  if (pointer && site && is_ready())
    allocs_parts_tell_filled((uintptr_t)pointer, site);
}

const struct uniqtype *__allocs_type(const struct allocs_type *record) {
  return ALLOCS_LIKELY(!allocs_image_is_damaged((uintptr_t)record)) ? allocs_image_type_of(record) : NULL;
}

/* Calls of it that the plugin has seen are calls of __allocs_type. */
const struct uniqtype *__allocs_typeof(int unused, ...) {
  (void)unused;
  return NULL;
}

#define SECOND_NAME(name)                                                                                              \
  extern __typeof__(__allocs_##name) __allocs_rt_##name                                                                \
      __attribute__((alias("__allocs_" #name), visibility("default")));
#define DIRECT(name) SECOND_NAME(name)
#define AFTER(name)
#define ALLOCS_GIVES(name, beneath, entry, ...) entry(name)
#include "allocs/hooked.def"
SECOND_NAME(made)
SECOND_NAME(opened)
SECOND_NAME(recent)
SECOND_NAME(returned)
SECOND_NAME(part)
SECOND_NAME(part_ended)
SECOND_NAME(pool_reset)
SECOND_NAME(filled)
SECOND_NAME(type)
