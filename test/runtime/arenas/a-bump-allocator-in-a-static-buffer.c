// Objects of a program's own allocator in a static buffer are known by base, size, type and name; what it has not given out is the buffer's.
// RUN: %allocs-cc -O1 %s -o %t
// RUN: %t | %filecheck %s

#include <allocs.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

struct point {
  int x, y;
};

/* Bump: objects one after the other, with a record of each. */
static struct {
  struct object {
    unsigned begin, size;
    const struct uniqtype *type;
  } objects[100];
  unsigned n, used;
} bump;
static _Alignas(16) char buffer[4096];

static int tell(const struct object *object, struct alloc_pos *ret) {
  ret->base = buffer + object->begin;
  ret->size = object->size;
  ret->type = object->type;
  ret->name = "bumped";
  return 1;
}
static int next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  assert(arena->begin == buffer && arena->state == &bump);
  for (unsigned i = 0; i < bump.n; i++)
    if (buffer + bump.objects[i].begin + bump.objects[i].size > (const char *)address)
      return tell(&bump.objects[i], ret);
  return 0;
}
static int find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return next(arena, address, ret) && (const char *)address >= (char *)ret->base;
}
static void *allocate(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                      const struct uniqtype *type) {
  (void)arena;
  unsigned begin = (bump.used + alignment - 1) & -alignment;
  if (begin + size > sizeof buffer || bump.n == 100)
    return NULL;
  bump.objects[bump.n++] = (struct object){begin, size, type};
  bump.used = begin + size;
  return buffer + begin;
}
/* What has not been used yet is zero. */
static unsigned n_zeroed;
static void *allocate_zero(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                           const struct uniqtype *type) {
  n_zeroed++;
  return allocate(arena, size, alignment, type);
}
static const struct allocator kind = {
    .name = "bump", .find = find, .next = next, .allocate = allocate, .allocate_zero = allocate_zero};

static int see(const struct alloc_pos *pos, void *arg) {
  if (pos->level == ALLOC_LEVEL_ALLOCATION)
    printf("%u %s %s +%td %lu %s\n", pos->depth, pos->allocator->name, pos->name, (char *)pos->base - (char *)arg,
           pos->size, UNIQTYPE_NAME(pos->type));
  return 0;
}

int main(void) {
  struct alloc_arena arena = {&kind, buffer, sizeof buffer, &bump};
  char text[200];
  // CHECK: static __ARR4096_signed_char$8
  printf("%s %s\n", alloc_get_allocator(buffer)->name, UNIQTYPE_NAME(alloc_get_type(buffer)));
  assert(alloc_arena_add(&arena) == ALLOC_OK);
  assert(alloc_allocate(&kind, NULL, 3, 1, NULL) == buffer);
  struct point *points =
      alloc_allocate(&kind, buffer + 5, 3 * sizeof *points, 8, uniqtype_array(alloc_typeof(struct point), 3));
  assert(points && (char *)points == buffer + 8 && !alloc_allocate(&kind, &arena, 8, 8, NULL));
  // CHECK-NEXT: bump __ARR3_point 24 1 int$32
  printf("%s %s %lu %d %s\n", alloc_get_allocator(&points[1].y)->name, UNIQTYPE_NAME(alloc_get_type(&points[1].y)),
         alloc_get_size(&points[1].y), alloc_get_base(&points[1].y) == points,
         UNIQTYPE_NAME(alloc_get_innermost_type(&points[1].y)));
  // CHECK-NEXT: bump struct point[3] bumped, +12: [1].y (int)
  puts(alloc_describe(&points[1].y, text, sizeof text));
  // CHECK-NEXT: bumped
  puts(alloc_get_name(points, text, sizeof text));
  // CHECK-NEXT: bump __uninterpreted_byte[3] bumped, +0
  puts(alloc_describe(buffer, text, sizeof text));
  // CHECK-NEXT: static buffer static buffer
  printf("%s ", strtok(alloc_describe(buffer + 4, text, sizeof text) ? text : NULL, " "));
  printf("%s ", alloc_get_name(buffer + 4, text, sizeof text));
  printf("%s ", strtok(alloc_describe(buffer + 4000, text, sizeof text) ? text : NULL, " "));
  printf("%s\n", alloc_get_name(buffer + 4000, text, sizeof text));
  struct alloc_pos chain[20];
  // CHECK-NEXT: y, , bumped, buffer,
  unsigned n = alloc_get_chain(&points[1].y, chain, 20);
  for (unsigned i = 0; i < 4 && i < n; i++)
    printf("%s, ", chain[i].name ? chain[i].name : "");
  puts("");
  // CHECK-NEXT: 1 bump bumped +0 3 __ARR3___uninterpreted_byte
  // CHECK-NEXT: 1 bump bumped +8 24 __ARR3_point
  assert(!alloc_walk_tree(&chain[3], NULL, see, buffer));
  assert(!n_zeroed && alloc_allocate_zero(&kind, buffer, 8, 8, NULL) == buffer + 32 && n_zeroed == 1);
  assert(alloc_arena_remove(&arena) == ALLOC_OK && alloc_arena_remove(&arena) == ALLOC_UNKNOWN);
  // CHECK-NEXT: static
  puts(alloc_get_allocator(points)->name);
}
