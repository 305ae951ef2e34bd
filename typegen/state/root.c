/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Found by its note, in whichever image has the runtime: the executable, or a library that was preloaded. Where several
   have one, that counts which keeps track of a heap. */

#include "state/root.h"
#include "heap/block_marks.h"
#include "heap/heap_map.h"
#include "heap/site.h"
#include "image/image.h"
#include "target/images.h"
#include <string.h>

struct search {
  const struct allocs_copied_image *image;
  struct allocs_root *ret;
  uint32_t other; /* the version of one that is not known */
  bool found, is_kept, is_damaged;
};

static bool keeps_heap(const struct allocs_root *root) {
  bool is_kept = false;
  uint64_t at = (uintptr_t)root->heap_map + offsetof(struct allocs_heap_map, is_kept);
  return allocs_images_read(allocs_images_to_local(at), &is_kept, sizeof is_kept) && is_kept;
}

/* Its addresses are in the image that it is in itself. */
static bool is_sound(const struct allocs_root *root, const struct allocs_copied_image *image) {
  uint64_t map = (uintptr_t)root->heap_map, origins = (uintptr_t)root->origins, size = image->end - image->begin;
  return !memcmp(root->magic, ALLOCS_ROOT_MAGIC, sizeof root->magic) && root->size == sizeof *root &&
         root->version == ALLOCS_ROOT_VERSION && root->stretch_size == sizeof(struct allocs_heap_map_stretch) &&
         root->site_size == sizeof(struct allocs_known_site) && root->mark_size == sizeof(struct allocs_mark) &&
         root->type_size == sizeof(struct uniqtype) && root->member_size == sizeof(struct uniqtype_member) &&
         root->address_bits == ALLOCS_ARCH_ADDRESS_BITS && map - image->begin < size &&
         sizeof(struct allocs_heap_map) <= size - (map - image->begin) && map % 8 == 0 &&
         origins - image->begin < size && sizeof(void *) <= size - (origins - image->begin);
}

static bool take_note(const struct allocs_elf_note *note, void *arg) {
  struct search *search = arg;
  struct allocs_root_note contents;
  struct allocs_root root;
  if (!allocs_notes_is_root(note))
    return false;
  memcpy(&contents, note->contents, sizeof contents);
  if (contents.version != ALLOCS_ROOT_VERSION) {
    search->other = contents.version;
    return false;
  }
  uint64_t at = (uintptr_t)note->contents + offsetof(struct allocs_root_note, root) + (uint64_t)(int64_t)contents.root;
  if (allocs_images_of_local(at) != search->image || !allocs_images_read(at, &root, sizeof root) ||
      !is_sound(&root, search->image)) {
    search->is_damaged = true;
    return false;
  }
  bool is_kept = keeps_heap(&root);
  if (!search->found || (is_kept && !search->is_kept))
    *search->ret = root;
  search->found = true;
  search->is_kept |= is_kept;
  return false;
}

bool allocs_state_root(struct allocs_target *target, struct allocs_root *ret) {
  struct search search = {.ret = ret};
  for (size_t i = 0; (search.image = allocs_images_at(i)) != NULL; i++)
    allocs_image_each_note(&search.image->os, take_note, &search);
  if (search.found)
    return true;
  if (search.other)
    return allocs_diag_file(&target->diag, "its runtime of allocs is of another version: %u; this reads %u",
                            search.other, ALLOCS_ROOT_VERSION);
  if (search.is_damaged)
    return allocs_diag_file(&target->diag, "the state of its runtime is damaged at its root");
  return allocs_diag_file(&target->diag,
                          "it has no runtime of allocs: it was neither built with allocscc nor run by allocs-run");
}
