/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What the runtime's rooms ask of the system, in a tool that looks at another process: which images there are, and what
   is mapped, is answered of the target, by local addresses; memory and output are this process's own. Nothing of the
   target goes while we look. */

#include "os/os.h"
#include "target/copies.h"
#include "target/images.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void *allocs_os_map(size_t size) {
  void *ret = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return ret == MAP_FAILED ? NULL : ret;
}

void allocs_os_unmap(void *begin, size_t size) { munmap(begin, size); }
void allocs_os_give_back(void *begin, size_t size) { madvise(begin, size, MADV_DONTNEED); }
void allocs_os_offer(void *begin, size_t size) { madvise(begin, size, MADV_FREE); }
void allocs_os_give_offered(void *begin, size_t size) { madvise(begin, size, MADV_PAGEOUT); }
bool allocs_os_wipe_on_fork(void *begin, size_t size) { return begin && size; }
void allocs_os_pause(unsigned microseconds) { usleep(microseconds); }
int allocs_os_process(void) { return getpid(); }

/* The kernel knows, and tells nobody else. */
bool allocs_os_signal_stack(uintptr_t *begin, uintptr_t *end) {
  *begin = *end = 0;
  return false;
}
uintptr_t allocs_os_auxv(void) { return 0; }
uintptr_t allocs_os_initial_break(void) { return allocs_images_target()->heap; }
uintptr_t allocs_os_break(void) { return allocs_images_target()->heap_end; }

int allocs_os_write(int fd, const void *bytes, size_t n) { return write(fd, bytes, n) == (ssize_t)n ? 0 : 1; }

/* Meta files are looked for where this process is told to. */
const char *allocs_os_getenv(const char *name) { return getenv(name); }
bool allocs_os_is_secure(void) { return false; }

bool allocs_os_find_image(uintptr_t address, struct allocs_os_image *ret) {
  const struct allocs_copied_image *image = allocs_images_of_local(address);
  if (image)
    *ret = image->os;
  return image;
}

bool allocs_os_find_loaded(uintptr_t address, struct allocs_os_image *ret) {
  return allocs_os_find_image(address, ret);
}

bool allocs_os_may_list(void) { return true; }

int allocs_os_each_image(int (*fn)(const struct allocs_os_image *, void *arg), void *arg) {
  int ret = 0;
  for (size_t i = 0; !ret && allocs_images_at(i); i++)
    ret = fn(&allocs_images_at(i)->os, arg);
  return ret;
}

bool allocs_os_read(uintptr_t address, void *ret, size_t n) { return allocs_images_read(address, ret, n); }

/* An object that was made here anew, or what lies in an image. What is odd is an object's address and 1. */
uintptr_t allocs_os_local(uintptr_t word) {
  const void *copy = allocs_copies_find(word & ~(uintptr_t)1);
  return copy ? (uintptr_t)copy | (word & 1) : allocs_images_to_local(word);
}

const char *allocs_os_read_window(struct allocs_os_window *window, uintptr_t address, size_t n, uintptr_t low,
                                  uintptr_t high) {
  if (address >= window->begin && address < window->end && n <= window->end - address)
    return window->bytes + (address - window->begin);
  if (n > sizeof window->bytes || address < low || address > high || n > high - address)
    return NULL;
  size_t most = high - address < sizeof window->bytes ? high - address : sizeof window->bytes;
  if (!allocs_images_read(address, window->bytes, most) && !allocs_images_read(address, window->bytes, most = n))
    return NULL;
  window->begin = address;
  window->end = address + most;
  return window->bytes;
}

bool allocs_os_is_mapped(uintptr_t begin, size_t size) {
  struct allocs_os_mapping mapping;
  for (uintptr_t at = begin; at < begin + size; at = mapping.end)
    if (!allocs_os_find_mapping(at, &mapping))
      return false;
  return true;
}

/* Mappings: of an image's where its copy is, of all else where it is. */

static void tell(const struct allocs_target_mapping *mapping, const struct allocs_copied_image *image,
                 struct allocs_os_mapping *ret) {
  uint64_t begin = mapping->begin, end = mapping->end, shift = image ? (uintptr_t)image->copy - image->begin : 0;
  if (image && begin < image->begin)
    begin = image->begin;
  if (image && end > image->end)
    end = image->end;
  /* What the kernel has joined with an image, is none of it. */
  const struct allocs_copied_image *first = image ? NULL : allocs_images_of_target(begin);
  const struct allocs_copied_image *last = image ? NULL : allocs_images_of_target(end - 1);
  if (first && first->end < end)
    begin = first->end;
  if (last && last->begin > begin)
    end = last->begin;
  *ret = (struct allocs_os_mapping){.begin = begin + shift, .end = end + shift};
  ret->offset = mapping->offset + (begin - mapping->begin);
  ret->flags = mapping->flags;
  ret->is_file = mapping->is_file;
  strncpy(ret->name, mapping->name, sizeof ret->name - 1);
}

bool allocs_os_find_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  const struct allocs_copied_image *image = allocs_images_of_local(address);
  uint64_t at = allocs_images_to_target(address);
  const struct allocs_target_mapping *mapping = allocs_images_mapping(at);
  if (!mapping || mapping->begin > at)
    return false;
  tell(mapping, image, ret);
  return true;
}

/* Copies and all else are in one order of local addresses: the nearer counts. */
bool allocs_os_next_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  struct allocs_os_mapping copied;
  const struct allocs_target_mapping *mapping = allocs_images_mapping(address);
  while (mapping && allocs_images_of_target(mapping->begin))
    mapping = allocs_images_mapping(mapping->end);
  bool found = mapping != NULL, found_copy = false;
  if (found)
    tell(mapping, NULL, ret);
  for (size_t i = 0; allocs_images_at(i) && !found_copy; i++) {
    const struct allocs_os_image *os = &allocs_images_at(i)->os;
    for (uintptr_t at = address > os->begin ? address : os->begin; at < os->end && !found_copy; at += ALLOCS_PAGE)
      found_copy = allocs_os_find_mapping(at, &copied);
  }
  if (found_copy && (!found || copied.begin < ret->begin))
    *ret = copied;
  return found || found_copy;
}

/* Files: the target's. */

int allocs_os_open(const char *path, uint64_t *size) {
  struct stat info;
  int fd = allocs_images_open_file(strcmp(path, "/proc/self/exe") != 0 ? path : NULL);
  if (fd >= 0 && !fstat(fd, &info) && S_ISREG(info.st_mode) && info.st_size >= 0) {
    *size = (uint64_t)info.st_size;
    return fd;
  }
  if (fd >= 0)
    close(fd);
  return -1;
}

void allocs_os_close(int fd) { close(fd); }

bool allocs_os_read_file(int fd, uint64_t offset, void *ret, size_t n) {
  for (size_t at = 0; at < n;) {
    ssize_t got = pread(fd, (char *)ret + at, n - at, (off_t)(offset + at));
    if (got <= 0)
      return false;
    at += (size_t)got;
  }
  return true;
}
