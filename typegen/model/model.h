/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_MODEL_H
#define ALLOCS_TYPEGEN_MODEL_H

/* What the tables of one image say, as plain data. Readers fill it, keys.c checks it, writers print it. Texts and the
   contents of literals are the image's own. */

#include "allocs/abi.h"
#include "ground/diag.h"

struct model_type;

struct model_entry { /* a member, an enumerator or a parameter */
  const struct model_type *type;
  const char *name, *alias;
  uint64_t offset;
  int64_t value;
};

/* What keys.c computes of a type; see allocs/typekey.h. */
enum model_key { MODEL_KEY, MODEL_MENTION, MODEL_VALUE_KEY, MODEL_N_KEYS };

struct model_type {
  uint64_t at; /* offset in the section that it was read from, where diagnostics point; a writer's own */
  uint8_t kind, flags, encoding, bit_offset;
  uint64_t hash, size, count; /* hash: as recorded, or, where it is not, as computed */
  const char *name;
  const struct model_type *target;
  struct model_entry *entries;
  uint32_t n_entries;
  uint64_t keys[MODEL_N_KEYS];
};

/* Where something is in memory. */
struct model_place {
  uint64_t address;   /* 0 in an object */
  const char *symbol; /* in an object: of an undefined or common symbol, else NULL */
};
struct model_source {
  const char *file, *function;
  uint32_t line, column;
};

struct model_site {
  struct model_place code; /* in a meta file: where the call returns to */
  const struct model_type *type;
  const char *alias, *callee;
  struct model_source source;
  uint32_t rest;
  uint8_t shape, rule;
};
struct model_object { /* a static, a thread-local or a literal */
  uint64_t at;        /* of a static: offset in the table */
  struct model_place place;
  const struct model_type *type; /* of a literal: of one element */
  const char *name, *alias;
  struct model_source source;
  uint32_t kind; /* of a static: enum allocs_static_kind */
  uint64_t size;
  uint32_t count;             /* of a literal */
  const unsigned char *bytes; /* of a literal: its contents; NULL if they are not in the file */
};
struct model_local {
  int32_t offset;
  const struct model_type *type;
  const char *name, *function, *alias;
  uint32_t line;
};
struct model_frame {
  struct model_place code;
  const char *name;
  struct model_source source;
  int32_t dynamic;
  struct model_local *locals;
  uint32_t n_locals;
};

struct model_call { /* by the address that it returns to */
  uint64_t address;
  const char *file, *function;
  uint32_t line;
};
struct model_calls { /* of a piece of code */
  struct model_place code;
  struct model_source source;
  struct model_call *calls;
  uint32_t n_calls;
};

/* What a meta file is of. */
struct model_image {
  uint64_t begin, end;           /* addresses of what is loaded */
  const unsigned char *build_id; /* NULL if it has none */
  size_t build_id_size;
};

struct model {
  const char *file, *section; /* section: of the types */
  struct model_image image;   /* where the model is not its own file's */
  bool object;
  struct model_type *types; /* in table order */
  struct model_site *sites;
  struct model_object *statics, *literals, *tls;
  struct model_frame *frames;
  struct model_calls *calls; /* of meta files alone, by address */
  size_t n_types, n_sites, n_statics, n_literals, n_tls, n_frames, n_calls;
};

void allocs_model_fini(struct model *model);

/* keys.c: computes the keys of all types, and the sizes of arrays. False if a type contains itself. */
bool allocs_keys_compute(struct model *model, struct allocs_diag *diag);
/* Those of one type, whose parts have theirs. */
void allocs_keys_of(struct model_type *type);
/* Compares those of composites and enumerations with what is recorded; says which differ. */
bool allocs_keys_check(const struct model *model, struct allocs_diag *diag);

#endif
