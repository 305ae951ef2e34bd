// A type made at run time is the same object as the one compiled code describes, from eight threads at once, too.
// RUN: %allocs-cc -I%src/test/unit -O1 -pthread %s -o %t && %t
#include "check.h"
#include <allocs.h>
#include <pthread.h>
#include <string.h>

struct inner { short s; char text[7]; };
struct outer { struct outer *next; struct inner in[3]; int (*call)(struct inner *, long); unsigned a : 3, b : 7; double tail[]; };
union both { long l; struct inner in; };
typedef struct { int x, y; } point;
enum colour { RED, GREEN = 7 };
typedef int printer(const char *, ...);
struct logger { void (*log)(short, const char *, ...); };
typedef void plain(enum colour, point, union both *);

static const struct uniqtype *of_member(const struct uniqtype *u, const char *name, struct uniqtype_member *ret) {
  for (unsigned i = 0; i < UNIQTYPE_COMPOSITE_MEMBER_COUNT(u); i++)
    if (!strcmp(UNIQTYPE_MEMBER_NAME(u, i), name))
      return (*ret = u->entries.members[i]).type;
  return NULL;
}

static void check_composites(void) {
  const struct uniqtype *ch = alloc_typeof(char), *sh = alloc_typeof(short), *lo = alloc_typeof(long);
  struct uniqtype_member inner[] = {{sh, "s", NULL, 0}, {uniqtype_array(ch, 7), "text", NULL, 2}};
  const struct uniqtype *in = uniqtype_struct("inner", 10, inner, 2);
  CHECK(in == alloc_typeof(struct inner));
  struct uniqtype_member arms[] = {{lo, "l", NULL, 0}, {in, "in", NULL, 0}};
  CHECK(uniqtype_union("both", 16, arms, 2) == alloc_typeof(union both));
  struct uniqtype_member xy[] = {{alloc_typeof(int), "x", NULL, 0}, {alloc_typeof(int), "y", NULL, 4}};
  CHECK(uniqtype_struct("point", 8, xy, 2) == alloc_typeof(point));
  const struct uniqtype *args[] = {uniqtype_pointer(in), lo}, *out = alloc_typeof(struct outer);
  struct uniqtype_member a = {0}, b = {0};
  CHECK(of_member(out, "a", &a) && of_member(out, "b", &b) && UNIQTYPE_IS_BIT_FIELD_TYPE(b.type));
  struct uniqtype_member outer[] = {{uniqtype_pointer(out), "next", NULL, 0},
                                    {uniqtype_array(in, 3), "in", NULL, offsetof(struct outer, in)},
                                    {uniqtype_pointer(uniqtype_function(alloc_typeof(int), args, 2, 0)), "call", NULL,
                                     offsetof(struct outer, call)},
                                    a, b,
                                    {uniqtype_unbounded_array(alloc_typeof(double)), "tail", NULL, offsetof(struct outer, tail)}};
  CHECK(uniqtype_struct("outer", sizeof(struct outer), outer, 6) == out);
  const struct uniqtype *taken[] = {sh, uniqtype_pointer(ch)}; /* a function that no record has told of yet */
  struct uniqtype_member log = {uniqtype_pointer(uniqtype_function(uniqtype_void(), taken, 2, ALLOCS_TYPE_VARIADIC)), "log", NULL, 0};
  const struct uniqtype *logger = uniqtype_struct("logger", sizeof(struct logger), &log, 1);
  CHECK(logger && logger == alloc_typeof(struct logger));
  outer[0].name = "other";
  CHECK(uniqtype_struct("outer", sizeof(struct outer), outer, 6) != out);
}

static void check_derived(void) {
  const struct uniqtype *in = alloc_typeof(struct inner);
  CHECK(uniqtype_pointer(uniqtype_array(uniqtype_pointer(in), 5)) == alloc_typeof(struct inner *(*)[5]));
  const struct uniqtype *text[] = {uniqtype_pointer(alloc_typeof(char))};
  CHECK(uniqtype_function(alloc_typeof(int), text, 1, ALLOCS_TYPE_VARIADIC) == alloc_typeof(printer));
  CHECK(uniqtype_function(alloc_typeof(int), text, 1, 0) != alloc_typeof(printer));
  const struct uniqtype *args[] = {alloc_typeof(enum colour), alloc_typeof(point), uniqtype_pointer(alloc_typeof(union both))};
  CHECK(uniqtype_function(uniqtype_void(), args, 3, 0) == alloc_typeof(plain));
}

static void check_refusals(void) {
  const struct uniqtype *in = alloc_typeof(struct inner), *lo = alloc_typeof(long);
  struct uniqtype_member beyond[] = {{lo, "l", NULL, 1}}, nothing[] = {{NULL, "n", NULL, 0}};
  CHECK(!uniqtype_struct("s", 8, beyond, 1) && !uniqtype_struct("s", 8, nothing, 1) && !uniqtype_struct("s", 8, NULL, 1));
  CHECK(!uniqtype_union("u", 16, beyond, 1));
  CHECK(!uniqtype_array(NULL, 1) && !uniqtype_array(uniqtype_void(), 1) && !uniqtype_array(alloc_typeof(plain), 1));
  CHECK(!uniqtype_array(in, ~0ul / 4) && !uniqtype_pointer(NULL) && !uniqtype_function(NULL, NULL, 0, 0));
  CHECK(!uniqtype_array(uniqtype_unbounded_array(in), 3));
}

static void check_names(void) {
  CHECK(uniqtype_by_name("outer") == alloc_typeof(struct outer) && uniqtype_by_name("int$32") == alloc_typeof(int));
  CHECK(uniqtype_by_name("__PTR___ARR9___PTR_inner") == alloc_typeof(struct inner *(*)[9]));
  CHECK(uniqtype_by_name("__ARR_point") == uniqtype_unbounded_array(alloc_typeof(point)));
  CHECK(!uniqtype_by_name("no such type") && !uniqtype_by_name("__PTR_nothing") && !uniqtype_by_name(""));
  CHECK(!uniqtype_by_name("__ARR99999999999999999999999_inner"));
}

static int find(const struct uniqtype *u, void *arg) { return u == arg; }
static int count(const struct uniqtype *u, void *arg) { return u ? ++*(int *)arg, 0 : 1; }

static void *make(void *arg) {
  static const struct uniqtype *made[1000];
  const struct uniqtype *type = alloc_typeof(struct inner);
  for (int i = 0; i < 1000; i++) {
    struct uniqtype_member member = {type, "m", NULL, 0};
    const struct uniqtype *expected = NULL;
    type = uniqtype_array(uniqtype_struct("made", 10 * (unsigned long)(i + 1), &member, 1), 1);
    if (!__atomic_compare_exchange_n(&made[i], &expected, type, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      CHECK(expected == type);
  }
  return arg;
}

int main(void) {
  pthread_t threads[8];
  int n = 0, all = 0;
  check_composites();
  check_derived();
  check_refusals();
  check_names();
  CHECK(uniqtype_each((void *)(size_t)main, find, (void *)(size_t)alloc_typeof(struct outer)) == 1);
  CHECK(uniqtype_each((void *)(size_t)main, count, &n) == 0 && n >= 12);
  for (int i = 0; i < 8; i++)
    pthread_create(&threads[i], NULL, make, NULL);
  for (int i = 0; i < 8; i++)
    pthread_join(threads[i], NULL);
  CHECK(uniqtype_each(NULL, count, &all) == 0 && all >= n + 2000);
  return check_failed;
}
