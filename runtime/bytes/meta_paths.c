/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Paths of meta files, in the order in which they are tried:

     1 beside the image, as FILE.allocs
     2 in the folders of ALLOCS_META_PATH
     3 in /usr/lib/allocs
     4 in the user's cache, XDG_CACHE_HOME/allocs or ~/.cache/allocs

   in folders as ab/cdef….allocs, of the build ID's digits. Relative ones, which hang on where the program happens to
   be, are passed over, and so is what is too long. */

#include "bytes/meta_paths.h"

enum { BESIDE, FOLDERS, SYSTEM, CACHE, END };

struct writer {
  char *path;
  size_t n; /* may pass the size */
};

static void put(struct writer *writer, char c) {
  if (writer->n < ALLOCS_META_PATH_SIZE)
    writer->path[writer->n] = c;
  writer->n++;
}

static void put_text(struct writer *writer, const char *text, size_t n) {
  for (size_t i = 0; i < n && text[i]; i++)
    put(writer, text[i]);
}

static bool finish(struct writer *writer) {
  put_text(writer, ".allocs", SIZE_MAX);
  put(writer, 0);
  return writer->path[0] == '/' && writer->n <= ALLOCS_META_PATH_SIZE;
}

static bool beside(const char *image, struct allocs_meta_path *it) {
  struct writer writer = {it->path, 0};
  put_text(&writer, image, SIZE_MAX);
  return finish(&writer);
}

/* In the folder that the first n bytes of a text name, or `below` it. */
static bool in_folder(const char *folder, size_t n, const char *below, const struct allocs_build_id *id,
                      struct allocs_meta_path *it) {
  static const char digits[] = "0123456789abcdef";
  struct writer writer = {it->path, 0};
  put_text(&writer, folder, n);
  put_text(&writer, below, SIZE_MAX);
  put(&writer, '/');
  for (size_t i = 0; i < id->size; i++) {
    put(&writer, digits[id->bytes[i] >> 4]);
    put(&writer, digits[id->bytes[i] & 15]);
    if (!i)
      put(&writer, '/');
  }
  return finish(&writer);
}

/* False at the end of the list; its other folders are passed over if they are none. */
static bool next_folder(const struct allocs_meta_places *places, const struct allocs_build_id *id,
                        struct allocs_meta_path *it) {
  const char *at = it->folder ? it->folder : places->folders;
  while (at && *at) {
    size_t n = 0;
    while (at[n] && at[n] != ':')
      n++;
    const char *folder = at;
    it->folder = at += n + (at[n] != 0);
    if (in_folder(folder, n, "", id, it))
      return true;
  }
  return false;
}

bool allocs_meta_paths_cached(const struct allocs_meta_places *places, const struct allocs_build_id *id,
                              struct allocs_meta_path *it) {
  if (places->cache && *places->cache)
    return in_folder(places->cache, SIZE_MAX, "/allocs", id, it);
  return places->home && *places->home && in_folder(places->home, SIZE_MAX, "/.cache/allocs", id, it);
}

bool allocs_meta_paths_next(const struct allocs_meta_places *places, const struct allocs_build_id *id,
                            struct allocs_meta_path *it) {
  while (it->step < END) {
    unsigned step = it->step;
    if (step == FOLDERS && next_folder(places, id, it))
      return true;
    it->step++;
    if ((step == BESIDE && places->image && beside(places->image, it)) ||
        (step == SYSTEM && in_folder("/usr/lib/allocs", SIZE_MAX, "", id, it)) ||
        (step == CACHE && allocs_meta_paths_cached(places, id, it)))
      return true;
  }
  return false;
}
