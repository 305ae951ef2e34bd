/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ABI_H
#define ALLOCS_ABI_H

/* The treaty between compiled code, typegen and the runtime: the tables that an image carries and
   the functions that compiled code calls. docs/abi.md describes them byte by byte.

   All tables are read-only and position-independent: a reference is the distance in bytes from the
   field that holds it to what it refers to; 0 refers to nothing. Each table is a linker section of
   the name given in records.def; the ELF note below gives their bounds. Where a record may begin,
   zero is padding. What a record holds, field by field, is in records.def; here are the structs made
   of it, and what its fields mean. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define ALLOCS_STATIC_ASSERT(c) static_assert(c, #c)
extern "C" {
#else
#define ALLOCS_STATIC_ASSERT(c) _Static_assert(c, #c)
#endif

#define ALLOCS_ABI_VERSION 3u

enum allocs_type_kind {
#define ALLOCS_TYPE_KIND(name, value, flags) ALLOCS_KIND_##name = value,
#include "allocs/kinds.def"
};
enum allocs_encoding {
#define ALLOCS_ENCODING(name, value, text, words) ALLOCS_ENC_##name = value,
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
#define ALLOCS_TABLE(name, value, section, align, least) ALLOCS_TABLE_##name = value,
#include "allocs/records.def"
  ALLOCS_N_TABLES
};

/* What is known of a table: its section, where a record may begin in it, bytes that any has. */
struct allocs_table_form {
  const char *section;
  unsigned align, least;
};
static __inline__ const struct allocs_table_form *allocs_table_form_of(unsigned table) {
  static const struct allocs_table_form forms[] = {
#define ALLOCS_TABLE(name, value, section, align, least) {section, align, least},
#include "allocs/records.def"
  };
  return &forms[table];
}

typedef int32_t allocs_ref;

static __inline__ const void *allocs_ref_get(const allocs_ref *ref) { return *ref ? (const char *)ref + *ref : NULL; }

/* The note that leads to the tables: Elf64_Nhdr, "allocs" and zeros up to a multiple of 8 bytes, then this;
   section .note.allocs, found through PT_NOTE. One per image. */
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

/* The note of a meta file, whose tables are of an image that has none: it tells where that lies, in one address space
   with the file, below it. */
struct allocs_meta_note {
  struct allocs_note note;
  struct allocs_range image, calls;
  uint32_t zero;
};
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_meta_note) == 32 + 8 * ALLOCS_N_TABLES);

/* Types. One record per distinct type in an image: a COMDAT named __uniqtype_<key>, the key of
   allocs/typekey.h in 16 hexadecimal digits. A record begins with a uint, the number of bytes that
   follow. A reference to a type leads to the first byte of its record. */
struct allocs_type;

#define ALLOCS_SIZE_UNKNOWN UINT64_MAX
#define ALLOCS_LENGTH_UNBOUNDED UINT64_MAX

enum allocs_type_flag {
  ALLOCS_TYPE_INCOMPLETE = 1,    /* composite or enumeration: only the tag is known */
  ALLOCS_TYPE_UNION = 2,         /* composite: a union */
  ALLOCS_TYPE_VARIADIC = 4,      /* subprogram */
  ALLOCS_TYPE_VECTOR = 8,        /* array: a vector type */
  ALLOCS_TYPE_ANONYMOUS = 16,    /* composite or enumeration: no tag; the name is a typedef's or none */
  ALLOCS_TYPE_NO_PROTOTYPE = 32, /* subprogram: declared without parameter types */
  ALLOCS_TYPE_BITFIELD = 64      /* base: the type of a bit-field member */
};
enum allocs_member_flag { ALLOCS_MEMBER_ALIAS = 1, ALLOCS_MEMBER_OFFSET_SHIFT = 1 };

static __inline__ uint64_t allocs_zigzag(int64_t value) { return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0); }
static __inline__ int64_t allocs_unzigzag(uint64_t code) { return (int64_t)(code >> 1 ^ (code & 1 ? UINT64_MAX : 0)); }

/* Sites and thread-locals are structs: struct allocs_site, struct allocs_tls. */
#define ALLOCS_FIXED_FORM(form, c_type) typedef c_type allocs_stored_##form;
#define ALLOCS_REF_FORM(form) typedef allocs_ref allocs_stored_##form;
#include "allocs/records.def"
#define ALLOCS_STRUCTS_ONLY
#define ALLOCS_RECORD(record) struct allocs_##record {
#define ALLOCS_FIELD(form, name) allocs_stored_##form name;
#define ALLOCS_END(record)                                                                                             \
  }                                                                                                                    \
  ;
