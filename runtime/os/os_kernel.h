/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_OS_KERNEL_H
#define ALLOCS_OS_KERNEL_H

/* Kernel calls made directly, so that they work before libc is up and leave errno alone. For os_*.c and hook_*.c. */

#include "arch/arch.h"

#include <errno.h>
#include <sys/syscall.h>

static inline long kernel(long call, long a, long b, long c, long d, long e, long f) {
  return allocs_arch_kernel(call, a, b, c, d, e, f);
}

static inline long kernel3(long call, long a, long b, long c) { return kernel(call, a, b, c, 0, 0, 0); }

static inline long kernel_read(int fd, void *ret, size_t n) {
  long got;
  do
    got = kernel3(SYS_read, fd, (long)ret, (long)n);
  while (got == -EINTR);
  return got;
}

static inline int kernel_open(const char *path, int flags) {
  enum { HERE = -100 }; /* AT_FDCWD */
  return (int)kernel(SYS_openat, HERE, (long)path, flags, 0, 0, 0);
}

/* For what takes longer than a moment: another descriptor of the same file, out of the way of those that a program
   counts on, and none for which the kernel would enlarge its table, which takes milliseconds where there are threads.
 */
static inline int kernel_move_away(int fd) {
  enum { AWAY = 40, DUPLICATE = 1030 /* F_DUPFD_CLOEXEC */ };
  int away = fd >= 0 && fd < AWAY ? (int)kernel3(SYS_fcntl, fd, DUPLICATE, AWAY) : -1;
  if (away < 0)
    return fd;
  kernel3(SYS_close, fd, 0, 0);
  return away;
}

static inline void kernel_close(int fd) { kernel3(SYS_close, fd, 0, 0); }

#endif
