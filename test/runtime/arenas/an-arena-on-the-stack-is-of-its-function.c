// An arena on the stack, of an obstack or in an alloca() block, answers while its function runs, from functions below and signal handlers too.
// RUN: %allocs-cc -O1 -I%S/Inputs %s -o %t
// RUN: %t

#include <alloca.h>
#include <assert.h>
#include <signal.h>
#include <stdio.h>

#include "cells.h"

struct item {
  int a, b;
};
static struct item *asked;
static volatile sig_atomic_t handled;

static __attribute__((noinline)) void check(void) {
  struct alloc_pos chain[20];
  assert(alloc_get_allocator(&asked->b) == &cells_kind && alloc_get_base(&asked->b) == asked);
  assert(alloc_get_type(asked) == alloc_typeof(struct item) &&
         alloc_get_innermost_type(&asked->b) == alloc_typeof(int));
  unsigned n = alloc_get_chain(&asked->b, chain, 20);
  assert(n > 3 && chain[1].base == asked && chain[2].base != asked && chain[n - 1].allocator == &alloc_mmap);
}

static void handler(int number) {
  (void)number;
  check();
  handled = 1;
}

static __attribute__((noinline)) void use(char *memory, const char *kind) {
  enum alloc_status status;
  struct cells *cells = cells_make(memory, 1024, alloc_typeof(struct item), &status);
  assert(!status && !strcmp(alloc_get_allocator(memory)->name, kind));
  asked = alloc_allocate(&cells_kind, memory + 1, sizeof *asked, 8, NULL);
  asked = alloc_allocate(&cells_kind, NULL, sizeof *asked, 8, alloc_typeof(struct item));
  assert(asked && !alloc_allocate(&cells_kind, &status, sizeof *asked, 8, NULL));
  check();
  raise(SIGUSR1);
  assert(handled);
  assert(!alloc_arena_remove(&cells->arena) && alloc_get_allocator(asked) != &cells_kind);
}

static __attribute__((noinline)) void in_a_local(void) {
  _Alignas(16) char memory[1024];
  use(memory, "stackframe");
  assert(memory[0]);
}

static __attribute__((noinline)) void in_a_dynamic_block(int n) {
  char *memory = alloca((size_t)n);
  use(memory, "alloca");
  assert(memory[0]);
}

/* Forgets to remove it. Another function's frame is not taken for it. */
static __attribute__((noinline)) void forgets(void) {
  _Alignas(16) char memory[1024];
  enum alloc_status status;
  cells_make(memory, sizeof memory, alloc_typeof(struct item), &status);
  asked = alloc_allocate(&cells_kind, memory, sizeof *asked, 8, NULL);
  assert(!status && asked && alloc_get_base(asked) == asked);
}
static __attribute__((noinline)) void another(int n) {
  char other[3000];
  memset(other, n, sizeof other);
  assert(alloc_get_allocator(asked) != &cells_kind && alloc_get_base(other) != asked);
}

int main(void) {
  signal(SIGUSR1, handler);
  in_a_local();
  handled = 0;
  volatile int n = 1024; /* which the optimiser does not know */
  in_a_dynamic_block(n);
  forgets();
  another(1);
  forgets();
}
