/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TEST_SITES_H
#define ALLOCS_TEST_SITES_H

/* For units with the heap's sources: what these ask of sites and images. There are none. */

#include "ground/readers.h"
#include "heap/site.h"
#include "image/image.h"

uint32_t allocs_site_make(const struct allocs_site *record) { return (void)record, ALLOCS_ORIGIN_NONE; }
void allocs_site_fill(struct allocs_known_site *site) { (void)site; }
uint32_t allocs_site_begin_filling(void) { return 0; }
void allocs_site_end_filling(uint32_t begun) { (void)begun; }
void allocs_site_set_code(struct allocs_known_site *site, const void *code) { (void)site, (void)code; }
struct allocs_image *allocs_image_executable;
struct allocs_image *allocs_image_find(uintptr_t address) { return (void)address, NULL; }
bool allocs_readers_is_unloading(void) { return false; }
/* Each block's type is this one, which tells of which site and size it was asked last. */
static struct uniqtype type_of_site;
const struct uniqtype *allocs_site_block_type(struct allocs_known_site *site, uint64_t size) {
  type_of_site.size = size;
  type_of_site.target = (const void *)site;
  return &type_of_site;
}
struct allocs_known_site *allocs_site_typed(struct allocs_known_site *site, const struct uniqtype *type) {
  return (void)site, (void)type, NULL;
}

struct allocs_known_site *allocs_site_moved(struct allocs_known_site *place, struct allocs_known_site *what) {
  return (void)place, (void)what, NULL;
}

#endif
