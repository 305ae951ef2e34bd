/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Reading. All that a damaged file says is checked when it is opened; a chunk is unpacked when it is first asked for,
   and if it cannot be, what is in it cannot be read. */

#include "target/snapshot.h"
#include "target/snapshot_format.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum { PAGE = 4096 };
#define MOST_BYTES (UINT64_C(1) << 32) /* of a directory */
#define MOST_CHUNKS (UINT64_C(1) << 26)

enum state { UNREAD, IS_READ, IS_BAD };
struct kept { /* a range whose pages are here */
  uint64_t begin, end, at;
};

static struct {
  const char *bytes; /* the file */
  uint64_t size;
  struct kept *kept;
  struct allocs_snapshot_chunk *chunks;
  unsigned char *states; /* of chunks */
  bool *is_whole;        /* of mappings */
  char *contents;        /* of all chunks, room without memory until they are unpacked */
  uint64_t n_kept, n_chunks, n_contents;
} snapshot;

/* A part of the directory; NULL if there is not so much left. */
struct cursor {
  const char *at, *end;
};
static const void *take(struct cursor *cursor, uint64_t n, size_t size) {
  const char *at = cursor->at;
  if (n > (uint64_t)(cursor->end - at) / size)
    return NULL;
  cursor->at += n * size;
  return at;
}

bool allocs_snapshot_is(const char *file) {
  char magic[sizeof ALLOCS_SNAPSHOT_MAGIC - 1];
  FILE *in = fopen(file, "re");
  bool ret =
      in && fread(magic, 1, sizeof magic, in) == sizeof magic && !memcmp(magic, ALLOCS_SNAPSHOT_MAGIC, sizeof magic);
  if (in)
    fclose(in);
  return ret;
}

static bool say_damaged(struct allocs_diag *diag) { return allocs_diag_file(diag, "the snapshot is damaged"); }

static bool map_file(struct allocs_diag *diag, const char *file) {
  struct stat info;
  struct allocs_snapshot_head head;
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  bool ok = fd >= 0 && !fstat(fd, &info);
  int error = errno;
  void *bytes = ok && info.st_size > 0 ? mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
  if (fd >= 0)
    close(fd);
  if (!ok)
    return allocs_diag_file(diag, "%s", strerror(error));
  if (bytes == MAP_FAILED)
    return say_damaged(diag);
  snapshot.bytes = bytes;
  snapshot.size = (uint64_t)info.st_size;
  if (snapshot.size < sizeof head)
    return allocs_diag_file(diag, "the snapshot is cut off");
  memcpy(&head, snapshot.bytes, sizeof head);
  if (head.version != ALLOCS_SNAPSHOT_VERSION || head.machine != ALLOCS_MACHINE)
    return allocs_diag_file(diag, "the snapshot is of another version: %u; this reads %u", head.version,
                            ALLOCS_SNAPSHOT_VERSION);
  return true;
}

/* The directory, unpacked; the caller frees it. NULL, having said why. */
static char *unpack_directory(struct allocs_diag *diag, uint64_t *ret_size) {
  struct allocs_snapshot_tail tail;
  if (snapshot.size < sizeof tail + sizeof(struct allocs_snapshot_head)) {
    allocs_diag_file(diag, "the snapshot is cut off");
    return NULL;
  }
  uint64_t end = snapshot.size - sizeof tail;
  memcpy(&tail, snapshot.bytes + end, sizeof tail);
  if (memcmp(tail.magic, ALLOCS_SNAPSHOT_END, sizeof tail.magic) != 0) {
    allocs_diag_file(diag, "the snapshot is cut off");
    return NULL;
  }
  char *ret = tail.at <= end && tail.packed <= end - tail.at && tail.size < MOST_BYTES ? malloc(tail.size + 1) : NULL;
  if (!ret || ZSTD_decompress(ret, tail.size, snapshot.bytes + tail.at, tail.packed) != tail.size) {
    free(ret);
    say_damaged(diag);
    return NULL;
  }
  *ret_size = tail.size;
  return ret;
}

/* Contents */

static bool need_chunk(uint64_t i) {
  if (snapshot.states[i] == UNREAD) {
    const struct allocs_snapshot_chunk *chunk = &snapshot.chunks[i];
    uint64_t left = snapshot.n_contents - i * ALLOCS_SNAPSHOT_CHUNK;
    size_t wanted = left < ALLOCS_SNAPSHOT_CHUNK ? left : ALLOCS_SNAPSHOT_CHUNK;
    size_t n = ZSTD_decompress(snapshot.contents + i * ALLOCS_SNAPSHOT_CHUNK, wanted, snapshot.bytes + chunk->at,
                               chunk->packed);
    snapshot.states[i] = n == wanted ? IS_READ : IS_BAD;
  }
  return snapshot.states[i] == IS_READ;
}

