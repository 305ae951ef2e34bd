// Keys of what is built of pointers and arrays are as typekey.h has them up to 63 deep; of what is deeper there are none.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "types/type_keys.c"
#include "check.h"

enum { MOST = 70 };
static struct uniqtype integer = {.kind = ALLOCS_KIND_BASE, .key = 1234}, links[MOST], function;
static bool was_closed;
const struct uniqtype *allocs_type_table_intern(const struct uniqtype *like, bool closed) {
  function = *like, was_closed = closed;
  return &function;
}

/* So many links, pointers and arrays by turns, or all of a kind, before what is at the end. */
static const struct uniqtype *chain(unsigned n, unsigned pointers, const struct uniqtype *end, uint64_t *key) {
  for (unsigned i = 0; i < n; i++) {
    bool is_pointer = pointers >> i % 2 & 1;
    links[i] = (struct uniqtype){.kind = is_pointer ? ALLOCS_KIND_ADDRESS : ALLOCS_KIND_ARRAY,
                                 .target = i ? &links[i - 1] : end, .count = i, .flags = i % 3, .key = 5 + i};
    *key = is_pointer ? allocs_key_pointer(*key) : allocs_key_array(*key, i, i % 3);
  }
  return n ? &links[n - 1] : end;
}

static void values(void) {
  for (unsigned pointers = 0; pointers < 4; pointers++)
    for (unsigned n = 0; n < MOST; n++) {
      uint64_t key = integer.key, got = 9;
      const struct uniqtype *type = chain(n, pointers, &integer, &key);
      /* Arrays before the first pointer count by themselves. */
      bool is_known = n <= 63 + (pointers % 3 && type->kind == ALLOCS_KIND_ARRAY);
      CHECK(allocs_type_keys_value_key(type, &got) == is_known && got == (is_known ? key : 9));
    }
}

/* Of a structure's name, where that is behind a pointer; else of the whole. */
static void tags(void) {
  static const unsigned kinds[] = {ALLOCS_KIND_COMPOSITE, ALLOCS_KIND_ENUMERATION, ALLOCS_KIND_SUBPROGRAM};
  for (unsigned i = 0; i < 6; i++) {
    struct uniqtype end = {.kind = kinds[i % 3], .key = 99, .flags = 1, .name = i < 3 ? "s" : NULL};
    uint64_t mention = i < 2 ? allocs_key_mention(end.kind, end.flags, "s") : 99, whole = 99, got;
    CHECK(allocs_type_keys_value_key(chain(3, 3, &end, &mention), &got) && got == mention);
    CHECK(allocs_type_keys_value_key(chain(3, 0, &end, &whole), &got) && got == whole);
  }
}

static void functions(void) {
  uint64_t result = 1234, argument = 1234;
  struct uniqtype pointer = {.kind = ALLOCS_KIND_ADDRESS, .target = &integer};
  const struct uniqtype *const args[] = {&pointer, &integer};
  uint64_t wanted = allocs_key_subprogram(result, 2, 2);
  wanted = allocs_key_u64(allocs_key_u64(wanted, allocs_key_pointer(argument)), 1234);
  const struct uniqtype *made = allocs_type_keys_function(&integer, args, 2, 2, true);
  CHECK(made == &function && made->key == wanted && made->flags == 2 && made->n_entries == 2 && was_closed);
  CHECK(made->entries.args == args && made->target == &integer && made->kind == ALLOCS_KIND_SUBPROGRAM);
  CHECK(allocs_type_keys_function(&integer, args, 1, 0, false) && !was_closed);
  CHECK(made->key == allocs_key_u64(allocs_key_subprogram(result, 0, 1), allocs_key_pointer(argument)));
  const struct uniqtype *deep = chain(64, 1, &integer, &result);
  CHECK(!allocs_type_keys_function(deep, args, 2, 0, false) && !allocs_type_keys_function(&integer, &deep, 1, 0, false));
  CHECK(allocs_type_keys_function(&links[62], args, 2, 0, false));
}

int main(void) {
  values();
  tags();
  functions();
  return check_failed;
}
