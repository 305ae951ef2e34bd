/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Regions: of each leaf of the target's index the bits of where regions begin are read, and of these the records. Where
   a record was being written, there is none. */

#include "state/region_copy.h"
#include "bytes/dynamic_symbols.h"
#include "mapping/map_regions_index.h"
#include "os/os.h"
#include "stack/auxv.h"
#include "state/type_copy.h"
#include "target/images.h"
#include <stdlib.h>
#include <string.h>

static bool read_state(const void *there, void *to, size_t n) {
  return allocs_images_read(allocs_images_to_local((uintptr_t)there), to, n);
}

static void take(struct allocs_target *target, uint64_t base, const struct allocs_region_record *record) {
  uint64_t size = record->size / ALLOCS_PAGE * ALLOCS_PAGE;
  if (record->version & 1 || !size)
    return;
  struct allocs_region region = {.base = base, .size = size, .offset = record->offset};
  region.kind = record->size % ALLOCS_PAGE;
  /* A site that is not one of those copied is none. */
  uintptr_t site = allocs_os_local(record->site);
  region.site = site != record->site ? (const void *)site : NULL;
  region.call = allocs_text_copy(target, (const char *)(uintptr_t)record->call);
  region.type = allocs_type_copy(target, (const void *)(uintptr_t)record->type);
  allocs_map_regions_add(&region);
}

static void take_leaf(struct allocs_target *target, uint64_t at, uint64_t base) {
  uint64_t head[1 + (1 << ALLOCS_REGIONS_LEAF) / 64];
  struct allocs_region_record record;
  if (!allocs_target_read(target, at, head, sizeof head))
    return;
  for (unsigned page = 0; page < 1 << ALLOCS_REGIONS_LEAF; page++)
    if (head[1 + page / 64] >> page % 64 & 1 &&
        allocs_target_read(target, at + offsetof(struct allocs_region_leaf, records) + page * sizeof record, &record,
                           sizeof record))
      take(target, base + (uint64_t)page * ALLOCS_PAGE, &record);
}

static void take_index(struct allocs_target *target, uint64_t index) {
  enum { LEAVES = 1 << ALLOCS_REGIONS_BRANCH };
  const uint64_t leaf_bytes = (uint64_t)ALLOCS_PAGE << ALLOCS_REGIONS_LEAF;
  uint64_t *branches = allocs_new(ALLOCS_REGIONS_BRANCHES, sizeof *branches);
  uint64_t *leaves = allocs_new(LEAVES, sizeof *leaves);
  if (allocs_target_read(target, index + offsetof(struct allocs_region_index, branches), branches,
                         ALLOCS_REGIONS_BRANCHES * sizeof *branches))
    for (uint64_t i = 0; i < ALLOCS_REGIONS_BRANCHES; i++)
      if (branches[i] && allocs_target_read(target, branches[i], leaves, LEAVES * sizeof *leaves))
        for (uint64_t j = 0; j < LEAVES; j++)
          if (leaves[j])
            take_leaf(target, leaves[j], (i * LEAVES + j) * leaf_bytes);
  free(branches);
  free(leaves);
}

/* The break. The C library has where it is; the kernel knows, in whole pages. A core does not say where it began. */

static uint64_t known_break(void) {
  uint64_t ret = 0;
  for (size_t i = 0; allocs_images_at(i); i++) {
    const struct allocs_os_image *os = &allocs_images_at(i)->os;
    struct allocs_segments segments = allocs_os_segments(os);
    struct allocs_symtab symtab;
    if (!allocs_dynamic_symbols(&segments, &symtab))
      continue;
    for (uint64_t j = 0; j < symtab.n; j++) {
      Elf64_Sym symbol = allocs_symtab_at(&symtab, j);
      if (symbol.st_shndx != SHN_UNDEF && symbol.st_name < symtab.strings_size &&
          !strcmp(symtab.strings + symbol.st_name, "__curbrk"))
        allocs_images_read(os->bias + symbol.st_value, &ret, sizeof ret);
    }
  }
  return ret;
}

static void find_break(struct allocs_target *target) {
  uint64_t at = known_break();
  const struct allocs_target_mapping *mapping = at ? allocs_target_mapping(target, at - 1) : NULL;
  if (mapping && (mapping->is_file || mapping->begin >= at))
    mapping = NULL;
  for (size_t i = 0; i < target->n_mappings && !mapping; i++)
    if (!strcmp(target->mappings[i].name, "[heap]"))
      mapping = &target->mappings[i];
  if (!mapping)
    return;
  target->heap = target->heap ? target->heap : mapping->begin;
  target->heap_end = at && at <= mapping->end ? at : mapping->end;
  if (!mapping->name[0])
    target->mappings[mapping - target->mappings].name = strcpy(allocs_new(7, 1), "[heap]");
}

/* What lies on the first stack, from the vectors to its end. */
static void copy_vectors(struct allocs_target *target, const struct allocs_root *root) {
  struct allocs_auxv_layout layout;
  if (!read_state(root->auxv, &layout, sizeof layout) || layout.ready <= 0)
    return;
  const struct allocs_target_mapping *stack = allocs_target_mapping(target, layout.argc);
  uint64_t order[] = {layout.argc, layout.argv, layout.environ, layout.auxv, layout.texts, layout.end};
  for (unsigned i = 0; i < 5; i++)
    if (order[i] > order[i + 1] || order[i] % 8)
      return;
  if (!stack || stack->begin > layout.argc || layout.end > stack->end)
    return;
  uint64_t n = stack->end - layout.argc;
  /* Ends in a zero, as does each text, and the vector. */
  char *copy = allocs_new(n + sizeof(Elf64_auxv_t), 1);
  if (!allocs_target_read(target, layout.argc, copy, n)) {
    free(copy);
    return;
  }
  layout.shift = (uintptr_t)copy - layout.argc;
  allocs_auxv_layout = layout;
}

void allocs_region_copy(struct allocs_target *target, const struct allocs_root *root) {
  struct allocs_map_regions_state state;
  find_break(target);
  if (!root)
    return;
  copy_vectors(target, root);
  if (!read_state(root->regions, &state, sizeof state))
    return;
  if (state.index)
    take_index(target, (uintptr_t)state.index);
  uintptr_t site = allocs_os_local((uintptr_t)state.break_site);
  allocs_map_regions_state.break_call = allocs_text_copy(target, state.break_call);
  allocs_map_regions_state.break_before = state.break_before;
  allocs_map_regions_state.break_site = site != (uintptr_t)state.break_site ? (const void *)site : NULL;
}
