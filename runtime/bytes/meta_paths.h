/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_META_PATHS_H
#define ALLOCS_META_PATHS_H

/* Where meta files are looked for; see docs/abi.md, Meta files. */

#include "base.h"

enum { ALLOCS_META_PATH_SIZE = 4096, ALLOCS_BUILD_ID_LONGEST = 64 };

struct allocs_build_id {
  const unsigned char *bytes;
  size_t size;
};

/* What the search depends on: the image's own path, and ALLOCS_META_PATH, XDG_CACHE_HOME and HOME; each may be NULL. Of
   a program that runs with other rights than its user's, all are. */
struct allocs_meta_places {
  const char *image, *folders, *cache, *home;
};

/* Begins as zero. */
struct allocs_meta_path {
  unsigned step;
  const char *folder; /* the next of `folders` */
  char path[ALLOCS_META_PATH_SIZE];
};
/* The next path to try; false at the end. */
bool allocs_meta_paths_next(const struct allocs_meta_places *places, const struct allocs_build_id *id,
                            struct allocs_meta_path *it);
/* The path in the user's cache, where new ones are put; false if there is none. */
bool allocs_meta_paths_cached(const struct allocs_meta_places *places, const struct allocs_build_id *id,
                              struct allocs_meta_path *it);

#endif
