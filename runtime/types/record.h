/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_RECORD_H
#define ALLOCS_RECORD_H

/* Reading the records of allocs/abi.h that are sequences of bytes.

   A reader never reads beyond its end: what would is 0, and `bad`, as is a number of more than 64 bits. Of tables that
   table_check.c found whole nothing is bad, and references lead to what they should: one without end reads them without
   looking. */

#include "allocs/abi.h"
#include "base.h"

#include <stdbool.h>

/* So that what a caller does not use of a record is not read. */
#define ALLOCS_INLINED static inline __attribute__((always_inline))

struct allocs_reader {
  const unsigned char *at, *end; /* end: NULL if it is known to be far enough */
  bool bad;
};

ALLOCS_INLINED struct allocs_reader allocs_reader(const void *begin, const void *end) {
  return (struct allocs_reader){begin, end, false};
}

/* The next n bytes; NULL if there are fewer. */
ALLOCS_INLINED const unsigned char *allocs_read_bytes(struct allocs_reader *reader, size_t n) {
  const unsigned char *at = reader->at;
  if (reader->end && ALLOCS_UNLIKELY((size_t)(reader->end - at) < n)) {
    reader->bad = true;
    return NULL;
  }
  reader->at = at + n;
  return at;
}

ALLOCS_INLINED unsigned allocs_read_byte(struct allocs_reader *reader) {
  const unsigned char *at = allocs_read_bytes(reader, 1);
  return at ? *at : 0;
}

ALLOCS_INLINED int32_t allocs_read_int32(struct allocs_reader *reader) {
  const unsigned char *at = allocs_read_bytes(reader, sizeof(int32_t));
  int32_t value = 0;
  if (at)
    __builtin_memcpy(&value, at, sizeof value);
  return value;
}

static inline uint64_t allocs_read_uint64(struct allocs_reader *reader) {
  const unsigned char *at = allocs_read_bytes(reader, sizeof(uint64_t));
  uint64_t value = 0;
  if (at)
    __builtin_memcpy(&value, at, sizeof value);
  return value;
}

uint64_t allocs_read_uint(struct allocs_reader *reader);
/* The same, for queries. */
ALLOCS_INLINED uint64_t allocs_read_uint_inlined(struct allocs_reader *reader) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    uint64_t byte = allocs_read_byte(reader), bits = byte & 0x7f;
    if (reader->end && bits << shift >> shift != bits)
      break;
    value |= bits << shift;
    if (!(byte & 0x80))
      return value;
  }
  reader->bad = true;
  return 0;
}

/* What the next reference leads to, or NULL. */
ALLOCS_INLINED const void *allocs_read_ref(struct allocs_reader *reader) {
  uintptr_t from = (uintptr_t)reader->at;
  int32_t distance = allocs_read_int32(reader);
  return distance ? (const void *)(from + (uintptr_t)(intptr_t)distance) : NULL;
}

/* Types. */

struct allocs_type_view {
  uint8_t kind, flags, encoding, bit_offset;
  uint64_t key;   /* of a composite or enumeration, else 0 */
  uint64_t size;  /* of a base type, vector, composite or enumeration; ALLOCS_SIZE_UNKNOWN if incomplete */
  uint64_t count; /* array: elements, or ALLOCS_LENGTH_UNBOUNDED; base: bits of the value */
  const char *name;
  const struct allocs_type *target; /* pointee, element, return type, underlying type */
  uint64_t n_entries;               /* members, enumerators or parameters */
  struct allocs_reader entries;     /* up to the end of the record */
};

/* False if the record does not end by `end`, or is none. */
bool allocs_type_view(const struct allocs_type *record, const void *end, struct allocs_type_view *ret);
/* Of one that is known to end. */
bool allocs_type_view_whole(const struct allocs_type *record, struct allocs_type_view *ret);

/* A member, an enumerator or a parameter. */
struct allocs_entry {
  const struct allocs_type *type;
  const char *name, *alias;
  uint64_t offset;
  int64_t value;
};
/* The next of so many as there are; `entry` is zero before the first. */
void allocs_type_next_entry(struct allocs_type_view *view, struct allocs_entry *entry);

/* The next record of a table of types or frames, all of whose records end; padding is passed over. *at moves behind it.
   NULL at the end of the table. */
const void *allocs_next_record(const void *table_end, const char **at);

/* Statics. */

struct allocs_static_view {
  unsigned flags;
  uint64_t line, size;
  const void *address;
  const struct allocs_type *type;
  const char *name, *function, *alias;
};
/* What begins with the flags of a static. */
void allocs_read_static(struct allocs_reader *reader, struct allocs_static_view *ret);
/* The same, for queries. */
ALLOCS_INLINED void allocs_read_static_inlined(struct allocs_reader *reader, struct allocs_static_view *ret) {
  unsigned flags = ret->flags = allocs_read_byte(reader), kind = flags & ALLOCS_STATIC_KIND;
  ret->line = allocs_read_uint_inlined(reader);
  ret->address = allocs_read_ref(reader);
  ret->type = allocs_read_ref(reader);
  ret->name = kind != ALLOCS_STATIC_COMPOUND_LITERAL ? allocs_read_ref(reader) : NULL;
  ret->function = flags & ALLOCS_STATIC_IN_FUNCTION ? allocs_read_ref(reader) : NULL;
  ret->alias = flags & ALLOCS_STATIC_ALIAS ? allocs_read_ref(reader) : NULL;
  ret->size = kind != ALLOCS_STATIC_FUNCTION ? allocs_read_uint_inlined(reader) : 0;
}

/* String literals. */

struct allocs_literals {
  uint64_t n;
  unsigned flags;
  const struct allocs_type *type; /* of one element */
};
void allocs_read_literals(struct allocs_reader *reader, struct allocs_literals *ret);
/* The elements of a literal that ends with the first that is zero, by `limit`; 0 if it does not. */
uint64_t allocs_literal_count(uintptr_t address, uint64_t element_size, uintptr_t limit);

/* Frames. */

struct allocs_frame_view {
  unsigned flags;
  const char *file;   /* of what begins the records of a source file */
  const void *record; /* in the table of statics, of the function; NULL: what follows is known */
  uint64_t line;
  const void *code;
  const char *name;
  int32_t dynamic;
  struct allocs_reader locals; /* up to the end of the record */
};
void allocs_read_frame(struct allocs_reader *reader, struct allocs_frame_view *ret);

struct allocs_local {
  int32_t offset;
  uint64_t line;
  const struct allocs_type *type;
  const char *name, *alias, *function;
};
/* `local` is zero before the first. False at the end of the record. */
bool allocs_next_local(struct allocs_frame_view *frame, struct allocs_local *local);

#endif
