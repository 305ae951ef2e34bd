// The encoding of each base type has a constant, a predicate and a word; an enumeration has that of its integers, other types none.
// RUN: %allocs-cc -Wall -Wextra -Werror -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>
#include <stdbool.h>

enum { SIGNED = 1, UNSIGNED = 2, CHARACTER = 4, BOOLEAN = 8, FLOATING = 16, COMPLEX = 32 };
enum small { A, B = 200 };
enum negative { C = -1 };
struct bits { unsigned a : 3; int b : 5; bool c : 1; unsigned char d : 4; };

static int groups_of(const struct uniqtype *u) {
  return UNIQTYPE_IS_SIGNED_TYPE(u) * SIGNED | UNIQTYPE_IS_UNSIGNED_TYPE(u) * UNSIGNED |
         UNIQTYPE_IS_CHARACTER_TYPE(u) * CHARACTER | UNIQTYPE_IS_BOOLEAN_TYPE(u) * BOOLEAN |
         UNIQTYPE_IS_FLOATING_TYPE(u) * FLOATING | UNIQTYPE_IS_COMPLEX_TYPE(u) * COMPLEX;
}

static void check(const struct uniqtype *u, enum allocs_encoding encoding, int groups, const char *word) {
  CHECK(u && UNIQTYPE_IS_BASE_TYPE(u) && UNIQTYPE_BASE_TYPE_ENCODING(u) == encoding && groups_of(u) == groups);
  CHECK_STRING(UNIQTYPE_ENCODING_NAME(u), word);
}

static void check_none(const struct uniqtype *u) { CHECK(u && !groups_of(u) && !UNIQTYPE_ENCODING_NAME(u)); }

int main(void) {
  const int plain = (char)-1 < 0 ? SIGNED : UNSIGNED;
  check(alloc_typeof(bool), ALLOCS_ENC_BOOLEAN, BOOLEAN, "boolean");
  check(alloc_typeof(char), plain == SIGNED ? ALLOCS_ENC_SIGNED_CHAR : ALLOCS_ENC_UNSIGNED_CHAR, CHARACTER | plain, plain == SIGNED ? "signed char" : "unsigned char");
  check(alloc_typeof(signed char), ALLOCS_ENC_SIGNED_CHAR, CHARACTER | SIGNED, "signed char");
  check(alloc_typeof(unsigned char), ALLOCS_ENC_UNSIGNED_CHAR, CHARACTER | UNSIGNED, "unsigned char");
  check(alloc_typeof(short), ALLOCS_ENC_SIGNED, SIGNED, "signed");
  check(alloc_typeof(unsigned short), ALLOCS_ENC_UNSIGNED, UNSIGNED, "unsigned");
  check(alloc_typeof(int), ALLOCS_ENC_SIGNED, SIGNED, "signed");
  check(alloc_typeof(unsigned long), ALLOCS_ENC_UNSIGNED, UNSIGNED, "unsigned");
  check(alloc_typeof(__int128), ALLOCS_ENC_SIGNED, SIGNED, "signed");
  check(alloc_typeof(float), ALLOCS_ENC_FLOAT, FLOATING, "float");
  check(alloc_typeof(double), ALLOCS_ENC_FLOAT, FLOATING, "float");
  check(alloc_typeof(long double), ALLOCS_ENC_FLOAT, FLOATING, "float");
  check(alloc_typeof(double _Complex), ALLOCS_ENC_COMPLEX_FLOAT, COMPLEX, "complex float");
  check(alloc_typeof(int _Complex), ALLOCS_ENC_COMPLEX_INT, COMPLEX, "complex int");
  volatile unsigned long n = 7;
  void *untyped = malloc(n);
  check(UNIQTYPE_ARRAY_ELEMENT_TYPE(alloc_get_type(untyped)), ALLOCS_ENC_BYTE, 0, "byte");

  const struct uniqtype *bits = alloc_typeof(struct bits);
  CHECK(UNIQTYPE_COMPOSITE_MEMBER_COUNT(bits) == 4);
  check(UNIQTYPE_MEMBER_TYPE(bits, 0), ALLOCS_ENC_UNSIGNED, UNSIGNED, "unsigned");
  check(UNIQTYPE_MEMBER_TYPE(bits, 1), ALLOCS_ENC_SIGNED, SIGNED, "signed");
  check(UNIQTYPE_MEMBER_TYPE(bits, 2), ALLOCS_ENC_BOOLEAN, BOOLEAN, "boolean");

  const struct uniqtype *enums[] = {alloc_typeof(enum small), alloc_typeof(enum negative)};
  CHECK_STRING(UNIQTYPE_ENCODING_NAME(enums[0]), "unsigned");
  CHECK_STRING(UNIQTYPE_ENCODING_NAME(enums[1]), "signed");
  CHECK(!groups_of(enums[0]) && !groups_of(enums[1]));
  check_none(bits), check_none(alloc_typeof(int *)), check_none(alloc_typeof(int[3])), check_none(uniqtype_void());
  CHECK(!UNIQTYPE_ENCODING_NAME(NULL));
  return check_failed;
}
