/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Images: the loaded files that somebody has asked about, with their tables, checked.

   An image without tables of its own may have them in a meta file, which is looked for when the image is first asked
   about, and once.

   They are kept in chains by handle. A chain only grows: the place of an image that is gone is reused by the next of
   the same chain, so that readers need no lock. An image whose tables are damaged or of another version is kept without
   note: said once, then treated as a file without tables.

   Whoever asks about an address in a library while another thread unloads that library asks too late: the records are
   in the library. Questions about anything else are safe then. */

#include "image/image.h"
#include "allocs.h"
#include "bytes/record.h"
#include "ground/readers.h"
#include "ground/store.h"
#include "ground/text.h"
#include "image/meta_file.h"
#include "image/table_check.h"
#include "types/type.h"
#include "types/type_record.h"
#include <elf.h>
#include <string.h>

enum { N_CHAINS = 64, FREE = 0, FILLING = 1 };

struct entry {
  struct entry *next;
  uintptr_t state; /* FREE, FILLING, or the handle; written last, with release */
  struct allocs_image image;
};

static struct {
  struct entry *chains[N_CHAINS]; /* newest first; pushed by compare-and-swap */
} images;

struct allocs_image *allocs_image_executable;

struct found_note {
  const struct allocs_note *note;
  const char *problem;
};

/* The first of ours counts. One of another version makes the whole file one without tables, so that no record is read
   by rules that it was not written by. */
static bool take_note(const struct allocs_elf_note *note, void *arg) {
  struct found_note *found = arg;
  enum allocs_notes_state state = allocs_notes_state(note);
  if (state == ALLOCS_NOTES_VERSION)
    found->problem = "made for another version of allocs";
  else if (state == ALLOCS_NOTES_CUT)
    found->problem = "cut off";
  else if (state == ALLOCS_NOTES_OURS && !found->note)
    found->note = (const void *)note->contents;
  return found->problem != NULL;
}

/* FNV-1a, to tell one file from another that was loaded to the same place. */
static uint64_t mix_bytes(uint64_t hash, const void *bytes, size_t n) {
  for (const unsigned char *p = bytes, *end = p + n; p < end; p++)
    hash = (hash ^ *p) * 0x100000001b3u;
  return hash;
}

static bool mix_note(const struct allocs_elf_note *note, void *arg) {
  *(uint64_t *)arg = mix_bytes(*(uint64_t *)arg, note->contents, note->size);
  return false;
}

static uint64_t print_headers(const struct allocs_os_image *os) {
  return mix_bytes(0, os->phdrs, os->n_phdrs * sizeof(Elf64_Phdr));
}

/* The build ID is one of the notes. */
static uint64_t print_notes(const struct allocs_os_image *os) {
  uint64_t hash = 0;
  allocs_image_each_note(os, mix_note, &hash);
  return hash;
}

/* What is wrong with the image, in `damage`; else takes its tables. */
static bool read_image(struct allocs_image *image, struct allocs_damage *damage) {
  struct found_note found = {NULL, NULL};
  image->prints[0] = print_headers(&image->os);
  image->prints[1] = print_notes(&image->os);
  allocs_image_each_note(&image->os, take_note, &found);
  *damage = (struct allocs_damage){ALLOCS_NOTE_SECTION, 0, found.problem};
  image->damaged = found.problem != NULL;
  if (found.problem)
    return false;
  image->note = found.note;
  if (!found.note && !allocs_meta_file_open(image))
    return true;
  if (allocs_table_check(image, damage)) {
    image->types = allocs_image_table(image, ALLOCS_TABLE_TYPES);
    return true;
  }
  image->damaged = !image->meta.begin;
  image->note = NULL;
  allocs_meta_file_close(image);
  return false;
}

static void say_damage(const struct allocs_image *image, const struct allocs_damage *damage) {
  char buf[24];
  struct allocs_text offset;
  allocs_text_init(&offset, buf, sizeof buf);
  allocs_text_hex(&offset, damage->offset);
  allocs_text_say(image->os.name[0] ? image->os.name : "the executable", image->damaged ? "" : ": its meta file",
                  ": table ", damage->section, "+", buf, ": ", damage->what, "; ignored", NULL);
}

/* Handles are reused, and so are places; both at once only by the same file, or while it is being unloaded. */
static bool is_same(const struct allocs_os_image *a, const struct allocs_os_image *b) {
  return a->handle == b->handle && a->begin == b->begin && a->end == b->end && a->bias == b->bias;
}

static struct entry **chain_of(const struct allocs_os_image *os) {
  return &images.chains[(uintptr_t)os->handle / 64 % N_CHAINS];
}

/* Whether what is loaded there is still what was read. */
static bool is_as_read(const struct allocs_image *image) {
  return print_headers(&image->os) == image->prints[0] && print_notes(&image->os) == image->prints[1];
}

