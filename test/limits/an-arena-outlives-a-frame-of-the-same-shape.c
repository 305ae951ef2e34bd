// An arena on the stack that was not removed answers for the next activation of its function, and one in a mapping for what a bare system call put there; what the innermost allocation is, is freed.
// RUN: %allocs-cc -O1 -I%S/../runtime/arenas/Inputs %s -o %t
// RUN: %t

#define _GNU_SOURCE
#include <assert.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cells.h"

static int is_cell(const void *obj) { return alloc_get_allocator(obj) == &cells_kind; }

/* What is left there by the first activation is taken for an object by the second. */
static __attribute__((noinline)) int leave(int first) {
  _Alignas(16) char memory[1024];
  enum alloc_status status = ALLOC_OK;
  if (first) {
    cells_make(memory, sizeof memory, alloc_typeof(long), &status);
    assert(alloc_allocate(&cells_kind, memory, 8, 8, NULL));
  }
  __asm__ volatile("" : : "r"(memory) : "memory");
  return !status && is_cell(cells_first(&(struct alloc_arena){.begin = memory}));
}

int main(void) {
  enum alloc_status status;
  assert(leave(1));
  assert(leave(0));

  char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  cells_make(pages, 8192, alloc_typeof(long), &status);
  long *cell = alloc_allocate(&cells_kind, pages, 8, 8, NULL);
  assert(!status && is_cell(cell) && !syscall(SYS_munmap, pages, 8192) && !is_cell(cell));
  assert(syscall(SYS_mmap, pages, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
         (long)pages);
  struct cells *again = (struct cells *)pages;
  memset(again, 0, sizeof *again);
  again->cell = 8, again->n = 8, again->used[0] = 1;
  assert(is_cell(cell));

  char *text = strdup("one");
  struct alloc_arena arena = {&alloc_packed_texts, text, 4, NULL};
  assert(!alloc_arena_add(&arena) && alloc_free(text) == ALLOC_NOT_SUPPORTED);
  free(text);
}
