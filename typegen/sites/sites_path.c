/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Paths by their letters alone: the source need not be there. */

#include "sites/sites.h"
#include <string.h>

/* Appends the parts of a path to one that ends before *at, without a slash at the end. */
static char *append(char *begin, char *at, const char *path) {
  while (*path) {
    size_t n = strcspn(path, "/");
    if (n == 2 && path[0] == '.' && path[1] == '.') {
      while (at > begin && *--at != '/')
        ;
    } else if (n && !(n == 1 && *path == '.')) {
      *at++ = '/';
      memcpy(at, path, n);
      at += n;
    }
    path += n + (path[n] == '/');
  }
  return at;
}

char *allocs_sites_path(struct allocs_pool *pool, const char *folder, const char *name) {
  char *path = allocs_pool_new(pool, strlen(folder) + strlen(name) + 3), *end = path;
  if (*name != '/')
    end = append(path, end, folder);
  end = append(path, end, name);
  *end = 0;
  return path;
}
