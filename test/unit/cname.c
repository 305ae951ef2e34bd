// A type is spelled as C declares it, around the name of what is of it; what is deep, long or made of itself is cut short, and no control character is written.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover -I%src/runtime -I%src/typegen %s -o %t && %t

#define _GNU_SOURCE
#include "write/cname.c"
#include "check.h"

#include <stdlib.h>

static char *spelled;
static const char *declared(const struct model_type *type, const char *alias, const char *name) {
  size_t size;
  free(spelled);
  FILE *out = open_memstream(&spelled, &size);
  allocs_cname_declaration(out, type, alias, name);
  fclose(out);
  return spelled;
}

#define BASE(ENCODING, BYTES, BITS) {.kind = ALLOCS_KIND_BASE, .encoding = ALLOCS_ENC_##ENCODING, .size = BYTES, .count = BITS}
static struct model_type nothing = {.kind = ALLOCS_KIND_VOID}, of_int = BASE(SIGNED, 4, 32), of_char = BASE(SIGNED_CHAR, 1, 8);
static struct model_type to(struct model_type *type) { return (struct model_type){.kind = ALLOCS_KIND_ADDRESS, .size = 8, .target = type}; }
static struct model_type array(struct model_type *type, uint64_t n) { return (struct model_type){.kind = ALLOCS_KIND_ARRAY, .count = n, .size = n * type->size, .target = type}; }
static struct model_type vector(struct model_type *type, uint64_t n, uint64_t size) { return (struct model_type){.kind = ALLOCS_KIND_ARRAY, .flags = ALLOCS_TYPE_VECTOR, .count = n, .size = size, .target = type}; }
static struct model_type function(struct model_type *result, unsigned flags, struct model_entry *entries, uint32_t n) { return (struct model_type){.kind = ALLOCS_KIND_SUBPROGRAM, .flags = (uint8_t)flags, .target = result, .entries = entries, .n_entries = n}; }

static void bases(void) {
  static const struct { struct model_type type; const char *text; } each[] = {
      {BASE(BOOLEAN, 1, 8), "_Bool"}, {BASE(SIGNED_CHAR, 1, 8), "char"}, {BASE(UNSIGNED_CHAR, 1, 8), "unsigned char"}, {BASE(SIGNED, 2, 16), "short"}, {BASE(UNSIGNED, 8, 64), "unsigned long"},
      {BASE(SIGNED, 4, 31), "_BitInt(31)"}, {BASE(UNSIGNED, 4, 17), "unsigned _BitInt(17)"}, {BASE(SIGNED, 16, 129), "_BitInt(129)"}, {BASE(FLOAT, 16, 80), "long double"}, {BASE(FLOAT, 16, 128), "__float128"},
      {BASE(FLOAT, 4, 31), "(base 0x4, 31 bits)"}, {BASE(COMPLEX_FLOAT, 8, 64), "float _Complex"}, {BASE(BFLOAT, 2, 16), "__bf16"}, {BASE(BOOLEAN, 1, 1), "(base 0x2, 1 bits)"}};
  for (size_t i = 0; i < sizeof each / sizeof *each; i++)
    CHECK_STRING(declared(&each[i].type, NULL, NULL), each[i].text);
  /* Of a bit-field the narrowest that has its bits. */
  static const struct { struct model_type type; const char *text; } fields[] = {
      {BASE(SIGNED, 1, 3), "int"}, {BASE(SIGNED, 4, 32), "int"}, {BASE(SIGNED, 5, 33), "long"}, {BASE(UNSIGNED, 1, 1), "unsigned int"}, {BASE(UNSIGNED, 8, 64), "unsigned long"}, {BASE(UNSIGNED, 9, 65), "unsigned __int128"},
      {BASE(BOOLEAN, 1, 1), "_Bool"}, {BASE(SIGNED_CHAR, 1, 5), "char"}};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    struct model_type field = fields[i].type;
    field.flags = ALLOCS_TYPE_BITFIELD;
    CHECK_STRING(declared(&field, NULL, NULL), fields[i].text);
  }
}

