/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ABI_H
#define ALLOCS_ABI_H

/* The treaty between compiled code, typegen and the runtime: the tables that an image carries and
   the functions that compiled code calls. docs/abi.md describes them byte by byte.

   All tables are read-only and position-independent: a reference is the distance in bytes from the
   field that holds it to what it refers to; 0 refers to nothing. Each table is a linker section of
   the name given in kinds.def; the ELF note below gives their bounds. Where a record may begin,
   zero is padding.

   Sites and thread-locals are structs. All other records are sequences of bytes without alignment,
   of: bytes; `ref`, a reference of 4 bytes; `uint`, a number of 1 to 10 bytes as DWARF's unsigned
   LEB128. [x: ...] is there if x is among the flags. */

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

/* Types. One record per distinct type in an image: a COMDAT named __uniqtype_<key>, the key of
   allocs/typekey.h in 16 hexadecimal digits. A record begins with a uint, the number of bytes that
   follow, and is at least 4 bytes long; then byte kind, byte flags (of enum allocs_type_flag), and

     void         byte 0
     base type    byte encoding, byte bit_offset, uint size, uint bits
     pointer      ref pointee
     array        ref element, uint count + 1 (0 if unbounded) [VECTOR: uint size]
     function     ref return type, ref parameter type...
     enumeration  8 bytes key, ref name, uint size + 1 (0 if incomplete), ref underlying type, uint n,
                  n times: ref name, uint value, zigzag
     composite    8 bytes key, ref name, uint size + 1 (0 if incomplete), uint n, n times:
                  uint 2 * (offset less that of the member before) + (1 if it has an alias),
                  ref type, ref name, ref alias if it has one

   A reference to a type leads to the first byte of its record; as the pointee or return type,
   nothing is void. */
struct allocs_type;

#define ALLOCS_SIZE_UNKNOWN UINT64_MAX
#define ALLOCS_LENGTH_UNBOUNDED UINT64_MAX
#define ALLOCS_TYPE_LEAST 4 /* bytes of a record */

enum allocs_type_flag {
  ALLOCS_TYPE_INCOMPLETE = 1,    /* composite or enumeration: only the tag is known */
  ALLOCS_TYPE_UNION = 2,         /* composite: a union */
  ALLOCS_TYPE_VARIADIC = 4,      /* subprogram */
  ALLOCS_TYPE_VECTOR = 8,        /* array: a vector type */
  ALLOCS_TYPE_ANONYMOUS = 16,    /* composite or enumeration: no tag; the name is a typedef's or none */
  ALLOCS_TYPE_NO_PROTOTYPE = 32, /* subprogram: declared without parameter types */
  ALLOCS_TYPE_BITFIELD = 64      /* base: the type of a bit-field member */
};

static inline uint64_t allocs_zigzag(int64_t value) { return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0); }
static inline int64_t allocs_unzigzag(uint64_t code) { return (int64_t)(code >> 1 ^ (code & 1 ? UINT64_MAX : 0)); }

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

/* Statics: one record per defined variable, static local, compound literal or function:

     byte flags, a kind and more of enum allocs_static_flag; uint line; ref address; ref type;
     ref name, unless a compound literal; [IN_FUNCTION: ref enclosing function's name];
     [ALIAS: ref typedef name that the type was written with]; uint size in bytes, unless a function,
     whose size is in its unwind entry

   and, before the first of a source file, byte ALLOCS_STATIC_FILE, ref file's name. */
struct allocs_static;
enum allocs_static_kind { ALLOCS_STATIC_VARIABLE = 1, ALLOCS_STATIC_FUNCTION = 2, ALLOCS_STATIC_COMPOUND_LITERAL = 3 };
enum allocs_static_flag {
  ALLOCS_STATIC_KIND = 3, /* enum allocs_static_kind; 0 in what is no record of a static */
  ALLOCS_STATIC_FILE = 4,
  ALLOCS_STATIC_IN_FUNCTION = 8,
  ALLOCS_STATIC_ALIAS = 16
};

/* String literals, in runs of one element type:

     uint n, byte flags, ref element type, n times: ref address [COUNTED: uint number of elements]

   Without a number, a literal ends with its first element that is zero. The linker may merge
   literals, so that several have one address, and one may be the tail of another. */
enum allocs_literals_flag { ALLOCS_LITERALS_COUNTED = 1 };

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

/* Frames: one record per function that has locals with an address, or dynamic blocks:

     uint number of bytes that follow; byte flags of enum allocs_frame_flag; ref record of the function
     in the table of statics [OWN: instead, uint line, ref entry of the function, ref name]; [DYNAMIC:
     4 bytes, signed: frame offset of a struct allocs_dynamic * to the newest block]; locals to the end

   A local is: 4 bytes, signed, frame offset; uint 4 * (line less that of the local before, zigzag) +
   (1 if it has an alias) + (2 if it was inlined); ref type; ref name, nothing for an alloca() of
   constant size; ref alias if it has one; ref name of the function it was inlined from, if so.

   A local lies at the frame pointer (rbp) plus its offset in every activation. Locals may overlap, when
   the compiler gave one slot to two whose lifetimes are disjoint. A function's unwind entry begins at
   its entry. Before the first of a source file there is uint 5, byte ALLOCS_FRAME_FILE, ref file's name. */
struct allocs_frame;
enum allocs_frame_flag { ALLOCS_FRAME_FILE = 1, ALLOCS_FRAME_OWN = 2, ALLOCS_FRAME_DYNAMIC = 4 };
enum allocs_local_flag { ALLOCS_LOCAL_ALIAS = 1, ALLOCS_LOCAL_INLINED = 2, ALLOCS_LOCAL_LINE_SHIFT = 2 };
#define ALLOCS_LOCAL_LEAST 13 /* bytes */
#define ALLOCS_NO_DYNAMIC INT32_MIN

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
