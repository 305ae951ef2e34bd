// Members of classes are told where the compiler has them; what has virtual bases is bytes inside.
// RUN: %allocs-c++ -O0 %s -o %t && %t
// RUN: %allocs-c++ -O2 -std=c++20 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <memory>

struct empty {};
struct tail { long l; char c; tail() : l(1), c(2) {} };   // whose padding a class may use that is made of it
struct reuses : empty, tail { char d; reuses() : d(3) {} };
struct first { virtual ~first() {} int x; };
struct second { virtual void f() {} int *y; };
struct both : first, second { char z[3]; first &r; int second::*to; int bits : 3, more : 5; both(first &r) : r(r) {} };
struct over { [[no_unique_address]] empty e; [[no_unique_address]] tail t; char c; };
struct shared : virtual tail { int s; };
template <class T, int N> struct array { T of[N]; array<T, N> *next; };
enum class color : unsigned char { red, green };
struct colored { color c; bool b; wchar_t w; decltype(nullptr) n; };

static const struct uniqtype *at(const void *p) { return alloc_get_innermost_type(p); }
static bool is_named(const void *p, const char *name) {
  char text[128];
  return strcmp(uniqtype_c_name(alloc_get_type(p), text, sizeof text), name) == 0;
}

int main() {
  reuses *r = new reuses;
  CHECK(at(&r->l) == alloc_typeof(long) && at(&r->c) == alloc_typeof(char) && at(&r->d) == alloc_typeof(char));
  CHECK((char *)&r->d < (char *)r + sizeof(tail) && is_named(r, "struct reuses"));
  both *b = new both(*new both(*new first));
  CHECK(at(b) == alloc_typeof(void *) && at(&b->x) == alloc_typeof(int) && at(&b->y) == alloc_typeof(int *));
  CHECK(at(static_cast<second *>(b)) == alloc_typeof(void *) && at(&b->z[2]) == alloc_typeof(char));
  CHECK(alloc_is_a(static_cast<second *>(b), alloc_typeof(second)) == ALLOC_YES);
  CHECK(alloc_is_a(static_cast<second *>(b), alloc_typeof(reuses)) == ALLOC_NO);
  over *o = new over;
  CHECK(at(&o->c) != alloc_typeof(long) && is_named(o, "struct over"));
  shared *s = new shared;
  CHECK(is_named(s, "struct shared") && at(&s->s) != alloc_typeof(long) && at(&s->l) != alloc_typeof(int));
  auto *a = new array<short, 5>;
  CHECK(is_named(a, "struct array<short, 5>") && at(&a->of[4]) == alloc_typeof(short));
  typedef array<short, 5> shorts;
  CHECK(at(&a->next) == alloc_typeof(shorts *));
  colored *c = new colored;
  CHECK(at(&c->c) == alloc_typeof(color) && at(&c->b) == alloc_typeof(bool) && at(&c->w) == alloc_typeof(wchar_t));
  return check_failed;
}
