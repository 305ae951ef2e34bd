/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The kernel has two accounts: smaps tells how much of each mapping counts as resident, pagemap of each page whether it
   is there. They differ by pages of zeroes that nobody has written, which all processes share, and by pages of devices:
   those are not counted. Which they are, pagemap tells of most: they are neither a file's nor this process's alone. */

#include "target/resident.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, AT_ONCE = 1 << 16 };
#define PRESENT (UINT64_C(1) << 63)
#define SWAPPED (UINT64_C(1) << 62)
#define IS_FILE (UINT64_C(1) << 61)
#define IS_OURS (UINT64_C(1) << 56) /* mapped once */

struct mapping {
  uint64_t begin, end, resident, swapped; /* bytes that count */
};

static void add_page(struct allocs_target *target, uint64_t at) {
  struct allocs_target_range *last = target->n_resident ? &target->resident[target->n_resident - 1] : NULL;
  if (last && last->end == at) {
    last->end += PAGE;
    return;
  }
  target->resident = allocs_grow(target->resident, target->n_resident, &target->cap_resident, sizeof *target->resident);
  target->resident[target->n_resident++] = (struct allocs_target_range){at, at + PAGE};
}

static bool may_be_zeroes(uint64_t word) { return !(word & (IS_FILE | IS_OURS)); }

/* Without an account: pages of zeroes are among them. */
static void take_words(struct allocs_target *target, const uint64_t *words, uint64_t n, uint64_t begin) {
  for (uint64_t i = 0; i < n; i++)
    if (words[i] & (PRESENT | SWAPPED))
      add_page(target, begin + i * PAGE);
}

/* So many of those that may be shared zeroes are left out as are there too many. */
static void take_counted(struct allocs_target *target, uint64_t *words, uint64_t n, const struct mapping *mapping) {
  uint64_t there = 0, wanted = mapping->resident / PAGE;
  for (uint64_t i = 0; i < n; i++) {
    words[i] = words[i] & PRESENT ? words[i] : 0;
    there += words[i] != 0;
  }
  uint64_t excess = there > wanted ? there - wanted : 0;
  for (uint64_t i = 0; i < n; i++)
    if (words[i] && excess && may_be_zeroes(words[i]))
      words[i] = 0, excess--;
  for (uint64_t i = n; i-- > 0 && excess;)
    if (words[i])
      words[i] = 0, excess--;
  for (uint64_t i = 0; i < n; i++)
    words[i] &= PRESENT;
  take_words(target, words, n, mapping->begin);
}

static bool take_mapping(struct allocs_target *target, int fd, const struct mapping *mapping, bool also_swapped) {
  uint64_t n = (mapping->end - mapping->begin) / PAGE;
  if (!mapping->resident && !mapping->swapped)
    return true;
  uint64_t *words = malloc(n * sizeof *words);
  bool ok = words && pread(fd, words, n * sizeof *words, (off_t)(mapping->begin / PAGE * 8)) == (ssize_t)(n * 8);
  if (ok && also_swapped)
    take_words(target, words, n, mapping->begin);
  else if (ok)
    take_counted(target, words, n, mapping);
  free(words);
  return ok;
}

/* What is told of a mapping is complete when the next begins. */
static bool read_all(struct allocs_target *target, FILE *smaps, int fd, bool also_swapped) {
  struct mapping mapping = {.begin = 0};
  char *line = NULL;
  size_t size = 0;
  bool ok = true;
  while (ok && getline(&line, &size, smaps) > 0) {
    uint64_t begin, end, kilobytes;
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &begin, &end) == 2) {
      ok = take_mapping(target, fd, &mapping, also_swapped);
      mapping = (struct mapping){.begin = begin, .end = end};
    } else if (mapping.begin >= INT64_MAX) {
      continue;
    } else if (sscanf(line, "Rss: %" SCNu64 " kB", &kilobytes) == 1) {
      mapping.resident = kilobytes * 1024;
    } else if (sscanf(line, "Swap: %" SCNu64 " kB", &kilobytes) == 1) {
      mapping.swapped = kilobytes * 1024;
    }
  }
  free(line);
  return ok && take_mapping(target, fd, &mapping, also_swapped);
}

bool allocs_resident_read(struct allocs_target *target, bool also_swapped) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/pagemap", target->process);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  snprintf(path, sizeof path, "/proc/%d/smaps", target->process);
  FILE *smaps = fd >= 0 ? fopen(path, "re") : NULL;
  bool ok = smaps && read_all(target, smaps, fd, also_swapped);
  int error = errno;
  if (smaps)
    fclose(smaps);
  if (fd >= 0)
    close(fd);
  return ok || allocs_diag_file(&target->diag, "which of its pages are in memory cannot be read: %s", strerror(error));
}
