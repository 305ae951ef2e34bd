/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Thread-local variables: in each thread a block per module (a loaded file that has some), in each block the variables.

   The asking thread's blocks the dynamic linker tells. Another thread's are where its own vector of blocks says, which
   is read through the kernel ("ELF Handling For Thread-Local Storage", variant II; glibc's layout of the vector).
   The vector of a thread that has not run into a library's block since may still say what was there before a library
   was closed: once one with such variables has been, only blocks at a fixed distance from the thread pointer are
   believed.

   Nothing is asked for that does not exist yet, since asking would allocate it. Where a variable lies in its block is
   the same in all threads. */

#include "stack/tls.h"
#include "arch/arch.h"
#include "heap/blocks.h"
#include "heap/heap_index.h"
#include "image/image.h"
#include "stack/thread.h"
#include "stack/tls_block.h"

#include <elf.h>
#include <string.h>

enum { MOST_STATIC = 1 << 20 }; /* bytes below the thread pointer */

struct allocs_tls_loader allocs_tls_loader;
/* Of the executable's block, which every thread has at the same distance below its thread pointer. Found once. */
static struct {
  uintptr_t distance;
  uint64_t size; /* atomic: 0 until found, stored last */
} executable;
static unsigned modules_then; /* while libraries are being closed, under the loader's eyes only a hint */

/* Of the blocks in an arena, the one that holds an address, or the first that ends after it. */
struct search {
  const struct alloc_arena *arena; /* NULL: anywhere */
  uintptr_t address;
  bool is_next, found;
  struct allocs_tls_block best;
};

void allocs_tls_init(void) {
  struct allocs_os_image loader;
  uintptr_t base = allocs_os_loader();
  if (base && allocs_os_find_loaded(base, &loader))
    allocs_tls_loader.begin = loader.begin, allocs_tls_loader.size = loader.end - loader.begin;
}

static int count_module(const struct allocs_os_image *os, void *arg) {
  *(unsigned *)arg += os->tls_module != 0;
  return 0;
}

static unsigned count_modules(void) {
  unsigned n = 0;
  allocs_os_each_image(count_module, &n);
  return n;
}

/* Where they cannot be counted, within another dlclose(), one may go. */
void allocs_tls_closing(void) {
  __atomic_store_n(&modules_then, allocs_os_may_list() ? count_modules() : UINT32_MAX, __ATOMIC_RELAXED);
}

void allocs_tls_closed(void) {
  if (count_modules() < __atomic_load_n(&modules_then, __ATOMIC_RELAXED))
    __atomic_store_n(&allocs_tls_loader.has_closed, true, __ATOMIC_RELEASE);
}

/* Blocks */

static uint64_t size_of_block(const struct allocs_os_image *os) {
  const Elf64_Phdr *phdrs = os->phdrs;
  for (size_t i = 0; os->tls_module && i < os->n_phdrs; i++)
    if (phdrs[i].p_type == PT_TLS)
      return phdrs[i].p_memsz;
  return 0;
}

static bool is_in(const struct search *search, uintptr_t begin, uint64_t size) {
  const struct alloc_arena *arena = search->arena;
  uintptr_t offset = begin - (arena ? (uintptr_t)arena->begin : 0);
  return (!arena || (offset < arena->size && size <= arena->size - offset)) && search->address < begin + size &&
         (search->is_next ? !search->found || begin < search->best.begin : search->address >= begin);
}

/* What a thread's vector says of a module: its length is before it, the blocks behind its first element. */
static bool vector_says(uintptr_t control, size_t module, uintptr_t *ret) {
  uintptr_t vector, length;
  return allocs_os_read(control + ALLOCS_ARCH_DTV, &vector, sizeof vector) && vector && vector % 8 == 0 &&
         allocs_os_read(vector - 16, &length, sizeof length) && module <= length &&
         allocs_os_read(vector + 16 * module, ret, sizeof *ret) && *ret && *ret != UINTPTR_MAX;
}

static bool block_of(const struct allocs_running *thread, const struct search *search,
                     const struct allocs_tls_block *of, size_t module, uintptr_t *ret) {
  uintptr_t says;
  bool is_static = of->distance && of->distance < MOST_STATIC;
  if (is_static && !is_in(search, thread->control - of->distance, of->size))
    return false;
  if ((!is_static && __atomic_load_n(&allocs_tls_loader.has_closed, __ATOMIC_ACQUIRE)) ||
      !vector_says(thread->control, module, &says) || (is_static && says != thread->control - of->distance))
    return false;
  *ret = says;
  return is_in(search, says, of->size);
}

static void note_executable(const struct allocs_tls_block *block) {
  if (block->image != allocs_image_executable || !block->distance || block->distance >= MOST_STATIC)
    return;
  __atomic_store_n(&executable.distance, block->distance, __ATOMIC_RELAXED);
  __atomic_store_n(&executable.size, block->size, __ATOMIC_RELEASE);
}

static int search_module(const struct allocs_os_image *os, void *arg) {
  struct search *search = arg;
  struct allocs_running at = {.thread = NULL};
  struct allocs_tls_block block = {.size = size_of_block(os), .begin = (uintptr_t)os->tls_block};
  struct allocs_image *image = block.size ? allocs_image_find(os->begin) : NULL;
  if (!image || image->os.handle != os->handle)
    return 0;
  block.image = image;
  block.distance = block.begin ? allocs_arch_thread_pointer() - block.begin : 0;
  note_executable(&block);
  if (block.begin && is_in(search, block.begin, block.size)) {
    search->best = block;
    search->found = true;
  }
  while (!(search->found && !search->is_next) && allocs_thread_next(&at))
    if (!at.is_asker && block_of(&at, search, &block, os->tls_module, &block.begin) && allocs_thread_is_running(&at)) {
      search->best = block;
      search->found = true;
    }
  return search->found && !search->is_next;
}

/* Blocks lie below a thread pointer, or on the heap, where the loader made them. Elsewhere none need be looked for, nor
   the loader's lock be taken. */
static bool may_be_in_block(uintptr_t address) {
  struct allocs_running at = {.thread = NULL};
  struct alloc_pos on_heap = {.size = 0};
  if (allocs_arch_thread_pointer() - address < MOST_STATIC)
    return true;
  while (allocs_thread_next(&at))
    if (at.control - address < MOST_STATIC)
      return true;
  bool is_heap_known = allocs_heap_index_is_there() && allocs_tls_loader.size;
  return !is_heap_known || (allocs_blocks_find(address, &on_heap) && allocs_tls_is_loader(on_heap.site));
}

static bool find_block(struct search *search) {
  if (!ALLOCS_ARCH_TLS || (!search->is_next && !may_be_in_block(search->address)))
    return false;
  allocs_os_each_image(search_module, search);
  return search->found;
}

bool allocs_tls_find_own(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_tls_block block = {.size = __atomic_load_n(&executable.size, __ATOMIC_ACQUIRE)};
  block.distance = executable.distance;
  block.begin = allocs_arch_thread_pointer() - block.distance;
  block.image = allocs_image_executable;
  if (address - block.begin >= block.size || ALLOCS_UNLIKELY(!block.image))
    return false;
  allocs_tls_block_leaf(&block, address, ret);
  return true;
}

bool allocs_tls_find(uintptr_t address, struct alloc_pos *ret) {
  struct search search = {.address = address};
  if (!find_block(&search))
    return false;
  allocs_tls_block_leaf(&search.best, address, ret);
  return true;
}

static int find_in_blocks(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct search search = {.arena = arena, .address = (uintptr_t)address};
  if (!find_block(&search))
    return false;
  allocs_tls_block_put(&search.best, ret);
  return true;
}

static int next_block(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct search search = {.arena = arena, .address = (uintptr_t)address, .is_next = true};
  if (!find_block(&search))
    return false;
  allocs_tls_block_put(&search.best, ret);
  return true;
}

static int find_in_variables(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct search search = {.address = (uintptr_t)address};
  (void)arena;
  return find_block(&search) && allocs_tls_block_find(&search.best, (uintptr_t)address - search.best.begin, false, ret);
}

/* The arena is a block. */
static int next_variable(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  uintptr_t begin = (uintptr_t)arena->begin, from = (uintptr_t)address > begin ? (uintptr_t)address : begin;
  struct search search = {.address = begin};
  return find_block(&search) && search.best.begin == begin &&
         allocs_tls_block_find(&search.best, from - begin, true, ret);
}

ALLOCS_IMAGE_ASKS(block_find, find_in_blocks)
ALLOCS_IMAGE_ASKS(block_next, next_block)
ALLOCS_IMAGE_ASKS(tls_find, find_in_variables)
ALLOCS_IMAGE_ASKS(tls_next, next_variable)

const struct allocator alloc_tls_block = {.name = "tls-block", .find = block_find, .next = block_next};
const struct allocator alloc_tls = {.name = "tls", .find = tls_find, .next = tls_next};
