/* A library with an arena of its own, in its static memory and in the caller's heap, which it forgets to remove. */
#include "cells.h"
static _Alignas(64) char memory[4096];
void *plugged(void *block) {
  enum alloc_status status;
  void *at = block ? block : memory;
  cells_make(at, 4096, alloc_typeof(long), &status);
  return status ? NULL : alloc_allocate(&cells_kind, at, 8, 8, NULL);
}
