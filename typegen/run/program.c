/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The program: where it is, and whether a library can be preloaded into it. */

#include "run/program.h"
#include "run/run_file.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether there is a file to run; EACCES counts for more than ENOENT. */
static bool is_there(const char *path, int *problem) {
  struct stat status;
  if (!stat(path, &status) && S_ISREG(status.st_mode) && !access(path, X_OK))
    return true;
  if (errno != ENOENT && errno != ENOTDIR)
    *problem = EACCES;
  return false;
}

static bool find_in_folders(const char *name, const char *folders, char *path, int *problem) {
  for (const char *at = folders;; at++) {
    size_t n = strcspn(at, ":");
    int length = snprintf(path, PATH_MAX, "%.*s%s%s", (int)n, at, n ? "/" : "", name);
    if (length > 0 && length < PATH_MAX && is_there(path, problem))
      return true;
    at += n;
    if (!*at)
      return false;
  }
}

static bool has_other_rights(const char *path) {
  struct stat status;
  return !stat(path, &status) && ((status.st_mode & S_ISUID && status.st_uid != getuid()) ||
                                  (status.st_mode & S_ISGID && status.st_gid != getgid()));
}

/* As far as its headers can be read. */
static void look(struct allocs_run_program *program) {
  struct allocs_run_file file;
  program->is_secure = has_other_rights(program->path);
  if (!allocs_run_file_open(program->path, &file))
    return;
  program->is_static = !allocs_run_file_interpreter(&file, program->interpreter, sizeof program->interpreter);
  allocs_run_file_close(&file);
}

bool allocs_run_program_find(const char *name, struct allocs_run_program *ret) {
  const char *folders = getenv("PATH");
  int problem = ENOENT;
  memset(ret, 0, sizeof *ret);
  bool found = strchr(name, '/')
                   ? snprintf(ret->path, PATH_MAX, "%s", name) < PATH_MAX && is_there(ret->path, &problem)
                   : *name && find_in_folders(name, folders ? folders : "/bin:/usr/bin", ret->path, &problem);
  if (found)
    look(ret);
  else
    errno = problem;
  return found;
}
