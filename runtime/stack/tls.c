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
#include "bytes/dynamic_symbols.h"
#include "heap/blocks.h"
#include "heap/heap_index.h"
#include "image/image.h"
#include "image/image_parts.h"
#include "stack/thread.h"
#include "types/type.h"

#include <elf.h>
#include <string.h>

enum { MOST_STATIC = 1 << 20 }; /* bytes below the thread pointer */

struct allocs_tls_loader allocs_tls_loader;
/* Of the executable's block, which every thread has at the same distance below its thread pointer. Found once. */
static struct {
  uintptr_t distance;
  uint64_t size; /* atomic: 0 until found, stored last */
} executable;
static bool has_closed;       /* atomic: a module went */
static unsigned modules_then; /* while libraries are being closed, under the loader's eyes only a hint */

struct block {
  uintptr_t begin;
  uint64_t size;
  uintptr_t own; /* the asking thread's of this module; 0 if it has none yet */
  struct allocs_image *image;
};

/* Of the blocks in an arena, the one that holds an address, or the first that ends after it. */
struct search {
  const struct alloc_arena *arena; /* NULL: anywhere */
  uintptr_t address;
  bool is_next, found;
  struct block best;
};

void allocs_tls_init(void) {
  struct allocs_os_image loader;
  uintptr_t base = allocs_os_loader();
  if (base && allocs_os_find_loaded(base, &loader))
    allocs_tls_loader = (struct allocs_tls_loader){loader.begin, loader.end - loader.begin};
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
    __atomic_store_n(&has_closed, true, __ATOMIC_RELEASE);
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

static bool block_of(const struct allocs_running *thread, const struct search *search, const struct block *of,
                     size_t module, uintptr_t *ret) {
  uintptr_t distance = allocs_arch_thread_pointer() - of->own, says;
  bool is_static = of->own && distance < MOST_STATIC;
  if (is_static && !is_in(search, thread->control - distance, of->size))
    return false;
  if ((!is_static && __atomic_load_n(&has_closed, __ATOMIC_ACQUIRE)) || !vector_says(thread->control, module, &says) ||
      (is_static && says != thread->control - distance))
    return false;
  *ret = says;
  return is_in(search, says, of->size);
}

static void note_executable(const struct block *block) {
  uintptr_t distance = allocs_arch_thread_pointer() - block->own;
  if (block->image != allocs_image_executable || !block->own || distance >= MOST_STATIC)
    return;
  __atomic_store_n(&executable.distance, distance, __ATOMIC_RELAXED);
  __atomic_store_n(&executable.size, block->size, __ATOMIC_RELEASE);
}

static int search_module(const struct allocs_os_image *os, void *arg) {
  struct search *search = arg;
  struct allocs_running at = {.thread = NULL};
  struct block block = {.size = size_of_block(os), .own = (uintptr_t)os->tls_block};
  struct allocs_image *image = block.size ? allocs_image_find(os->begin) : NULL;
  if (!image || image->os.handle != os->handle)
    return 0;
  block.image = image;
  block.begin = block.own;
  note_executable(&block);
  if (block.own && is_in(search, block.own, block.size)) {
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

static void put_block(const struct block *block, struct alloc_pos *ret) {
  const struct allocs_parts *parts = allocs_image_parts_of(block->image);
  ret->allocator = &alloc_tls_block;
  ret->base = (void *)block->begin;
  ret->size = block->size;
  ret->name = parts ? parts->name : NULL;
  ret->type = allocs_type_array(allocs_type_byte(), block->size);
}

/* Variables */

/* Where the variable of a record lies in each block: what the linker counted from the thread pointer is in the
   executable, whose block all threads have at one distance from it. Beyond any block if that cannot be told. */
static uint64_t offset_of(const struct allocs_tls *record, const struct block *block) {
  int32_t offset;
  memcpy(&offset, allocs_ref_get(&record->offset_at), sizeof offset);
  if (offset >= 0)
    return (uint64_t)offset;
  return block->own ? allocs_arch_thread_pointer() - block->own + (uint64_t)(int64_t)offset : UINT64_MAX;
}

/* Whether a variable is nearer to what is looked for: holds it, or ends after it and begins before what was found. */
static bool is_wanted(uint64_t offset, uint64_t size, uint64_t wanted, bool is_next, const struct block *block,
                      const struct alloc_pos *found) {
  if (!size || offset > block->size || size > block->size - offset || wanted >= offset + size)
    return false;
  return is_next ? !found->base || block->begin + offset < (uintptr_t)found->base : wanted >= offset;
}

static void search_records(const struct block *block, uint64_t wanted, bool is_next, struct alloc_pos *ret) {
  struct allocs_bytes table = allocs_image_table(block->image, ALLOCS_TABLE_TLS);
  const char *at = table.begin;
  const struct allocs_tls *record;
  while ((record = allocs_image_next_record(table, &at, sizeof *record, _Alignof(struct allocs_tls)))) {
    uint64_t offset = offset_of(record, block);
    if (!is_wanted(offset, record->size, wanted, is_next, block, ret))
      continue;
    ret->base = (void *)(block->begin + offset);
    ret->size = record->size;
    ret->type = allocs_image_type(block->image, allocs_ref_get(&record->type));
    ret->name = allocs_ref_get(&record->name);
    ret->function = allocs_ref_get(&record->function);
    ret->alias = allocs_ref_get(&record->alias);
    ret->file = allocs_ref_get(&record->file);
    ret->line = record->line;
  }
}

static void search_symbols(const struct block *block, uint64_t wanted, bool is_next, struct alloc_pos *ret) {
  struct allocs_symtab symtab;
  struct allocs_segments segments = allocs_os_segments(&block->image->os);
  if (!allocs_dynamic_symbols(&segments, &symtab))
    return;
  for (uint64_t i = 0; i < symtab.n; i++) {
    Elf64_Sym symbol = allocs_symtab_at(&symtab, i);
    if (ELF64_ST_TYPE(symbol.st_info) != STT_TLS || symbol.st_shndx == SHN_UNDEF ||
        symbol.st_name >= symtab.strings_size ||
        !is_wanted(symbol.st_value, symbol.st_size, wanted, is_next, block, ret))
      continue;
    *ret = (struct alloc_pos){.base = (void *)(block->begin + symbol.st_value), .size = symbol.st_size};
    ret->name = symtab.strings + symbol.st_name;
  }
}

/* Records know more than symbols: of what has both, the first found is kept. */
static bool find_variable(const struct block *block, uint64_t wanted, bool is_next, struct alloc_pos *ret) {
  *ret = (struct alloc_pos){.size = 0};
  search_records(block, wanted, is_next, ret);
  if (is_next || !ret->base)
    search_symbols(block, wanted, is_next, ret);
  ret->allocator = &alloc_tls;
  return ret->base != NULL;
}

static void put_leaf(const struct block *block, uintptr_t address, struct alloc_pos *ret) {
  if (find_variable(block, address - block->begin, false, ret))
    return;
  *ret = (struct alloc_pos){.size = 0};
  put_block(block, ret);
}

bool allocs_tls_find_own(uintptr_t address, struct alloc_pos *ret) {
  struct block block = {.size = __atomic_load_n(&executable.size, __ATOMIC_ACQUIRE)};
  block.begin = block.own = allocs_arch_thread_pointer() - executable.distance;
  block.image = allocs_image_executable;
  if (address - block.begin >= block.size || ALLOCS_UNLIKELY(!block.image))
    return false;
  put_leaf(&block, address, ret);
  return true;
}

bool allocs_tls_find(uintptr_t address, struct alloc_pos *ret) {
  struct search search = {.address = address};
  if (!find_block(&search))
    return false;
  put_leaf(&search.best, address, ret);
  return true;
}

static int find_in_blocks(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct search search = {.arena = arena, .address = (uintptr_t)address};
  if (!find_block(&search))
    return false;
  put_block(&search.best, ret);
  return true;
}

static int next_block(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct search search = {.arena = arena, .address = (uintptr_t)address, .is_next = true};
  if (!find_block(&search))
    return false;
  put_block(&search.best, ret);
  return true;
}

static int find_in_variables(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct search search = {.address = (uintptr_t)address};
  (void)arena;
  return find_block(&search) && find_variable(&search.best, (uintptr_t)address - search.best.begin, false, ret);
}

/* The arena is a block. */
static int next_variable(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  uintptr_t begin = (uintptr_t)arena->begin, from = (uintptr_t)address > begin ? (uintptr_t)address : begin;
  struct search search = {.address = begin};
  return find_block(&search) && search.best.begin == begin && find_variable(&search.best, from - begin, true, ret);
}

ALLOCS_IMAGE_ASKS(block_find, find_in_blocks)
ALLOCS_IMAGE_ASKS(block_next, next_block)
ALLOCS_IMAGE_ASKS(tls_find, find_in_variables)
ALLOCS_IMAGE_ASKS(tls_next, next_variable)

const struct allocator alloc_tls_block = {.name = "tls-block", .find = block_find, .next = block_next};
const struct allocator alloc_tls = {.name = "tls", .find = tls_find, .next = tls_next};
