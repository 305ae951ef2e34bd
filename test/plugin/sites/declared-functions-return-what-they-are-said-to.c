// What functions return that are declared is of the type that the declaration says: cells, characters, a block of a known size.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// RUN: env "LIBALLOCS_ALLOC_FNS=by_variable(zZ)p other(Z)p" "LIBALLOCS_SUBALLOC_FNS=src/pool.c:part_by_variable(Z)p" "LIBALLOCS_SUBFREE_FNS=end_by_variable(zP)->part_by_variable" \
// RUN:   %allocs-cc -O2 -DVARIABLES %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <allocs/annotate.h>
#include <stdlib.h>

#define NOINLINE __attribute__((noinline))
struct node { struct node *next; long value; };
static volatile size_t vary = 5;

/* Cells, of which the first is returned */
static NOINLINE void *more(int kind) ALLOCS_FUNCTION("cells(-)");
static NOINLINE void *more(int kind) { return malloc(100 * (kind ? sizeof(struct node) : 8)); }

/* Characters behind a header */
static NOINLINE char *text_of(const char *from, size_t length) ALLOCS_FUNCTION("text(-, -)");
static NOINLINE char *text_of(const char *from, size_t length) {
  size_t head = length < 256 ? 3 : 9;
  char *block = malloc(head + length + 1);
  return memcpy(block + head, from, length + 1);
}

/* Sizes that are int, and whose arguments the compiler is told of */
static NOINLINE void *sized(int log, int size) __attribute__((alloc_size(2)));
static NOINLINE void *sized(int log, int size) { return log ? malloc((size_t)size) : NULL; }
static NOINLINE void *counted(int n, int size, int unused) __attribute__((alloc_size(1, 2)));
static NOINLINE void *counted(int n, int size, int unused) { return malloc((size_t)n * (size_t)size + 0 * (size_t)unused); }
static NOINLINE void *declared(int size, int tag) ALLOCS_FUNCTION("block(size, -)");
static NOINLINE void *declared(int size, int tag) { return malloc((size_t)size + 0 * (size_t)tag); }

/* In line */
static char *free_list;
static struct node *inlined(void) {
  if (!free_list)
    free_list = malloc(400);
  struct node *node = allocs_part(NULL, free_list, sizeof *node);
  free_list += sizeof *node;
  return node;
}

static int is(const void *at, const char *type) {
  char name[100];
  uniqtype_c_name(alloc_get_type(at), name, sizeof name);
  return !strcmp(name, type) || (fprintf(stderr, "%s, not %s\n", name, type), 0);
}

static NOINLINE void *by_variable(size_t n, size_t size) { return malloc(n * size); }
static NOINLINE void *part_by_variable(size_t size) { static char pool[1000], *at = pool; return (at += size) - size; }
static NOINLINE void end_by_variable(size_t size, void *part) { (void)size, (void)part; }
static void check_variables(void) {
  struct node *nodes = by_variable(vary, sizeof *nodes), *part = part_by_variable(sizeof *part);
  CHECK(is(nodes, "struct node[5]"));
#ifdef VARIABLES
  CHECK(is(part, "struct node") && alloc_get_allocator(part) == &alloc_pool);
  end_by_variable(sizeof *part, part);
#endif
  CHECK(alloc_get_allocator(part) == &alloc_static);
}

int main(void) {
  struct node *cells = (struct node *)more(1);
  CHECK(is(&cells[99].value, "struct node[100]"));
  double *numbers;
  (void)(numbers = (double *)more(0));
  CHECK(is(numbers, "double[100]"));
  void *unknown = more(0);
  CHECK(is(unknown, "__uninterpreted_byte[800]"));
  char *text = text_of("some text", 9);
  CHECK(alloc_get_innermost_type(text) == alloc_typeof(char) && alloc_get_innermost_type(text + 9) == alloc_typeof(char));
  CHECK(alloc_get_size(text) == 13 && alloc_get_innermost_type(text - 1) != alloc_typeof(char));
  struct node *node = sized((int)vary * 0 + 16, sizeof *node);
  CHECK(is(node, "struct node"));
  struct node *nodes = counted((int)vary, sizeof *nodes, 80);
  CHECK(is(nodes, "struct node[5]"));
  node = declared(sizeof *node, 16);
  CHECK(is(node, "struct node"));
  struct node *first = inlined(), *second = inlined();
  CHECK(is(first, "struct node") && is(second, "struct node") && alloc_get_base(&second->value) == second);
  allocs_part_ended(first);
  CHECK(alloc_get_allocator(first) == &alloc_heap && is(second, "struct node"));
  check_variables();
  return check_failed;
}
