// Of the locals of a frame, what begins at a byte is known only if all that share it agree; of other types each way down counts, and all are looked at; what was found is kept for the same question alone.
// RUN: %cc -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/types/type_table.c %src/runtime/types/type.c %src/runtime/types/type_keys.c \
// RUN:   %src/runtime/ground/store.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#include "types/begins.c"
#include "check.h"

static uint64_t next_key = 1;
static const struct uniqtype *integer, *real, *byte;

static const struct uniqtype *composite(unsigned flags, const char *name, uint64_t size, const struct uniqtype_member *members, unsigned n) {
  return allocs_type_composite(next_key++, flags, name, size, members, n);
}
#define MEMBERS(...) (const struct uniqtype_member[]){__VA_ARGS__}, sizeof(const struct uniqtype_member[]){__VA_ARGS__} / sizeof(struct uniqtype_member)
#define STRUCT(size, ...) composite(0, "s", size, MEMBERS(__VA_ARGS__))
#define UNION(size, ...) composite(ALLOCS_TYPE_UNION, "u", size, MEMBERS(__VA_ARGS__))

static void frames(void) {
  const struct uniqtype *inner = STRUCT(8, {integer, "a", NULL, 0}, {real, "b", NULL, 4});
  const struct uniqtype *frame = STRUCT(32, {integer, "x", NULL, 0}, {real, "y", NULL, 0}, {integer, "z", NULL, 8}, {inner, "s", NULL, 8},
                                        {integer, "w", NULL, 20}, {integer, "v", NULL, 20});
  CHECK(allocs_begins_in_frame(frame, 32, 0, integer) == ALLOC_MAYBE && allocs_begins_in_frame(frame, 32, 0, real) == ALLOC_MAYBE);
  CHECK(allocs_begins_in_frame(frame, 32, 0, inner) == ALLOC_NO && allocs_begins_in_frame(frame, 32, 1, integer) == ALLOC_NO);
  CHECK(allocs_begins_in_frame(frame, 32, 8, integer) == ALLOC_YES && allocs_begins_in_frame(frame, 32, 8, inner) == ALLOC_MAYBE);
  CHECK(allocs_begins_in_frame(frame, 32, 12, real) == ALLOC_YES && allocs_begins_in_frame(frame, 32, 12, integer) == ALLOC_NO);
  CHECK(allocs_begins_in_frame(frame, 32, 16, integer) == ALLOC_MAYBE && allocs_begins_in_frame(frame, 32, 28, integer) == ALLOC_MAYBE);
  CHECK(allocs_begins_in_frame(frame, 32, 20, integer) == ALLOC_YES && allocs_begins_in_frame(frame, 32, 20, real) == ALLOC_NO);
}

static void arms(void) {
  const struct uniqtype *one = STRUCT(8, {integer, "a", NULL, 0}, {allocs_type_array(byte, 4), "rest", NULL, 4});
  const struct uniqtype *other = STRUCT(8, {real, "b", NULL, 0}, {real, "c", NULL, 4});
  const struct uniqtype *both = UNION(8, {one, "one", NULL, 0}, {other, "other", NULL, 0});
  const struct uniqtype *in = STRUCT(12, {integer, "n", NULL, 0}, {both, "both", NULL, 4});
  const struct uniqtype *all[] = {integer, real, one, other, both};
  for (unsigned i = 0; i < 5; i++)
    CHECK(allocs_begins(in, 12, 4, all[i]) == ALLOC_YES);
  CHECK(allocs_begins(in, 12, 4, in) == ALLOC_NO && allocs_begins(in, 12, 0, real) == ALLOC_NO);
  /* The other arm may be there, but in this one anything. */
  CHECK(allocs_begins(in, 12, 8, real) == ALLOC_YES && allocs_begins(in, 12, 8, integer) == ALLOC_MAYBE);
}

static void arrays(void) {
  const struct uniqtype *rows = allocs_type_array(allocs_type_array(integer, 4), 3), *open = allocs_type_array(integer, ALLOCS_LENGTH_UNBOUNDED);
  CHECK(allocs_begins(rows, 48, 16, allocs_type_array(integer, 4)) == ALLOC_YES && allocs_begins(rows, 48, 20, allocs_type_array(integer, 4)) == ALLOC_NO);
  CHECK(allocs_begins(rows, 48, 20, allocs_type_array(integer, 3)) == ALLOC_YES && allocs_begins(rows, 48, 44, open) == ALLOC_YES);
  CHECK(allocs_begins(rows, 48, 16, allocs_type_array(allocs_type_array(integer, 4), 2)) == ALLOC_YES);
  CHECK(allocs_begins(rows, 48, 32, allocs_type_array(allocs_type_array(integer, 4), 2)) == ALLOC_NO);
  CHECK(allocs_begins(rows, 48, 2, open) == ALLOC_NO && allocs_begins(integer, 4, 0, allocs_type_array(integer, 1)) == ALLOC_YES);
  CHECK(allocs_begins(integer, 4, 0, allocs_type_array(integer, 2)) == ALLOC_NO);
  /* Of elements of no bytes there are none to enter; of a vector's, no arrays. */
  const struct uniqtype *empty = composite(0, "empty", 0, NULL, 0);
  struct uniqtype vector = *allocs_type_array(integer, 4);
  vector.flags |= ALLOCS_TYPE_VECTOR;
  CHECK(allocs_begins(allocs_type_array(empty, 4), 0, 0, integer) == ALLOC_NO);
  CHECK(allocs_begins(&vector, 16, 4, integer) == ALLOC_YES && allocs_begins(&vector, 16, 4, allocs_type_array(integer, 2)) == ALLOC_NO && allocs_begins(&vector, 16, 2, integer) == ALLOC_NO);
  /* A tail that goes on. */
  const struct uniqtype *tailed = STRUCT(4, {integer, "n", NULL, 0}, {open, "tail", NULL, 4});
  CHECK(allocs_begins(tailed, 24, 0, tailed) == ALLOC_YES && allocs_begins(tailed, 24, 20, integer) == ALLOC_YES);
  CHECK(allocs_begins(tailed, 24, 8, allocs_type_array(integer, 4)) == ALLOC_YES && allocs_begins(tailed, 24, 8, allocs_type_array(integer, 5)) == ALLOC_NO);
  CHECK(allocs_begins(allocs_type_array(byte, 9), 9, 3, integer) == ALLOC_MAYBE && allocs_begins(allocs_type_array(byte, 0), 0, 0, integer) == ALLOC_MAYBE);
}

