/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Into memory that grows, of which pages of zeroes, of which cores have many, are never touched. */

#define _GNU_SOURCE
#include "target/unpack.h"
#include <string.h>
#include <sys/mman.h>
#include <zstd.h>

enum { STEP = 1 << 17, FIRST = 1 << 24 };

bool allocs_unpack_is(const unsigned char *bytes, size_t size) {
  return size >= 4 && !memcmp(bytes, "\x28\xb5\x2f\xfd", 4);
}

struct room {
  unsigned char *bytes;
  size_t n, cap;
};

static bool grow(struct room *room) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  size_t cap = room->cap ? 2 * room->cap : FIRST;
  void *bytes = room->cap ? mremap(room->bytes, room->cap, cap, MREMAP_MAYMOVE)
                          : mmap(NULL, cap, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (bytes == MAP_FAILED)
    return false;
  room->bytes = bytes;
  room->cap = cap;
  return true;
}

static bool is_zero(const unsigned char *bytes, size_t n) {
  return !n || (!bytes[0] && !memcmp(bytes, bytes + 1, n - 1));
}

static bool put(struct room *room, const unsigned char *bytes, size_t n) {
  while (room->cap - room->n < n)
    if (!grow(room))
      return false;
  for (size_t at = 0; at < n;) {
    size_t step = 4096 - (room->n + at) % 4096;
    step = step < n - at ? step : n - at;
    if (!is_zero(bytes + at, step))
      memcpy(room->bytes + room->n + at, bytes + at, step);
    at += step;
  }
  room->n += n;
  return true;
}

bool allocs_unpack(struct allocs_diag *diag, const unsigned char *bytes, size_t size, struct allocs_unpacked *ret) {
  static unsigned char step[STEP];
  struct room room = {.n = 0};
  ZSTD_DStream *stream = ZSTD_createDStream();
  ZSTD_inBuffer in = {bytes, size, 0};
  size_t left = 1;
  const char *wrong = stream ? NULL : "memory is short";
  while (!wrong && (in.pos < in.size || left)) {
    ZSTD_outBuffer out = {step, sizeof step, 0};
    size_t before = in.pos;
    left = ZSTD_decompressStream(stream, &out, &in);
    if (ZSTD_isError(left))
      wrong = "it is compressed, and damaged";
    else if (!put(&room, step, out.pos))
      wrong = "it is too large";
    else if (left && in.pos == before && !out.pos)
      wrong = "it is compressed, and cut off";
  }
  ZSTD_freeDStream(stream);
  *ret = (struct allocs_unpacked){room.bytes, room.n};
  if (!wrong && room.n)
    return true;
  if (room.bytes)
    munmap(room.bytes, room.cap);
  return allocs_diag_file(diag, "%s", wrong ? wrong : "there is nothing in it");
}
