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

bool allocs_elf_file_read(const struct allocs_elf_file *file, uint64_t offset, void *ret, uint64_t n) {
  if (offset > file->size || n > file->size - offset)
    return false;
  return file->fd < 0 ? allocs_os_read(file->memory + offset, ret, n) : allocs_os_read_file(file->fd, offset, ret, n);
}

bool allocs_elf_file_section(const struct allocs_elf_file *file, uint32_t i, Elf64_Shdr *ret) {
  return i < file->n_sections && allocs_elf_file_read(file, file->sections + i * sizeof *ret, ret, sizeof *ret);
}

void *allocs_elf_file_copy(const struct allocs_elf_file *file, const Elf64_Shdr *section, size_t *map_size) {
  if (section->sh_type == SHT_NOBITS || !section->sh_size || section->sh_size > LARGEST_SECTION ||
      section->sh_size > file->size)
    return NULL;
  *map_size = allocs_round_up(section->sh_size + 1, ALLOCS_PAGE);
  void *copy = allocs_os_map(*map_size);
  if (!copy || allocs_elf_file_read(file, section->sh_offset, copy, section->sh_size))
    return copy;
  allocs_os_unmap(copy, *map_size);
  return NULL;
}

/* Whether memory and file have the same bytes there. */
static bool has_bytes(const struct allocs_elf_file *file, uint64_t offset, uintptr_t address, uint64_t n,
                      char *scratch) {
  while (n) {
    uint64_t part = n < CHUNK ? n : CHUNK;
    if (!allocs_elf_file_read(file, offset, scratch, part) || !allocs_os_read(address, scratch + CHUNK, part) ||
        memcmp(scratch, scratch + CHUNK, part) != 0)
      return false;
    offset += part;
    address += part;
    n -= part;
  }
  return true;
}

static bool is_build_id(const Elf64_Nhdr *header, const char *name, const char *desc, void *arg) {
  (void)desc;
  (void)arg;
  return header->n_type == NT_GNU_BUILD_ID && header->n_namesz == sizeof ELF_NOTE_GNU &&
         !memcmp(name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) && header->n_descsz >= 8;
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

static bool read_header(struct allocs_elf_file *file, const struct allocs_image *image, uint64_t *phdrs) {
  Elf64_Ehdr header;
  Elf64_Shdr first;
  if (!allocs_elf_file_read(file, 0, &header, sizeof header) || memcmp(header.e_ident, ELFMAG, SELFMAG) ||
      header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum != image->os.n_phdrs)
    return false;
  *phdrs = header.e_phoff;
  file->sections = header.e_shoff;
  file->n_sections = 0;
  if (!header.e_shoff || header.e_shentsize != sizeof first ||
      !allocs_elf_file_read(file, header.e_shoff, &first, sizeof first))
    return true; /* has no sections */
  uint64_t n = header.e_shnum ? header.e_shnum : first.sh_size, room = file->size - header.e_shoff;
  file->n_sections = (uint32_t)(n < room / sizeof first ? n : room / sizeof first);
  file->names = header.e_shstrndx == SHN_XINDEX ? first.sh_link : header.e_shstrndx;
  return true;
}

static bool is_file_of(struct allocs_elf_file *file, const struct allocs_image *image) {
  uint64_t phdrs;
  char *scratch = allocs_os_map(2 * CHUNK);
  bool is = scratch && read_header(file, image, &phdrs) &&
            has_bytes(file, phdrs, (uintptr_t)image->os.phdrs, image->os.n_phdrs * sizeof(Elf64_Phdr), scratch) &&
            has_loaded_bytes(file, image, scratch);
  if (scratch)
    allocs_os_unmap(scratch, 2 * CHUNK);
  return is;
}

static bool open_path(const char *path, const struct allocs_image *image, struct allocs_elf_file *ret) {
  ret->fd = path[0] == '/' ? allocs_os_open(path, &ret->size) : -1;
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
  *ret = (struct allocs_elf_file){.fd = -1};
  if (!allocs_os_find_mapping(image->os.begin, &mapping))
    mapping.name[0] = '\0';
  if (!image->os.name[0] && open_path("/proc/self/exe", image, ret))
    return true;
  if (open_path(mapping.name, image, ret) || open_path(image->os.name, image, ret))
    return true;
  if (!allocs_same_text(mapping.name, "[vdso]"))
    return false;
  ret->memory = mapping.begin;
  ret->size = mapping.end - mapping.begin;
  return is_file_of(ret, image);
}

void allocs_elf_file_close(const struct allocs_elf_file *file) {
  if (file->fd >= 0)
    allocs_os_close(file->fd);
}
