/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The environment that the program is to have. What the user has there stays. */

#include "run/environment.h"
#include "run/say.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where it is, from where we are: in the installed tree, and in the one that it is built in. */
static const char *const places[] = {ALLOCS_FROM_BIN "/liballocs_preload.so", "../liballocs_preload.so"};

bool allocs_run_beside(const char *name, char *ret) {
  char self[PATH_MAX], path[2 * PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  if (n < 0)
    return false;
  self[n] = 0;
  char *end = strrchr(self, '/');
  if (!end)
    return false;
  snprintf(path, sizeof path, "%.*s/%s", (int)(end - self), self, name);
  return realpath(path, ret) != NULL;
}

static bool find_library(char *path) {
  return allocs_run_beside(places[0], path) || allocs_run_beside(places[1], path);
}

/* `before` in front of what the variable is, or behind it. */
static bool add(const char *name, const char *text, bool is_first) {
  const char *there = getenv(name);
  char *all = NULL;
  if (!there || !*there)
    return !setenv(name, text, 1);
  if (asprintf(&all, "%s:%s", is_first ? text : there, is_first ? there : text) < 0)
    return false;
  bool ok = !setenv(name, all, 1);
  free(all);
  return ok;
}

bool allocs_run_preload(void) {
  const char *chosen = getenv("ALLOCS_PRELOAD");
  char path[PATH_MAX];
  if (chosen ? !realpath(chosen, path) : !find_library(path)) {
    allocs_run_say("%s: %s", chosen ? chosen : "liballocs_preload.so", strerror(errno));
    return false;
  }
  if (strpbrk(path, ": ")) {
    allocs_run_say("%s: a path with blanks or colons cannot be preloaded", path);
    return false;
  }
  return add("LD_PRELOAD", path, true);
}

bool allocs_run_add_option(const char *option) { return add("ALLOCS_OPTIONS", option, false); }
