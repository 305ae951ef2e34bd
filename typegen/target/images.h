/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TARGET_IMAGES_H
#define ALLOCS_TARGET_IMAGES_H

/* The loaded files of a target, each as a whole copy of ours, so that the runtime's readers, for which tables lie where
   they are used, read it as it is.

   A copy lies where nothing of the target does. So all addresses are unique that are either a copy's or, of all else,
   the target's own: *local* addresses, by which the runtime's rooms are asked here. */

#include "os/os.h"
#include "target/target.h"

struct allocs_copied_image {
  uint64_t begin, end; /* in the target */
  char *copy;
  const char *name;          /* its path, or as the kernel calls it */
  struct allocs_os_image os; /* of the copy; the executable is called "" */
};

/* Copies all; once. */
void allocs_images_copy(struct allocs_target *target);
const struct allocs_copied_image *allocs_images_at(size_t i); /* NULL behind the last; in order of target's addresses */
/* The one that holds a local address, one of the target's; NULL if none does. */
const struct allocs_copied_image *allocs_images_of_local(uint64_t address);
const struct allocs_copied_image *allocs_images_of_target(uint64_t address);

/* From one to the other. */
uint64_t allocs_images_to_local(uint64_t address);
uint64_t allocs_images_to_target(uint64_t address);
static inline const void *allocs_images_local(const void *address) {
  return (const void *)(uintptr_t)allocs_images_to_local((uintptr_t)address);
}

const struct allocs_target *allocs_images_target(void);
/* The target's first mapping that ends after one of its addresses; NULL if there is none. */
const struct allocs_target_mapping *allocs_images_mapping(uint64_t address);

/* As open_file of the target. */
int allocs_images_open_file(const char *path);

/* Reads by local addresses. */
bool allocs_images_read(uint64_t address, void *to, size_t n);

#endif
