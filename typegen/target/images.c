/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Which images there are is told by the mappings alone, so that a target need not have come far: each mapping of the
   begin of an ELF file whose segments are mapped as its headers say. A file that was mapped to be read is none. */

#define _GNU_SOURCE
#include "target/images.h"
#include "target/loader_names.h"
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, MOST_HEADERS = 1024 };
#define LARGEST (UINT64_C(1) << 33)
#define FIRST_PLACE (UINT64_C(1) << 44)
#define LAST_PLACE (UINT64_C(1) << 46)
#define STEP (UINT64_C(1) << 30)

static struct {
  struct allocs_target *target;
  struct allocs_copied_image *all;
  size_t n, cap;
  uint64_t place; /* where to look for room next */
} images = {.place = FIRST_PLACE};

const struct allocs_copied_image *allocs_images_at(size_t i) { return i < images.n ? &images.all[i] : NULL; }

/* Copies are made in order, at places that go up: so both orders are the same. */
static uint64_t begin_of(const struct allocs_copied_image *image, bool local) {
  return local ? (uint64_t)(uintptr_t)image->copy : image->begin;
}

static const struct allocs_copied_image *find(uint64_t address, bool local) {
  size_t low = 0, high = images.n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (begin_of(&images.all[middle], local) <= address)
      low = middle + 1;
    else
      high = middle;
  }
  const struct allocs_copied_image *found = low ? &images.all[low - 1] : NULL;
  return found && address - begin_of(found, local) < found->end - found->begin ? found : NULL;
}

const struct allocs_copied_image *allocs_images_of_local(uint64_t address) { return find(address, true); }
const struct allocs_copied_image *allocs_images_of_target(uint64_t address) { return find(address, false); }

uint64_t allocs_images_to_local(uint64_t address) {
  const struct allocs_copied_image *image = find(address, false);
  return image ? address - image->begin + (uintptr_t)image->copy : address;
}

uint64_t allocs_images_to_target(uint64_t address) {
  const struct allocs_copied_image *image = find(address, true);
  return image ? address - (uintptr_t)image->copy + image->begin : address;
}

const struct allocs_target *allocs_images_target(void) { return images.target; }

const struct allocs_target_mapping *allocs_images_mapping(uint64_t address) {
  return allocs_target_mapping(images.target, address);
}

int allocs_images_open_file(const char *path) { return images.target->open_file(images.target, path); }

bool allocs_images_read(uint64_t address, void *to, size_t n) {
  const struct allocs_copied_image *image = find(address, true);
  if (!image)
    return allocs_target_read(images.target, address, to, n);
  if (n > image->end - image->begin - (address - (uintptr_t)image->copy))
    return false;
  memcpy(to, (const void *)(uintptr_t)address, n);
  return true;
}

/* Copying */

/* Room where neither this process nor the target has anything. What is in the way here, is passed over in large steps.
 */
static char *make_room(uint64_t size) {
  while (images.place < LAST_PLACE) {
    const struct allocs_target_mapping *next = allocs_target_mapping(images.target, images.place);
    if (next && next->begin < images.place + size) {
      images.place = (next->end + PAGE - 1) & ~(uint64_t)(PAGE - 1);
      continue;
    }
    char *place = (char *)(uintptr_t)images.place;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    bool is_ours = mmap(place, size, PROT_READ | PROT_WRITE, flags, -1, 0) == place;
    images.place += is_ours ? size + PAGE : STEP;
    if (is_ours)
      return place;
  }
  return NULL;
}

struct headers {
  Elf64_Ehdr file;
  Elf64_Phdr segments[MOST_HEADERS];
  uint64_t low, high; /* link addresses of all that is loaded, in pages */
};

