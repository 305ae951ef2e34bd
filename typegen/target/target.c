/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What all targets have in common: the list of mappings. */

#include "target/target.h"
#include <elf.h>
#include <stdlib.h>
#include <string.h>

void allocs_target_read_pieces(struct allocs_target *target, struct allocs_piece *pieces, size_t n) {
  target->read(target, pieces, n);
}

bool allocs_target_read(struct allocs_target *target, uint64_t address, void *to, size_t n) {
  struct allocs_piece piece = {.address = address, .to = to, .n = n};
  target->read(target, &piece, 1);
  return piece.is_read;
}

const struct allocs_target_mapping *allocs_target_mapping(const struct allocs_target *target, uint64_t address) {
  size_t low = 0, high = target->n_mappings;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (target->mappings[middle].end > address)
      high = middle;
    else
      low = middle + 1;
  }
  return low < target->n_mappings ? &target->mappings[low] : NULL;
}

bool allocs_target_add_mapping(struct allocs_target *target, const struct allocs_target_mapping *mapping) {
  uint64_t behind = target->n_mappings ? target->mappings[target->n_mappings - 1].end : 0;
  if (mapping->begin < behind || mapping->end <= mapping->begin)
    return false;
  target->mappings = allocs_grow(target->mappings, target->n_mappings, &target->cap_mappings, sizeof *target->mappings);
  char *name = allocs_new(strlen(mapping->name) + 1, 1);
  strcpy(name, mapping->name);
  target->mappings[target->n_mappings] = *mapping;
  target->mappings[target->n_mappings++].name = name;
  return true;
}

bool allocs_target_add_thread(struct allocs_target *target, int id, const void *words, size_t size) {
  if (size < sizeof target->threads->words)
    return false;
  target->threads = allocs_grow(target->threads, target->n_threads, &target->cap_threads, sizeof *target->threads);
  target->threads[target->n_threads].id = id;
  memcpy(target->threads[target->n_threads++].words, words, sizeof target->threads->words);
  return true;
}

void allocs_target_take_auxv(struct allocs_target *target, const void *auxv, size_t size) {
  for (size_t at = 0; at + sizeof(Elf64_auxv_t) <= size; at += sizeof(Elf64_auxv_t)) {
    Elf64_auxv_t entry;
    memcpy(&entry, (const char *)auxv + at, sizeof entry);
    if (entry.a_type == AT_PHDR)
      target->headers = entry.a_un.a_val;
    if (entry.a_type == AT_RANDOM)
      target->random = entry.a_un.a_val;
  }
}

void allocs_target_close(struct allocs_target *target) {
  target->close(target);
  for (size_t i = 0; i < target->n_mappings; i++)
    free((void *)(uintptr_t)target->mappings[i].name);
  free(target->mappings);
  free(target->threads);
  free(target->resident);
}
