/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_IMAGE_H
#define ALLOCS_IMAGE_H

/* Loaded files and the tables they carry, found when first asked for. */

#include "allocs/abi.h"
#include "base.h"
#include "bytes/notes.h"
#include "bytes/record.h"
#include "os/os.h"
#include "types/type.h"
#include <elf.h>

struct allocs_bytes {
  const char *begin, *end;
};

/* What is mapped of a meta file; begin 0: none is. */
struct allocs_meta {
  uintptr_t begin, end, limit; /* its bytes, and behind them slots */
  uintptr_t to_image;          /* what is to be added to what a reference leads to that is of the image */
  struct allocs_bytes calls;   /* its table of calls, not checked */
};

struct allocs_image {
  struct allocs_os_image os;
  const struct allocs_note *note; /* NULL if the file has no tables, or damaged ones */
  struct allocs_meta meta;        /* where the tables are, if not in the file itself */
  bool damaged;
  struct allocs_bytes types; /* table of types */
  const struct uniqtype *
      *type_made;     /* atomic: per ALLOCS_TABLE_TYPES_LEAST bytes of it, what was made of the record there */
  uint64_t prints[2]; /* of headers and notes: tell apart two files loaded at one place in turn */
  /* Indexes by address, made when first used; see statics.c, symbols.c, image_parts.c, frame.c and call_places.c. */
  void *statics, *symbols, *parts, *frames, *calls;
};

/* The image that holds an address, or NULL. The pointer is good until the image is unloaded. */
struct allocs_image *allocs_image_find(uintptr_t address);

/* The first image, in order of addresses, that ends after an address and begins before `end`; NULL if there is none. */
struct allocs_image *allocs_image_from(uintptr_t address, uintptr_t end);

/* Calls fn for each ELF note of the image until it answers true, which is then the answer. */
typedef bool allocs_note_fn(const struct allocs_elf_note *note, void *arg);
bool allocs_image_each_note(const struct allocs_os_image *os, allocs_note_fn *fn, void *arg);

/* NULL until somebody has asked about an address in it. A variable, since each query compares with its bounds. */
extern struct allocs_image *allocs_image_executable __attribute__((visibility("hidden")));

/* Whether an address lies in the executable, which never goes; false also while nobody has asked about it yet. */
static inline bool allocs_image_is_executable(uintptr_t address) {
  const struct allocs_image *executable = __atomic_load_n(&allocs_image_executable, __ATOMIC_ACQUIRE);
  return ALLOCS_LIKELY(executable) && address - executable->os.begin < executable->os.end - executable->os.begin;
}

/* See allocs_segments_hold(). */
bool allocs_image_holds(const struct allocs_image *image, uintptr_t address, uint64_t size, uint32_t flags);

/* What a reference to something of the image leads to, also from a meta file. */
static inline uintptr_t allocs_image_target(const struct allocs_image *image, struct allocs_link link) {
  uintptr_t target = (uintptr_t)allocs_target(link);
  return target < image->meta.begin && target ? target + image->meta.to_image : target;
}

/* The bounds of a table; empty if the image has none. All of its records have been checked: see table_check.c. */
struct allocs_bytes allocs_image_table(const struct allocs_image *image, enum allocs_table table);

/* For the find and next of allocators that read images: calls `fn`, and no library goes meanwhile. Answers false if one
   is being unloaded and that takes too long, but in the executable. */
struct alloc_arena;
struct alloc_pos;
typedef int allocs_ask_fn(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret);
int allocs_image_ask(allocs_ask_fn *fn, const struct alloc_arena *arena, const void *address, struct alloc_pos *ret);
#define ALLOCS_IMAGE_ASKS(name, fn)                                                                                    \
  static int name(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {                       \
    return allocs_image_ask(fn, arena, address, ret);                                                                  \
  }

/* The type of a record of any image, complete with all that it leads to; NULL for NULL, if memory is short, and of a
   damaged one. */
const struct uniqtype *allocs_image_type_of(const struct allocs_type *record);
/* The type that has been made of a record for good; NULL if none has: it may become another later. */
const struct uniqtype *allocs_image_type_kept(const struct allocs_type *record);
/* The type of a record in the image's own table of types; NULL for NULL. */
static inline const struct uniqtype *allocs_image_type(const struct allocs_image *image,
                                                       const struct allocs_type *record) {
  const struct uniqtype **all = __atomic_load_n(&image->type_made, __ATOMIC_ACQUIRE), *made = NULL;
  if (ALLOCS_LIKELY(record && all))
    made = __atomic_load_n(&all[(size_t)((const char *)record - image->types.begin) / ALLOCS_TABLE_TYPES_LEAST],
                           __ATOMIC_ACQUIRE);
  return ALLOCS_LIKELY(made) ? made : allocs_image_type_of(record);
}

/* Whether an address lies in an image whose tables are not to be used, for who has a record but not from a table. */
bool allocs_image_is_damaged(uintptr_t address);

/* The next record of a table of structs of one size at or after *at, padding passed over, or NULL; moves *at behind
   it. */
const void *allocs_image_next_record(struct allocs_bytes table, const char **at, size_t size, size_t align);

/* From now on the loader may be asked which images there are: types are made complete by what others say of them. */
void allocs_image_init(void);

/* Images seen so far, in no order; NULL gives the first. The executable is told by its name, "". */
struct allocs_image *allocs_image_next(const struct allocs_image *before);
/* Whether it has been unloaded. */
bool allocs_image_is_gone(const struct allocs_image *image);
/* Its indexes have been dropped: its place may be reused. */
void allocs_image_forget(struct allocs_image *image);

/* Of what an image has one of, and who asks first makes: keeps in *at what was made first, and returns that. Who made
   another at the same time, without locks, takes it back. */
static inline void *allocs_image_keep(void **at, void *made) {
  void *kept = NULL;
  return __atomic_compare_exchange_n(at, &kept, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ? made : kept;
}

#endif
