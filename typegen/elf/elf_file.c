/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Opens ELF files and archives of them; the only contact with libelf, which knows archives. Of a linked file only the
   program headers are read, so that it may be stripped of its section headers. Whatever is handed on lies inside the
   file. */

#include "elf/elf_file.h"
#include "bytes/elf_headers.h"
#include "bytes/symbol_table.h"
#include "elf/elf_object.h"
#include "elf/note.h"
#include "elf/thin_archive.h"
#include "ground/machine.h"
#include <fcntl.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct file_bytes {
  const unsigned char *begin;
  uint64_t size;
};

/* No sum: offset and size are any 64-bit numbers of a file that is not to be trusted. */
static bool in_file(struct file_bytes file, uint64_t offset, uint64_t size) {
  return offset <= file.size && size <= file.size - offset;
}

/* Only what is loaded has addresses; of notes there is no need to be loaded, so that they are listed apart. More
   segments of notes than there is room for no linker makes. */
static bool load_segment(struct allocs_elf *image, struct file_bytes file, const Elf64_Phdr *phdr, uint32_t i) {
  if (phdr->p_type != PT_LOAD && phdr->p_type != PT_NOTE)
    return true;
  if (!in_file(file, phdr->p_offset, phdr->p_filesz) || phdr->p_memsz < phdr->p_filesz ||
      phdr->p_vaddr + phdr->p_memsz < phdr->p_vaddr)
    return allocs_diag_at(image->diag, "program headers", i * sizeof *phdr,
                          "the segment ends beyond the file or the address space");
  const unsigned char *bytes = file.begin + phdr->p_offset;
  if (phdr->p_type == PT_LOAD && phdr->p_memsz)
    allocs_elf_add_region(image, phdr->p_vaddr, phdr->p_memsz, bytes, phdr->p_filesz, NULL);
  else if (phdr->p_type == PT_NOTE && image->n_notes < sizeof image->notes / sizeof *image->notes)
    image->notes[image->n_notes++] =
        (struct allocs_elf_notes){{bytes, phdr->p_filesz, phdr->p_align, 0}, phdr->p_vaddr};
  return true;
}

static bool load_linked(struct allocs_elf *image, const struct allocs_elf_headers *headers, struct file_bytes file) {
  struct allocs_memory memory = allocs_memory(file.begin, file.size);
  Elf64_Phdr phdr;
  for (uint32_t i = 0; i < headers->n_segments; i++) {
    if (!allocs_elf_headers_segment(&memory.source, headers, i, &phdr))
      return allocs_diag_at(image->diag, "header", offsetof(Elf64_Ehdr, e_phoff),
                            "the program headers are not in the file");
    if (!load_segment(image, file, &phdr, i))
      return false;
  }
  allocs_elf_sort_regions(image);
  return allocs_note_read(image);
}

/* A section outside the file is an error only if it is needed: then elf_object.c says so. */
static struct allocs_section section_of(const Elf64_Shdr *shdr, bool is_empty, struct file_bytes file) {
  bool inside = in_file(file, shdr->sh_offset, shdr->sh_size);
  return (struct allocs_section){.type = shdr->sh_type,
                                 .link = shdr->sh_link,
                                 .info = shdr->sh_info,
                                 .flags = shdr->sh_flags,
                                 .size = shdr->sh_size,
                                 .align = shdr->sh_addralign,
                                 .outside = !is_empty && !inside,
                                 .bytes = !is_empty && inside ? file.begin + shdr->sh_offset : NULL};
}

/* Names end: what counts of the table of names is up to its last zero byte. */
static bool name_sections(struct allocs_elf *image, struct allocs_section *sections, const uint32_t *names, size_t n,
                          const struct allocs_section *strings) {
  uint64_t size = strings && strings->bytes ? allocs_symtab_strings_size(strings->bytes, strings->size) : 0;
  sections[0].name = "";
  for (size_t i = 1; i < n; i++) {
    if (names[i] >= size)
      return allocs_diag_at(image->diag, "section headers", i * sizeof(Elf64_Shdr),
                            "the section's name is outside its table");
    sections[i].name = (const char *)strings->bytes + names[i];
  }
  return true;
}

static bool load_object(struct allocs_elf *image, const struct allocs_elf_headers *headers, struct file_bytes file) {
  size_t n = headers->n_sections;
  struct allocs_memory memory = allocs_memory(file.begin, file.size);
  if (headers->is_cut)
    return allocs_diag_at(image->diag, "header", offsetof(Elf64_Ehdr, e_shoff),
                          "the section headers are not in the file");
  /* No sections, no tables: nothing is wrong. */
  if (!n)
    return true;
  struct allocs_section *sections = allocs_new(n, sizeof *sections);
  uint32_t *names = allocs_new(n, sizeof *names);
  Elf64_Shdr shdr;
  for (uint32_t i = 0; i < n && allocs_elf_headers_section(&memory.source, headers, i, &shdr); i++) {
    sections[i] = section_of(&shdr, !i || shdr.sh_type == SHT_NOBITS, file);
    names[i] = shdr.sh_name;
  }
  bool ok = name_sections(image, sections, names, n, headers->names < n ? &sections[headers->names] : NULL) &&
            allocs_object_load(image, sections, n);
  free(names);
  free(sections);
  return ok;
}

/* An image with the note and no records was compiled with the plugin, too. */
static bool has_tables(const struct allocs_elf *image) {
  for (size_t i = 0; i < ALLOCS_N_TABLES; i++)
    if (image->tables[i].size)
      return true;
  return image->has_note;
}

