/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_UNIQTYPE_H
#define ALLOCS_UNIQTYPE_H

/* Types as values. A `const struct uniqtype *` stands for one type of the process: equal pointers,
   same type. It lives as long as the process, also when the library it came from is closed, and
   never changes. Read it through the UNIQTYPE_ macros; all may be used in a signal handler, and
   all but UNIQTYPE_NAME and UNIQTYPE_ENCODING_NAME need a type that is not NULL. */

#include <allocs/abi.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ALLOCS_API __attribute__((visibility("default")))

struct uniqtype_member {
  const struct uniqtype *type;
  const char *name;     /* NULL for an anonymous member */
  const char *alias;    /* typedef name that the member's type was written with, or NULL */
  unsigned long offset; /* bytes */
};
struct uniqtype_enumerator {
  const char *name;
  long value;
};
struct uniqtype {
  const char *name;
  unsigned long size;
  unsigned long count;
  const struct uniqtype *target;
  union {
    const struct uniqtype_member *members;
    const struct uniqtype_enumerator *enumerators;
    const struct uniqtype *const *args;
  } entries;
  uint64_t key;
  unsigned n_entries;
  unsigned char kind, flags, encoding, bit_offset;
};

#define UNIQTYPE_SIZE_UNKNOWN (~0ul)
#define UNIQTYPE_ARRAY_LENGTH_UNBOUNDED (~0ul)

/* Name in the form of the ancestor: int$32, __PTR_node, __ARR4_int$32, node; "(no type)" for NULL. */
#define UNIQTYPE_NAME(u) uniqtype_name(u)
/* enum allocs_type_kind: ALLOCS_KIND_VOID and so on. */
#define UNIQTYPE_KIND(u) ((enum allocs_type_kind)(u)->kind)
/* Bytes; UNIQTYPE_SIZE_UNKNOWN for incomplete types and unbounded arrays; 0 for void, functions. */
#define UNIQTYPE_SIZE_IN_BYTES(u) ((u)->size)
#define UNIQTYPE_HAS_KNOWN_LENGTH(u) ((u)->size != UNIQTYPE_SIZE_UNKNOWN)
#define UNIQTYPE_IS_VOID_TYPE(u) ((u)->kind == ALLOCS_KIND_VOID)
#define UNIQTYPE_IS_BASE_TYPE(u) ((u)->kind == ALLOCS_KIND_BASE)
#define UNIQTYPE_IS_ENUM_TYPE(u) ((u)->kind == ALLOCS_KIND_ENUMERATION)
#define UNIQTYPE_IS_BASE_OR_ENUM_TYPE(u) (UNIQTYPE_IS_BASE_TYPE(u) || UNIQTYPE_IS_ENUM_TYPE(u))
#define UNIQTYPE_IS_COMPOSITE_TYPE(u) ((u)->kind == ALLOCS_KIND_COMPOSITE)
#define UNIQTYPE_IS_UNION_TYPE(u) (UNIQTYPE_IS_COMPOSITE_TYPE(u) && ((u)->flags & ALLOCS_TYPE_UNION))
#define UNIQTYPE_IS_POINTER_TYPE(u) ((u)->kind == ALLOCS_KIND_ADDRESS)
#define UNIQTYPE_IS_SUBPROGRAM_TYPE(u) ((u)->kind == ALLOCS_KIND_SUBPROGRAM)
#define UNIQTYPE_IS_ARRAY_TYPE(u) ((u)->kind == ALLOCS_KIND_ARRAY)
#define UNIQTYPE_IS_VECTOR_TYPE(u) (UNIQTYPE_IS_ARRAY_TYPE(u) && ((u)->flags & ALLOCS_TYPE_VECTOR))
#define UNIQTYPE_IS_INCOMPLETE(u) (((u)->flags & ALLOCS_TYPE_INCOMPLETE) != 0)

