/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Files on disk, for reading. No descriptor is kept longer than its reader works. */

#define _GNU_SOURCE
#include "os/os.h"
#include "os/os_kernel.h"

#include <fcntl.h>
#include <sys/stat.h>

int allocs_os_open(const char *path, uint64_t *size) {
  struct stat status;
  int fd = kernel_move_away(kernel_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (fd < 0)
    return -1;
  if (!kernel3(SYS_fstat, fd, (long)&status, 0) && S_ISREG(status.st_mode) && status.st_size > 0) {
    *size = (uint64_t)status.st_size;
    return fd;
  }
  allocs_os_close(fd);
  return -1;
}

void allocs_os_close(int fd) { kernel3(SYS_close, fd, 0, 0); }

bool allocs_os_read_file(int fd, uint64_t offset, void *ret, size_t n) {
  char *to = ret;
  while (n) {
    long got = kernel(SYS_pread64, fd, (long)to, (long)n, (long)offset, 0, 0);
    if (got == -EINTR)
      continue;
    if (got <= 0)
      return false;
    to += got;
    offset += (uint64_t)got;
    n -= (size_t)got;
  }
  return true;
}
