/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What the kernel left on the initial stack, from low to high addresses:

     argc | argv[0] ... NULL | environ[0] ... NULL | auxiliary vector | random bytes, platform, argv and environment
     texts, path of the program

   Where the vectors are does not change. The texts are found through the vectors as they are now, since a program may
   permute or replace its arguments; a text ends at its first zero. */

#include "stack/auxv.h"
#include "allocs/typekey.h"
#include "ground/store.h"
#include "ground/text.h"
#include "os/os.h"
#include "types/type.h"
#include <elf.h>

struct allocs_auxv_layout allocs_auxv_layout;

static const void *bytes(uintptr_t address) { return (const void *)(address + allocs_auxv_layout.shift); }
static const uintptr_t *words(uintptr_t address) { return bytes(address); }

static uintptr_t end_of_text(uintptr_t text) {
  const char *p = bytes(text);
  while (*p++)
    text++;
  return text + 1;
}

static uintptr_t auxv_value(uintptr_t auxv, uint64_t type) {
  const Elf64_auxv_t *entry = bytes(auxv);
  while (entry->a_type != AT_NULL && entry->a_type != type)
    entry++;
  return entry->a_type == type ? entry->a_un.a_val : 0;
}

/* Downwards from the auxiliary vector, the first word that is the number of words from there to a NULL. The vectors
   hold pointers and NULL alone, and argc is at least 1 since Linux 5.18. */
static uintptr_t find_argc(uintptr_t auxv) {
  enum { MOST_WORDS = 1 << 22 };
  for (uintptr_t n = 3; n < MOST_WORDS; n++) {
    const uintptr_t *word = words(auxv) - n;
    if (*word && *word <= n - 3 && !word[*word + 1] && (uintptr_t)word % 16 == 0)
      return (uintptr_t)word;
  }
  return 0;
}

void allocs_auxv_init(void) {
  uintptr_t auxv = allocs_os_auxv(), argc = auxv ? find_argc(auxv) : 0;
  if (!argc) {
    __atomic_store_n(&allocs_auxv_layout.ready, -1, __ATOMIC_RELEASE);
    return;
  }
  const Elf64_auxv_t *last = (const void *)auxv;
  while (last->a_type != AT_NULL)
    last++;
  uintptr_t path = auxv_value(auxv, AT_EXECFN);
  allocs_auxv_layout.argc = argc;
  allocs_auxv_layout.argv = argc + 8;
  allocs_auxv_layout.environ = allocs_auxv_layout.argv + 8 * (*words(argc) + 1);
  allocs_auxv_layout.auxv = auxv;
  allocs_auxv_layout.texts = (uintptr_t)(last + 1);
  allocs_auxv_layout.end = path > allocs_auxv_layout.texts ? end_of_text(path) : allocs_auxv_layout.texts;
  __atomic_store_n(&allocs_auxv_layout.ready, 1, __ATOMIC_RELEASE);
}

static bool is_ready(void) {
  int ready = __atomic_load_n(&allocs_auxv_layout.ready, __ATOMIC_ACQUIRE);
  if (ALLOCS_UNLIKELY(!ready)) {
    allocs_auxv_init();
    ready = __atomic_load_n(&allocs_auxv_layout.ready, __ATOMIC_ACQUIRE);
  }
  return ready > 0;
}

static const struct uniqtype *auxv_entry_type(void) {
  const struct uniqtype *word = allocs_type_base(ALLOCS_ENC_UNSIGNED, 8);
  const struct uniqtype_member members[] = {{word, "a_type", NULL, 0}, {word, "a_val", NULL, 8}};
  if (!word)
    return NULL;
  uint64_t key = allocs_key_tagged(ALLOCS_KIND_COMPOSITE, 0, "Elf64_auxv_t", 16);
  for (unsigned i = 0; i < 2; i++)
    key = allocs_key_member(key, members[i].name, members[i].offset, word->key);
  return allocs_type_struct(key, "Elf64_auxv_t", 16, members, 2);
}

static void fill(struct alloc_pos *ret, uintptr_t begin, uintptr_t end, const char *name,
                 const struct uniqtype *element, uint64_t count) {
  ret->allocator = &alloc_auxv;
  ret->base = (void *)begin;
  ret->size = end - begin;
  ret->name = name;
  ret->type = allocs_type_array(element, count);
}

