// What ends in a flexible array is of its declared type, wherever and however long it is, and its elements are found.
// RUN: %allocs-cc -w -O0 -I%src/test/unit %s -o %t && %t
// RUN: %allocs-cc -w -O2 -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>

struct dev { int unit; char name[]; };
struct wrap { long h; struct { int n; char d[]; } m; };
struct old { int n; short tail[1]; };
#define FLEX(T, name) struct { struct { } empty_##name; T name[]; }
struct one_arm { int n; union { FLEX(int, only); }; };
struct two_arms { int n; union { FLEX(int, a); FLEX(char, b); }; };
struct deep { int n; union { long a; struct { short k; union { long c; struct { char x; char rest[]; } r; } v; } s; } u; };
static struct dev eth = {1, "eth0"};
static _Thread_local struct dev tls = {1, "tls0"};
static void *volatile sink;

/* `last`, an element of the tail of what is of type `whole`. */
static void check(const void *base, const void *last, const struct uniqtype *whole, const struct uniqtype *element, unsigned long n) {
  struct alloc_array array;
  CHECK(alloc_get_type(last) == whole && alloc_get_base(last) == base);
  CHECK(alloc_get_innermost_type(last) == element);
  CHECK(alloc_get_array(last, &array) == ALLOC_OK && array.element == element && array.count == n && array.index == n - 1);
  CHECK(alloc_get_inner_type(last, 1) == uniqtype_array(element, n));
  CHECK(uniqtype_by_name(UNIQTYPE_NAME(whole)) == whole);
}

static __attribute__((noinline)) void on_stack(void) {
  struct dev *one = __builtin_alloca(sizeof *one + 12), *other = __builtin_alloca(sizeof *other + 3);
  sink = one, sink = other;
  check(one, &one->name[11], alloc_typeof(struct dev), alloc_typeof(char), 12);
  check(other, &other->name[2], alloc_typeof(struct dev), alloc_typeof(char), 3);
}

static int seen(const struct alloc_pos *pos, void *arg) { return *(unsigned long *)arg += pos->level == ALLOC_LEVEL_SUBOBJECT, ALLOC_WALK_ON; }

static int count(const struct uniqtype *type, void *arg) { return ++*(unsigned long *)arg, 0; }

int main(void) {
  const struct uniqtype *dev = alloc_typeof(struct dev), *character = alloc_typeof(char);
  check(&eth, &eth.name[4], dev, character, 5);
  check(&tls, &tls.name[4], dev, character, 5);
  on_stack();

  volatile unsigned long n = 7;
  struct dev *p = malloc(sizeof *p + n), *exact = malloc(sizeof *exact);
  check(p, &p->name[6], dev, character, 7);
  CHECK(alloc_get_type(exact) == dev && alloc_get_type_inside(&exact->unit, dev) == alloc_typeof(int));
  CHECK(alloc_get_type_inside(&p->name[6], dev) == uniqtype_array(character, 7));
  struct wrap *q = malloc(sizeof *q + n);
  check(q, &q->m.d[n + 3], alloc_typeof(struct wrap), character, 11); /* from within the padding on */
  struct old *o = malloc(sizeof *o + n * sizeof(short));
  check(o, &o->tail[n + 1], alloc_typeof(struct old), alloc_typeof(short), 9);
  struct one_arm *k = malloc(sizeof *k + n * sizeof(int));
  CHECK(alloc_get_type(k) == alloc_typeof(struct one_arm) && alloc_get_innermost_type(&k->only[6]) == alloc_typeof(int));
  struct two_arms *u = malloc(sizeof *u + n * sizeof(int));
  CHECK(alloc_get_type(u) == alloc_typeof(struct two_arms) && UNIQTYPE_IS_UNION_TYPE(alloc_get_innermost_type(&u->a[6])));
  CHECK(alloc_get_innermost_type(&u->n) == alloc_typeof(int));
  struct deep *d = malloc(sizeof *d + n);
  check(d, &d->u.s.v.r.rest[n + 6], alloc_typeof(struct deep), character, 14);
  CHECK(UNIQTYPE_IS_UNION_TYPE(alloc_get_innermost_type(&d->u.s.v.r.rest[0])) && alloc_get_innermost_type(&d->n) == alloc_typeof(int));

  void *bytes = sink = malloc(4 + n);
  struct alloc_pos pos;
  unsigned long subobjects = 0;
  CHECK(alloc_set_type(bytes, dev) == ALLOC_OK && alloc_get_type(bytes) == dev);
  check(bytes, (char *)bytes + 10, dev, character, 7);
  CHECK(alloc_set_type(sink = malloc(3), dev) == ALLOC_BAD_ARGUMENT);
  CHECK(alloc_get_chain(bytes, &pos, 1) > 1 && alloc_get_chain(&p->name[6], &pos, 1) > 3);
  pos = (struct alloc_pos){.allocator = alloc_get_allocator(p), .base = p, .size = alloc_get_size(p), .type = dev};
  alloc_walk_tree(&pos, NULL, seen, &subobjects);
  CHECK(subobjects == 2 + 7);

  /* No length makes a type of its own. */
  unsigned long before = 0, after = 0;
  uniqtype_each(NULL, count, &before);
  for (unsigned long i = 0; i < 5000; i++) {
    struct dev *each = sink = malloc(sizeof *each + i);
    CHECK(alloc_get_type(each) == dev && alloc_get_innermost_type((char *)each + alloc_get_size(each) - 1));
    free(each);
  }
  uniqtype_each(NULL, count, &after);
  CHECK(before && after - before < 50);
  return check_failed;
}