#define UNIQTYPE_ARRAY_LENGTH(u) ((u)->count)
#define UNIQTYPE_ARRAY_ELEMENT_TYPE(u) ((u)->target)
#define UNIQTYPE_POINTEE_TYPE(u) ((u)->target)
/* The type at the end of a chain of pointers: int for int ***. */
#define UNIQTYPE_ULTIMATE_POINTEE_TYPE(u) uniqtype_ultimate_pointee(u)
#define UNIQTYPE_RETURN_TYPE(u) ((u)->target)
#define UNIQTYPE_SUBPROGRAM_ARG_COUNT(u) ((u)->n_entries)
#define UNIQTYPE_ARG_TYPE(u, i) ((u)->entries.args[i])
#define UNIQTYPE_IS_VARIADIC(u) (((u)->flags & ALLOCS_TYPE_VARIADIC) != 0)

/* How the bits of a base type are to be read, with its size all that is to be known to print one:

     ALLOCS_ENC_SIGNED, _UNSIGNED       short, int, long, long long, __int128, _BitInt(n)
     ALLOCS_ENC_SIGNED_CHAR             char where that is signed, signed char
     ALLOCS_ENC_UNSIGNED_CHAR           unsigned char, char where that is unsigned
     ALLOCS_ENC_BOOLEAN                 _Bool
     ALLOCS_ENC_FLOAT                   float, double, long double, _Float16, __float128
     ALLOCS_ENC_BFLOAT                  __bf16
     ALLOCS_ENC_COMPLEX_FLOAT           of two such: double _Complex
     ALLOCS_ENC_COMPLEX_INT             of two integers
     ALLOCS_ENC_NULLPTR                 nullptr_t
     ALLOCS_ENC_BYTE                    none: __uninterpreted_byte, of which no type is known

   The values are DWARF's (DW_ATE_signed, …) where that has them. An enumeration has no encoding of its own: that of its
   UNIQTYPE_ENUM_BASE_TYPE. A bit-field's type is a base type with its width and the offset of its first bit. */
#define UNIQTYPE_BASE_TYPE_ENCODING(u) ((enum allocs_encoding)(u)->encoding)
/* The same in groups. Bit-fields are of these, too. */
#define UNIQTYPE_IS_ENCODED(u, encoding_) (UNIQTYPE_IS_BASE_TYPE(u) && (u)->encoding == ALLOCS_ENC_##encoding_)
#define UNIQTYPE_IS_SIGNED_TYPE(u) (UNIQTYPE_IS_ENCODED(u, SIGNED) || UNIQTYPE_IS_ENCODED(u, SIGNED_CHAR))
#define UNIQTYPE_IS_UNSIGNED_TYPE(u) (UNIQTYPE_IS_ENCODED(u, UNSIGNED) || UNIQTYPE_IS_ENCODED(u, UNSIGNED_CHAR))
#define UNIQTYPE_IS_CHARACTER_TYPE(u) (UNIQTYPE_IS_ENCODED(u, SIGNED_CHAR) || UNIQTYPE_IS_ENCODED(u, UNSIGNED_CHAR))
#define UNIQTYPE_IS_BOOLEAN_TYPE(u) UNIQTYPE_IS_ENCODED(u, BOOLEAN)
#define UNIQTYPE_IS_FLOATING_TYPE(u) (UNIQTYPE_IS_ENCODED(u, FLOAT) || UNIQTYPE_IS_ENCODED(u, BFLOAT))
#define UNIQTYPE_IS_COMPLEX_TYPE(u) (UNIQTYPE_IS_ENCODED(u, COMPLEX_FLOAT) || UNIQTYPE_IS_ENCODED(u, COMPLEX_INT))
/* "signed", "unsigned", "signed char", "unsigned char", "boolean", "float", "bfloat", "complex float", "complex int",
   "nullptr", "byte"; of an enumeration its base type's; NULL for any other type, and for NULL. */
#define UNIQTYPE_ENCODING_NAME(u) uniqtype_encoding_name(u)
#define UNIQTYPE_BASE_TYPE_BIT_SIZE(u) ((u)->count)
#define UNIQTYPE_BASE_TYPE_BIT_OFFSET(u) ((u)->bit_offset)
#define UNIQTYPE_IS_BIT_FIELD_TYPE(u) (UNIQTYPE_IS_BASE_TYPE(u) && ((u)->flags & ALLOCS_TYPE_BITFIELD))

