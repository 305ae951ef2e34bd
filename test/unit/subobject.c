// The way down to a byte passes all that hold it, and ends where those that overlap do not agree.
// RUN: %cc -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/types/type_table.c %src/runtime/types/type.c %src/runtime/types/type_keys.c %src/runtime/types/subobject.c \
// RUN:   %src/runtime/ground/store.c %src/runtime/os/os_sanitizer.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#include "types/subobject.h"
#include "allocs/typekey.h"
#include "check.h"
#include "types/type.h"

static uint64_t next_key = 1;
static const struct uniqtype *integer, *real, *byte;

static const struct uniqtype *composite(uint64_t size, const struct uniqtype_member *members, unsigned n) {
  return allocs_type_struct(next_key++, "s", size, members, n);
}
#define COMPOSITE(size, ...)                                                                                           \
  composite(size, (const struct uniqtype_member[]){__VA_ARGS__},                                                       \
            sizeof(const struct uniqtype_member[]){__VA_ARGS__} / sizeof(struct uniqtype_member))

/* "0@0 1@8 2@12": index and offset of each step but the first; then " ~" if ambiguous. */
static const char *way_of(const struct uniqtype *type, uint64_t size, uint64_t offset) {
  static char buf[1024];
  struct allocs_path path;
  int n = 0;
  allocs_subobject_path(type, size, offset, &path);
  CHECK(path.n >= 1 && path.steps[0].type == type && path.steps[0].offset == 0);
  buf[0] = 0;
  for (unsigned i = 1; i < path.n; i++)
    n +=
        snprintf(buf + n, sizeof buf - (size_t)n, "%s%lu@%lu", n ? " " : "", path.steps[i].index, path.steps[i].offset);
  if (path.ambiguous)
    strcat(buf, "~");
  return buf;
}

static const char *way(const struct uniqtype *type, uint64_t offset) { return way_of(type, type->size, offset); }

static const struct uniqtype *innermost(const struct uniqtype *type, uint64_t offset) {
  struct allocs_path path;
  allocs_subobject_path(type, type->size, offset, &path);
  return path.steps[path.n - 1].type;
}

static void single_ways(void) {
  /* struct { char c; int a[2][3]; double d; } and an array of it */
  const struct uniqtype *rows = allocs_type_array(allocs_type_array(integer, 3), 2);
  const struct uniqtype *s = COMPOSITE(40, {byte, "c", 0, 0}, {rows, "a", 0, 4}, {real, "d", 0, 32});
  const struct uniqtype *many = allocs_type_array(s, 10);
  CHECK_STRING(way(s, 0), "0@0");
  CHECK_STRING(way(s, 1), "");
  CHECK(innermost(s, 1) == s);
  CHECK_STRING(way(s, 4), "1@4 0@4 0@4");
  CHECK_STRING(way(s, 27), "1@4 1@16 2@24");
  CHECK(innermost(s, 27) == integer);
  CHECK_STRING(way(s, 28), "");
  CHECK_STRING(way(s, 39), "2@32");
  CHECK_STRING(way(s, 40), "");
  CHECK_STRING(way(many, 3 * 40 + 21), "3@120 1@124 1@136 1@140");
  CHECK_STRING(way(many, 399), "9@360 2@392");
  CHECK_STRING(way(many, 400), "");
  CHECK_STRING(way(integer, 2), "");
  CHECK_STRING(way(allocs_type_pointer(integer), 2), "");
  CHECK_STRING(way(allocs_type_void(), 0), "");
  CHECK_STRING(way(allocs_type_array(integer, ALLOCS_LENGTH_UNBOUNDED), 41), "10@40");
  CHECK_STRING(way(allocs_type_array(integer, 0), 0), "");

  struct allocs_path path;
  allocs_subobject_path(NULL, 0, 0, &path);
  CHECK(path.n == 0 && !path.ambiguous);
  struct uniqtype_subobject found[2];
  CHECK(uniqtype_subobjects(s, 16, found, 2) == 1 && found[0].type == rows && found[0].offset == 4 &&
        found[0].index == 1);
  CHECK(uniqtype_subobjects(s, 1, found, 2) == 0 && uniqtype_subobjects(NULL, 1, found, 2) == 0);
}

static void odd_members(void) {
  const struct uniqtype *empty = allocs_type_struct(next_key++, "empty", 0, NULL, 0);
  const struct uniqtype *open = allocs_type_array(integer, ALLOCS_LENGTH_UNBOUNDED);
  /* Neither an empty member nor an open end holds anything; order does not matter. */
  const struct uniqtype *s = COMPOSITE(12, {integer, "b", 0, 8}, {empty, "e", 0, 0}, {integer, "a", 0, 0});
  CHECK_STRING(way(s, 3), "2@0");
  CHECK_STRING(way(s, 8), "0@8");
  CHECK_STRING(way(allocs_type_array(empty, 4), 0), "");
  const struct uniqtype *flexible = COMPOSITE(4, {integer, "n", 0, 0}, {open, "tail", 0, 4});
  CHECK_STRING(way(flexible, 4), "");
  CHECK_STRING(way(allocs_type_array(flexible, 3), 9), "2@8 0@8");
}

