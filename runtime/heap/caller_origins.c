/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Callers: lists by the address, which only grow; before them the recent ones, of which any may be overwritten at any
   time.

   A library may go, and another come to its place, or it comes again anywhere. So, before any may go, each caller has
   noted which file it is in, and where. When that has gone, the address is nobody's, and the origin an orphan, which
   tells no code, until a caller at the same place of the same file has it again. While libraries go, no address is
   believed to be what it was, and what begins to be a caller notes its file at once: its code runs, so it is there. */

#include "heap/caller_origins.h"
#include "arch/arch.h"
#include "ground/readers.h"
#include "ground/store.h"
#include "ground/text.h"
#include "image/image.h"

enum { LISTS = 1 << 10 };

struct caller_origin {
  struct allocs_known_site site;
  struct caller_origin *next; /* list of all, newest first */
  uint64_t prints[2];         /* of its file, as struct allocs_image has them */
  uintptr_t offset;           /* in it */
  const char *file;           /* its name */
  unsigned char noted;        /* atomic, stored after these */
  unsigned char orphan;       /* atomic */
};

struct caller {
  struct caller *next;
  uintptr_t address;
  struct caller_origin *origin; /* atomic; NULL: its file has gone */
};

uint64_t allocs_caller_origins_recent[ALLOCS_CALLERS_RECENT];
static struct {
  struct caller *lists[LISTS];  /* atomic: newest first */
  struct caller_origin *newest; /* atomic */
  bool has_orphans;             /* atomic: there is one, or was */
} callers;

/* Recent ones */

static bool may_go(uintptr_t address) {
  return ALLOCS_UNLIKELY(allocs_readers_is_unloading()) && !allocs_image_is_executable(address);
}

static void forget_recent(uintptr_t address) {
  __atomic_store_n(allocs_caller_origins_place(address), 0, __ATOMIC_SEQ_CST);
}

static uint32_t remember(uintptr_t address, uint32_t word) {
  uint64_t number = (word & ~ALLOCS_ORIGIN_TOP) >> ALLOCS_ORIGIN_AT;
  uint64_t recent = (uint64_t)(address / ALLOCS_CALLERS_RECENT) << ALLOCS_ORIGIN_BITS | number;
  __atomic_store_n(allocs_caller_origins_place(address), recent, __ATOMIC_SEQ_CST);
  if (may_go(address))
    forget_recent(address);
  return word;
}

/* Files */

static bool is_noted(const struct caller_origin *origin) { return __atomic_load_n(&origin->noted, __ATOMIC_ACQUIRE); }

static bool is_of(const struct caller_origin *origin, const struct allocs_image *image) {
  return is_noted(origin) && origin->prints[0] == image->prints[0] && origin->prints[1] == image->prints[1];
}

/* Whoever notes writes the same values. */
static void note(struct caller_origin *origin, uintptr_t address) {
  const struct allocs_image *image = is_noted(origin) ? NULL : allocs_image_find(address);
  if (!image)
    return;
  allocs_site_fill(&origin->site);
  origin->prints[0] = image->prints[0];
  origin->prints[1] = image->prints[1];
  origin->offset = address - image->os.bias;
  origin->file = allocs_store_text(image->os.name);
  __atomic_store_n(&origin->noted, 1, __ATOMIC_RELEASE);
}

/* libplugin.so+0x11a3 */
static const char *place_of(const struct caller_origin *origin) {
  char buf[512];
  struct allocs_text text;
  allocs_text_init(&text, buf, sizeof buf);
  allocs_text_string(&text, origin->file ? origin->file : "?");
  allocs_text_char(&text, '+');
  allocs_text_hex(&text, origin->offset);
  return allocs_store_text(buf);
}

