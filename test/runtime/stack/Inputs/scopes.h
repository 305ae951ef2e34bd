/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#include <allocs.h>
#include <stdio.h>
#include <string.h>

struct pair {
  int a, b;
};
struct deep {
  struct pair pairs[2];
  char text[5];
  double number;
};
union either {
  long number;
  struct pair pair;
  char bytes[8];
};

static unsigned long asked, exact, enclosing, none, wrong;

static int is_frame(const struct uniqtype *type) { return !strncmp(UNIQTYPE_NAME(type), "__FRAME_", 8); }

/* Whether a type has another at offset 0 in it. */
static int begins_with(const struct uniqtype *type, const struct uniqtype *other) {
  struct uniqtype_subobject first[4];
  unsigned n = uniqtype_subobjects(type, 0, first, 4);
  if (type == other)
    return 1;
  for (unsigned i = 0; i < n && i < 4; i++)
    if (begins_with(first[i].type, other))
      return 1;
  return 0;
}

/* All that is told within the frame must be what the local begins with, or what it is an element of. A compound literal
   has no name. */
__attribute__((noinline)) static void ask(void *p, const struct uniqtype *type, const char *name) {
  char told[16];
  const struct uniqtype *at = NULL, *innermost = alloc_get_innermost_type(p);
  struct alloc_info info;
  int right = 1, seen = 0;
  asked++;
  if (alloc_get_info(p, &info) != ALLOC_OK || (info.allocator != &alloc_stackframe && info.allocator != &alloc_alloca)) {
    none++;
    return;
  }
  for (unsigned skip = 0; (at = alloc_get_inner_type(p, skip)) && !is_frame(at); skip++) {
    int is_array = seen && UNIQTYPE_IS_ARRAY_TYPE(at) && UNIQTYPE_ARRAY_ELEMENT_TYPE(at) == type;
    right &= is_array || begins_with(type, at);
    seen |= at == type;
  }
  if (alloc_get_name(p, told, sizeof told) && (!name || strcmp(told, name)))
    right &= is_frame(innermost); /* the function's */
  enum alloc_verdict is_one = alloc_is_a(p, type);
  right &= is_one != ALLOC_NO && !(is_one == ALLOC_MAYBE && seen);
  exact += right && seen;
  enclosing += right && !seen;
  wrong += !right;
  if (!right)
    fprintf(stderr, "%s: %s, named %s, not %s\n", name ? name : "(literal)", UNIQTYPE_NAME(innermost), told, UNIQTYPE_NAME(type));
}

static int done(void) {
  printf("asked %lu: %lu exactly, %lu less, %lu unknown, %lu wrong\n", asked, exact, enclosing, none, wrong);
  return wrong != 0 || asked < 100 || exact * 10 < asked;
}