/* All that the headers say lies within what is loaded, so that readers of the copy stay in it. */
static bool are_sound(const struct headers *headers) {
  const Elf64_Ehdr *file = &headers->file;
  for (unsigned i = 0; i < file->e_phnum; i++) {
    const Elf64_Phdr *phdr = &headers->segments[i];
    if (phdr->p_type == PT_GNU_STACK || !phdr->p_memsz)
      continue;
    if (phdr->p_type != PT_LOAD && phdr->p_type != PT_NOTE && phdr->p_type != PT_DYNAMIC &&
        phdr->p_type != PT_GNU_EH_FRAME && phdr->p_type != PT_GNU_RELRO && phdr->p_type != PT_TLS)
      continue;
    uint64_t size = phdr->p_memsz > phdr->p_filesz ? phdr->p_memsz : phdr->p_filesz;
    if (phdr->p_vaddr < headers->low || phdr->p_vaddr > headers->high || size > headers->high - phdr->p_vaddr)
      return false;
  }
  return file->e_phoff <= headers->high - headers->low &&
         file->e_phnum * sizeof(Elf64_Phdr) <= headers->high - headers->low - file->e_phoff;
}

static bool read_headers(uint64_t begin, struct headers *ret) {
  Elf64_Ehdr *file = &ret->file;
  if (!allocs_target_read(images.target, begin, file, sizeof *file) || memcmp(file->e_ident, ELFMAG, SELFMAG) != 0 ||
      file->e_ident[EI_CLASS] != ELFCLASS64 || (file->e_type != ET_EXEC && file->e_type != ET_DYN) ||
      file->e_phentsize != sizeof(Elf64_Phdr) || !file->e_phnum || file->e_phnum > MOST_HEADERS ||
      file->e_phoff > PAGE * 16 || file->e_phoff % 8 ||
      !allocs_target_read(images.target, begin + file->e_phoff, ret->segments, file->e_phnum * sizeof *ret->segments))
    return false;
  ret->low = UINT64_MAX, ret->high = 0;
  for (unsigned i = 0; i < file->e_phnum; i++) {
    const Elf64_Phdr *phdr = &ret->segments[i];
    uint64_t end = phdr->p_vaddr + phdr->p_memsz;
    if (phdr->p_type != PT_LOAD)
      continue;
    if (end < phdr->p_vaddr || end > INT64_MAX || phdr->p_filesz > phdr->p_memsz)
      return false;
    ret->low = phdr->p_vaddr < ret->low ? phdr->p_vaddr & ~(uint64_t)(PAGE - 1) : ret->low;
    ret->high = end > ret->high ? (end + PAGE - 1) & ~(uint64_t)(PAGE - 1) : ret->high;
  }
  return ret->low < ret->high && ret->high - ret->low <= LARGEST && are_sound(ret);
}

/* Whether each segment is mapped of the file that the begin is, from where its header says. */
static bool are_mapped(const struct headers *headers, const struct allocs_target_mapping *begin) {
  uint64_t bias = begin->begin - headers->low;
  for (unsigned i = 0; i < headers->file.e_phnum; i++) {
    const Elf64_Phdr *phdr = &headers->segments[i];
    uint64_t at = (bias + phdr->p_vaddr) & ~(uint64_t)(PAGE - 1);
    if (phdr->p_type != PT_LOAD || !phdr->p_filesz || begin->name[0] != '/')
      continue;
    const struct allocs_target_mapping *mapping = allocs_target_mapping(images.target, at);
    if (!mapping || mapping->begin > at || strcmp(mapping->name, begin->name) != 0 ||
        mapping->offset + (at - mapping->begin) != (phdr->p_offset & ~(uint64_t)(PAGE - 1)))
      return false;
  }
  return true;
}

/* Of the mappings what can be read. */
static void copy_bytes(const struct allocs_copied_image *image) {
  const struct allocs_target_mapping *mapping = allocs_target_mapping(images.target, image->begin);
  const struct allocs_target_mapping *end = images.target->mappings + images.target->n_mappings;
  for (; mapping && mapping < end && mapping->begin < image->end; mapping++) {
    uint64_t from = mapping->begin > image->begin ? mapping->begin : image->begin;
    uint64_t to = mapping->end < image->end ? mapping->end : image->end;
    if (mapping->flags & ALLOCS_TARGET_READ)
      allocs_target_read(images.target, from, image->copy + (from - image->begin), to - from);
  }
}

