/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ABI_H
#define ALLOCS_ABI_H

/* The treaty between compiled code, typegen and the runtime: the tables that an image carries and
   the functions that compiled code calls. docs/abi.md describes them byte by byte.

   All tables are read-only and position-independent: a reference is the distance in bytes from the
   field that holds it to what it refers to; 0 refers to nothing. Each table is a linker section of
   the name given in kinds.def; the ELF note below gives their bounds. A record that is all zero
   is padding and is passed over, in steps of the table's alignment. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define ALLOCS_STATIC_ASSERT(c) static_assert(c, #c)
extern "C" {
#else
#define ALLOCS_STATIC_ASSERT(c) _Static_assert(c, #c)
#endif

#define ALLOCS_ABI_VERSION 2u

enum allocs_type_kind {
#define ALLOCS_TYPE_KIND(name, value) ALLOCS_KIND_##name = value,
#include "allocs/kinds.def"
};
enum allocs_encoding {
#define ALLOCS_ENCODING(name, value, text) ALLOCS_ENC_##name = value,
#include "allocs/kinds.def"
};
enum allocs_shape {
#define ALLOCS_SHAPE(name, value, text) ALLOCS_SHAPE_##name = value,
#include "allocs/kinds.def"
};
enum allocs_rule {
#define ALLOCS_RULE(name, value, text) ALLOCS_RULE_##name = value,
#include "allocs/kinds.def"
};
enum allocs_table {
#define ALLOCS_TABLE(name, value, section) ALLOCS_TABLE_##name = value,
#include "allocs/kinds.def"
  ALLOCS_N_TABLES
};

typedef int32_t allocs_ref;

static inline const void *allocs_ref_get(const allocs_ref *ref) { return *ref ? (const char *)ref + *ref : NULL; }

/* The note that leads to the tables: Elf64_Nhdr, "allocs\0\0", then this; section .note.allocs,
   found through PT_NOTE. One per image. */
#define ALLOCS_NOTE_SECTION ".note.allocs"
#define ALLOCS_NOTE_NAME "allocs"
#define ALLOCS_NOTE_TYPE 1u

struct allocs_range {
  allocs_ref begin, end;
};
struct allocs_note {
  uint32_t version; /* ALLOCS_ABI_VERSION; a reader ignores an image of another version */
  struct allocs_range tables[ALLOCS_N_TABLES];
  struct allocs_range slots; /* where all slots of the records lie, of which no two have the same */
};
#define ALLOCS_SLOTS_SECTION "allocs_slots"
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_note) == 12 + 8 * ALLOCS_N_TABLES);

/* Types. One record per distinct type in an image: a COMDAT named __uniqtype_<hash>, the hash in
   16 hexadecimal digits. `hash` is the identity of allocs/typekey.h. */
#define ALLOCS_SIZE_UNKNOWN UINT64_MAX
#define ALLOCS_LENGTH_UNBOUNDED UINT64_MAX

enum {
  ALLOCS_TYPE_INCOMPLETE = 1,    /* composite or enumeration: only the tag is known */
  ALLOCS_TYPE_UNION = 2,         /* composite: a union */
  ALLOCS_TYPE_VARIADIC = 4,      /* subprogram */
  ALLOCS_TYPE_VECTOR = 8,        /* array: a vector type */
  ALLOCS_TYPE_ANONYMOUS = 16,    /* composite or enumeration: no tag; the name is a typedef's or none */
  ALLOCS_TYPE_NO_PROTOTYPE = 32, /* subprogram: declared without parameter types */
  ALLOCS_TYPE_BITFIELD = 64      /* base: the type of a bit-field member */
};

struct allocs_type {
  uint32_t length; /* of the record with its entries; a multiple of 8 */
  uint8_t kind;    /* enum allocs_type_kind */
  uint8_t flags;
  uint8_t encoding;   /* base: enum allocs_encoding */
  uint8_t bit_offset; /* bit-field: first bit, 0 to 7, from the least significant of the first byte */
  uint64_t hash;
  uint64_t size;      /* bytes; ALLOCS_SIZE_UNKNOWN if incomplete or unbounded; 0 for functions and void */
  uint64_t count;     /* array: elements, or ALLOCS_LENGTH_UNBOUNDED; base: bits of the value */
  allocs_ref slot;    /* 8 zero bytes, writable: the runtime's type once it has been asked for */
  allocs_ref name;    /* tag or typedef name of a composite or enumeration; else nothing */
  allocs_ref target;  /* struct allocs_type: pointee, element, return type, underlying type */
  uint32_t n_entries; /* members, enumerators, or parameters */
  /* followed by n_entries of: struct allocs_member, struct allocs_enumerator, allocs_ref */
};
struct allocs_member {
  uint64_t offset; /* bytes */
  allocs_ref type;
  allocs_ref name;  /* nothing for an anonymous member */
  allocs_ref alias; /* typedef name the type was written with, or nothing */
  uint32_t reserved;
};
struct allocs_enumerator {
  int64_t value;
  allocs_ref name;
  uint32_t reserved;
};
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_type, hash) == 8);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_type, size) == 16);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_type, count) == 24);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_type, slot) == 32);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_type, n_entries) == 44);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_type) == 48);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_member) == 24);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_enumerator) == 16);

