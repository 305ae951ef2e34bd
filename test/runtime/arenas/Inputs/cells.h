/* An allocator of cells of one size, with a bit per cell, which lie in its arena after this head: a pool, a slab. */
#include <allocs.h>
#include <string.h>

struct cells {
  unsigned long cell, n;
  const struct uniqtype *type;
  _Atomic unsigned char used[64];
  struct alloc_arena arena;
};

static char *cells_first(const struct alloc_arena *arena) {
  return (char *)arena->begin + (sizeof(struct cells) + 63) / 64 * 64;
}
static int cells_tell(const struct alloc_arena *arena, unsigned long i, struct alloc_pos *ret) {
  const struct cells *cells = arena->state;
  ret->base = cells_first(arena) + i * cells->cell;
  ret->size = cells->cell;
  ret->type = cells->type;
  return 1;
}
static int cells_find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  const struct cells *cells = arena->state;
  unsigned long offset = (unsigned long)((const char *)address - cells_first(arena)), i = offset / cells->cell;
  return (const char *)address >= cells_first(arena) && i < cells->n && cells->used[i] && cells_tell(arena, i, ret);
}
static int cells_next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  const struct cells *cells = arena->state;
  for (unsigned long i = 0; i < cells->n; i++)
    if (cells->used[i] && cells_first(arena) + (i + 1) * cells->cell > (const char *)address)
      return cells_tell(arena, i, ret);
  return 0;
}
static void *cells_allocate(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                            const struct uniqtype *type) {
  struct cells *cells = arena->state;
  if (size > cells->cell || alignment > 16 || (type && type != cells->type))
    return NULL;
  for (unsigned long i = 0; i < cells->n; i++)
    if (!cells->used[i]) {
      cells->used[i] = 1;
      return cells_first(arena) + i * cells->cell;
    }
  return NULL;
}
static enum alloc_status cells_free(const struct alloc_arena *arena, const struct alloc_pos *pos) {
  struct cells *cells = arena->state;
  cells->used[(unsigned long)((char *)pos->base - cells_first(arena)) / cells->cell] = 0;
  return ALLOC_OK;
}
static const struct allocator cells_kind = {
    .name = "cells", .find = cells_find, .next = cells_next, .allocate = cells_allocate, .free = cells_free};

/* Makes the memory such an arena, and registers it. */
static inline struct cells *cells_make(void *memory, unsigned long size, const struct uniqtype *type,
                                       enum alloc_status *ret) {
  struct cells *cells = memory;
  memset(cells, 0, sizeof *cells);
  cells->cell = type->size;
  cells->type = type;
  cells->n = (size - (sizeof *cells + 63) / 64 * 64) / cells->cell;
  if (cells->n > sizeof cells->used)
    cells->n = sizeof cells->used;
  cells->arena = (struct alloc_arena){&cells_kind, memory, size, cells};
  *ret = alloc_arena_add(&cells->arena);
  return cells;
}
