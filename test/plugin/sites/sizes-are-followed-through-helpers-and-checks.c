// A size that a helper function computes, or that is checked against overflow, says the same as one that is written out.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <stdlib.h>

struct node { struct node *next; long value; };
struct text { size_t length; unsigned n; char string[2]; };
static volatile size_t vary = 5;
static void *volatile sink;

static inline size_t nodes_size(size_t n) { return n * sizeof(struct node); }
static size_t padded(size_t size) { return size + 0; }
static size_t twice(size_t n) { return padded(nodes_size(2 * n)); }
static size_t endless(size_t n) { return n ? endless(n - 1) : sizeof(int); }
size_t replaced(size_t n) { return n * sizeof(struct node); }
static __attribute__((noinline)) void *plain(size_t size) { return sink = malloc(size); }

static int is(const void *at, const char *type) {
  char name[100];
  uniqtype_c_name(alloc_get_type(at), name, sizeof name);
  return !strcmp(name, type) || (fprintf(stderr, "%s, not %s\n", name, type), 0);
}

static void check_helpers(void) {
  void *nodes = malloc(nodes_size(vary)), *more = malloc(twice(vary)), *wrapped = plain(nodes_size(vary));
  CHECK(is(nodes, "struct node[5]") && is(more, "struct node[10]") && is(wrapped, "struct node[5]"));
  void *unknown = malloc(endless(3)), *other = malloc(replaced(2));
  CHECK(is(unknown, "__uninterpreted_byte[4]") && is(other, "__uninterpreted_byte[32]"));
  int *numbers = malloc(nodes_size(vary));
  CHECK(alloc_get_innermost_type(numbers) != alloc_typeof(int));
}

static void check_checked(void) {
  size_t size, whole;
  if (__builtin_mul_overflow(vary, sizeof(struct node), &size))
    abort();
  void *nodes = malloc(size);
  CHECK(is(nodes, "struct node[5]"));
  if (__builtin_mul_overflow(vary, sizeof(int), &whole) || __builtin_add_overflow(whole, sizeof(struct node), &whole))
    abort();
  struct node *mixed = malloc(whole);
  CHECK(alloc_get_innermost_type(&mixed->value) == alloc_typeof(long) && alloc_get_innermost_type(mixed + 1) == alloc_typeof(int));
  size_t *kept = &size;
  *kept = 3 * sizeof(double);
  __builtin_mul_overflow(vary, sizeof(struct node), kept);
  void *behind = malloc(size);
  CHECK(is(behind, "__uninterpreted_byte[80]"));
}

/* A text that begins in the structure's last bytes, and goes on behind it */
static void check_texts(void) {
  size_t n = vary * 4;
  struct text *text = malloc(n + (sizeof *text - 1)), *two = malloc(n + sizeof *text - 2), *less = malloc(n + sizeof *text - 9);
  CHECK(alloc_get_innermost_type(&text->n) == alloc_typeof(unsigned) && alloc_get_innermost_type(&text->string[1]) == alloc_typeof(char));
  CHECK(alloc_is_a(text, alloc_typeof(struct text)) == ALLOC_YES && alloc_get_size(text) == n + sizeof *text - 1);
  CHECK(alloc_get_innermost_type(&two->n) == alloc_typeof(unsigned) && alloc_get_innermost_type(&less->n) != alloc_typeof(unsigned));
  struct text *none = malloc(n - 20 + (sizeof *none - 1));
  CHECK(alloc_get_innermost_type((char *)&none->n) != alloc_typeof(unsigned));
}

/* An alignment is no size */
static __attribute__((noinline, alloc_align(1))) void *aligned(size_t alignment, size_t size) {
  return sink = aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}
static void check_alignment(void) {
  struct node *node = aligned(sizeof(struct { char line[64]; }), 4 * sizeof *node);
  CHECK(is(node, "struct node[4]"));
}

static void check_rows(void) {
  int(*rows)[3] = malloc(vary * sizeof *rows);
  CHECK(is(rows, "int[5][3]"));
}

int main(void) {
  check_helpers();
  check_checked();
  check_texts();
  check_alignment();
  check_rows();
  return check_failed;
}