/* The address is that origin's no more. */
static void part(struct caller *caller, struct caller_origin *origin) {
  if (!__atomic_compare_exchange_n(&caller->origin, &origin, NULL, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    return;
  if (!origin->site.gone)
    __atomic_store_n(&origin->site.gone, place_of(origin), __ATOMIC_RELEASE);
  allocs_site_set_code(&origin->site, NULL);
  __atomic_store_n(&origin->orphan, 1, __ATOMIC_RELEASE);
  __atomic_store_n(&callers.has_orphans, true, __ATOMIC_RELEASE);
}

static struct caller_origin *adopt(uintptr_t address) {
  const struct allocs_image *image =
      __atomic_load_n(&callers.has_orphans, __ATOMIC_ACQUIRE) ? allocs_image_find(address) : NULL;
  struct caller_origin *origin = image ? __atomic_load_n(&callers.newest, __ATOMIC_ACQUIRE) : NULL;
  for (; origin; origin = origin->next) {
    unsigned char orphan = 1;
    if (__atomic_load_n(&origin->orphan, __ATOMIC_ACQUIRE) && origin->offset == address - image->os.bias &&
        is_of(origin, image) &&
        __atomic_compare_exchange_n(&origin->orphan, &orphan, 0, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
      allocs_site_set_code(&origin->site, (const void *)address);
      return origin;
    }
  }
  return NULL;
}

/* Finding */

static struct caller_origin *make_origin(uintptr_t address) {
  struct caller_origin *made = allocs_origin_is_left() ? allocs_store_alloc(sizeof *made) : NULL;
  if (!made)
    return NULL;
  made->site.info.code = (const void *)address;
  allocs_origin_add(&made->site.origin);
  if (made->site.origin.word == ALLOCS_ORIGIN_NONE)
    return NULL;
  made->next = __atomic_load_n(&callers.newest, __ATOMIC_ACQUIRE);
  while (!__atomic_compare_exchange_n(&callers.newest, &made->next, made, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
    ;
  return made;
}

static struct caller *find_in(struct caller *at, uintptr_t address) {
  while (at && at->address != address)
    at = at->next;
  return at;
}

static struct caller *find_caller(uintptr_t address) {
  struct caller **list = &callers.lists[(address ^ address / LISTS) % LISTS], *found, *made = NULL;
  struct caller *head = __atomic_load_n(list, __ATOMIC_ACQUIRE);
  while (!(found = find_in(head, address))) {
    if (!made && !(made = allocs_store_alloc(sizeof *made)))
      return NULL;
    *made = (struct caller){.next = head, .address = address};
    if (__atomic_compare_exchange_n(list, &head, made, false, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
      return made;
  }
  return found;
}

/* The origin of the file that is there now; one of another has gone with that. */
static struct caller_origin *verify(struct caller *caller, struct caller_origin *origin) {
  const struct allocs_image *image = origin ? allocs_image_find(caller->address) : NULL;
  if (!image || !is_noted(origin) || is_of(origin, image))
    return origin;
  part(caller, origin);
  return NULL;
}

static struct caller_origin *need_origin(struct caller *caller) {
  struct caller_origin *none = NULL, *origin = adopt(caller->address);
  bool is_adopted = origin != NULL;
  if (!origin && !(origin = make_origin(caller->address)))
    return NULL;
  if (__atomic_compare_exchange_n(&caller->origin, &none, origin, false, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE))
    return origin;
  if (is_adopted) {
    allocs_site_set_code(&origin->site, NULL);
    __atomic_store_n(&origin->orphan, 1, __ATOMIC_RELEASE);
  }
  return none;
}

uint32_t allocs_caller_origins_find(uintptr_t address) {
  if (!address || address >> ALLOCS_ARCH_ADDRESS_BITS)
    return ALLOCS_ORIGIN_NONE;
  struct caller *caller = find_caller(address);
  struct caller_origin *origin = caller ? __atomic_load_n(&caller->origin, __ATOMIC_ACQUIRE) : NULL;
  if (origin && may_go(address))
    origin = verify(caller, origin);
  if (!origin && (!caller || !(origin = need_origin(caller))))
    return ALLOCS_ORIGIN_NONE;
  if (may_go(address)) /* those who noted all may have come too early to see it */
    note(origin, address);
  return remember(address, origin->site.origin.word);
}

/* Libraries that go */

typedef void caller_fn(struct caller *caller, struct caller_origin *origin, const struct allocs_image *image);

static void each(caller_fn *fn, const struct allocs_image *image) {
  for (size_t i = 0; i < LISTS; i++)
    for (struct caller *at = __atomic_load_n(&callers.lists[i], __ATOMIC_SEQ_CST); at; at = at->next) {
      struct caller_origin *origin = __atomic_load_n(&at->origin, __ATOMIC_SEQ_CST);
      if (origin)
        fn(at, origin, image);
    }
}

static void note_caller(struct caller *caller, struct caller_origin *origin, const struct allocs_image *image) {
  (void)image;
  if (!allocs_image_is_executable(caller->address))
    note(origin, caller->address);
}

void allocs_caller_origins_note(void) {
  uint32_t begun = allocs_site_begin_filling();
  each(note_caller, NULL);
  allocs_site_end_filling(begun);
  for (size_t i = 0; i < ALLOCS_CALLERS_RECENT; i++)
    __atomic_store_n(&allocs_caller_origins_recent[i], 0, __ATOMIC_SEQ_CST);
}

static void part_from(struct caller *caller, struct caller_origin *origin, const struct allocs_image *image) {
  if (caller->address >= image->os.begin && caller->address < image->os.end && is_of(origin, image))
    part(caller, origin);
}

void allocs_caller_origins_forget(const struct allocs_image *image) { each(part_from, image); }
