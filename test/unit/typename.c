// Types have the ancestor's names and C's.
// RUN: %cc -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/types/type_table.c %src/runtime/types/type.c %src/runtime/types/type_keys.c %src/runtime/types/type_record.c %src/runtime/ground/readers.c %src/runtime/bytes/record.c \
// RUN:   %src/runtime/types/type_name.c %src/runtime/ground/text.c %src/runtime/ground/store.c %src/runtime/os/os_sanitizer.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#include "check.h"
#include "records.h"
#include "types/type.h"

static struct image image;

static void check_names(const char *file, int line, const struct allocs_type *of, const char *name, const char *c) {
  char buf[256];
  const struct uniqtype *type = type_of(of);
  check_string(file, line, uniqtype_name(type), name);
  check_string(file, line, uniqtype_c_name(type, buf, sizeof buf), c);
  CHECK(uniqtype_name(type) == uniqtype_name(type));
}
#define NAMES(record, name, c) check_names(__FILE__, __LINE__, record, name, c)
#define DECLARATION(record, name, wanted)                                                                              \
  CHECK_STRING(uniqtype_c_declaration(type_of(record), name, buf, sizeof buf), wanted)

#define BASE(encoding, size, bits) base(&image, ALLOCS_ENC_##encoding, size, bits)
#define FIELD(encoding, bits, offset) bit_field(&image, ALLOCS_ENC_##encoding, bits, offset)
#define P(to) pointer(&image, to)
#define A(of, n) array(&image, of, n)

static struct allocs_type *function_of(const struct allocs_type *result, unsigned flags, const struct allocs_type *a,
                                       const struct allocs_type *b) {
  struct allocs_type *ret = function(&image, result, flags, !!a + !!b);
  if (a)
    set_arg(ret, 0, a);
  if (b)
    set_arg(ret, 1, b);
  return ret;
}

static void base_types(void) {
  NAMES(void_record(&image), "void", "void");
  NAMES(BASE(SIGNED, 4, 32), "int$32", "int");
  NAMES(BASE(UNSIGNED, 4, 32), "uint$32", "unsigned int");
  NAMES(BASE(SIGNED, 8, 64), "int$64", "long");
  NAMES(BASE(UNSIGNED, 8, 64), "uint$64", "unsigned long");
  NAMES(BASE(SIGNED, 2, 16), "int$16", "short");
  NAMES(BASE(SIGNED_CHAR, 1, 8), "signed_char$8", "char");
  NAMES(BASE(UNSIGNED_CHAR, 1, 8), "unsigned_char$8", "unsigned char");
  NAMES(BASE(BOOLEAN, 1, 8), "boolean$8", "_Bool");
  NAMES(BASE(FLOAT, 2, 16), "float$16", "_Float16");
  NAMES(BASE(BFLOAT, 2, 16), "bfloat$16", "__bf16");
  NAMES(BASE(FLOAT, 4, 32), "float$32", "float");
  NAMES(BASE(FLOAT, 8, 64), "float$64", "double");
  NAMES(BASE(FLOAT, 16, 80), "float$80", "long double");
  NAMES(BASE(FLOAT, 16, 128), "float$128", "__float128");
  NAMES(BASE(COMPLEX_FLOAT, 8, 64), "complex_float$64", "float _Complex");
  NAMES(BASE(COMPLEX_FLOAT, 16, 128), "complex_float$128", "double _Complex");
  NAMES(BASE(COMPLEX_FLOAT, 32, 160), "complex_float$160", "long double _Complex");
  NAMES(BASE(COMPLEX_FLOAT, 32, 256), "complex_float$256", "long double _Complex");
  NAMES(BASE(COMPLEX_INT, 8, 64), "complex_int$64", "int _Complex");
  NAMES(BASE(SIGNED, 16, 128), "int$128", "__int128");
  NAMES(BASE(UNSIGNED, 16, 128), "uint$128", "unsigned __int128");
  NAMES(BASE(SIGNED, 4, 17), "int$17", "_BitInt(17)");
  NAMES(BASE(UNSIGNED, 32, 200), "uint$200", "unsigned _BitInt(200)");
  NAMES(BASE(NULLPTR, 8, 64), "nullptr_t", "nullptr_t");
  NAMES(BASE(BYTE, 1, 8), "__uninterpreted_byte", "__uninterpreted_byte");
  NAMES(FIELD(UNSIGNED, 3, 0), "uint$3", "unsigned int : 3");
  NAMES(FIELD(UNSIGNED, 3, 5), "uint$3$5", "unsigned int : 3");
  NAMES(FIELD(SIGNED, 40, 1), "int$40$1", "long : 40");
  NAMES(FIELD(BOOLEAN, 1, 7), "boolean$1$7", "_Bool : 1");
  NAMES(FIELD(SIGNED_CHAR, 2, 0), "signed_char$2", "char : 2");
}

