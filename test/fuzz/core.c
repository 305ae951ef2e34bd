// Core files of hostile bytes are refused, or read without a read beyond them; so are those packed by zstd.
// REQUIRES: fuzzer
// RUN: %cc -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I%src/runtime -I%src/typegen %s %src/typegen/target/core.c %src/typegen/target/unpack.c %src/typegen/target/target.c %src/typegen/ground/diag.c %src/runtime/bytes/elf_headers.c %src/runtime/bytes/notes.c -lzstd -o %t
// RUN: %t -runs=0 %S/Inputs/core

/* The input is the file. Nothing that it names is opened: names of files begin with a slash. */

#define _GNU_SOURCE
#include "target/core.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void look_at(struct allocs_target *target) {
  char bytes[3 * 4096];
  for (size_t i = 0; i < target->n_mappings && i < 64; i++) {
    const struct allocs_target_mapping *mapping = &target->mappings[i];
    uint64_t size = mapping->end - mapping->begin, n = size < sizeof bytes ? size : sizeof bytes;
    allocs_target_read(target, mapping->begin, bytes, n);
    allocs_target_read(target, mapping->end - n, bytes, n);
    allocs_target_read(target, mapping->begin - 1, bytes, 2);
    allocs_target_mapping(target, mapping->begin + 1);
  }
  target->find_resident(target, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct allocs_target target = {.diag = {.file = "core", .failed = true}}; /* so that nothing is printed */
  char path[64];
  int fd = memfd_create("core", MFD_CLOEXEC);
  if (fd < 0 || memmem(data, size, "/", 1))
    return close(fd), 0;
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  if (write(fd, data, size) == (ssize_t)size) {
    if (allocs_core_open(&target, path))
      look_at(&target);
    allocs_target_close(&target);
  }
  return close(fd), 0;
}
