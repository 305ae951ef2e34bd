/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_OS_KERNEL_H
#define ALLOCS_OS_KERNEL_H

/* Kernel calls made directly, so that they work before libc is up and leave errno alone. For os_*.c and hook_*.c. */

#include "base.h"

#include <errno.h>
#include <sys/syscall.h>

static inline long kernel(long call, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
  long result = call;
  __asm__ volatile("syscall"
                   : "+a"(result)
                   : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

static inline long kernel3(long call, long a, long b, long c) { return kernel(call, a, b, c, 0, 0, 0); }

static inline long kernel_read(int fd, void *ret, size_t n) {
  long got;
  do
    got = kernel3(SYS_read, fd, (long)ret, (long)n);
  while (got == -EINTR);
  return got;
}

static inline void kernel_close(int fd) { kernel3(SYS_close, fd, 0, 0); }

#endif
