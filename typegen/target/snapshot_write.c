/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Writing: what is there is read many pages at a time, pages of zeroes are passed over, and each chunk is packed as
   soon as it is full. */

#include "target/images.h"
#include "target/snapshot.h"
#include "target/snapshot_format.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum { PAGE = 4096, READ_AT_ONCE = 1 << 20, LEVEL = 1 };

struct bytes {
  char *all;
  size_t n, cap;
};
struct writer {
  FILE *out;
  ZSTD_CCtx *zstd;
  uint64_t at; /* in the file */
  char *chunk, *packed;
  size_t filled; /* of the chunk */
  struct bytes chunks, ranges;
  struct allocs_target_range last; /* of the ranges, that is not added yet */
  bool failed;
};

static void add(struct bytes *bytes, const void *from, size_t n) {
  if (bytes->n + n > bytes->cap) {
    size_t cap = 2 * (bytes->n + n);
    char *all = allocs_new(cap, 1);
    if (bytes->n)
      memcpy(all, bytes->all, bytes->n);
    free(bytes->all);
    bytes->all = all;
    bytes->cap = cap;
  }
  if (n)
    memcpy(bytes->all + bytes->n, from, n);
  bytes->n += n;
}

static void put(struct writer *writer, const void *from, size_t n) {
  writer->failed |= fwrite(from, 1, n, writer->out) != n;
  writer->at += n;
}

static void flush(struct writer *writer) {
  if (!writer->filled)
    return;
  size_t n = ZSTD_compress2(writer->zstd, writer->packed, ZSTD_compressBound(ALLOCS_SNAPSHOT_CHUNK), writer->chunk,
                            writer->filled);
  struct allocs_snapshot_chunk chunk = {writer->at, n};
  writer->failed |= ZSTD_isError(n);
  add(&writer->chunks, &chunk, sizeof chunk);
  if (!writer->failed)
    put(writer, writer->packed, n);
  writer->filled = 0;
}

static void add_page(struct writer *writer, uint64_t address, const char *page) {
  static const char zeroes[PAGE];
  if (!memcmp(page, zeroes, PAGE))
    return;
  if (writer->last.end != address || !address) {
    if (writer->last.end)
      add(&writer->ranges, &writer->last, sizeof writer->last);
    writer->last.begin = address;
  }
  writer->last.end = address + PAGE;
  memcpy(writer->chunk + writer->filled, page, PAGE);
  writer->filled += PAGE;
  if (writer->filled == ALLOCS_SNAPSHOT_CHUNK)
    flush(writer);
}

/* Page by page where not all can be read. */
static void add_range(struct writer *writer, struct allocs_target *target, uint64_t begin, uint64_t end) {
  char *bytes = allocs_new(READ_AT_ONCE, 1);
  for (uint64_t n; begin < end && !writer->failed; begin += n) {
    n = end - begin < READ_AT_ONCE ? end - begin : READ_AT_ONCE;
    bool is_read = allocs_target_read(target, begin, bytes, n);
    for (uint64_t at = 0; at + PAGE <= n; at += PAGE)
      if (is_read || allocs_target_read(target, begin + at, bytes + at, PAGE))
        add_page(writer, begin + at, bytes + at);
  }
  free(bytes);
}

/* Of images all, since their tables are read from them; else what is resident. */
static void add_contents(struct writer *writer, struct allocs_target *target) {
  size_t j = 0;
  for (size_t i = 0; i < target->n_mappings; i++) {
    const struct allocs_target_mapping *mapping = &target->mappings[i];
    bool is_image = allocs_images_of_target(mapping->begin) != NULL;
    if (!(mapping->flags & ALLOCS_TARGET_READ))
      continue;
    if (is_image)
      add_range(writer, target, mapping->begin, mapping->end);
    for (; j < target->n_resident && target->resident[j].begin < mapping->end; j++) {
      uint64_t begin = target->resident[j].begin, end = target->resident[j].end;
      begin = begin > mapping->begin ? begin : mapping->begin;
      end = end < mapping->end ? end : mapping->end;
      if (!is_image && begin < end)
        add_range(writer, target, begin, end);
      if (target->resident[j].end > mapping->end)
        break;
    }
  }
  if (writer->last.end)
    add(&writer->ranges, &writer->last, sizeof writer->last);
  flush(writer);
}

