// In C++, malloc, new and what library templates make of these tell their type, at the place and with the size it has.
// RUN: %allocs-c++ -O0 %s -o %t && %t
// RUN: %allocs-c++ -O2 -std=c++20 %s -o %t && %t
// RUN: %allocs-c++ -O2 -fno-exceptions -fno-rtti -ffunction-sections -Wl,--gc-sections %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <cstdlib>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

struct plain { int a; double b; };
namespace inner { struct node { node *next; int v; ~node() { v = 0; } }; }
struct virtuals { virtual ~virtuals() {} int x = 1; };
struct alignas(64) wide { char c[64]; };
struct counted { int *p = new int(3); int *q; counted(int n) : q(new int[n]) {} };
template <class T> T *make(size_t n) { return static_cast<T *>(malloc(n * sizeof(T))); }
template <class T> T *make_new() { return new T; }
static plain *global = new plain[4];

// Whether the block that holds p is of n elements of a type, the first at p, behind a head.
template <class T> static bool is(const T *p, size_t n, size_t head = 0) {
  const struct uniqtype *type = alloc_typeof(T), *found = alloc_get_inner_type(p, 0);
  for (unsigned skip = 0; found && found != type; found = alloc_get_inner_type(p, ++skip))
    ;
  return type && found && (const char *)alloc_get_base(p) == (const char *)p - head &&
         alloc_get_size(p) == head + n * sizeof(T) && alloc_get_inner_type(p + n - 1, 0) == alloc_get_inner_type(p, 0);
}

static bool is_of(const void *p, const char *function, unsigned line) {
  struct alloc_site_info site;
  return alloc_get_site_info(p, &site) == ALLOC_OK && !strcmp(site.function, function) && site.line == line;
}

int main() {
  plain *one = new plain; unsigned line = __LINE__;
  CHECK(is(one, 1) && is_of(one, "main", line) && alloc_get_type(one) == alloc_typeof(plain));
  CHECK(is((plain *)malloc(3 * sizeof(plain)), 3) && is(make<plain>(5), 5) && is(make_new<plain>(), 1));
  CHECK(is(new plain[5], 5) && is(new int[7], 7) && is(global, 4) && is(*new plain[2][3], 6));
  CHECK(is(new inner::node, 1) && is(new inner::node[7], 7, 8) && is(new virtuals[2], 2, 8));
  CHECK(is(new wide, 1) && is(new wide[3], 3) && is(new (std::nothrow) plain[2], 2));
  counted *c = new counted(5);
  CHECK(is(c->q, 5) && (__cplusplus >= 202002L || is(c->p, 1)));
  CHECK(is(std::make_unique<plain>().release(), 1));
  std::vector<inner::node *> v(10);
  std::map<int, plain> m;
  m[3] = plain();
  CHECK(is(v.data(), 10) && alloc_get_size(&m[3]) > sizeof(plain));
  if (int *q = static_cast<int *>(malloc(12))) CHECK(is(q, 3));
  auto lambda = [](int n) { return new long[n]; };
  auto generic = [](auto n) { return new decltype(n)[3]; };
  CHECK(is(lambda(3), 3) && is(generic(1.5f), 3) && is(generic(short(1)), 3));
  CHECK(is(static_cast<plain *>(::operator new(2 * sizeof(plain))), 2));
  return check_failed;
}
