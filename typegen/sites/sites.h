/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_SITES_H
#define ALLOCS_TYPEGEN_SITES_H

/* Sites as the source has them: docs/typegen.md has the form of the files. */

#include "ground/pool.h"
#include "model/model.h"

/* A type as a file tells it. Of a structure, union or enumeration there is the key alone, and no entries: what it is,
   the program's own types say. All keys are there. */
struct sites_type {
  struct model_type type; /* first: what refers to it refers to this */
  bool is_tagged;
  bool is_asked, is_there; /* sites_types.c: whether it can be had, once that was asked */
  uint32_t depth;
  struct model_type *made; /* sites_types.c: where it is among those that are added; NULL while it is not needed */
};
struct sites_site {
  struct model_source source;
  const char *path;           /* of the file, absolute */
  const char *callee, *alias; /* alias: NULL if there is none */
  struct sites_type *type;    /* NULL: bytes */
  uint32_t rest;
  uint8_t shape, rule;
};
struct sites_unit {
  const char *folder, *name;
  char *path;               /* absolute, without dots */
  struct sites_site *sites; /* by line and column */
  size_t n, cap;
};
struct sites { /* begins as zero */
  struct sites_unit *units;
  size_t n, cap;
  struct allocs_pool pool; /* of types, texts and paths */
  char **files;            /* what was read: texts are in there */
  size_t n_files, cap_files;
};

/* sites_folder.c: reads a file, or all files of a folder whose names end in .sites. False, and told, if something is
   wrong with one of them. */
bool allocs_sites_read(struct sites *sites, const char *path);
void allocs_sites_fini(struct sites *sites);

/* sites_file.c: adds what a text says, which is changed, and kept. */
bool allocs_sites_parse(struct sites *sites, char *text, size_t size, struct allocs_diag *diag);

/* sites_path.c: the path as it is from the root on, without `.` and `..`. */
char *allocs_sites_path(struct allocs_pool *pool, const char *folder, const char *name);

#endif
