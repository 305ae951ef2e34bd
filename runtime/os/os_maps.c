/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Mappings as the kernel has them. Asked anew each time, by /proc/self/maps: a query of one mapping where the kernel
   has that, else its text. The descriptor is closed before the answer is given, and no handler that ends in a longjmp()
   leaves it open: signals are blocked meanwhile. */

#define _GNU_SOURCE
#include "os/os.h"
#include "os/os_kernel.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

/* ioctl on /proc/<pid>/maps, linux 6.11: include/uapi/linux/fs.h. */
struct procmap_query {
  uint64_t size, query_flags, query_addr, vma_begin, vma_end, vma_flags, vma_page_size, vma_offset, inode;
  uint32_t dev_major, dev_minor, vma_name_size, build_id_size;
  uint64_t vma_name, build_id;
};
#define PROCMAP_OR_NEXT 0x10
#define PROCMAP_QUERY 0xc0686611u /* _IOWR('f', 17, struct procmap_query) */
_Static_assert(sizeof(struct procmap_query) == 0x68, "the size is part of the number");

static long query_mapping(int fd, uintptr_t address, uint64_t flags, struct allocs_os_mapping *ret) {
  struct procmap_query query = {.size = sizeof query,
                                .query_flags = flags,
                                .query_addr = address,
                                .vma_name_size = sizeof ret->name,
                                .vma_name = (uintptr_t)ret->name};
  memset(ret->name, 0, sizeof ret->name); /* valgrind does not see the kernel write it */
  long result = kernel3(SYS_ioctl, fd, PROCMAP_QUERY, (long)&query);
  if (result < 0)
    return result;
  ret->begin = query.vma_begin;
  ret->end = query.vma_end;
  ret->offset = query.vma_offset;
  ret->is_file = query.inode != 0;
  ret->flags = query.vma_flags & (ALLOCS_OS_READ | ALLOCS_OS_WRITE | ALLOCS_OS_EXEC | ALLOCS_OS_SHARED);
  return 0;
}

struct reader {
  int fd;
  unsigned at, n;
  char bytes[256];
};

static int next_char(struct reader *reader) {
  if (reader->at == reader->n) {
    long got = kernel_read(reader->fd, reader->bytes, sizeof reader->bytes);
    if (got <= 0)
      return -1;
    reader->at = 0;
    reader->n = (unsigned)got;
  }
  return (unsigned char)reader->bytes[reader->at++];
}

static uint64_t next_hex(struct reader *reader) {
  uint64_t n = 0;
  for (;;) {
    int c = next_char(reader);
    if (c >= '0' && c <= '9')
      n = n << 4 | (unsigned)(c - '0');
    else if (c >= 'a' && c <= 'f')
      n = n << 4 | (unsigned)(c - 'a' + 10);
    else
      return n;
  }
}

/* One line: begin-end rwxp offset major:minor inode          name. False at the end of the file. */
static bool next_mapping(struct reader *reader, struct allocs_os_mapping *ret) {
  size_t n = 0;
  int c;
  ret->begin = next_hex(reader);
  ret->end = next_hex(reader);
  ret->flags = 0;
  for (unsigned bit = ALLOCS_OS_READ; bit <= ALLOCS_OS_SHARED; bit <<= 1) {
    c = next_char(reader);
    if (c != '-' && c != 'p')
      ret->flags |= bit;
  }
  next_char(reader);
  ret->offset = next_hex(reader);
  next_hex(reader);
  next_hex(reader);
  ret->is_file = false;
  while ((c = next_char(reader)) >= '0' && c <= '9')
    ret->is_file |= c != '0';
  while (c == ' ')
    c = next_char(reader);
  for (; c >= 0 && c != '\n'; c = next_char(reader))
    if (n < sizeof ret->name - 1)
      ret->name[n++] = (char)c;
  ret->name[n] = '\0';
  return c == '\n';
}

/* ENOENT: no mapping there. ENAMETOOLONG: the text is cut to fit. Others: the kernel is older. */
static bool find_next(int *fd, uintptr_t address, struct allocs_os_mapping *ret) {
  long result = query_mapping(*fd, address, PROCMAP_OR_NEXT, ret);
  bool found = result == 0;
  if (found || result == -ENOENT)
    return found;
  struct reader reader = {.fd = *fd = kernel_move_away(*fd)};
  while (!found && next_mapping(&reader, ret))
    found = address < ret->end;
  return found;
}

bool allocs_os_next_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  uint64_t signals = allocs_os_block_signals();
  int fd = kernel_open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  bool found = fd >= 0 && find_next(&fd, address, ret);
  if (fd >= 0)
    kernel_close(fd);
  allocs_os_unblock_signals(signals);
  return found;
}

/* With this flag, msync does nothing but look whether all is mapped, and takes a third of the time that others do.
   Valgrind takes it for reading, and is asked to report no error meanwhile. */
static long look_at(uintptr_t begin, size_t size) {
  enum { CHANGE_ERR_DISABLEMENT = 0x1801 };
  allocs_arch_valgrind(CHANGE_ERR_DISABLEMENT, 1);
  long result = kernel3(SYS_msync, (long)begin, (long)size, MS_ASYNC);
  allocs_arch_valgrind(CHANGE_ERR_DISABLEMENT, -1);
  return result;
}

bool allocs_os_is_mapped(uintptr_t begin, size_t size) { return !look_at(begin, size); }

/* That nothing is mapped there can be known without opening a file. */
bool allocs_os_find_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  return look_at(address & ~(uintptr_t)(ALLOCS_PAGE - 1), ALLOCS_PAGE) != -ENOMEM &&
         allocs_os_next_mapping(address, ret) && ret->begin <= address;
}

uintptr_t allocs_os_local(uintptr_t word) { return word; }

uintptr_t allocs_os_break(void) { return (uintptr_t)kernel3(SYS_brk, 0, 0, 0); }

/* Field 47 of /proc/self/stat; the second is a name in parentheses, which may hold anything, and the only one. */
static uintptr_t find_initial_break(void) {
  enum { AFTER_NAME = 2, FIELD = 47 };
  unsigned field = 0;
  uintptr_t number = 0;
  uint64_t signals = allocs_os_block_signals();
  int c, fd = kernel_open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  struct reader reader = {.fd = fd};
  while (fd >= 0 && field <= FIELD && (c = next_char(&reader)) >= 0) {
    if (c == ')') {
      field = AFTER_NAME;
      number = 0;
    } else if (c == ' ') {
      field += field >= AFTER_NAME;
    } else if (field == FIELD) {
      number = number * 10 + (uintptr_t)(c - '0');
    }
  }
  if (fd >= 0)
    kernel_close(fd);
  allocs_os_unblock_signals(signals);
  return field > FIELD ? number : 0;
}

/* It does not change. */
uintptr_t allocs_os_initial_break(void) {
  static uintptr_t known;
  uintptr_t begin = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (!begin) {
    begin = find_initial_break();
    __atomic_store_n(&known, begin, __ATOMIC_RELAXED);
  }
  return begin;
}