static void tagged_types(void) {
  struct allocs_type *type;
  NAMES(tagged(&image, ALLOCS_KIND_COMPOSITE, "node", 1, 4, 0), "node", "struct node");
  type = tagged(&image, ALLOCS_KIND_COMPOSITE, "either", 2, 4, 0);
  set_flags(type, ALLOCS_TYPE_UNION);
  NAMES(P(type), "__PTR_either", "union either *");
  NAMES(tagged(&image, ALLOCS_KIND_ENUMERATION, "colour", 3, 4, 0), "colour", "enum colour");
  type = tagged(&image, ALLOCS_KIND_COMPOSITE, "div_t", 4, 8, 0);
  set_flags(type, ALLOCS_TYPE_ANONYMOUS);
  NAMES(A(type, 2), "__ARR2_div_t", "div_t[2]");
  type = tagged(&image, ALLOCS_KIND_COMPOSITE, NULL, 0x0123456789abcdef, 8, 0);
  set_flags(type, ALLOCS_TYPE_ANONYMOUS);
  NAMES(type, "__ANON_0123456789abcdef", "struct {...}");
  NAMES(P(type), "__PTR___ANON_0123456789abcdef", "struct {...} *");
  NAMES(incomplete(&image, "FILE", 5), "FILE", "struct FILE");
  NAMES(tagged(&image, ALLOCS_KIND_COMPOSITE, "__FRAME_main", 6, 48, 0), "__FRAME_main", "frame of main");
}

static void derived_types(void) {
  char buf[256];
  struct allocs_type *i = BASE(SIGNED, 4, 32), *c = BASE(SIGNED_CHAR, 1, 8), *f = BASE(FLOAT, 4, 32);
  struct allocs_type *node = tagged(&image, ALLOCS_KIND_COMPOSITE, "node", 1, 4, 0);
  NAMES(A(i, 4), "__ARR4_int$32", "int[4]");
  NAMES(A(A(i, 4), 3), "__ARR3___ARR4_int$32", "int[3][4]");
  NAMES(A(i, ALLOCS_LENGTH_UNBOUNDED), "__ARR_int$32", "int[]");
  NAMES(A(i, 0), "__ARR0_int$32", "int[0]");
  NAMES(P(NULL), "__PTR_void", "void *");
  NAMES(P(P(c)), "__PTR___PTR_signed_char$8", "char **");
  NAMES(A(P(node), 4), "__ARR4___PTR_node", "struct node *[4]");
  NAMES(P(A(i, 4)), "__PTR___ARR4_int$32", "int (*)[4]");
  NAMES(P(P(A(i, 4))), "__PTR___PTR___ARR4_int$32", "int (**)[4]");
  struct allocs_type *four = vector(&image, f, 4, 16);
  NAMES(A(four, 2), "__ARR2___VEC4_float$32", "float __attribute__((vector_size(16)))[2]");
  DECLARATION(P(four), "v", "float __attribute__((vector_size(16))) *v");
  NAMES(vector(&image, f, 3, 16), "__VEC3_float$32", "float __attribute__((ext_vector_type(3)))");

  NAMES(function_of(i, 0, i, P(P(c))), "__FUN_FROM___ARG0_int$32__ARG1___PTR___PTR_signed_char$8__FUN_TO_int$32",
        "int (int, char **)");
  NAMES(function_of(NULL, 0, NULL, NULL), "__FUN_FROM___FUN_TO_void", "void (void)");
  NAMES(function_of(NULL, ALLOCS_TYPE_NO_PROTOTYPE, NULL, NULL), "__FUN_FROM___FUN_TO_void", "void ()");
  NAMES(function_of(NULL, ALLOCS_TYPE_VARIADIC, NULL, NULL), "__FUN_FROM___VA___FUN_TO_void", "void (...)");
  NAMES(A(P(function_of(i, ALLOCS_TYPE_VARIADIC, P(node), NULL)), 4),
        "__ARR4___PTR___FUN_FROM___ARG0___PTR_node__VA___FUN_TO_int$32", "int (*[4])(struct node *, ...)");
  /* signal() */
  struct allocs_type *handler = P(function_of(NULL, 0, i, NULL));
  NAMES(function_of(handler, 0, i, handler),
        "__FUN_FROM___ARG0_int$32__ARG1___PTR___FUN_FROM___ARG0_int$32__FUN_TO_void"
        "__FUN_TO___PTR___FUN_FROM___ARG0_int$32__FUN_TO_void",
        "void (*(int, void (*)(int)))(int)");
  DECLARATION(function_of(handler, 0, i, handler), "signal", "void (*signal(int, void (*)(int)))(int)");
  DECLARATION(A(P(function_of(P(A(i, 3)), 0, NULL, NULL)), 5), "x", "int (*(*x[5])(void))[3]");
  DECLARATION(i, "x", "int x");
  DECLARATION(P(node), "next", "struct node *next");
  DECLARATION(A(P(c), 2), "argv", "char *argv[2]");
  DECLARATION(P(A(i, 4)), "rows", "int (*rows)[4]");
  DECLARATION(function_of(P(c), 0, NULL, NULL), "f", "char *f(void)");
  DECLARATION(FIELD(UNSIGNED, 3, 5), "flags", "unsigned int flags : 3");
  CHECK(uniqtype_ultimate_pointee(type_of(P(P(c)))) == allocs_type_char());
  CHECK(uniqtype_ultimate_pointee(allocs_type_char()) == allocs_type_char() && !uniqtype_ultimate_pointee(NULL));
}