/* Until those that have gone are forgotten, another may have come to their place, with the same handle. */
static bool is_of(const struct allocs_image *image, const struct allocs_os_image *os) {
  return is_same(&image->os, os) && (ALLOCS_LIKELY(!allocs_readers_is_unloading()) || is_as_read(image));
}

static struct entry *chain_find(struct entry *chain, const struct allocs_os_image *os, struct entry **vacant) {
  for (struct entry *e = chain; e; e = e->next) {
    uintptr_t state = __atomic_load_n(&e->state, __ATOMIC_ACQUIRE);
    if (state == (uintptr_t)os->handle && is_of(&e->image, os))
      return e;
    if (state == FREE && vacant && !*vacant)
      *vacant = e;
  }
  return NULL;
}

/* Another thread may add the same image at the same time: one of them wins and speaks. */
static struct entry *add(const struct allocs_os_image *os) {
  struct entry **chain = chain_of(os), *made = NULL;
  struct allocs_image image = {.os = *os};
  struct allocs_damage damage;
  bool is_whole = read_image(&image, &damage);
  for (;;) {
    struct entry *head = __atomic_load_n(chain, __ATOMIC_ACQUIRE), *vacant = NULL;
    struct entry *e = chain_find(head, os, &vacant);
    uintptr_t expected = FREE;
    if (e) {
      allocs_meta_file_close(&image);
      return e;
    }
    if (vacant && !made) {
      if (!__atomic_compare_exchange_n(&vacant->state, &expected, FILLING, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        continue;
      e = vacant;
      e->image = image;
      __atomic_store_n(&e->state, (uintptr_t)os->handle, __ATOMIC_RELEASE);
    } else {
      if (!made && !(made = allocs_store_alloc(sizeof *made))) {
        allocs_meta_file_close(&image);
        return NULL;
      }
      e = made;
      e->image = image;
      e->next = head;
      e->state = (uintptr_t)os->handle;
      if (!__atomic_compare_exchange_n(chain, &head, e, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        continue;
    }
    if (!is_whole)
      say_damage(&e->image, &damage);
    return e;
  }
}

/* Not the executable: the loader knows which file it is, and the chain whether that was read already. */
static struct allocs_image *find_slowly(uintptr_t address) {
  struct allocs_os_image os;
  if (!allocs_os_find_loaded(address, &os))
    return NULL;
  struct entry *e = chain_find(__atomic_load_n(chain_of(&os), __ATOMIC_ACQUIRE), &os, NULL);
  if (!e && (!allocs_os_find_image(address, &os) || !(e = add(&os))))
    return NULL;
  if (!os.name[0] && !__atomic_load_n(&allocs_image_executable, __ATOMIC_RELAXED)) {
    allocs_image_init();
    __atomic_store_n(&allocs_image_executable, &e->image, __ATOMIC_RELEASE);
  }
  return &e->image;
}

struct allocs_image *allocs_image_find(uintptr_t address) {
  if (ALLOCS_LIKELY(allocs_image_is_executable(address)))
    return allocs_image_executable;
  return find_slowly(address);
}

/* Mapping by mapping: files without image, and what is not a file, are passed over. */
struct allocs_image *allocs_image_from(uintptr_t address, uintptr_t end) {
  struct allocs_os_mapping mapping;
  while (address < end) {
    struct allocs_image *image = allocs_image_find(address);
    if (image)
      return image;
    if (!allocs_os_next_mapping(address, &mapping))
      return NULL;
    address = mapping.begin > address ? mapping.begin : mapping.end;
  }
  return NULL;
}

bool allocs_image_is_damaged(uintptr_t address) {
  const struct allocs_image *image = allocs_image_find(address);
  return image && image->damaged;
}

/* Whoever cannot enter as reader, since a library is going, is told of the executable only: that stays. */
int allocs_image_ask(allocs_ask_fn *fn, const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  bool held = allocs_readers_enter();
  uintptr_t from = (uintptr_t)(address >= arena->begin ? address : arena->begin);
  int found = (held || allocs_image_is_executable(from)) && fn(arena, address, ret);
  if (held)
    allocs_readers_leave();
  return found;
}

/* The complete type of a tag, if all images that have one have the same. */
struct complete {
  unsigned kind, flags;
  const char *name;
  const struct allocs_type *found;
  uint64_t key; /* of the found one */
  bool several;
};

static int search_types(const struct allocs_os_image *os, void *arg) {
  struct complete *complete = arg;
  const struct allocs_image *image = allocs_image_find(os->begin);
  if (!image || image->os.handle != os->handle)
    return 0;
  struct allocs_bytes table = allocs_image_table(image, ALLOCS_TABLE_TYPES);
  const struct allocs_type *type;
  for (const char *at = table.begin; (type = allocs_next_record(table.end, &at));) {
    struct allocs_type_view view;
    if (!allocs_type_view(type, table.end, &view) || view.kind != complete->kind || !view.name.distance ||
        view.flags & (ALLOCS_TYPE_INCOMPLETE | ALLOCS_TYPE_ANONYMOUS) ||
        (view.flags ^ complete->flags) & ALLOCS_TYPE_UNION ||
        !allocs_same_text(allocs_target(view.name), complete->name))
      continue;
    if (complete->found && complete->key != view.key)
      return complete->several = true;
    complete->found = type;
    complete->key = view.key;
  }
  return 0;
}

/* The loader's lock is held meanwhile, so that no image goes. */
static const struct allocs_type *find_complete(unsigned kind, unsigned flags, const char *name) {
  struct complete complete = {.kind = kind, .flags = flags, .name = name};
  if (name)
    allocs_os_each_image(search_types, &complete);
  return complete.several ? NULL : complete.found;
}

static size_t size_of_type_made(const struct allocs_image *image) {
  size_t n = (size_t)(image->types.end - image->types.begin) / ALLOCS_TABLE_TYPES_LEAST + 1;
  return allocs_round_up(n * sizeof(struct uniqtype *), ALLOCS_PAGE);
}

/* Made when first needed; whoever comes second drops what he made. */
static const struct uniqtype **type_made(struct allocs_image *image) {
  const struct uniqtype **made = __atomic_load_n(&image->type_made, __ATOMIC_ACQUIRE), **none = NULL;
  if (ALLOCS_LIKELY(made != NULL))
    return made;
  made = allocs_os_map(size_of_type_made(image));
  if (!made || __atomic_compare_exchange_n(&image->type_made, &none, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return made;
  allocs_os_unmap(made, size_of_type_made(image));
  return none;
}

/* The image whose tables a record is in. */
static struct allocs_image *image_of(uintptr_t record) {
  struct allocs_image *image = allocs_image_find(record);
  if (!image)
    while ((image = allocs_image_next(image)))
      if (record >= image->meta.begin && record < image->meta.end)
        break;
  return image;
}

/* A record takes at least so many bytes, so no two share a slot. */
static const struct uniqtype **slot_of_type(const struct allocs_type *record) {
  struct allocs_image *image = image_of((uintptr_t)record);
  if (!image || (const char *)record < image->types.begin || (const char *)record >= image->types.end)
    return NULL;
  const struct uniqtype **made = type_made(image);
  return made ? &made[(size_t)((const char *)record - image->types.begin) / ALLOCS_TABLE_TYPES_LEAST] : NULL;
}

static bool is_started; /* atomic: set by allocs_image_init */

void allocs_image_init(void) { __atomic_store_n(&is_started, true, __ATOMIC_RELEASE); }

/* Before the program begins, not all libraries may be loaded, and listing them may deadlock: then types are made, but
   not kept, and incomplete ones stay so. */
static const struct allocs_type_images *images_of_types(void) {
  static const struct allocs_type_images before = {NULL, NULL}, all = {find_complete, slot_of_type};
  return ALLOCS_LIKELY(__atomic_load_n(&is_started, __ATOMIC_ACQUIRE)) ? &all : &before;
}

const struct uniqtype *allocs_image_type_of(const struct allocs_type *record) {
  return allocs_type_record_make(record, images_of_types());
}

const struct uniqtype *allocs_image_type_kept(const struct allocs_type *record) {
  return allocs_type_record_kept(record, images_of_types());
}

/* Chain by chain; what is added meanwhile may be missed, what is dropped is passed over. */
struct allocs_image *allocs_image_next(const struct allocs_image *before) {
  struct entry *e = NULL;
  size_t chain = 0;
  if (before) {
    const struct entry *last = (const void *)((const char *)before - offsetof(struct entry, image));
    chain = (size_t)(chain_of(&before->os) - images.chains) + 1;
    e = last->next;
  }
  for (;; e = e->next) {
    while (!e && chain < N_CHAINS)
      e = __atomic_load_n(&images.chains[chain++], __ATOMIC_ACQUIRE);
    if (!e)
      return NULL;
    if (__atomic_load_n(&e->state, __ATOMIC_ACQUIRE) > FILLING)
      return &e->image;
  }
}

/* The executable stays, though it may be hidden for a while. */
bool allocs_image_is_gone(const struct allocs_image *image) {
  struct allocs_os_image os;
  return image->os.name[0] &&
         (!allocs_os_find_loaded(image->os.begin, &os) || !is_same(&os, &image->os) || !is_as_read(image));
}

/* Called when nobody reads: allocs_readers_unloaded() has seen to it. */
void allocs_image_forget(struct allocs_image *image) {
  struct entry *e = (void *)((char *)image - offsetof(struct entry, image));
  const struct uniqtype **made = __atomic_exchange_n(&image->type_made, NULL, __ATOMIC_ACQ_REL);
  if (made)
    allocs_os_unmap(made, size_of_type_made(image));
  allocs_meta_file_close(image);
  __atomic_store_n(&e->state, FREE, __ATOMIC_RELEASE);
}