#include "allocs/records.def"
#define ALLOCS_TABLE(name, value, section, align, least)                                                               \
  ALLOCS_TABLE_##name##_ALIGN = align, ALLOCS_TABLE_##name##_LEAST = least,
enum allocs_table_number {
#include "allocs/records.def"
};
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_site) == ALLOCS_TABLE_SITES_LEAST);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_tls) == ALLOCS_TABLE_TLS_LEAST);

/* Statics: one record per defined variable, static local, compound literal or function, whose size
   is in its unwind entry; and before the first of a source file, a head. */
enum allocs_static_kind { ALLOCS_STATIC_VARIABLE = 1, ALLOCS_STATIC_FUNCTION = 2, ALLOCS_STATIC_COMPOUND_LITERAL = 3 };
enum allocs_static_flag {
  ALLOCS_STATIC_KIND = 3, /* enum allocs_static_kind; 0 in what is no record of a static */
  ALLOCS_STATIC_FILE = 4,
  ALLOCS_STATIC_IN_FUNCTION = 8,
  ALLOCS_STATIC_ALIAS = 16
};

static __inline__ int allocs_static_is(unsigned flags, enum allocs_static_kind kind) {
  return (flags & ALLOCS_STATIC_KIND) == (unsigned)kind;
}

/* String literals, in runs of one element type. */
enum allocs_literals_flag { ALLOCS_LITERALS_COUNTED = 1 };

/* Frames: one record per function that has locals with an address, or dynamic blocks. It begins with
   a uint, the number of bytes that follow. The function is that of a record in the table of statics, or
   told by the record itself [OWN]; its unwind entry begins at its entry. Before the first of a source
   file there is a head. */
enum allocs_frame_flag { ALLOCS_FRAME_FILE = 1, ALLOCS_FRAME_OWN = 2, ALLOCS_FRAME_DYNAMIC = 4 };
enum allocs_local_flag { ALLOCS_LOCAL_ALIAS = 1, ALLOCS_LOCAL_INLINED = 2, ALLOCS_LOCAL_LINE_SHIFT = 2 };
#define ALLOCS_NO_DYNAMIC INT32_MIN

/* Calls, of meta files: a record per piece of code, by address, of which each begins with a uint, the number of bytes
   that follow. */
enum allocs_call_flag { ALLOCS_CALL_FILE = 1, ALLOCS_CALL_FUNCTION = 2 };
#define ALLOCS_CALLS_SECTION "allocs_calls"

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
/* After any other call that allocates, if it made a block: that has the site. No block there, or NULL: nothing is done.
 */
ALLOCS_ENTRY void __allocs_made(void *block, const struct allocs_site *site);
/* After a call of the first three that tells no type of some of its bytes. NULL: nothing is done. */
ALLOCS_ENTRY void __allocs_opened(void *block);
/* Before a call of a function that may return a new block: where it stands how many blocks the calling thread has made
   of which no type was told; read then and after the call. If it grew: the pointer returned, the site of this call,
   what was read before, and numbers among the arguments, of which bit i of `sizes` tells that number i is a size with a
   type; 0: any may be the size. Unused numbers are 0. */
ALLOCS_ENTRY const uint64_t *__allocs_recent(void);
ALLOCS_ENTRY void __allocs_returned(void *pointer, const struct allocs_site *site, uint64_t before, uint64_t sizes,
                                    uint64_t number0, uint64_t number1, uint64_t number2);
/* After a call of a function that is declared to hand out a part of some larger allocation: where it begins, the site
   of the call, the part's size, and the pool that it is of, or NULL. */
ALLOCS_ENTRY void __allocs_part(void *pointer, const struct allocs_site *site, uint64_t size, const void *pool);
/* Before one that is declared to take it back; and before one that takes back all that a pool has handed out. */
ALLOCS_ENTRY void __allocs_part_ended(const void *pointer);
ALLOCS_ENTRY void __allocs_pool_reset(const void *pool);
/* After one that is declared to return what has, from there to the end of its block, elements of the site's type. */
ALLOCS_ENTRY void __allocs_filled(void *pointer, const struct allocs_site *site);
/* alloc_typeof(): the type of a record. */
struct uniqtype;
ALLOCS_ENTRY const struct uniqtype *__allocs_type(const struct allocs_type *record);

#ifdef __cplusplus
}
#endif
#endif
