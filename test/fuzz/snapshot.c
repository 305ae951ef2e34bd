// Snapshots whose directory is of hostile bytes are refused, or read without a read beyond what is there.
// REQUIRES: fuzzer
// RUN: %cc -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I%src/runtime -I%src/typegen %s %src/typegen/target/snapshot.c %src/typegen/target/target.c %src/typegen/ground/diag.c -lzstd -o %t
// RUN: %t -runs=0 %S/Inputs/snapshot

/* The input is the directory, unpacked, since what is packed has a checksum; the file around it is whole, with a chunk of
   each of two sizes, of which the directory may say anything. */

#define _GNU_SOURCE
#include "target/snapshot.h"
#include "target/snapshot_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

static void put(int fd, const void *bytes, size_t n) {
  if (write(fd, bytes, n) != (ssize_t)n)
    abort();
}

static size_t put_packed(int fd, const void *bytes, size_t n) {
  char *packed = malloc(ZSTD_compressBound(n));
  size_t size = ZSTD_compress(packed, ZSTD_compressBound(n), bytes, n, 1);
  put(fd, packed, size);
  free(packed);
  return size;
}

static void write_file(int fd, const uint8_t *data, size_t size) {
  static char chunk[ALLOCS_SNAPSHOT_CHUNK], packed[4096];
  static size_t n, n_short;
  struct allocs_snapshot_head head = {.version = ALLOCS_SNAPSHOT_VERSION, .machine = ALLOCS_MACHINE};
  struct allocs_snapshot_tail tail = {.size = size};
  memcpy(head.magic, ALLOCS_SNAPSHOT_MAGIC, sizeof head.magic);
  memcpy(tail.magic, ALLOCS_SNAPSHOT_END, sizeof tail.magic);
  put(fd, &head, sizeof head);
  if (!n) {
    n = ZSTD_compress(packed, sizeof packed, chunk, sizeof chunk, 1);
    n_short = ZSTD_compress(packed + n, sizeof packed - n, chunk, 4096, 1);
  }
  put(fd, packed, n + n_short); /* begins at 24 */
  tail.at = sizeof head + n + n_short;
  tail.packed = put_packed(fd, data, size);
  put(fd, &tail, sizeof tail);
}

static void look_at(struct allocs_target *target) {
  char bytes[3 * 4096];
  for (size_t i = 0; i < target->n_mappings && i < 64; i++) {
    const struct allocs_target_mapping *mapping = &target->mappings[i];
    uint64_t size = mapping->end - mapping->begin, n = size < sizeof bytes ? size : sizeof bytes;
    allocs_target_read(target, mapping->begin, bytes, n);
    allocs_target_read(target, mapping->end - n, bytes, n);
    allocs_target_read(target, mapping->begin - 1, bytes, 2);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct allocs_target target = {.diag = {.file = "snapshot", .failed = true}}; /* so that nothing is printed */
  char path[64];
  size_t n;
  int fd = memfd_create("snapshot", MFD_CLOEXEC);
  if (fd < 0)
    return 0;
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  write_file(fd, data, size);
  free(allocs_snapshot_text(&target.diag, path, &n));
  if (allocs_snapshot_is(path) && allocs_snapshot_open(&target, path))
    look_at(&target);
  allocs_target_close(&target);
  return close(fd), 0;
}
