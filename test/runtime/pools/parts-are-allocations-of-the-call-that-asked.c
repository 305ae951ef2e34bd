// What a declared pool hands out is of the type, size and place of the call that asked for it, until it is taken back.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// RUN: %allocs-cc -O2 -DBY_FILE -fplugin-arg-allocs-allocators=%S/Inputs/pool.allocators %s -o %t && %t
// RUN: %allocs-cc -O2 -flto -fuse-ld=lld %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifdef BY_FILE
#define ALLOCS_FUNCTION(what)
#else
#include <allocs/annotate.h>
#endif

struct node { struct node *next; long value; };
struct text { size_t length; char bytes[]; };
enum { CHUNK = 4096 };
static volatile size_t vary = 5;

/* Bump, with lists of what was freed */
struct pool { char *at, *end, *first; void *free; };
void *pool_get(struct pool *pool, size_t size) ALLOCS_FUNCTION("part(pool, size)");
void *pool_array(struct pool *pool, int n, int size) ALLOCS_FUNCTION("part(pool, count, size)");
void pool_put(struct pool *pool, void *object) ALLOCS_FUNCTION("free(-, object)");
void pool_reset(struct pool *pool) ALLOCS_FUNCTION("reset(pool)");
void *pool_grow(struct pool *pool, void *object, size_t old, size_t size) ALLOCS_FUNCTION("part(pool, object, -, size)");

__attribute__((noinline)) void *pool_get(struct pool *pool, size_t size) {
  size = (size + 7) & ~(size_t)7;
  if (size > CHUNK)
    return malloc(size);
  if (size > (size_t)(pool->end - pool->at)) {
    pool->at = pool->first = malloc(CHUNK);
    pool->end = pool->at + CHUNK;
  }
  pool->at += size;
  return pool->at - size;
}
__attribute__((noinline)) void *pool_array(struct pool *pool, int n, int size) { return pool_get(pool, (size_t)n * (size_t)size); }
__attribute__((noinline)) void pool_put(struct pool *pool, void *object) { pool->free = object; }
__attribute__((noinline)) void pool_reset(struct pool *pool) { pool->at = pool->first; }
__attribute__((noinline)) void *pool_grow(struct pool *pool, void *object, size_t old, size_t size) {
  void *grown = pool_get(pool, size);
  return memcpy(grown, object, old);
}

static int is_part(const void *at, const void *base, unsigned long size, const char *type, unsigned line) {
  char name[100];
  struct alloc_pos pos;
  int good = alloc_get_pos(at, &pos) == ALLOC_OK && pos.allocator == &alloc_pool && pos.base == base && pos.size == size &&
             pos.line == line && !strcmp(uniqtype_c_name(pos.type, name, sizeof name), type);
  if (!good)
    fprintf(stderr, "%p: %s %lu at %u, %s\n", at, pos.type ? uniqtype_c_name(pos.type, name, sizeof name) : "?", pos.size, pos.line, pos.allocator->name);
  return good;
}

static void check_parts(struct pool *pool) {
  struct node *node = pool_get(pool, sizeof *node);
  CHECK(is_part(&node->value, node, 16, "struct node", __LINE__ - 1));
  int *numbers = pool_array(pool, (int)vary, sizeof *numbers);
  CHECK(is_part(&numbers[4], numbers, 20, "int[5]", __LINE__ - 1));
  CHECK(alloc_get_allocator((char *)&numbers[5] + 1) == &alloc_heap); /* what was rounded up to */
  struct text *text = pool_get(pool, sizeof *text + vary);
  CHECK(is_part(&text->bytes[2], text, 13, "struct text", __LINE__ - 1));
  CHECK(alloc_get_innermost_type(&text->bytes[2]) == alloc_typeof(char));
  char *string = pool_get(pool, vary);
  CHECK(is_part(string, string, 5, "char[5]", __LINE__ - 1));
  void *bytes = pool_get(pool, 24);
  CHECK(is_part(bytes, bytes, 24, "__uninterpreted_byte[24]", __LINE__ - 1));
  double *large = pool_get(pool, 300 * sizeof *large);
  CHECK(is_part(&large[299], large, 2400, "double[300]", __LINE__ - 1));
  double *whole = pool_get(pool, 600 * sizeof *whole);
  CHECK(alloc_get_allocator(whole) == &alloc_heap && alloc_get_type(whole) == alloc_typeof(double[600]));
  free(whole);
  CHECK(alloc_get_allocator(pool->at) == &alloc_heap && alloc_get_size(pool->at) == CHUNK);
}

