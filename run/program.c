/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The program: where it is, and whether a library can be preloaded into it. */

#include "program.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_HEADERS = 256 };

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

/* Of what it is, as far as its headers can be read. */
static void look(int fd, struct allocs_run_program *program) {
  Elf64_Ehdr header;
  Elf64_Phdr phdr;
  struct stat status;
  program->is_secure = !fstat(fd, &status) && (((status.st_mode & S_ISUID) && status.st_uid != getuid()) ||
                                               ((status.st_mode & S_ISGID) && status.st_gid != getgid()));
  program->is_elf = pread(fd, &header, sizeof header, 0) == sizeof header && !memcmp(header.e_ident, ELFMAG, SELFMAG) &&
                    header.e_ident[EI_CLASS] == ELFCLASS64;
  program->is_static = program->is_elf;
  for (unsigned i = 0; program->is_elf && i < header.e_phnum && i < MOST_HEADERS; i++)
    if (pread(fd, &phdr, sizeof phdr, (off_t)(header.e_phoff + i * sizeof phdr)) == sizeof phdr &&
        phdr.p_type == PT_INTERP)
      program->is_static = false;
}

bool allocs_run_program_find(const char *name, struct allocs_run_program *ret) {
  const char *folders = getenv("PATH");
  int problem = ENOENT, length = 0;
  memset(ret, 0, sizeof *ret);
  bool found = strchr(name, '/')
                   ? (length = snprintf(ret->path, PATH_MAX, "%s", name)) < PATH_MAX && is_there(ret->path, &problem)
                   : *name && find_in_folders(name, folders ? folders : "/bin:/usr/bin", ret->path, &problem);
  if (!found) {
    errno = problem;
    return false;
  }
  int fd = open(ret->path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0) {
    look(fd, ret);
    close(fd);
  }
  return true;
}