static void derived(void) {
  struct model_type pointer = to(&of_int), two = to(&pointer), ints = array(&of_int, 3), rows = array(&ints, 2), open = array(&of_int, ALLOCS_LENGTH_UNBOUNDED), pointers = array(&pointer, 4), to_ints = to(&ints), to_void = to(&nothing);
  struct model_entry entries[] = {{.type = &of_int}, {.type = &to_void}};
  struct model_type f = function(&of_int, 0, entries, 2), none = function(&nothing, 0, NULL, 0), old = function(&nothing, ALLOCS_TYPE_NO_PROTOTYPE, NULL, 0), more = function(&nothing, ALLOCS_TYPE_VARIADIC, entries, 1), only = function(&nothing, ALLOCS_TYPE_VARIADIC, NULL, 0);
  struct model_type to_f = to(&f), fs = array(&to_f, 2), gives = function(&to_f, 0, NULL, 0), to_fs = to(&fs), takes_entry;
  struct model_entry callback = {.type = &to_f};
  takes_entry = function(&to_ints, 0, &callback, 1);
  struct model_type four = vector(&of_int, 4, 16), three = vector(&of_int, 3, 16), vectors = array(&four, 2), to_vector = to(&four), strange = vector(&pointer, 2, 16);
  const struct { struct model_type *type; const char *bare, *named; } each[] = {
      {&of_int, "int", "int x"}, {&nothing, "void", "void x"}, {&pointer, "int *", "int *x"}, {&two, "int **", "int **x"}, {&ints, "int[3]", "int x[3]"}, {&rows, "int[2][3]", "int x[2][3]"}, {&open, "int[]", "int x[]"},
      {&pointers, "int *[4]", "int *x[4]"}, {&to_ints, "int (*)[3]", "int (*x)[3]"}, {&f, "int (int, void *)", "int x(int, void *)"}, {&none, "void (void)", "void x(void)"}, {&old, "void ()", "void x()"},
      {&more, "void (int, ...)", "void x(int, ...)"}, {&only, "void (...)", "void x(...)"}, {&to_f, "int (*)(int, void *)", "int (*x)(int, void *)"}, {&fs, "int (*[2])(int, void *)", "int (*x[2])(int, void *)"},
      {&gives, "int (*(void))(int, void *)", "int (*x(void))(int, void *)"}, {&to_fs, "int (*(*)[2])(int, void *)", "int (*(*x)[2])(int, void *)"}, {&takes_entry, "int (*(int (*)(int, void *)))[3]", "int (*x(int (*)(int, void *)))[3]"},
      {&four, "int __attribute__((vector_size(16)))", "int __attribute__((vector_size(16))) x"}, {&three, "int __attribute__((ext_vector_type(3)))", "int __attribute__((ext_vector_type(3))) x"},
      {&vectors, "int __attribute__((vector_size(16)))[2]", "int __attribute__((vector_size(16))) x[2]"}, {&to_vector, "int __attribute__((vector_size(16))) *", "int __attribute__((vector_size(16))) *x"},
      {&strange, "int * __attribute__((vector_size(16)))", "int * __attribute__((vector_size(16))) x"}};
  for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
    CHECK_STRING(declared(each[i].type, NULL, NULL), each[i].bare);
    CHECK_STRING(declared(each[i].type, NULL, "x"), each[i].named);
  }
  CHECK(allocs_cname_base(&fs) == &of_int && allocs_cname_base(&vectors) == &four && allocs_cname_base(&of_int) == &of_int);
  char *text;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  allocs_cname_declarator(out, &to_fs, "x"), allocs_cname_declarator(out, &of_int, "y"), allocs_cname_declarator(out, &of_int, NULL), fclose(out);
  CHECK_STRING(text, " (*(*x)[2])(int, void *) y"), free(text);
}

