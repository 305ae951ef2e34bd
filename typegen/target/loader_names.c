/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The dynamic linker's list of loaded files, as debuggers find it: the executable's dynamic section leads to it. It is
   read once; a damaged one ends somewhere. */

#include "target/loader_names.h"
#include "ground/store.h"
#include "os/os.h"
#include <elf.h>
#include <link.h>
#include <string.h>

enum { MOST = 4096, LONGEST = 4096 };

static struct {
  bool is_read;
  struct {
    uint64_t bias, at;
    const char *name;
  } all[MOST];
  size_t n;
} names;

/* Texts may end just before what cannot be read. */
static const char *read_text(struct allocs_target *target, uint64_t at) {
  char text[LONGEST];
  for (size_t n = 0; n < sizeof text; n++)
    if (!allocs_target_read(target, at + n, &text[n], 1))
      return NULL;
    else if (!text[n])
      return n ? allocs_store_text(text) : NULL;
  return NULL;
}

/* Where the dynamic linker left the address of its list; 0 if there is none. */
static uint64_t find_list(struct allocs_target *target, const struct allocs_os_image *executable) {
  const Elf64_Phdr *phdr = executable->phdrs;
  struct r_debug list;
  for (size_t i = 0; i < executable->n_phdrs; i++, phdr++) {
    if (phdr->p_type != PT_DYNAMIC)
      continue;
    for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= phdr->p_memsz; at += sizeof(Elf64_Dyn)) {
      Elf64_Dyn entry;
      memcpy(&entry, (const char *)(executable->bias + phdr->p_vaddr + at), sizeof entry);
      if (entry.d_tag == DT_DEBUG && allocs_target_read(target, entry.d_un.d_ptr, &list, sizeof list))
        return (uintptr_t)list.r_map;
    }
  }
  return 0;
}

static void read_names(struct allocs_target *target, const struct allocs_os_image *executable) {
  struct link_map map;
  for (uint64_t at = find_list(target, executable); at && names.n < MOST; at = (uintptr_t)map.l_next) {
    if (!allocs_target_read(target, at, &map, sizeof map))
      return;
    names.all[names.n].bias = map.l_addr;
    names.all[names.n].at = at;
    names.all[names.n++].name = read_text(target, (uintptr_t)map.l_name);
  }
}

static void need_names(struct allocs_target *target, const struct allocs_os_image *executable) {
  if (!names.is_read)
    read_names(target, executable);
  names.is_read = true;
}

/* The linker's own fields have no place that is promised: theirs is where four of them say what the header says, where
   the variables' first values are, of how many bytes, of how many the block is and how aligned. Behind these are the
   first byte's offset, the block's distance and the module's number. */
static bool find_module(struct allocs_target *target, uint64_t at, const Elf64_Phdr *variables, uint64_t bias,
                        uint64_t *ret, uint64_t *ret_distance) {
  enum { WORDS = 256, STATIC_MOST = 1 << 20 };
  uint64_t words[WORDS];
  size_t n = WORDS;
  while (n && !allocs_target_read(target, at, words, n * sizeof *words))
    n -= 16;
  for (size_t i = sizeof(struct link_map) / sizeof *words; i + 6 < n; i++) {
    if (words[i] != bias + variables->p_vaddr || words[i + 1] != variables->p_filesz ||
        words[i + 2] != variables->p_memsz || words[i + 3] != variables->p_align)
      continue;
    *ret = words[i + 6];
    *ret_distance = words[i + 5] < STATIC_MOST ? words[i + 5] : 0;
    return *ret && *ret < MOST;
  }
  return false;
}

bool allocs_loader_module(struct allocs_target *target, const struct allocs_os_image *executable, uint64_t bias,
                          const Elf64_Phdr *variables, uint64_t *ret, uint64_t *ret_distance) {
  need_names(target, executable);
  for (size_t i = 0; i < names.n; i++)
    if (names.all[i].bias == bias && find_module(target, names.all[i].at, variables, bias, ret, ret_distance))
      return true;
  return false;
}

const char *allocs_loader_name(struct allocs_target *target, const struct allocs_os_image *executable, uint64_t bias) {
  need_names(target, executable);
  for (size_t i = 0; i < names.n; i++)
    if (names.all[i].bias == bias)
      return names.all[i].name;
  return NULL;
}