/* One ELF file. Sets *found if it has tables. */
static bool load(Elf *elf, struct allocs_diag *diag, allocs_elf_fn *fn, void *arg, bool *found) {
  struct allocs_elf image = {.diag = diag};
  struct file_bytes file = {0};
  struct allocs_elf_headers headers;
  size_t size;
  /* Raw: what libelf makes of headers is not used, so that all checks are ours. The bytes are libelf's, until
     elf_end(). */
  file.begin = (const unsigned char *)elf_rawfile(elf, &size);
  file.size = size;
  if (!file.begin)
    return allocs_diag_at(diag, "header", 0, "%s", elf_errmsg(-1));
  struct allocs_memory memory = allocs_memory(file.begin, file.size);
  if (!allocs_elf_headers_read(&memory.source, &headers) || headers.machine != ALLOCS_MACHINE)
    return allocs_diag_at(diag, "header", offsetof(Elf64_Ehdr, e_machine), "not for " ALLOCS_MACHINE_NAME);
  if (headers.type != ET_REL && headers.type != ET_DYN && headers.type != ET_EXEC)
    return allocs_diag_at(diag, "header", offsetof(Elf64_Ehdr, e_type), "no object, executable or library");
  image.object = headers.type == ET_REL;
  /* Files without tables are passed over in silence, here: in an archive they are as usual. */
  bool ok = image.object ? load_object(&image, &headers, file) : load_linked(&image, &headers, file);
  if (ok && has_tables(&image)) {
    *found = true;
    ok = fn(&image, arg);
  }
  allocs_elf_fini(&image);
  return ok;
}

/* Members that are no ELF files are passed over. */
static bool load_archive(const char *file, int fd, Elf *archive, allocs_elf_fn *fn, void *arg, bool *found) {
  bool ok = true;
  Elf *member;
  Elf_Cmd command = ELF_C_READ;
  while ((member = elf_begin(fd, command, archive))) {
    const Elf_Arhdr *header = elf_getarhdr(member);
    if (elf_kind(member) == ELF_K_ELF && header && header->ar_name) {
      size_t length = strlen(file) + strlen(header->ar_name) + 3;
      char *name = allocs_new(length, 1);
      snprintf(name, length, "%s(%s)", file, header->ar_name);
      struct allocs_diag diag = {.file = name};
      /* All members, also behind one that is damaged. Each has a name of its own in messages. */
      ok &= load(member, &diag, fn, arg, found);
      free(name);
    }
    command = elf_next(member);
    elf_end(member);
  }
  return ok;
}

/* The member's file; what is not absolute is beside the archive. */
static char *path_beside(const char *archive, const char *name, size_t n) {
  const char *slash = strrchr(archive, '/');
  size_t folder = slash && *name != '/' ? (size_t)(slash + 1 - archive) : 0;
  char *path = allocs_new(folder + n + 1, 1);
  memcpy(path, archive, folder);
  memcpy(path + folder, name, n);
  return path;
}

static bool load_named(const char *path, struct allocs_diag *diag, allocs_elf_fn *fn, void *arg, bool *found) {
  bool ok = true;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return allocs_diag_file(diag, "%m");
  Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
  if (elf && elf_kind(elf) == ELF_K_ELF)
    ok = load(elf, diag, fn, arg, found);
  elf_end(elf);
  close(fd);
  return ok;
}

static bool load_thin(const char *file, struct allocs_thin_archive *archive, allocs_elf_fn *fn, void *arg,
                      bool *found) {
  struct allocs_diag whole = {.file = file};
  const char *name;
  size_t n;
  bool ok = true;
  while (allocs_thin_archive_next(archive, &name, &n)) {
    if (!name)
      return allocs_diag_file(&whole, "the archive is damaged, or has archives in it");
    size_t length = strlen(file) + n + 3;
    char *path = path_beside(file, name, n), *title = allocs_new(length, 1);
    snprintf(title, length, "%s(%.*s)", file, (int)n, name);
    struct allocs_diag diag = {.file = title};
    ok &= load_named(path, &diag, fn, arg, found);
    free(title);
    free(path);
  }
  return ok;
}

static bool is_thin(Elf *elf, struct allocs_thin_archive *ret) {
  size_t size;
  const char *bytes = elf ? elf_rawfile(elf, &size) : NULL;
  return bytes && allocs_thin_archive_begin(bytes, size, ret);
}

bool allocs_elf_each(const char *file, allocs_elf_fn *fn, void *arg) {
  struct allocs_diag diag = {.file = file};
  struct allocs_thin_archive thin;
  bool ok, found = false;
  elf_version(EV_CURRENT);
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return allocs_diag_file(&diag, "%m");
  /* A file that cannot be opened as ELF is NULL here, which elf_end() takes. */
  Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
  if (elf && elf_kind(elf) == ELF_K_AR)
    ok = load_archive(file, fd, elf, fn, arg, &found);
  else if (elf && elf_kind(elf) == ELF_K_ELF)
    ok = load(elf, &diag, fn, arg, &found);
  else if (is_thin(elf, &thin))
    ok = load_thin(file, &thin, fn, arg, &found);
  else
    ok = allocs_diag_file(&diag, "not an ELF file");
  if (ok && !found)
    ok = allocs_diag_file(&diag, "no allocs tables");
  elf_end(elf);
  close(fd);
  return ok;
}