static void fill_vector(uintptr_t address, struct alloc_pos *ret) {
  const struct uniqtype *text = allocs_type_pointer(allocs_type_char());
  if (address < allocs_auxv_layout.argv) {
    fill(ret, allocs_auxv_layout.argc, allocs_auxv_layout.argv, "argc", NULL, 0);
    ret->type = allocs_type_base(ALLOCS_ENC_SIGNED, 8);
  } else if (address < allocs_auxv_layout.environ)
    fill(ret, allocs_auxv_layout.argv, allocs_auxv_layout.environ, "argv", text,
         (allocs_auxv_layout.environ - allocs_auxv_layout.argv) / 8);
  else if (address < allocs_auxv_layout.auxv)
    fill(ret, allocs_auxv_layout.environ, allocs_auxv_layout.auxv, "environ", text,
         (allocs_auxv_layout.auxv - allocs_auxv_layout.environ) / 8);
  else
    fill(ret, allocs_auxv_layout.auxv, allocs_auxv_layout.texts, "auxv", auxv_entry_type(),
         (allocs_auxv_layout.texts - allocs_auxv_layout.auxv) / 16);
}

/* Of all texts, the one that begins last at or before an address, or first at or after it. */
struct nearest {
  uintptr_t address, begin; /* 0: none found */
  bool is_next;
  const char *name;
  size_t index; /* in a vector, or SIZE_MAX */
};

static void consider(struct nearest *nearest, uintptr_t begin, const char *name, size_t index) {
  bool is_nearer = nearest->is_next ? begin >= nearest->address && (!nearest->begin || begin < nearest->begin)
                                    : begin <= nearest->address && begin > nearest->begin;
  if (begin >= allocs_auxv_layout.texts && begin < allocs_auxv_layout.end && is_nearer) {
    nearest->begin = begin;
    nearest->name = name;
    nearest->index = index;
  }
}

static void consider_vector(struct nearest *nearest, uintptr_t begin, uintptr_t end, const char *name) {
  for (uintptr_t at = begin; at + 8 < end; at += 8)
    consider(nearest, *words(at), name, (at - begin) / 8);
}

static bool fill_text(uintptr_t address, bool is_next, struct alloc_pos *ret) {
  struct nearest nearest = {.address = address, .is_next = is_next};
  char buf[64];
  struct allocs_text name;
  uintptr_t random = auxv_value(allocs_auxv_layout.auxv, AT_RANDOM);
  consider_vector(&nearest, allocs_auxv_layout.argv, allocs_auxv_layout.environ, "argv");
  consider_vector(&nearest, allocs_auxv_layout.environ, allocs_auxv_layout.auxv, "environ");
  consider(&nearest, auxv_value(allocs_auxv_layout.auxv, AT_EXECFN), "AT_EXECFN", SIZE_MAX);
  consider(&nearest, auxv_value(allocs_auxv_layout.auxv, AT_PLATFORM), "AT_PLATFORM", SIZE_MAX);
  consider(&nearest, auxv_value(allocs_auxv_layout.auxv, AT_BASE_PLATFORM), "AT_BASE_PLATFORM", SIZE_MAX);
  consider(&nearest, random, "AT_RANDOM", SIZE_MAX);
  if (!nearest.begin)
    return false;
  uintptr_t end = nearest.begin == random ? random + 16 : end_of_text(nearest.begin);
  if (address >= end && !is_next)
    return false;
  allocs_text_init(&name, buf, sizeof buf);
  allocs_text_string(&name, nearest.name);
  if (nearest.index != SIZE_MAX) {
    allocs_text_char(&name, '[');
    allocs_text_decimal(&name, nearest.index);
    allocs_text_char(&name, ']');
  }
  fill(ret, nearest.begin, end, allocs_store_text(buf), allocs_type_char(), end - nearest.begin);
  return true;
}

bool allocs_auxv_find(uintptr_t address, struct alloc_pos *ret) {
  if (!is_ready() || address < allocs_auxv_layout.argc || address >= allocs_auxv_layout.end)
    return false;
  if (address >= allocs_auxv_layout.texts)
    return fill_text(address, false, ret);
  fill_vector(address, ret);
  return true;
}

static int find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  (void)arena;
  return allocs_auxv_find((uintptr_t)address, ret);
}

static int next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  uintptr_t from = (uintptr_t)address;
  (void)arena;
  if (!is_ready() || from >= allocs_auxv_layout.end)
    return false;
  return allocs_auxv_find(from > allocs_auxv_layout.argc ? from : allocs_auxv_layout.argc, ret) ||
         fill_text(from, true, ret);
}

const struct allocator alloc_auxv = {.name = "auxv", .find = find, .next = next};