/* The loader has put addresses of the target where the file has those that it was linked for: these work in the copy.
 */
static void undo_loader(const struct headers *headers, const struct allocs_copied_image *image) {
  uint64_t bias = image->begin - headers->low;
  for (unsigned i = 0; bias && i < headers->file.e_phnum; i++) {
    const Elf64_Phdr *phdr = &headers->segments[i];
    if (phdr->p_type != PT_DYNAMIC)
      continue;
    char *at = image->copy + (phdr->p_vaddr - headers->low);
    for (uint64_t left = phdr->p_memsz; left >= sizeof(Elf64_Dyn); left -= sizeof(Elf64_Dyn), at += sizeof(Elf64_Dyn)) {
      Elf64_Dyn entry;
      memcpy(&entry, at, sizeof entry);
      if (entry.d_un.d_ptr - image->begin >= image->end - image->begin)
        continue;
      entry.d_un.d_ptr -= bias;
      memcpy(at, &entry, sizeof entry);
    }
  }
}

static void add_image(const struct headers *headers, const struct allocs_target_mapping *begin) {
  struct allocs_copied_image image = {.begin = begin->begin, .name = begin->name};
  image.end = begin->begin + (headers->high - headers->low);
  uint64_t size = image.end - image.begin;
  if ((images.n && begin->begin < images.all[images.n - 1].end) || !(image.copy = make_room(size)))
    return;
  copy_bytes(&image);
  undo_loader(headers, &image);
  /* Those that were checked, not what a running target may have made of them since. */
  char *segments = image.copy + headers->file.e_phoff;
  memcpy(segments, headers->segments, headers->file.e_phnum * sizeof *headers->segments);
  bool is_executable = images.target->headers - image.begin < size;
  image.os = (struct allocs_os_image){.handle = image.copy,
                                      .begin = (uintptr_t)image.copy,
                                      .end = (uintptr_t)image.copy + size,
                                      .bias = (uintptr_t)image.copy - headers->low,
                                      .phdrs = segments,
                                      .n_phdrs = headers->file.e_phnum,
                                      .name = is_executable ? "" : begin->name};
  for (unsigned i = 0; i < headers->file.e_phnum; i++)
    if (headers->segments[i].p_type == PT_GNU_EH_FRAME)
      image.os.eh_frame_hdr = (const void *)(image.os.bias + headers->segments[i].p_vaddr);
  images.all = allocs_grow(images.all, images.n, &images.cap, sizeof *images.all);
  images.all[images.n++] = image;
}

/* As the program itself calls them. */
static void take_names(struct allocs_target *target) {
  const struct allocs_copied_image *executable = allocs_images_of_target(target->headers);
  for (size_t i = 0; executable && i < images.n; i++) {
    struct allocs_copied_image *image = &images.all[i];
    uint64_t bias = image->os.bias - (uintptr_t)image->copy + image->begin;
    const char *name = image != executable ? allocs_loader_name(target, &executable->os, bias) : NULL;
    if (name)
      image->os.name = name;
  }
}

void allocs_images_copy(struct allocs_target *target) {
  struct headers *headers = allocs_new(1, sizeof *headers);
  images.target = target;
  for (size_t i = 0; i < target->n_mappings; i++) {
    const struct allocs_target_mapping *mapping = &target->mappings[i];
    if (!mapping->offset && (mapping->name[0] == '/' || !strcmp(mapping->name, "[vdso]")) &&
        mapping->flags & ALLOCS_TARGET_READ && read_headers(mapping->begin, headers) && are_mapped(headers, mapping))
      add_image(headers, mapping);
  }
  free(headers);
  take_names(target);
}
