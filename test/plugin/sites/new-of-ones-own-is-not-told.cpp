// What operator new hands out is told as the type that was asked for only if it is a block of just that size.
// RUN: %allocs-c++ -O0 %s -o %t && %t
// RUN: %allocs-c++ -O2 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <cstdlib>
#include <new>

struct node { node *next; long v; };
static char *pool, *at;
static enum { HEADER, POOL } mode;

void *operator new(size_t n) {
  if (mode == HEADER)
    return (char *)malloc(n + 16) + 16;
  if (!pool)
    at = pool = (char *)malloc(4096);
  void *p = at;
  at += n;
  return p;
}
void *operator new[](size_t n) { return operator new(n); }
void operator delete(void *) noexcept {}
void operator delete(void *, size_t) noexcept {}

struct own {
  long v;
  static void *operator new(size_t) { static void *block = malloc(4096); return block; }
};

static node *volatile sink;
static bool is_node(const void *p) { return alloc_get_type(p) == alloc_typeof(node); }
static bool has_base(const void *p, const void *base) { return alloc_get_base(p) == base; }

int main() {
  sink = new node;
  node *a = sink; // behind the header
  CHECK(has_base(a, (char *)a - 16) && alloc_get_size(a) == sizeof(node) + 16);
  mode = POOL;
  sink = new node[3];
  node *b = sink; // at the beginning of a block that is larger
  sink = new node;
  node *c = sink;
  CHECK((char *)b == pool && has_base(b, pool) && has_base(c, pool) && alloc_get_size(b) == 4096);
  CHECK(!is_node(b) && !is_node(c) && alloc_get_innermost_type(b) != alloc_typeof(node *));
  own *o = new own;
  CHECK(alloc_get_size(o) == 4096 && alloc_get_type(o) != alloc_typeof(own));
  alignas(node) char raw[sizeof(node)];
  node *placed = new (raw) node;
  CHECK(!is_node(placed));
  return check_failed;
}
