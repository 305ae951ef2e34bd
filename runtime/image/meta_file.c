/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Meta files, by the build ID of the image. The first that counts is taken: it belongs to root or the user, nobody else
   may write it, and it has the ID. It is mapped as it is, to be read only; slots are memory behind it. */

#include "image/meta_file.h"
#include "bytes/elf_headers.h"
#include "bytes/meta_paths.h"
#include "bytes/notes.h"
#include "ground/store.h"
#include "os/os.h"
#include <elf.h>
#include <string.h>

enum { MOST_SEGMENTS = 16, LARGEST = 1 << 30 };

/* Read from the environment when the program begins: later it may be overwritten, and asking takes much stack. */
static struct {
  const char *folders, *cache, *home;
  bool is_secure;
  bool is_known; /* atomic: stored last */
} places;

static bool take_id(const struct allocs_elf_note *note, void *arg) {
  struct allocs_build_id *id = arg;
  if (!allocs_notes_is_build_id(note) || note->size > ALLOCS_BUILD_ID_LONGEST)
    return false;
  *id = (struct allocs_build_id){note->contents, note->size};
  return true;
}

/* The file that is tried. */

struct candidate {
  struct allocs_os_file file;
  struct allocs_segments segments;
  const Elf64_Phdr *first, *slots; /* slots: NULL if there are none */
  const struct allocs_note *note;
  uint32_t note_size;
  struct allocs_build_id id;
};

/* Where they lie in the file, if they are all there, aligned. */
static bool find_segments(struct candidate *it) {
  struct allocs_memory memory = allocs_memory(it->file.begin, it->file.size);
  struct allocs_elf_headers headers;
  if (!allocs_elf_headers_read(&memory.source, &headers) || headers.type != ET_DYN || headers.segments % 8 ||
      headers.n_segments > MOST_SEGMENTS || headers.segments > it->file.size ||
      headers.n_segments * sizeof(Elf64_Phdr) > it->file.size - headers.segments)
    return false;
  const Elf64_Phdr *phdrs = (const void *)((const char *)it->file.begin + headers.segments);
  it->segments = allocs_segments_of_file(phdrs, headers.n_segments, it->file.begin, it->file.size);
  for (const Elf64_Phdr *phdr = phdrs; phdr < phdrs + headers.n_segments; phdr++) {
    if (phdr->p_type != PT_LOAD)
      continue;
    if (!it->first)
      it->first = phdr;
    else if (!it->slots)
      it->slots = phdr;
    else
      return false;
  }
  return it->first && !it->first->p_offset && it->first->p_filesz <= it->file.size;
}

/* Of the first note of ours; any other file has one that does not tell of an image. */
static void take_note(struct candidate *it, const struct allocs_elf_note *note) {
  uint64_t begin, end;
  if (!take_id(note, &it->id) && !it->note && allocs_notes_state(note) == ALLOCS_NOTES_OURS &&
      (uintptr_t)note->contents % _Alignof(struct allocs_note) == 0 &&
      allocs_notes_image(note->contents, note->size, (uintptr_t)note->contents, &begin, &end)) {
    it->note = (const void *)note->contents;
    it->note_size = note->size;
  }
}

static void find_notes(struct candidate *it) {
  struct allocs_stretch stretch;
  const Elf64_Phdr *phdr;
  for (size_t i = 0; (phdr = allocs_segments_next(&it->segments, PT_NOTE, &i, &stretch));) {
    struct allocs_notes notes = {stretch.begin, (uint64_t)(stretch.end - stretch.begin), phdr->p_align, 0};
    struct allocs_elf_note note;
    while (allocs_notes_next(&notes, &note) && !note.is_cut)
      take_note(it, &note);
  }
}

static bool is_of(const struct candidate *it, const struct allocs_build_id *id) {
  return it->note && it->id.size == id->size && !memcmp(it->id.bytes, id->bytes, id->size);
}