static void check_ends(struct pool *pool) {
  struct node *nodes = pool_get(pool, 4 * sizeof *nodes);
  unsigned line = __LINE__ - 1;
  CHECK(is_part(&nodes[3], nodes, 64, "struct node[4]", line));
  pool_put(pool, &nodes[1]);
  CHECK(is_part(&nodes[3], nodes, 64, "struct node[4]", line)); /* none begins there */
  int *grown = pool_grow(pool, nodes, sizeof *nodes, 3 * sizeof *grown);
  CHECK(is_part(grown, grown, 12, "int[3]", __LINE__ - 1) && alloc_get_allocator(nodes) == &alloc_heap);
  pool_put(pool, grown);
  CHECK(alloc_get_allocator(grown) == &alloc_heap);
  pool_reset(pool);
  CHECK(alloc_get_allocator(pool->first) == &alloc_heap && alloc_get_allocator(pool->first + 100) == &alloc_heap);
}

/* Reused though nobody has said that it was given back */
static void check_reuse(struct pool *pool) {
  struct node *nodes = pool_get(pool, 4 * sizeof *nodes);
  pool->at = (char *)&nodes[1];
  int *inside = pool_get(pool, 2 * sizeof *inside);
  CHECK(is_part(inside, inside, 8, "int[2]", __LINE__ - 1));
  CHECK(alloc_get_allocator(nodes) == &alloc_heap && alloc_get_allocator(&nodes[3]) == &alloc_heap);
  pool_put(pool, inside);
  CHECK(alloc_get_allocator(nodes) == &alloc_heap && alloc_get_allocator(inside) == &alloc_heap);
}

/* With the chunk */
static void check_chunk(void) {
  struct pool pool = {0};
  struct node *node = pool_get(&pool, sizeof *node);
  void *chunk = pool.first;
  free(chunk);
  CHECK(alloc_get_allocator(node) != &alloc_pool);
  char *again = malloc(CHUNK);
  CHECK(alloc_get_allocator(again) == &alloc_heap);
  struct pool other = {again, again + CHUNK, again, NULL};
  long *number = pool_get(&other, sizeof *number);
  CHECK(is_part(number, number, 8, "long", __LINE__ - 1) && alloc_get_allocator(number + 1) == &alloc_heap);
  free(again);
}

static void check_places(void) {
  static char buffer[256];
  char *mapped = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), local[64];
  struct pool in_static = {buffer, buffer + sizeof buffer, buffer, NULL}, in_mapping = {mapped, mapped + CHUNK, mapped, NULL};
  struct pool in_frame = {local, local + sizeof local, local, NULL};
  long *one = pool_get(&in_static, sizeof *one), *two = pool_get(&in_mapping, sizeof *two), *three = pool_get(&in_frame, sizeof *three);
  CHECK(is_part(one, one, 8, "long", __LINE__ - 1) && is_part(two, two, 8, "long", __LINE__ - 1));
  CHECK(alloc_get_allocator(three) == &alloc_stackframe);
  munmap(mapped, CHUNK);
  CHECK(alloc_get_allocator(two) != &alloc_pool);
}

static int count(const struct alloc_pos *pos, void *n) { *(int *)n += pos->allocator == &alloc_pool; return ALLOC_WALK_ON; }
static void check_tree(struct pool *pool) {
  struct node *node = pool_get(pool, sizeof *node);
  struct alloc_pos chain[8], block;
  char text[200];
  int n = 0;
  unsigned depth = alloc_get_chain(&node->value, chain, 8);
  CHECK(depth >= 4 && chain[1].allocator == &alloc_pool && chain[1].base == node && chain[2].allocator == &alloc_heap);
  CHECK(strstr(alloc_describe(&node->value, text, sizeof text), "struct node") != NULL);
  CHECK(!alloc_set_type(node, alloc_typeof(long[2])) && alloc_get_type(node) == alloc_typeof(long[2]));
  block = chain[2];
  CHECK(alloc_walk_tree(&block, NULL, count, &n) == 0 && n >= 1);
}

int main(void) {
  struct pool pool = {0};
  check_parts(&pool);
  check_ends(&pool);
  check_reuse(&pool);
  check_tree(&pool);
  check_chunk();
  check_places();
  return check_failed;
}
