/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Blocks of thread-local variables of all threads that are in the list: each where the thread's own vector says that
   its module's is. That may be stale, once a library has been closed: then only blocks count that are at a fixed
   distance from the thread pointer. Which module a file is, its dynamic linker says; the executable is the first.
   Stands for stack/tls.c. */

#include "state/tls_copy.h"
#include "arch/arch.h"
#include "image/image.h"
#include "stack/thread.h"
#include "stack/tls.h"
#include "stack/tls_block.h"
#include "target/images.h"
#include "target/loader_names.h"
#include <stdlib.h>

static struct {
  struct allocs_tls_block *all;
  size_t n, cap;
} blocks;
struct allocs_tls_loader allocs_tls_loader;

static const Elf64_Phdr *variables_of(const struct allocs_os_image *os) {
  const Elf64_Phdr *phdrs = os->phdrs;
  for (size_t i = 0; i < os->n_phdrs; i++)
    if (phdrs[i].p_type == PT_TLS && phdrs[i].p_memsz)
      return &phdrs[i];
  return NULL;
}

/* What a thread's vector says of a module: its length is before it, the blocks behind its first element. */
static uint64_t vector_says(struct allocs_target *target, uint64_t control, uint64_t module) {
  uint64_t vector, length, ret;
  return allocs_target_read(target, control + ALLOCS_ARCH_DTV, &vector, sizeof vector) && vector && vector % 8 == 0 &&
                 allocs_target_read(target, vector - 16, &length, sizeof length) && module <= length &&
                 allocs_target_read(target, vector + 16 * module, &ret, sizeof ret) && ret != UINT64_MAX
             ? ret
             : 0;
}

static void take(struct allocs_target *target, const struct allocs_copied_image *copied, uint64_t module,
                 uint64_t distance) {
  struct allocs_running at = {.thread = NULL};
  while (allocs_thread_next(&at)) {
    struct allocs_tls_block block = {.size = variables_of(&copied->os)->p_memsz, .distance = distance};
    block.begin = vector_says(target, at.control, module);
    block.image = allocs_image_find(copied->os.begin);
    if (!block.begin || !block.image ||
        (distance ? block.begin != at.control - distance : allocs_tls_loader.has_closed))
      continue;
    blocks.all = allocs_grow(blocks.all, blocks.n, &blocks.cap, sizeof *blocks.all);
    blocks.all[blocks.n++] = block;
  }
}

void allocs_tls_copy(struct allocs_target *target, const struct allocs_root *root) {
  const struct allocs_copied_image *copied, *executable = allocs_images_of_target(target->headers);
  allocs_images_read(allocs_images_to_local((uintptr_t)root->tls), &allocs_tls_loader, sizeof allocs_tls_loader);
  allocs_tls_loader.begin = allocs_images_to_local(allocs_tls_loader.begin);
  for (size_t i = 0; (copied = allocs_images_at(i)) != NULL; i++) {
    const Elf64_Phdr *phdr = variables_of(&copied->os);
    uint64_t align = phdr && phdr->p_align ? phdr->p_align : 1, module = 1, distance = 0;
    if (!phdr || !executable)
      continue;
    if (copied == executable)
      take(target, copied, module, (phdr->p_memsz + align - 1) / align * align);
    else if (allocs_loader_module(target, &executable->os, copied->os.bias - (uintptr_t)copied->copy + copied->begin,
                                  phdr, &module, &distance))
      take(target, copied, module, distance);
  }
}

static const struct allocs_tls_block *block_at(uintptr_t address, const struct alloc_arena *in) {
  for (size_t i = 0; i < blocks.n; i++) {
    const struct allocs_tls_block *block = &blocks.all[i];
    uintptr_t offset = in ? block->begin - (uintptr_t)in->begin : 0;
    if (address - block->begin < block->size && (!in || (offset < in->size && block->size <= in->size - offset)))
      return block;
  }
  return NULL;
}

bool allocs_tls_find(uintptr_t address, struct alloc_pos *ret) {
  const struct allocs_tls_block *block = block_at(address, NULL);
  if (block)
    allocs_tls_block_leaf(block, address, ret);
  return block;
}

static int find_block(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  const struct allocs_tls_block *block = block_at((uintptr_t)address, arena);
  if (block)
    allocs_tls_block_put(block, ret);
  return block != NULL;
}

static int find_variable(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  const struct allocs_tls_block *block = block_at((uintptr_t)address, NULL);
  (void)arena;
  return block && allocs_tls_block_find(block, (uintptr_t)address - block->begin, false, ret);
}

/* The first that ends behind an address; the arena is a block. */
static int next_variable(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  const struct allocs_tls_block *block = block_at((uintptr_t)arena->begin, NULL);
  uintptr_t from = (uintptr_t)address > (uintptr_t)arena->begin ? (uintptr_t)address : (uintptr_t)arena->begin;
  return block && allocs_tls_block_find(block, from - block->begin, true, ret);
}

static int next_block(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  const struct allocs_tls_block *best = NULL;
  uintptr_t begin = (uintptr_t)arena->begin, end = begin + arena->size, from = (uintptr_t)address;
  for (size_t i = 0; i < blocks.n; i++) {
    const struct allocs_tls_block *block = &blocks.all[i];
    if (block->begin >= begin && block->begin + block->size <= end && block->begin + block->size > from &&
        (!best || block->begin < best->begin))
      best = block;
  }
  if (best)
    allocs_tls_block_put(best, ret);
  return best != NULL;
}

const struct allocator alloc_tls_block = {.name = "tls-block", .find = find_block, .next = next_block};
const struct allocator alloc_tls = {.name = "tls", .find = find_variable, .next = next_variable};