static void add_mapping(struct bytes *to, const struct allocs_target_mapping *mapping) {
  struct allocs_snapshot_mapping written = {.begin = mapping->begin, .end = mapping->end, .offset = mapping->offset};
  written.flags = mapping->flags;
  written.is_file = mapping->is_file;
  written.is_whole = !mapping->is_file || allocs_images_of_target(mapping->begin) != NULL;
  written.name = (uint32_t)strlen(mapping->name);
  add(to, &written, sizeof written);
  add(to, mapping->name, written.name);
}

static void put_directory(struct writer *writer, const struct allocs_target *target, const char *text, size_t size) {
  struct bytes to = {.n = 0};
  struct allocs_snapshot_directory directory = {.process = (uint64_t)target->process, .headers = target->headers};
  directory.random = target->random;
  directory.heap = target->heap, directory.heap_end = target->heap_end;
  directory.n_threads = target->n_threads, directory.n_mappings = target->n_mappings;
  directory.n_ranges = writer->ranges.n / sizeof(struct allocs_target_range);
  directory.n_resident = target->n_resident;
  directory.n_chunks = writer->chunks.n / sizeof(struct allocs_snapshot_chunk);
  directory.text = size;
  add(&to, &directory, sizeof directory);
  for (size_t i = 0; i < target->n_threads; i++) {
    struct allocs_snapshot_thread thread = {.id = (uint64_t)target->threads[i].id};
    memcpy(thread.words, target->threads[i].words, sizeof thread.words);
    add(&to, &thread, sizeof thread);
  }
  for (size_t i = 0; i < target->n_mappings; i++)
    add_mapping(&to, &target->mappings[i]);
  add(&to, writer->ranges.all, writer->ranges.n);
  add(&to, target->resident, target->n_resident * sizeof *target->resident);
  add(&to, writer->chunks.all, writer->chunks.n);
  add(&to, text, size);
  char *packed = allocs_new(ZSTD_compressBound(to.n), 1);
  size_t n = ZSTD_compress2(writer->zstd, packed, ZSTD_compressBound(to.n), to.all, to.n);
  struct allocs_snapshot_tail tail = {.at = writer->at, .packed = n, .size = to.n};
  memcpy(tail.magic, ALLOCS_SNAPSHOT_END, sizeof tail.magic);
  writer->failed |= ZSTD_isError(n);
  if (!writer->failed) {
    put(writer, packed, n);
    put(writer, &tail, sizeof tail);
  }
  free(packed);
  free(to.all);
}

bool allocs_snapshot_write(struct allocs_target *target, const char *file, const char *text, size_t size) {
  struct writer writer = {.out = fopen(file, "we"), .zstd = ZSTD_createCCtx()};
  struct allocs_snapshot_head head = {.version = ALLOCS_SNAPSHOT_VERSION, .machine = ALLOCS_MACHINE};
  if (!writer.out || !writer.zstd) {
    ZSTD_freeCCtx(writer.zstd);
    return allocs_diag_file(&target->diag, "%s: %s", file, strerror(errno));
  }
  memcpy(head.magic, ALLOCS_SNAPSHOT_MAGIC, sizeof head.magic);
  ZSTD_CCtx_setParameter(writer.zstd, ZSTD_c_compressionLevel, LEVEL);
  ZSTD_CCtx_setParameter(writer.zstd, ZSTD_c_checksumFlag, 1);
  writer.chunk = allocs_new(ALLOCS_SNAPSHOT_CHUNK, 1);
  writer.packed = allocs_new(ZSTD_compressBound(ALLOCS_SNAPSHOT_CHUNK), 1);
  put(&writer, &head, sizeof head);
  add_contents(&writer, target);
  put_directory(&writer, target, text, size);
  writer.failed |= ferror(writer.out) != 0;
  writer.failed |= fclose(writer.out) != 0;
  int error = errno;
  ZSTD_freeCCtx(writer.zstd);
  free(writer.chunk);
  free(writer.packed);
  free(writer.chunks.all);
  free(writer.ranges.all);
  return !writer.failed || allocs_diag_file(&target->diag, "%s: %s", file, strerror(error));
}
