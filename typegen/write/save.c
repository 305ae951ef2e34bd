/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* By way of another file beside it, which takes its name when all is in it: who reads meanwhile has the old or the new.
 */

#include "write/save.h"
#include "ground/diag.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool put(int fd, const unsigned char *bytes, size_t size) {
  while (size) {
    ssize_t n = write(fd, bytes, size);
    if (n < 0 && errno != EINTR)
      return false;
    bytes += n > 0 ? n : 0;
    size -= n > 0 ? (size_t)n : 0;
  }
  return true;
}

/* Read by whom the umask lets. */
static bool publish(int fd) {
  mode_t mask = umask(0);
  umask(mask);
  return !fchmod(fd, 0666 & ~mask);
}

/* What is no plain file keeps its name: a device, a pipe. */
static bool put_through(const char *file, const unsigned char *bytes, size_t size) {
  int fd = open(file, O_WRONLY | O_CLOEXEC);
  bool ok = fd >= 0 && put(fd, bytes, size);
  return (fd < 0 || !close(fd)) && ok;
}

bool allocs_save(const char *file, const unsigned char *bytes, size_t size) {
  struct allocs_diag diag = {.file = file};
  if (!strcmp(file, "-"))
    return put(STDOUT_FILENO, bytes, size) || allocs_diag_file(&diag, "%m");
  struct stat stat;
  if (!lstat(file, &stat) && !S_ISREG(stat.st_mode))
    return put_through(file, bytes, size) || allocs_diag_file(&diag, "%m");
  size_t length = strlen(file) + sizeof ".XXXXXX";
  char *beside = allocs_new(length, 1);
  snprintf(beside, length, "%s.XXXXXX", file);
  int fd = mkstemp(beside);
  bool ok = fd >= 0 && put(fd, bytes, size) && publish(fd);
  if (fd >= 0 && close(fd))
    ok = false;
  if (!ok || rename(beside, file)) {
    ok = allocs_diag_file(&diag, "%m");
    if (fd >= 0)
      unlink(beside);
  }
  free(beside);
  return ok;
}
