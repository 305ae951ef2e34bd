/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* ELF files: what of them tells whether something is to be done. They may be damaged; every size has a limit. */

#include "run/run_file.h"
#include "bytes/notes.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST_NOTES = 1 << 20, LARGEST_NAMES = 1 << 24 };

static bool read_file(const struct allocs_source *source, uint64_t offset, void *ret, uint64_t n) {
  const struct allocs_run_file *file = (const void *)source;
  return pread(file->fd, ret, n, (off_t)offset) == (ssize_t)n;
}

bool allocs_run_file_open(const char *path, struct allocs_run_file *ret) {
  struct stat status;
  *ret = (struct allocs_run_file){.source.read = read_file, .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (ret->fd >= 0 && !fstat(ret->fd, &status) && S_ISREG(status.st_mode)) {
    ret->source.size = (uint64_t)status.st_size;
    if (allocs_elf_headers_read(&ret->source, &ret->headers))
      return true;
  }
  allocs_run_file_close(ret);
  return false;
}

void allocs_run_file_close(const struct allocs_run_file *file) {
  if (file->fd >= 0)
    close(file->fd);
}

/* The next segment of a type, from number *i on. */
static bool next_segment(const struct allocs_run_file *file, uint32_t type, uint32_t *i, Elf64_Phdr *ret) {
  while (allocs_elf_headers_segment(&file->source, &file->headers, (*i)++, ret))
    if (ret->p_type == type)
      return true;
  return false;
}

/* A copy of some bytes, to be freed, and a zero behind them; NULL if they cannot be had. */
static char *copy(const struct allocs_run_file *file, uint64_t offset, uint64_t size, uint64_t most) {
  char *bytes = size <= most ? malloc(size + 1) : NULL;
  if (bytes && allocs_source_read(&file->source, offset, bytes, size)) {
    bytes[size] = 0;
    return bytes;
  }
  free(bytes);
  return NULL;
}

bool allocs_run_file_interpreter(const struct allocs_run_file *file, char *ret, size_t size) {
  Elf64_Phdr phdr;
  uint32_t i = 0;
  return next_segment(file, PT_INTERP, &i, &phdr) && phdr.p_filesz && phdr.p_filesz <= size &&
         allocs_source_read(&file->source, phdr.p_offset, ret, phdr.p_filesz) && !ret[phdr.p_filesz - 1];
}

static bool find_id(const char *bytes, const Elf64_Phdr *phdr, unsigned char *room, struct allocs_build_id *ret) {
  struct allocs_notes notes = {(const unsigned char *)bytes, phdr->p_filesz, phdr->p_align, 0};
  struct allocs_elf_note note;
  while (allocs_notes_next(&notes, &note) && !note.is_cut)
    if (allocs_notes_is_build_id(&note) && note.size <= ALLOCS_BUILD_ID_LONGEST) {
      memcpy(room, note.contents, note.size);
      *ret = (struct allocs_build_id){room, note.size};
      return true;
    }
  return false;
}

bool allocs_run_file_build_id(const struct allocs_run_file *file, unsigned char *room, struct allocs_build_id *ret) {
  Elf64_Phdr phdr;
  bool found = false;
  for (uint32_t i = 0; !found && next_segment(file, PT_NOTE, &i, &phdr);) {
    char *bytes = copy(file, phdr.p_offset, phdr.p_filesz, LARGEST_NOTES);
    found = bytes && find_id(bytes, &phdr, room, ret);
    free(bytes);
  }
  return found;
}

bool allocs_run_file_has_section(const struct allocs_run_file *file, const char *name) {
  Elf64_Shdr names, section;
  char *texts = allocs_elf_headers_section(&file->source, &file->headers, file->headers.names, &names)
                    ? copy(file, names.sh_offset, names.sh_size, LARGEST_NAMES)
                    : NULL;
  bool found = false;
  for (uint32_t i = 0; texts && !found && i < file->headers.n_sections; i++)
    found = allocs_elf_headers_section(&file->source, &file->headers, i, &section) && section.sh_name < names.sh_size &&
            !strcmp(texts + section.sh_name, name);
  free(texts);
  return found;
}