/* What has no name, nor its members: those of its parts, if one is a structure's and all can be said in a word. */
static void put_together(void) {
  char buf[100];
  const struct uniqtype *node = allocs_type_struct(71, "node", 16, NULL, 0), *text = allocs_type_array(allocs_type_char(), 5);
  struct uniqtype_member parts[] = {{node, NULL, 0, 0}, {allocs_type_array(allocs_type_pointer(node), 2), NULL, 0, 16},
                                    {text, NULL, 0, 32}};
  const struct uniqtype *type = allocs_type_composite(72, ALLOCS_TYPE_ANONYMOUS, NULL, 40, parts, 3);
  CHECK_STRING(uniqtype_c_name(type, buf, sizeof buf), "struct { struct node; struct node *[2]; char[5]; }");
  CHECK_STRING(uniqtype_c_declaration(type, "x", buf, sizeof buf), "struct { struct node; struct node *[2]; char[5]; } x");
  CHECK_STRING(uniqtype_c_name(type, buf, 12), "struct { st");
  CHECK_STRING(uniqtype_c_name(allocs_type_pointer(type), buf, sizeof buf), "struct {...} *");
  type = allocs_type_composite(73, ALLOCS_TYPE_ANONYMOUS, NULL, 8, parts + 2, 1);
  CHECK_STRING(uniqtype_c_name(type, buf, sizeof buf), "struct {...}");
  parts[1].type = allocs_type_pointer(text);
  type = allocs_type_composite(74, ALLOCS_TYPE_ANONYMOUS, NULL, 40, parts, 3);
  CHECK_STRING(uniqtype_c_name(type, buf, sizeof buf), "struct {...}");
  parts[1].type = node;
  parts[1].name = "named";
  type = allocs_type_composite(75, ALLOCS_TYPE_ANONYMOUS | ALLOCS_TYPE_UNION, NULL, 40, parts, 3);
  CHECK_STRING(uniqtype_c_name(type, buf, sizeof buf), "union {...}");
}

static void names_without_type_and_cut_names(void) {
  char buf[16];
  CHECK_STRING(uniqtype_name(NULL), "(no type)");
  CHECK_STRING(UNIQTYPE_NAME(NULL), "(no type)");
  CHECK_STRING(uniqtype_c_name(NULL, buf, sizeof buf), "(no type)");
  CHECK_STRING(uniqtype_c_name(allocs_type_base(ALLOCS_ENC_UNSIGNED, 8), buf, 9), "unsigned");
  buf[0] = 'x';
  CHECK(uniqtype_c_name(allocs_type_char(), buf, 0) == buf && buf[0] == 'x');

  const struct uniqtype *deep = allocs_type_char();
  for (unsigned i = 0; i < 666; i++)
    deep = allocs_type_pointer(deep); /* 6 each, and 13: 4009 */
  const char *name = uniqtype_name(deep), *longer = uniqtype_name(allocs_type_pointer(deep));
  CHECK(strlen(name) == 4000 && name[3983] == '$' && strlen(longer) == 4000 && strcmp(name, longer) != 0);
  CHECK(strlen(uniqtype_name(deep->target)) == 4000);
  CHECK(strlen(uniqtype_name(deep->target->target)) == 3997);
  CHECK(strncmp(name, "__PTR___PTR_", 12) == 0 &&
        strcmp(uniqtype_c_name(deep, buf, sizeof buf), "char **********") == 0);

  /* Each function has two of the one before for parameters: names grow beyond all bounds. */
  struct allocs_type *wide = BASE(SIGNED, 4, 32), *nested = BASE(SIGNED, 4, 32);
  const char *names[60];
  for (unsigned i = 0; i < 60; i++) {
    char large[2000];
    wide = function_of(wide, 0, P(wide), P(wide));
    nested = function_of(NULL, 0, P(nested), NULL);
    names[i] = uniqtype_name(type_of(nested));
    CHECK(strlen(uniqtype_name(type_of(wide))) <= 4000);
    uniqtype_c_name(type_of(wide), large, sizeof large);
    uniqtype_c_name(type_of(nested), large, sizeof large);
    CHECK(strlen(large) < sizeof large);
    for (unsigned j = 0; j < i; j++)
      CHECK(strcmp(names[i], names[j]) != 0);
  }
}

int main(void) {
  image = image_create(1 << 20);
  base_types();
  tagged_types();
  derived_types();
  put_together();
  names_without_type_and_cut_names();
  return check_failed;
}