/* What ends in an array without bound goes on to the end of its allocation, by whole elements. */
static void open_composites(void) {
  const struct uniqtype *open = allocs_type_array(integer, ALLOCS_LENGTH_UNBOUNDED);
  const struct uniqtype *flexible = COMPOSITE(4, {integer, "n", 0, 0}, {open, "tail", 0, 4});
  const struct uniqtype *outer = COMPOSITE(16, {real, "d", 0, 0}, {flexible, "in", 0, 8});
  const struct uniqtype *old = COMPOSITE(8, {integer, "n", 0, 0}, {allocs_type_array(integer, 1), "tail", 0, 4});
  const struct uniqtype *closed = COMPOSITE(8, {flexible, "in", 0, 0}, {integer, "n", 0, 4});
  struct uniqtype_subobject found[2];
  struct allocs_path path;
  CHECK_STRING(way_of(flexible, 21, 19), "1@4 3@16");
  CHECK_STRING(way_of(flexible, 21, 20), "");
  CHECK_STRING(way_of(outer, 21, 18), "1@8 1@12 1@16");
  CHECK_STRING(way_of(outer, 16, 13), "");
  CHECK_STRING(way_of(old, 20, 17), "1@4 3@16");
  CHECK_STRING(way_of(old, 8, 5), "1@4 0@4");
  CHECK_STRING(way_of(closed, 8, 5), "1@4");
  CHECK_STRING(way_of(allocs_type_array(flexible, 3), 12, 9), "2@8 0@8");
  allocs_subobject_path(outer, 21, 18, &path);
  CHECK(path.sizes[0] == 21 && path.sizes[1] == 13 && path.sizes[2] == 8);
  CHECK(allocs_subobject_path_type(&path, 1) == flexible && allocs_subobject_path_type(&path, 2) == allocs_type_array(integer, 2));
  CHECK(uniqtype_subobjects(flexible, 40, found, 2) == 1 && found[0].type == open && found[0].offset == 4);
  CHECK(uniqtype_subobjects(closed, 40, found, 2) == 0);
}

/* A union of nothing but such arrays, each behind an empty structure. */
static void open_unions(void) {
  const struct uniqtype *empty = allocs_type_struct(next_key++, "empty", 0, NULL, 0);
  const struct uniqtype *ints =
      COMPOSITE(0, {empty, NULL, 0, 0}, {allocs_type_array(integer, ALLOCS_LENGTH_UNBOUNDED), "a", 0, 0});
  const struct uniqtype *bytes =
      COMPOSITE(0, {empty, NULL, 0, 0}, {allocs_type_array(byte, ALLOCS_LENGTH_UNBOUNDED), "b", 0, 0});
  struct uniqtype_member one[] = {{ints, NULL, 0, 0}}, two[] = {{ints, NULL, 0, 0}, {bytes, NULL, 0, 0}};
  const struct uniqtype *single = allocs_type_composite(next_key++, ALLOCS_TYPE_UNION, NULL, 0, one, 1);
  const struct uniqtype *several = allocs_type_composite(next_key++, ALLOCS_TYPE_UNION, NULL, 0, two, 2);
  const struct uniqtype *s = COMPOSITE(4, {integer, "n", 0, 0}, {single, NULL, 0, 4});
  CHECK_STRING(way_of(s, 16, 9), "1@4 0@4 1@4 1@8");
  s = COMPOSITE(4, {integer, "n", 0, 0}, {several, NULL, 0, 4});
  CHECK_STRING(way_of(s, 16, 9), "1@4~");
  CHECK_STRING(way_of(s, 4, 2), "0@0");
}