/* The first range that ends behind an address. */
static const struct kept *kept_behind(uint64_t address) {
  uint64_t low = 0, high = snapshot.n_kept;
  while (low < high) {
    uint64_t middle = low + (high - low) / 2;
    if (snapshot.kept[middle].end > address)
      high = middle;
    else
      low = middle + 1;
  }
  return low < snapshot.n_kept ? &snapshot.kept[low] : NULL;
}

static bool is_zero_there(const struct allocs_target *target, uint64_t address, uint64_t *ret_end) {
  const struct allocs_target_mapping *mapping = allocs_target_mapping(target, address);
  if (!mapping || mapping->begin > address || !(mapping->flags & ALLOCS_TARGET_READ))
    return false;
  *ret_end = mapping->end;
  return snapshot.is_whole[mapping - target->mappings];
}

static bool read_piece(const struct allocs_target *target, const struct allocs_piece *piece) {
  uint64_t address = piece->address, n, end;
  char *to = piece->to;
  for (uint64_t left = piece->n; left; left -= n, address += n, to += n) {
    const struct kept *kept = kept_behind(address);
    if (!kept || kept->begin > address) {
      if (!is_zero_there(target, address, &end))
        return false;
      end = kept && kept->begin < end ? kept->begin : end;
      n = end - address < left ? end - address : left;
      memset(to, 0, n);
      continue;
    }
    uint64_t at = kept->at + (address - kept->begin), chunk = at / ALLOCS_SNAPSHOT_CHUNK;
    uint64_t in_chunk = (chunk + 1) * ALLOCS_SNAPSHOT_CHUNK - at, in_range = kept->end - address;
    n = in_chunk < in_range ? in_chunk : in_range;
    n = n < left ? n : left;
    if (!need_chunk(chunk))
      return allocs_diag_file((struct allocs_diag *)(uintptr_t)&target->diag,
                              "the snapshot is damaged: some of its contents cannot be read");
    memcpy(to, snapshot.contents + at, n);
  }
  return true;
}

static void read_pieces(struct allocs_target *target, struct allocs_piece *pieces, size_t n) {
  for (size_t i = 0; i < n; i++)
    pieces[i].is_read = read_piece(target, &pieces[i]);
}

/* Opening */

static bool take_mappings(struct allocs_target *target, struct cursor *cursor, uint64_t n) {
  if (n > (uint64_t)(cursor->end - cursor->at) / sizeof(struct allocs_snapshot_mapping))
    return false;
  snapshot.is_whole = allocs_new(n + 1, sizeof *snapshot.is_whole);
  for (uint64_t i = 0; i < n; i++) {
    struct allocs_snapshot_mapping read;
    const void *at = take(cursor, 1, sizeof read);
    if (!at)
      return false;
    memcpy(&read, at, sizeof read);
    const char *name = take(cursor, read.name, 1);
    if (!name || read.begin % PAGE || read.end % PAGE)
      return false;
    struct allocs_target_mapping mapping = {.begin = read.begin, .end = read.end, .offset = read.offset};
    char *text = allocs_new((size_t)read.name + 1, 1);
    memcpy(text, name, read.name);
    mapping.flags = read.flags;
    mapping.is_file = read.is_file;
    mapping.name = text;
    bool ok = allocs_target_add_mapping(target, &mapping);
    free(text);
    if (!ok)
      return false;
    snapshot.is_whole[i] = read.is_whole;
  }
  return true;
}

/* In order, and as many pages as there are in the chunks. */
static bool take_ranges(struct cursor *cursor, uint64_t n) {
  const char *ranges = take(cursor, n, sizeof(struct allocs_target_range));
  uint64_t behind = 0;
  if (!ranges)
    return false;
  snapshot.kept = allocs_new(n + 1, sizeof *snapshot.kept);
  for (uint64_t i = 0; i < n; i++) {
    struct allocs_target_range range;
    memcpy(&range, ranges + i * sizeof range, sizeof range);
    if (range.begin < behind || range.end <= range.begin || range.begin % PAGE || range.end % PAGE ||
        range.end > INT64_MAX)
      return false;
    snapshot.kept[snapshot.n_kept++] = (struct kept){range.begin, range.end, snapshot.n_contents};
    snapshot.n_contents += range.end - range.begin;
    behind = range.end;
  }
  return true;
}