/* Behind the file's bytes, if they do not meet them. */
static bool add_slots(struct candidate *it) {
  uint64_t begin = it->slots->p_vaddr - it->first->p_vaddr, size = it->slots->p_memsz;
  uint64_t loaded = allocs_round_up(it->first->p_filesz, ALLOCS_PAGE);
  size_t note = (size_t)((const char *)it->note - (const char *)it->file.begin);
  if (it->slots->p_filesz || begin < loaded || begin > LARGEST || size > LARGEST || note > loaded - sizeof *it->note ||
      !allocs_os_widen_file(&it->file, loaded, allocs_round_up(begin + size, ALLOCS_PAGE)))
    return false;
  it->note = (const void *)((const char *)it->file.begin + note);
  return true;
}

/* In memory of its own: who asks may have little stack. */
struct search {
  struct allocs_build_id id;
  struct allocs_os_mapping mapping;
  struct allocs_meta_path path;
  struct candidate candidate;
};

/* None, if they are not in the file. */
static struct allocs_bytes calls_of(const struct candidate *it, uintptr_t begin, uintptr_t end) {
  uint64_t calls, calls_end;
  if (!allocs_notes_calls(it->note, it->note_size, (uintptr_t)it->note, &calls, &calls_end) || calls < begin ||
      calls_end > end)
    return (struct allocs_bytes){NULL, NULL};
  return (struct allocs_bytes){(const char *)calls, (const char *)calls_end};
}

static bool try_path(struct search *search, struct allocs_image *image) {
  struct candidate *it = &search->candidate;
  *it = (struct candidate){.first = NULL};
  if (!allocs_os_map_trusted_file(search->path.path, &it->file))
    return false;
  if (find_segments(it))
    find_notes(it);
  if (is_of(it, &search->id)) {
    uint64_t address = it->first->p_vaddr, size = it->first->p_filesz;
    if (!it->slots || add_slots(it)) {
      uintptr_t begin = (uintptr_t)it->file.begin;
      image->note = it->note;
      image->meta = (struct allocs_meta){begin, begin + size, begin + it->file.mapped,
                                         image->os.bias - (begin - address), calls_of(it, begin, begin + size)};
      return true;
    }
  }
  allocs_os_unmap_file(&it->file);
  return false;
}

void allocs_meta_file_init(void) {
  places.folders = allocs_store_text(allocs_os_getenv("ALLOCS_META_PATH"));
  places.cache = allocs_store_text(allocs_os_getenv("XDG_CACHE_HOME"));
  places.home = allocs_store_text(allocs_os_getenv("HOME"));
  places.is_secure = allocs_os_is_secure();
  __atomic_store_n(&places.is_known, true, __ATOMIC_RELEASE);
}

/* The loader may know it by a relative name; the kernel does not. */
static const char *path_of(const struct allocs_image *image, struct allocs_os_mapping *mapping) {
  if (image->os.name[0] == '/')
    return image->os.name;
  return allocs_os_find_mapping(image->os.begin, mapping) ? mapping->name : NULL;
}

static bool find(struct search *search, struct allocs_image *image) {
  struct allocs_meta_places all = {.image = NULL};
  if (!__atomic_load_n(&places.is_known, __ATOMIC_ACQUIRE))
    allocs_meta_file_init();
  if (!places.is_secure)
    all = (struct allocs_meta_places){path_of(image, &search->mapping), places.folders, places.cache, places.home};
  while (allocs_meta_paths_next(&all, &search->id, &search->path))
    if (try_path(search, image))
      return true;
  return false;
}

bool allocs_meta_file_open(struct allocs_image *image) {
  const size_t size = allocs_round_up(sizeof(struct search), ALLOCS_PAGE);
  struct allocs_build_id id;
  struct search *search = allocs_image_each_note(&image->os, take_id, &id) ? allocs_os_map(size) : NULL;
  if (!search)
    return false;
  search->id = id;
  bool found = find(search, image);
  allocs_os_unmap(search, size);
  return found;
}

void allocs_meta_file_close(struct allocs_image *image) {
  if (!image->meta.begin)
    return;
  allocs_os_unmap((void *)image->meta.begin, image->meta.limit - image->meta.begin);
  image->meta = (struct allocs_meta){.begin = 0};
  image->note = NULL;
}