static void tags(void) {
  const struct uniqtype *whole = STRUCT(4, {integer, "a", NULL, 0}), *named = composite(ALLOCS_TYPE_INCOMPLETE, "s", ALLOCS_SIZE_UNKNOWN, NULL, 0);
  const struct uniqtype *stranger = composite(ALLOCS_TYPE_INCOMPLETE, "t", ALLOCS_SIZE_UNKNOWN, NULL, 0);
  const struct uniqtype *both = composite(ALLOCS_TYPE_INCOMPLETE | ALLOCS_TYPE_UNION, "s", ALLOCS_SIZE_UNKNOWN, NULL, 0);
  CHECK(allocs_begins(allocs_type_array(whole, 3), 12, 8, named) == ALLOC_YES && allocs_begins(whole, 4, 0, stranger) == ALLOC_NO);
  const struct uniqtype *whole_union = composite(ALLOCS_TYPE_UNION, "s", 4, MEMBERS({integer, "a", NULL, 0}));
  CHECK(allocs_begins(whole_union, 4, 0, both) == ALLOC_YES && allocs_begins(whole_union, 4, 0, named) == ALLOC_NO);
  CHECK(allocs_begins(whole, 4, 0, both) == ALLOC_NO && allocs_begins(named, 4, 0, whole) == ALLOC_MAYBE);
}

/* Unions in unions: two ways at each level. What takes too long is not known, and ends. */
static void many_ways(void) {
  const struct uniqtype *last = integer;
  for (int i = 0; i < 40; i++) {
    last = UNION(4, {last, "a", NULL, 0}, {last, "b", NULL, 0});
    CHECK(allocs_begins(last, 4, 0, real) == (i < 12 ? ALLOC_NO : i > 14 ? ALLOC_MAYBE : allocs_begins(last, 4, 0, real)));
    CHECK(allocs_begins(last, 4, 0, integer) == (i < 30 ? ALLOC_YES : i > 32 ? ALLOC_MAYBE : allocs_begins(last, 4, 0, integer)));
  }
}

/* What is kept is told again, whatever it is, of nothing but the same; not while it is written, nor by who comes meanwhile. */
static void kept(void) {
  const struct uniqtype *in = STRUCT(8, {integer, "a", NULL, 0}, {integer, "b", NULL, 4}), *other = STRUCT(8, {real, "a", NULL, 0}, {integer, "b", NULL, 4});
  struct question asked = {in, integer, 8, 2 * 4};
  struct known *at = known_at(&asked);
  CHECK(allocs_begins(in, 8, 4, integer) == ALLOC_YES && !memcmp(&at->of, &asked, sizeof asked) && at->verdict == ALLOC_YES && !(at->sequence & 1));
  at->verdict = ALLOC_MAYBE, CHECK(allocs_begins(in, 8, 4, integer) == ALLOC_MAYBE);
  at->sequence++, CHECK(allocs_begins(in, 8, 4, integer) == ALLOC_YES && at->verdict == ALLOC_MAYBE), at->sequence++;
  struct question wrong[] = {{other, integer, 8, 2 * 4}, {in, real, 8, 2 * 4}, {in, integer, 9, 2 * 4}, {in, integer, 8, 2 * 4 + 1}};
  for (int i = 0; i < 4; i++) {
    at->of = wrong[i], at->verdict = ALLOC_MAYBE, CHECK(allocs_begins(in, 8, 4, integer) == ALLOC_YES);
    CHECK(!memcmp(&at->of, &asked, sizeof asked) && at->verdict == ALLOC_YES);
  }
  struct question of_frame = {in, integer, 8, 2 * 4 + 1};
  CHECK(allocs_begins_in_frame(in, 8, 4, integer) == ALLOC_YES && !memcmp(&known_at(&of_frame)->of, &of_frame, sizeof of_frame));
  known_at(&of_frame)->verdict = ALLOC_NO, CHECK(allocs_begins_in_frame(in, 8, 4, integer) == ALLOC_NO && allocs_begins(in, 8, 4, integer) == ALLOC_YES);
}

int main(void) {
  integer = allocs_type_base(ALLOCS_ENC_SIGNED, 4);
  real = allocs_type_base(ALLOCS_ENC_FLOAT, 4);
  byte = allocs_type_byte();
  frames(), arms(), arrays(), tags(), many_ways(), kept();
  return check_failed;
}