static bool take_resident(struct allocs_target *target, struct cursor *cursor, uint64_t n) {
  const void *ranges = take(cursor, n, sizeof *target->resident);
  uint64_t behind = 0;
  if (!ranges)
    return false;
  target->resident = allocs_new(n + 1, sizeof *target->resident);
  memcpy(target->resident, ranges, n * sizeof *target->resident);
  for (uint64_t i = 0; i < n; i++) {
    if (target->resident[i].begin < behind || target->resident[i].end <= target->resident[i].begin ||
        target->resident[i].end > INT64_MAX)
      return false;
    behind = target->resident[i].end;
  }
  target->n_resident = target->cap_resident = n;
  return true;
}

static bool take_chunks(struct cursor *cursor, uint64_t n) {
  const void *chunks = take(cursor, n, sizeof *snapshot.chunks);
  if (!chunks || n > MOST_CHUNKS || (snapshot.n_contents + ALLOCS_SNAPSHOT_CHUNK - 1) / ALLOCS_SNAPSHOT_CHUNK != n)
    return false;
  snapshot.n_chunks = n;
  snapshot.chunks = allocs_new(n + 1, sizeof *snapshot.chunks);
  snapshot.states = allocs_new(n + 1, 1);
  memcpy(snapshot.chunks, chunks, n * sizeof *snapshot.chunks);
  for (uint64_t i = 0; i < n; i++)
    if (snapshot.chunks[i].at > snapshot.size || snapshot.chunks[i].packed > snapshot.size - snapshot.chunks[i].at)
      return false;
  void *room = mmap(NULL, (n + 1) * ALLOCS_SNAPSHOT_CHUNK, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  snapshot.contents = room == MAP_FAILED ? NULL : room;
  return snapshot.contents;
}

static bool take_threads(struct allocs_target *target, struct cursor *cursor, uint64_t n) {
  const char *threads = take(cursor, n, sizeof(struct allocs_snapshot_thread));
  for (uint64_t i = 0; threads && i < n; i++) {
    struct allocs_snapshot_thread thread;
    memcpy(&thread, threads + i * sizeof thread, sizeof thread);
    allocs_target_add_thread(target, (int)thread.id, thread.words, sizeof thread.words);
  }
  return threads;
}

static bool take_directory(struct allocs_target *target, const char *bytes, uint64_t size) {
  struct cursor cursor = {bytes, bytes + size};
  struct allocs_snapshot_directory directory;
  const void *head = take(&cursor, 1, sizeof directory);
  if (!head)
    return false;
  memcpy(&directory, head, sizeof directory);
  target->process = (int)directory.process;
  target->headers = directory.headers;
  target->random = directory.random;
  target->heap = directory.heap, target->heap_end = directory.heap_end;
  return take_threads(target, &cursor, directory.n_threads) && take_mappings(target, &cursor, directory.n_mappings) &&
         take_ranges(&cursor, directory.n_ranges) && take_resident(target, &cursor, directory.n_resident) &&
         take_chunks(&cursor, directory.n_chunks);
}

static bool has_resident(struct allocs_target *target, bool also_swapped) {
  (void)also_swapped;
  return target->resident != NULL;
}

static int open_file(const struct allocs_target *target, const char *path) {
  (void)target;
  return path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
}

static void forget(void) {
  if (snapshot.bytes)
    munmap((void *)(uintptr_t)snapshot.bytes, snapshot.size);
  if (snapshot.contents)
    munmap(snapshot.contents, (snapshot.n_chunks + 1) * ALLOCS_SNAPSHOT_CHUNK);
  free(snapshot.kept);
  free(snapshot.chunks);
  free(snapshot.states);
  free(snapshot.is_whole);
  memset(&snapshot, 0, sizeof snapshot);
}

static void close_snapshot(struct allocs_target *target) {
  (void)target;
  forget();
}

bool allocs_snapshot_open(struct allocs_target *target, const char *file) {
  uint64_t size;
  target->read = read_pieces;
  target->open_file = open_file;
  target->find_resident = has_resident;
  target->close = close_snapshot;
  char *directory = map_file(&target->diag, file) ? unpack_directory(&target->diag, &size) : NULL;
  bool ok = directory && (take_directory(target, directory, size) || say_damaged(&target->diag));
  free(directory);
  return ok;
}

/* It is the end of the directory. */
char *allocs_snapshot_text(struct allocs_diag *diag, const char *file, size_t *ret_size) {
  struct allocs_snapshot_directory head;
  uint64_t size = 0;
  char *directory = map_file(diag, file) ? unpack_directory(diag, &size) : NULL, *ret = NULL;
  if (directory && size >= sizeof head) {
    memcpy(&head, directory, sizeof head);
    if (head.text && head.text <= size - sizeof head) {
      ret = allocs_new(head.text + 1, 1);
      memcpy(ret, directory + (size - head.text), head.text);
      *ret_size = head.text;
    }
  }
  if (directory && !ret)
    say_damaged(diag);
  free(directory);
  forget();
  return ret;
}
