/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The files, in the order of their names. */

#include "sites/sites.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LARGEST ((size_t)1 << 30)

/* All of a file, with a zero behind it. */
static char *read_all(const char *path, size_t *ret_size, struct allocs_diag *diag) {
  FILE *file = fopen(path, "rbe");
  char *bytes = NULL;
  size_t cap = 0, n = 0, got = 1;
  while (file && got && n < LARGEST) {
    cap = 2 * cap + (1 << 16);
    char *more = realloc(bytes, cap + 1);
    if (!more)
      break;
    bytes = more;
    got = fread(bytes + n, 1, cap - n, file);
    n += got;
  }
  bool ok = file && bytes && !got && !ferror(file);
  if (!ok)
    allocs_diag_file(diag, "%s", file && n >= LARGEST ? "too large" : strerror(errno));
  if (file)
    fclose(file);
  if (ok)
    return bytes[n] = 0, *ret_size = n, bytes;
  free(bytes);
  return NULL;
}

static bool read_file(struct sites *sites, const char *path) {
  struct allocs_diag diag = {.file = path};
  size_t size;
  char *text = read_all(path, &size, &diag);
  if (!text)
    return false;
  sites->files = allocs_grow(sites->files, sites->n_files, &sites->cap_files, sizeof(char *));
  sites->files[sites->n_files++] = text;
  return allocs_sites_parse(sites, text, size, &diag);
}

static int is_of_sites(const struct dirent *entry) {
  const char *end = strrchr(entry->d_name, '.');
  return end && end != entry->d_name && !strcmp(end, ".sites");
}

static bool read_folder(struct sites *sites, const char *folder) {
  struct allocs_diag diag = {.file = folder};
  struct dirent **entries;
  int n = scandir(folder, &entries, is_of_sites, alphasort);
  bool ok = n > 0 || allocs_diag_file(&diag, "%s", n < 0 ? strerror(errno) : "no files that end in .sites");
  for (int i = 0; i < n; i++) {
    size_t size = strlen(folder) + strlen(entries[i]->d_name) + 2;
    char *path = allocs_pool_new(&sites->pool, size);
    snprintf(path, size, "%s/%s", folder, entries[i]->d_name);
    ok = read_file(sites, path) && ok;
    free(entries[i]);
  }
  if (n >= 0)
    free(entries);
  return ok;
}

bool allocs_sites_read(struct sites *sites, const char *path) {
  struct stat it;
  return !stat(path, &it) && S_ISDIR(it.st_mode) ? read_folder(sites, path) : read_file(sites, path);
}

void allocs_sites_fini(struct sites *sites) {
  for (size_t i = 0; i < sites->n; i++)
    free(sites->units[i].sites);
  for (size_t i = 0; i < sites->n_files; i++)
    free(sites->files[i]);
  free(sites->units);
  free(sites->files);
  allocs_pool_fini(&sites->pool);
}
