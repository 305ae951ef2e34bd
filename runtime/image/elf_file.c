/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Files behind images. A name tells nothing: the file may have been replaced since. It counts as the one loaded if it
   has the same program headers, and, in memory as in the file, the same notes and unwind table, if a build ID is among
   the notes; else the same bytes in all that is loaded read-only.

   What the file says is not to be trusted: it is copied, never mapped, and every offset is checked. Memory is copied,
   too: a file that was cut short leaves pages that cannot be read. */

#include "image/elf_file.h"
#include <string.h>

enum { CHUNK = 64 << 10, LARGEST_SECTION = 1 << 30 };

static bool read_file(const struct allocs_source *source, uint64_t offset, void *ret, uint64_t n) {
  const struct allocs_elf_file *file = (const void *)source;
  return file->fd < 0 ? allocs_os_read(file->memory + offset, ret, n) : allocs_os_read_file(file->fd, offset, ret, n);
}

bool allocs_elf_file_section(const struct allocs_elf_file *file, uint32_t i, Elf64_Shdr *ret) {
  return allocs_elf_headers_section(&file->source, &file->headers, i, ret);
}

void *allocs_elf_file_copy(const struct allocs_elf_file *file, const Elf64_Shdr *section, size_t *map_size) {
  if (section->sh_type == SHT_NOBITS || !section->sh_size || section->sh_size > LARGEST_SECTION ||
      section->sh_size > file->source.size)
    return NULL;
  *map_size = allocs_round_up(section->sh_size + 1, ALLOCS_PAGE);
  void *copy = allocs_os_map(*map_size);
  if (!copy || allocs_source_read(&file->source, section->sh_offset, copy, section->sh_size))
    return copy;
  allocs_os_unmap(copy, *map_size);
  return NULL;
}

/* Whether memory and file have the same bytes there. */
static bool has_bytes(const struct allocs_elf_file *file, uint64_t offset, uintptr_t address, uint64_t n,
                      char *scratch) {
  while (n) {
    uint64_t part = n < CHUNK ? n : CHUNK;
    if (!allocs_source_read(&file->source, offset, scratch, part) || !allocs_os_read(address, scratch + CHUNK, part) ||
        memcmp(scratch, scratch + CHUNK, part) != 0)
      return false;
    offset += part;
    address += part;
    n -= part;
  }
  return true;
}

static bool is_build_id(const struct allocs_elf_note *note, void *arg) {
  (void)arg;
  return allocs_notes_is_build_id(note);
}

static bool has_loaded_bytes(const struct allocs_elf_file *file, const struct allocs_image *image, char *scratch) {
  const Elf64_Phdr *phdrs = image->os.phdrs;
  bool has_id = allocs_image_each_note(&image->os, is_build_id, NULL);
  for (size_t i = 0; i < image->os.n_phdrs; i++) {
    bool wanted = has_id ? phdrs[i].p_type == PT_NOTE || phdrs[i].p_type == PT_GNU_EH_FRAME
                         : phdrs[i].p_type == PT_LOAD && !(phdrs[i].p_flags & PF_W);
    if (wanted && !has_bytes(file, phdrs[i].p_offset, image->os.bias + phdrs[i].p_vaddr, phdrs[i].p_filesz, scratch))
      return false;
  }
  return true;
}

static bool is_file_of(struct allocs_elf_file *file, const struct allocs_image *image) {
  size_t n = image->os.n_phdrs;
  char *scratch = allocs_os_map(2 * CHUNK);
  bool is = scratch && allocs_elf_headers_read(&file->source, &file->headers) && file->headers.n_segments == n &&
            has_bytes(file, file->headers.segments, (uintptr_t)image->os.phdrs, n * sizeof(Elf64_Phdr), scratch) &&
            has_loaded_bytes(file, image, scratch);
  if (scratch)
    allocs_os_unmap(scratch, 2 * CHUNK);
  return is;
}

static bool open_path(const char *path, const struct allocs_image *image, struct allocs_elf_file *ret) {
  ret->fd = path[0] == '/' ? allocs_os_open(path, &ret->source.size) : -1;
  if (ret->fd < 0)
    return false;
  if (is_file_of(ret, image))
    return true;
  allocs_os_close(ret->fd);
  return false;
}

/* The kernel's name for it is absolute, and what the link that it keeps of the executable leads to is not even gone
   when the file is. */
bool allocs_elf_file_open(const struct allocs_image *image, struct allocs_elf_file *ret) {
  struct allocs_os_mapping mapping;
  *ret = (struct allocs_elf_file){.source.read = read_file, .fd = -1};
  if (!allocs_os_find_mapping(image->os.begin, &mapping))
    mapping.name[0] = '\0';
  if (!image->os.name[0] && open_path("/proc/self/exe", image, ret))
    return true;
  if (open_path(mapping.name, image, ret) || open_path(image->os.name, image, ret))
    return true;
  if (!allocs_same_text(mapping.name, "[vdso]"))
    return false;
  ret->memory = mapping.begin;
  ret->source.size = mapping.end - mapping.begin;
  return is_file_of(ret, image);
}

void allocs_elf_file_close(const struct allocs_elf_file *file) {
  if (file->fd >= 0)
    allocs_os_close(file->fd);
}
