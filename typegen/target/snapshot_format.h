/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TARGET_SNAPSHOT_FORMAT_H
#define ALLOCS_TARGET_SNAPSHOT_FORMAT_H

/* The file, in words of the machine that wrote it:

     head        magic, version
     chunks      pages one after the other, in chunks of ALLOCS_SNAPSHOT_CHUNK bytes, the last shorter; each a frame of
   zstd directory   a frame of zstd: its head, then threads, mappings each with its name, the ranges of addresses that
   the pages are of, the ranges that were resident, where each chunk is, and the text tail        where the directory is

   Frames have checksums. */

#include "ground/machine.h"

enum { ALLOCS_SNAPSHOT_VERSION = 1, ALLOCS_SNAPSHOT_CHUNK = 1 << 20 };
#define ALLOCS_SNAPSHOT_MAGIC "allocs contents\n" /* without its zero */
#define ALLOCS_SNAPSHOT_END "allocs the end.\n"

struct allocs_snapshot_head {
  char magic[16];
  uint32_t version, machine;
};
struct allocs_snapshot_tail {
  uint64_t at, packed, size; /* of the directory: offset, bytes in the file, bytes of it */
  char magic[16];
};
struct allocs_snapshot_directory {
  uint64_t process, headers, random, heap, heap_end;
  uint64_t n_threads, n_mappings, n_ranges, n_resident, n_chunks, text;
};
struct allocs_snapshot_thread {
  uint64_t id, words[ALLOCS_MACHINE_WORDS];
};
/* is_whole: pages of it that are not kept are zeroes; else they are not known. */
struct allocs_snapshot_mapping {
  uint64_t begin, end, offset;
  uint32_t flags, is_file, is_whole, name; /* bytes of the name, which follows */
};
struct allocs_snapshot_chunk {
  uint64_t at, packed;
};

#endif