#define UNIQTYPE_COMPOSITE_MEMBER_COUNT(u) ((u)->n_entries)
#define UNIQTYPE_MEMBER_TYPE(u, i) ((u)->entries.members[i].type)
#define UNIQTYPE_MEMBER_OFFSET(u, i) ((u)->entries.members[i].offset)
#define UNIQTYPE_MEMBER_NAME(u, i) ((u)->entries.members[i].name)
#define UNIQTYPE_MEMBER_ALIAS(u, i) ((u)->entries.members[i].alias)

#define UNIQTYPE_ENUM_BASE_TYPE(u) ((u)->target)
#define UNIQTYPE_ENUMERATOR_COUNT(u) ((u)->n_entries)
#define UNIQTYPE_ENUMERATOR_NAME(u, i) ((u)->entries.enumerators[i].name)
#define UNIQTYPE_ENUMERATOR_VALUE(u, i) ((u)->entries.enumerators[i].value)

ALLOCS_API const char *uniqtype_name(const struct uniqtype *u);
ALLOCS_API const struct uniqtype *uniqtype_ultimate_pointee(const struct uniqtype *u);
/* Writes the type as C has it into buf, `struct node *[4]`, cut to len - 1 characters, and returns
   buf. `name` of uniqtype_c_declaration is what is declared: `struct node *x[4]`. NULL writes
   "(no type)". May be used in a signal handler. */
ALLOCS_API const char *uniqtype_c_name(const struct uniqtype *u, char *buf, size_t len);
ALLOCS_API const char *uniqtype_c_declaration(const struct uniqtype *u, const char *name, char *buf, size_t len);

ALLOCS_API const char *uniqtype_encoding_name(const struct uniqtype *u);

/* Types made at run time: the same objects as those from compiled code. All take time for a look-up in a
   hash table, may be used from any thread and in a signal handler, and answer NULL if an argument is NULL
   or does not fit, or memory is short. */
ALLOCS_API const struct uniqtype *uniqtype_array(const struct uniqtype *element, unsigned long count);
ALLOCS_API const struct uniqtype *uniqtype_unbounded_array(const struct uniqtype *element);
ALLOCS_API const struct uniqtype *uniqtype_pointer(const struct uniqtype *pointee);
/* `result` is the type of void for a function that returns none; flags: ALLOCS_TYPE_VARIADIC or 0. */
ALLOCS_API const struct uniqtype *uniqtype_function(const struct uniqtype *result, const struct uniqtype *const *args,
                                                    unsigned n_args, unsigned flags);
ALLOCS_API const struct uniqtype *uniqtype_void(void);
/* Members are copied, and must lie within size. A tag of NULL: anonymous. One that has the tag, size and
   members of a compiled type is that type. */
ALLOCS_API const struct uniqtype *uniqtype_struct(const char *tag, unsigned long size,
                                                  const struct uniqtype_member *members, unsigned n_members);
ALLOCS_API const struct uniqtype *uniqtype_union(const char *tag, unsigned long size,
                                                 const struct uniqtype_member *members, unsigned n_members);

/* The type of a name as UNIQTYPE_NAME gives it: of a type in the loaded files' tables, or made so far, or of pointers
   to or arrays of one. Where two have the name, any of them; NULL if none has. Takes time for a look at all types: not
   for a signal handler, nor is uniqtype_each. */
ALLOCS_API const struct uniqtype *uniqtype_by_name(const char *name);
/* Calls fn for each type until it returns nonzero, and returns that, else 0. `address` is any in a loaded file: the
   types that its tables hold; NULL: all that the loaded files hold or were made so far, each once. */
ALLOCS_API int uniqtype_each(const void *address, int (*fn)(const struct uniqtype *, void *arg), void *arg);

/* One step down: the subobjects of a composite or array that hold the byte at an offset. */
struct uniqtype_subobject {
  const struct uniqtype *type;
  unsigned long offset; /* of the subobject */
  unsigned long index;  /* member number, or array index */
};
/* Writes the first `cap` of them and returns how many there are: 0 in padding and in what has no
   subobjects; several where members overlap, as a union's do and bit-fields that share a byte. */
ALLOCS_API unsigned uniqtype_subobjects(const struct uniqtype *in, unsigned long offset, struct uniqtype_subobject *ret,
                                        unsigned cap);

#ifdef __cplusplus
}
#endif
#endif