/* Sites: one record per allocation call in the code (a call inlined twice has two). */
struct allocs_site {
  allocs_ref slot;     /* 8 zero bytes, writable: the runtime's site once it has allocated */
  allocs_ref code;     /* the function whose code holds the call */
  allocs_ref type;     /* T of the shape */
  allocs_ref alias;    /* typedef name T was written with, or nothing */
  allocs_ref callee;   /* name of the function called: "malloc" */
  allocs_ref function; /* name of the source function that holds the call */
  allocs_ref file;
  uint32_t line;
  uint16_t column;
  uint8_t shape; /* enum allocs_shape */
  uint8_t rule;  /* enum allocs_rule */
  uint32_t reserved;
};
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_site) == 40);

/* Statics: one record per defined variable, static local, compound literal or function. */
enum allocs_static_kind { ALLOCS_STATIC_VARIABLE = 1, ALLOCS_STATIC_FUNCTION = 2, ALLOCS_STATIC_COMPOUND_LITERAL = 3 };
struct allocs_static {
  allocs_ref address;
  allocs_ref type;
  allocs_ref name;     /* nothing for a compound literal */
  allocs_ref function; /* enclosing function's name of a static local, else nothing */
  allocs_ref alias;    /* typedef name the type was written with, or nothing */
  allocs_ref file;
  uint32_t line;
  uint32_t kind; /* enum allocs_static_kind */
  uint64_t size; /* bytes; 0 for a function, whose size is in its unwind entry */
};
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_static, size) == 32);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_static) == 40);

/* String literals. The linker may merge them, so that several records have one address, and one may
   be the tail of another. */
struct allocs_literal {
  allocs_ref address;
  allocs_ref type; /* of one element */
  uint32_t count;  /* elements, the final zero included */
};
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_literal) == 12);

/* Thread-local variables. Where one lies in its module's block of each thread the linker tells code only:
   `offset_at` leads to 4 bytes in code, signed, the displacement of an instruction that local-dynamic code would have.
   It counts from the begin of the block, or, negative, from the thread pointer: so linkers have it in executables. */
struct allocs_tls {
  allocs_ref offset_at;
  allocs_ref type;
  allocs_ref name;
  allocs_ref function;
  allocs_ref alias;
  allocs_ref file;
  uint32_t line;
  uint32_t reserved;
  uint64_t size;
};
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_tls, size) == 32);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_tls) == 40);

/* Frames: one record per function that has locals with an address, or dynamic blocks. A local lies at
   the frame pointer (rbp) plus its offset in every activation. Locals may overlap, when the
   compiler gave one slot to two whose lifetimes are disjoint. */
struct allocs_local {
  int32_t offset;
  allocs_ref type;
  allocs_ref name;     /* nothing for a constant-size alloca() */
  allocs_ref function; /* name of the function it was inlined from, else nothing */
  allocs_ref alias;
  uint32_t line;
};
struct allocs_frame {
  uint32_t length; /* of the record with its locals; a multiple of 8 */
  uint32_t n_locals;
  allocs_ref code; /* entry of the function; its unwind entry begins at the same address */
  allocs_ref name;
  allocs_ref slot; /* 8 zero bytes, writable */
  allocs_ref file;
  int32_t dynamic; /* frame offset of a struct allocs_dynamic * to the newest block, or ALLOCS_NO_DYNAMIC */
  uint32_t line;
  struct allocs_local locals[];
};
#define ALLOCS_NO_DYNAMIC INT32_MIN
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_local) == 24);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_frame, locals) == 32);

/* Header that compiled code writes just below each block of alloca() or variable-length array. */
struct allocs_dynamic {
  const struct allocs_dynamic *next; /* older block of the same activation, or NULL */
  uint64_t size;                     /* bytes that the program asked for */
  const struct allocs_site *site;
  const char *name; /* of the array, or NULL for alloca() */
};
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_dynamic) == 32);

/* What compiled code calls. Each object that calls one holds a weak definition, so that it links and runs without the
   runtime: that calls the runtime's under its second name, __allocs_rt_<name>, if there is one, which is so where a
   version script made the weak definition local, else only the C library. */
#define ALLOCS_ENTRY __attribute__((visibility("default")))
ALLOCS_ENTRY void *__allocs_malloc(size_t size, const struct allocs_site *site);
ALLOCS_ENTRY void *__allocs_calloc(size_t n, size_t size, const struct allocs_site *site);
ALLOCS_ENTRY void *__allocs_realloc(void *ptr, size_t size, const struct allocs_site *site);
/* Around any other call that allocates: what it allocates on the calling thread has the site.
   `enter` returns what `leave` is given. */
ALLOCS_ENTRY const struct allocs_site *__allocs_enter(const struct allocs_site *site);
ALLOCS_ENTRY void __allocs_leave(const struct allocs_site *before);
/* alloc_typeof(): the type of a record. */
struct uniqtype;
ALLOCS_ENTRY const struct uniqtype *__allocs_type(const struct allocs_type *record);

#ifdef __cplusplus
}
#endif
#endif