static void named(void) {
  struct model_type s = {.kind = ALLOCS_KIND_COMPOSITE, .name = "s"}, u = {.kind = ALLOCS_KIND_COMPOSITE, .flags = ALLOCS_TYPE_UNION, .name = "u"}, e = {.kind = ALLOCS_KIND_ENUMERATION, .name = "e"};
  struct model_type by_alias = {.kind = ALLOCS_KIND_COMPOSITE, .flags = ALLOCS_TYPE_ANONYMOUS, .name = "t"}, without = {.kind = ALLOCS_KIND_ENUMERATION, .flags = ALLOCS_TYPE_ANONYMOUS, .hash = 0x1234}, p = to(&s);
  CHECK_STRING(declared(&s, NULL, NULL), "struct s"), CHECK_STRING(declared(&u, NULL, "x"), "union u x"), CHECK_STRING(declared(&e, NULL, NULL), "enum e"), CHECK_STRING(declared(&by_alias, NULL, "x"), "t x");
  CHECK_STRING(declared(&without, NULL, "x"), "enum /* 0000000000001234 */ x"), CHECK_STRING(declared(&p, NULL, NULL), "struct s *");
  CHECK(!allocs_cname_is_unnamed(&s) && !allocs_cname_is_unnamed(&by_alias) && allocs_cname_is_unnamed(&without) && !allocs_cname_is_unnamed(&of_int) && !allocs_cname_is_unnamed(&p));
  /* What has a typedef name is told by that; nothing is told of nothing. */
  CHECK_STRING(declared(&p, "sp", "x"), "sp x"), CHECK_STRING(declared(&p, "sp", NULL), "sp"), CHECK_STRING(declared(NULL, NULL, "x"), "(no type) x"), CHECK_STRING(declared(NULL, "a", NULL), "a");
  CHECK(allocs_cname_says_more(&s, "s") && !allocs_cname_says_more(&by_alias, "t") && allocs_cname_says_more(&by_alias, "other") && !allocs_cname_says_more(&s, NULL) && !allocs_cname_says_more(NULL, "s") && allocs_cname_says_more(&without, "t"));
  s.name = "a\x1f\x7f\n ~\x80";
  CHECK_STRING(declared(&s, NULL, "b\t"), "struct a\\x1f\\x7f\\x0a ~\x80 b\\x09");
  char *text;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  allocs_cname_text(out, NULL), fclose(out), CHECK_STRING(text, "?"), free(text);
  CHECK_STRING(allocs_cname_shape(ALLOCS_SHAPE_OBJECT), "object"), CHECK_STRING(allocs_cname_rule(ALLOCS_RULE_NONE), "none");
}

/* Levels of parameters within parameters; of pointers; and as many types as there are steps. */
static void limits(void) {
  static struct model_type functions[40], pointers[100], wide;
  static struct model_entry entries[40], many[5000], doubled[40][2];
  for (int i = 0; i < 40; i++)
    entries[i].type = i ? &functions[i - 1] : &of_char, functions[i] = function(&nothing, 0, &entries[i], 1);
  CHECK(strstr(declared(&functions[MAX_DEPTH - 1], NULL, NULL), "char") && !strstr(spelled, "..."));
  CHECK(!strstr(declared(&functions[MAX_DEPTH], NULL, NULL), "char") && strstr(spelled, "void (...)"));
  for (int i = 0; i < 100; i++)
    pointers[i] = to(i ? &pointers[i - 1] : &of_char);
  CHECK(!strncmp(declared(&pointers[MAX_CHAIN - 1], NULL, NULL), "char **", 7) && strlen(spelled) == 5 + MAX_CHAIN);
  CHECK(!strncmp(declared(&pointers[MAX_CHAIN], NULL, NULL), "... **", 6) && strlen(spelled) == 4 + MAX_CHAIN);
  for (int i = 0; i < 5000; i++)
    many[i].type = &of_int;
  wide = function(&nothing, 0, many, 5000);
  size_t n = 0;
  declared(&wide, NULL, NULL);
  for (const char *at = spelled; (at = strstr(at, "int")); at++)
    n++;
  CHECK(n == MAX_STEPS - 1 && strlen(spelled) > 4 && strstr(spelled, "...") == spelled + strlen(spelled) - 4);
  /* It would double at each level. */
  for (int i = 0; i < 40; i++)
    doubled[i][0].type = doubled[i][1].type = i ? &functions[i - 1] : &of_char, functions[i] = function(&nothing, 0, doubled[i], 2);
  CHECK(strlen(declared(&functions[14], NULL, NULL)) < 30 * MAX_STEPS && strstr(spelled, "..."));
}

int main(void) {
  bases();
  derived();
  named();
  limits();
  free(spelled);
  return check_failed;
}
