/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What the program does to the pages of loaded files. Most calls are about memory that the program itself mapped, which
   is known at once; of others a page here and there is looked at, so that no file of usual size is missed. Where a file
   is concerned, all goes as when it is unloaded: what is to be saved of it is saved, readers have left it before, and
   it is forgotten after.

   What the runtime reads of a file: what is loaded to be read only, what the loader wrote and then protected, and the
   slots of sites. Code is not read, if it lies apart, but for where thread-locals are. */

#include "doors/take_away.h"
#include "allocs/abi.h"
#include "doors/unload.h"
#include "ground/readers.h"
#include "heap/site.h"
#include "image/image.h"
#include "mapping/map_regions.h"
#include "os/os.h"

enum { SMALL_FILE = 16 << 10, FAR = 1 << 30 };

struct range {
  uintptr_t begin, end;
};

static bool meet(struct range range, uintptr_t begin, uint64_t size) {
  uintptr_t first = begin & ~(uintptr_t)(ALLOCS_PAGE - 1), end = allocs_round_up(begin + size, ALLOCS_PAGE);
  return size && range.begin < end && range.end > first;
}

static bool is_apart(const struct allocs_image *image, const Elf64_Phdr *code) {
  uintptr_t begin = image->os.bias + code->p_vaddr, frames = (uintptr_t)image->os.eh_frame_hdr;
  struct allocs_bytes thread_locals = allocs_image_table(image, ALLOCS_TABLE_TLS);
  return begin - image->os.begin >= ALLOCS_PAGE && frames - begin >= code->p_memsz &&
         thread_locals.begin == thread_locals.end;
}

static bool is_read(const struct allocs_image *image, const Elf64_Phdr *phdr) {
  switch (phdr->p_type) {
  case PT_LOAD:
    return !(phdr->p_flags & PF_W) && !(phdr->p_flags & PF_X && is_apart(image, phdr));
  case PT_GNU_RELRO:
  case PT_DYNAMIC:
  case PT_NOTE:
    return true;
  default:
    return false;
  }
}

static bool is_concerned(const struct allocs_image *image, struct range range) {
  const Elf64_Phdr *phdrs = image->os.phdrs;
  if (!meet(range, image->os.begin, image->os.end - image->os.begin) || allocs_os_is_hidden(image->os.begin))
    return false;
  for (size_t i = 0; i < image->os.n_phdrs; i++)
    if (is_read(image, &phdrs[i]) && meet(range, image->os.bias + phdrs[i].p_vaddr, phdrs[i].p_memsz))
      return true;
  uintptr_t slots = image->note ? (uintptr_t)allocs_ref_get(&image->note->slots.begin) : 0;
  return slots && meet(range, slots, (uintptr_t)allocs_ref_get(&image->note->slots.end) - slots);
}

/* Of each file in the range something is known from then on. */
static void look_at_files(struct range range) {
  struct allocs_os_image os;
  if (range.end - range.begin > FAR)
    range.end = range.begin + FAR;
  for (uintptr_t at = range.begin; at < range.end;) {
    bool is_file = allocs_os_find_loaded(at, &os) && allocs_image_find(at);
    uintptr_t next = is_file ? allocs_round_up(os.end, ALLOCS_PAGE) : at + SMALL_FILE;
    at = next < range.end || at == range.end - 1 ? next : range.end - 1;
  }
}

static bool find_concerned(struct range range, bool hide) {
  bool found = false;
  for (struct allocs_image *image = NULL; (image = allocs_image_next(image));) {
    if (!is_concerned(image, range))
      continue;
    found = true;
    if (hide) {
      allocs_site_fill_range(image->os.begin, image->os.end);
      allocs_os_hide(&image->os, range.begin, range.end);
      if (image == allocs_image_executable)
        __atomic_store_n(&allocs_image_executable, NULL, __ATOMIC_RELEASE);
    }
  }
  return found;
}

bool allocs_take_away_begin(uintptr_t begin, uintptr_t end) {
  struct allocs_region region;
  if (begin >= end || (allocs_map_regions_find(begin, &region) && end - region.base <= region.size))
    return false;
  allocs_os_hide_more(begin, end);
  struct range range = {begin, end};
  bool held = allocs_readers_enter(), found = false;
  if (held) {
    look_at_files(range);
    found = find_concerned(range, false);
    allocs_readers_leave();
  }
  if (!found)
    return false;
  allocs_unload_begin();
  find_concerned(range, true);
  return true;
}

void allocs_take_away_end(uintptr_t begin, uintptr_t end, bool found, bool is_done, bool for_good) {
  if (is_done && for_good)
    allocs_os_hide_for_good(begin, end);
  if (!found)
    return;
  if (!is_done)
    allocs_os_show(begin, end);
  allocs_unload_end();
}