static void overlaps(void) {
  struct uniqtype_subobject found[2];
  const struct uniqtype *differ = COMPOSITE(8, {integer, "i", 0, 0}, {real, "d", 0, 0});
  CHECK_STRING(way(differ, 0), "~");
  CHECK(innermost(differ, 0) == differ);
  CHECK_STRING(way(differ, 4), "1@0"); /* only one arm reaches so far */
  CHECK(uniqtype_subobjects(differ, 0, found, 1) == 2 && found[0].type == integer);

  const struct uniqtype *pair = COMPOSITE(8, {integer, "x", 0, 0}, {integer, "y", 0, 4});
  const struct uniqtype *agree = COMPOSITE(8, {pair, "p", 0, 0}, {allocs_type_array(integer, 2), "a", 0, 0});
  CHECK_STRING(way(agree, 5), "1@4~"); /* no union: at once to what they agree on, by neither's way */
  CHECK(innermost(agree, 5) == integer);
  /* Nobody's, if they are not of a union; of one, and where they hold no more than one, it is somebody's. */
  struct uniqtype_member arms[] = {{pair, "p", 0, 0}, {allocs_type_array(integer, 2), "a", 0, 0}};
  const struct uniqtype *either = allocs_type_composite(next_key++, ALLOCS_TYPE_UNION, "u", 8, arms, 2);
  static const struct { bool is_union; uint64_t offset; bool shared; } each[] = {{false, 5, true}, {false, 0, true}, {true, 5, false}};
  struct allocs_path path;
  for (int i = 0; i < 3; i++) {
    allocs_subobject_path(each[i].is_union ? either : agree, 8, each[i].offset, &path);
    CHECK(path.ambiguous && path.shared == each[i].shared && path.sizes[path.n - 1] == 4 && !path.padding);
  }
  allocs_subobject_path(differ, 8, 4, &path), CHECK(!path.ambiguous && !path.shared), allocs_subobject_path(differ, 8, 0, &path), CHECK(path.ambiguous && !path.shared);
  /* The same type at another place is not the same. */
  const struct uniqtype *shifted = COMPOSITE(8, {integer, "i", 0, 0}, {integer, "j", 0, 2});
  CHECK_STRING(way(shifted, 3), "~");
  CHECK_STRING(way(shifted, 5), "1@2");
  /* A deeper disagreement is the deeper union's; it can be agreed upon. */
  const struct uniqtype *twice = COMPOSITE(8, {differ, "u", 0, 0}, {differ, "v", 0, 0});
  CHECK_STRING(way(twice, 1), "0@0~");
  CHECK(innermost(twice, 1) == differ);
  const struct uniqtype *within = COMPOSITE(16, {integer, "n", 0, 0}, {differ, "u", 0, 8});
  CHECK_STRING(way(within, 9), "1@8~");
  CHECK_STRING(way(COMPOSITE(16, {within, "w", 0, 0}, {real, "d", 0, 8}), 9), "~");
  /* Padding of one arm against a member of another. */
  const struct uniqtype *padded = COMPOSITE(8, {byte, "c", 0, 0}, {integer, "i", 0, 4});
  CHECK_STRING(way(COMPOSITE(8, {padded, "p", 0, 0}, {integer, "i", 0, 0}), 2), "~");
  CHECK_STRING(way(COMPOSITE(8, {padded, "p", 0, 0}, {integer, "i", 0, 4}), 6), "1@4~");
  /* Bit-fields that share a byte: as the records have them, each takes the bytes its bits are in. */
  const struct uniqtype *bits =
      COMPOSITE(4, {byte, "low", 0, 0}, {allocs_type_char(), "high", 0, 0}, {byte, "rest", 0, 1});
  CHECK_STRING(way(bits, 0), "~");
  CHECK_STRING(way(bits, 1), "2@1");
}

static void depth_is_bounded(void) {
  const struct uniqtype *doubled = COMPOSITE(8, {integer, "i", 0, 0}), *deep = doubled;
  struct allocs_path path;
  for (unsigned i = 0; i < 6; i++)
    doubled = COMPOSITE(8, {doubled, "a", 0, 0}, {doubled, "b", 0, 0});
  CHECK_STRING(way(doubled, 0), "0@0 0@0 0@0 0@0 0@0 0@0 0@0~");
  for (unsigned i = 0; i < 20; i++)
    doubled = COMPOSITE(8, {doubled, "a", 0, 0}, {doubled, "b", 0, 0});
  CHECK_STRING(way(doubled, 0), "~"); /* 2^26 ways: not all looked at */
  for (unsigned i = 0; i < 100; i++)
    deep = COMPOSITE(8, {deep, "m", 0, 0});
  allocs_subobject_path(deep, deep->size, 0, &path);
  CHECK(path.n == ALLOCS_PATH_MAX && !path.ambiguous);
  deep = COMPOSITE(8, {deep, "a", 0, 0}, {integer, "i", 0, 0});
  CHECK_STRING(way(deep, 0), "~");
}

int main(void) {
  integer = allocs_type_base(ALLOCS_ENC_SIGNED, 4);
  real = allocs_type_base(ALLOCS_ENC_FLOAT, 8);
  byte = allocs_type_base(ALLOCS_ENC_UNSIGNED_CHAR, 1);
  single_ways();
  odd_members();
  open_composites();
  open_unions();
  overlaps();
  depth_is_bounded();
  return check_failed;
}
