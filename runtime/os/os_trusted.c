/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Files whose word is taken, mapped. Trust hangs on the file that was opened, not on its name. */

#define _GNU_SOURCE
#include "os/os.h"
#include "os/os_kernel.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

static bool is_trusted(const struct stat *status) {
  return S_ISREG(status->st_mode) && !(status->st_mode & (S_IWGRP | S_IWOTH)) &&
         (!status->st_uid || status->st_uid == (uid_t)kernel3(SYS_geteuid, 0, 0, 0));
}

bool allocs_os_map_trusted_file(const char *path, struct allocs_os_file *ret) {
  enum { LARGEST = 1 << 30 };
  struct stat status;
  int fd = kernel_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  long begin = -1;
  if (fd < 0)
    return false;
  if (!kernel3(SYS_fstat, fd, (long)&status, 0) && is_trusted(&status) && status.st_size > 0 &&
      status.st_size <= LARGEST)
    begin = kernel(SYS_mmap, 0, status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  allocs_os_close(fd);
  if (begin < 0 && begin > -4096)
    return false;
  ret->begin = (const void *)begin;
  ret->size = (uint64_t)status.st_size;
  ret->mapped = allocs_round_up(ret->size, ALLOCS_PAGE);
  return true;
}

bool allocs_os_widen_file(struct allocs_os_file *file, size_t kept, size_t size) {
  void *room = kept <= file->mapped && kept <= size ? allocs_os_map(size) : NULL;
  if (!room)
    return false;
  if (kernel(SYS_mremap, (long)file->begin, (long)kept, (long)kept, MREMAP_MAYMOVE | MREMAP_FIXED, (long)room, 0) !=
      (long)room) {
    allocs_os_unmap(room, size);
    return false;
  }
  if (kept < file->mapped)
    kernel3(SYS_munmap, (long)file->begin + (long)kept, (long)(file->mapped - kept), 0);
  file->begin = room;
  file->mapped = size;
  return true;
}

void allocs_os_unmap_file(const struct allocs_os_file *file) {
  kernel3(SYS_munmap, (long)file->begin, (long)file->mapped, 0);
}
