/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Parts of images. Segments are those the loader loaded. Section headers are not loaded: they are read from the file
   once, with their names; of what they say only what fits the segments is believed. One mapping per image holds it all.
 */

#include "image/image_parts.h"
#include "ground/sort.h"
#include "ground/store.h"
#include "ground/text.h"
#include "image/elf_file.h"

/* Enough for "LOAD 65535 rwx". More sections than that no linker makes: so much is mapped for who says so, and no more.
 */
enum { SEGMENT_TEXT = 16, MOST_SECTIONS = 1 << 20 };

/* In the making. */
struct draft {
  struct allocs_image *image;
  struct allocs_parts *parts;
  const Elf64_Shdr *headers; /* NULL if the file has none to tell */
  const char *names;
  size_t n_headers, headers_size, names_size, names_map_size;
  struct allocs_sortable *order; /* sections to be: address, number of the header */
  size_t n_order, order_size;
};

/* As the kernel has it, in full: the loader's may be relative, or empty for the executable. Copied, since the image may
   go. */
static const char *name_of_file(const struct allocs_image *image) {
  struct allocs_os_mapping mapping;
  if (allocs_os_find_mapping(image->os.begin, &mapping) && mapping.name[0])
    return allocs_store_text(mapping.name);
  return image->os.name[0] ? allocs_store_text(image->os.name) : NULL;
}

/* Sections of the file */

/* What is in memory, has a name that begins within the names, and lies in the image. A name's end is within them, too:
   what was copied of a string table ends with zero. */
static bool is_section(const struct draft *draft, const Elf64_Shdr *header) {
  const struct allocs_image *image = draft->image;
  bool is_template = header->sh_type == SHT_NOBITS && header->sh_flags & SHF_TLS; /* takes up no memory */
  return header->sh_flags & SHF_ALLOC && header->sh_size && !is_template && header->sh_name < draft->names_size &&
         allocs_image_holds(image, image->os.bias + header->sh_addr, header->sh_size, 0);
}

/* Each number is the file's to say: all are bounded before memory is mapped for them. What was mapped is in the draft,
   and given back whatever comes of it. */
static bool read_headers(struct draft *draft, const struct allocs_elf_file *file) {
  Elf64_Shdr names;
  size_t n = file->headers.n_sections;
  if (!n || n > MOST_SECTIONS || !allocs_elf_file_section(file, file->headers.names, &names) ||
      names.sh_type != SHT_STRTAB)
    return false;
  draft->headers_size = allocs_round_up(n * sizeof(Elf64_Shdr), ALLOCS_PAGE);
  Elf64_Shdr *headers = allocs_os_map(draft->headers_size);
  draft->headers = headers;
  draft->names = allocs_elf_file_copy(file, &names, &draft->names_map_size);
  draft->names_size = names.sh_size;
  draft->n_headers = n;
  return headers && draft->names &&
         allocs_source_read(&file->source, file->headers.sections, headers, n * sizeof *headers);
}

/* The file's order need not be that of addresses; allocs_image_parts_from() searches by these. */
static void sort_headers(struct draft *draft) {
  draft->order_size = allocs_round_up(draft->n_headers * sizeof *draft->order, ALLOCS_PAGE);
  draft->order = allocs_os_map(draft->order_size);
  if (!draft->order)
    return;
  for (size_t i = 0; i < draft->n_headers; i++)
    if (is_section(draft, &draft->headers[i]))
      draft->order[draft->n_order++] = (struct allocs_sortable){draft->headers[i].sh_addr, i};
  allocs_sort(draft->order, draft->n_order);
}

static void read_sections(struct draft *draft) {
  struct allocs_elf_file file;
  if (!allocs_elf_file_open(draft->image, &file))
    return;
  /* A file that is damaged, or not the one that was loaded: then there are segments, and no sections. */
  if (read_headers(draft, &file))
    sort_headers(draft);
  allocs_elf_file_close(&file);
}

static void free_draft(const struct draft *draft) {
  const struct {
    const void *begin;
    size_t size;
  } maps[] = {
      {draft->headers, draft->headers_size}, {draft->names, draft->names_map_size}, {draft->order, draft->order_size}};
  for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
    if (maps[i].begin)
      allocs_os_unmap((void *)(uintptr_t)maps[i].begin, maps[i].size);
}

/* The table */

/* As it is listed: "LOAD 2 r-x", by its number among the program headers. */
static void name_segment(unsigned number, uint32_t flags, char *ret) {
  struct allocs_text text;
  allocs_text_init(&text, ret, SEGMENT_TEXT);
  allocs_text_string(&text, "LOAD ");
  allocs_text_decimal(&text, number);
  allocs_text_char(&text, ' ');
  allocs_text_char(&text, flags & PF_R ? 'r' : '-');
  allocs_text_char(&text, flags & PF_W ? 'w' : '-');
  allocs_text_char(&text, flags & PF_X ? 'x' : '-');
}

/* Behind the end of the one before, which makes the table searchable: overlapping ones are left out. The difference
   wraps around if it begins before, and is compared all the same. */
static bool follows(const struct allocs_part *parts, size_t n, uintptr_t begin) {
  return !n || begin - parts[n - 1].begin >= parts[n - 1].size;
}

/* The loader demands that segments ascend. */
static char *put_segments(const struct draft *draft, struct allocs_part *ret, char *texts) {
  const struct allocs_os_image *os = &draft->image->os;
  const Elf64_Phdr *phdrs = os->phdrs;
  size_t n = 0;
  for (unsigned i = 0; i < os->n_phdrs; i++) {
    uintptr_t begin = os->bias + phdrs[i].p_vaddr;
    if (phdrs[i].p_type != PT_LOAD || !phdrs[i].p_memsz || !follows(ret, n, begin) || (n && begin < ret[n - 1].begin))
      continue;
    name_segment(i, phdrs[i].p_flags, texts);
    ret[n++] = (struct allocs_part){begin, phdrs[i].p_memsz, texts, phdrs[i].p_flags & PF_W};
    texts += SEGMENT_TEXT;
  }
  draft->parts->segments = ret;
  draft->parts->n_segments = n;
  return texts;
}

/* In the order of the sort; one that is left out costs the room that was counted for it. */
static void put_sections(const struct draft *draft, struct allocs_part *ret, char *texts) {
  size_t n = 0;
  for (size_t i = 0; i < draft->n_order; i++) {
    const Elf64_Shdr *header = &draft->headers[draft->order[i].value];
    uintptr_t begin = draft->image->os.bias + header->sh_addr;
    if (!follows(ret, n, begin))
      continue;
    ret[n++] = (struct allocs_part){begin, header->sh_size, texts, false};
    for (const char *c = draft->names + header->sh_name; *c; c++)
      *texts++ = *c;
    *texts++ = '\0';
  }
  draft->parts->sections = ret;
  draft->parts->n_sections = n;
}

/* Counted over the same list that put_sections() copies, so that the texts fit. */
static size_t size_of_texts(const struct draft *draft) {
  size_t size = draft->image->os.n_phdrs * SEGMENT_TEXT;
  for (size_t i = 0; i < draft->n_order; i++) {
    const char *name = draft->names + draft->headers[draft->order[i].value].sh_name;
    while (*name++)
      size++;
    size++;
  }
  return size;
}

/* Head, table and texts follow one another in one mapping: one call gives all back. */
static struct allocs_parts *make_parts(struct allocs_image *image) {
  struct draft draft = {.image = image};
  read_sections(&draft);
  size_t n = image->os.n_phdrs + draft.n_order;
  size_t size = sizeof *draft.parts + n * sizeof(struct allocs_part) + size_of_texts(&draft);
  size = allocs_round_up(size, ALLOCS_PAGE);
  draft.parts = allocs_os_map(size);
  if (draft.parts) {
    struct allocs_part *table = (void *)(draft.parts + 1);
    draft.parts->map_size = size;
    draft.parts->name = name_of_file(image);
    char *texts = put_segments(&draft, table, (char *)(table + n));
    put_sections(&draft, table + draft.parts->n_segments, texts);
  }
  free_draft(&draft);
  return draft.parts;
}

static void destroy(struct allocs_parts *parts) {
  if (parts)
    allocs_os_unmap(parts, parts->map_size);
}

const struct allocs_parts *allocs_image_parts_of(struct allocs_image *image) {
  void *parts = __atomic_load_n(&image->parts, __ATOMIC_ACQUIRE), *kept;
  if (ALLOCS_LIKELY(parts != NULL))
    return parts;
  parts = make_parts(image);
  kept = allocs_image_keep(&image->parts, parts);
  if (kept != parts)
    destroy(parts);
  return kept;
}

void allocs_image_parts_drop(struct allocs_image *image) {
  destroy(__atomic_exchange_n(&image->parts, NULL, __ATOMIC_ACQ_REL));
}

/* The first that ends behind the address: it holds it, or is the next. */
const struct allocs_part *allocs_image_parts_from(const struct allocs_part *parts, size_t n, uintptr_t address) {
  size_t low = 0;
  while (n) {
    size_t half = n / 2;
    const struct allocs_part *middle = &parts[low + half];
    if (middle->begin + middle->size <= address) {
      low += half + 1;
      n -= half + 1;
    } else {
      n = half;
    }
  }
  return parts + low;
}

/* All in one part. What is in no section is nothing that the linker was given, if there are sections at all. */
bool allocs_image_parts_hold(const struct allocs_parts *parts, uintptr_t address, uint64_t size) {
  bool in_sections = parts->n_sections != 0;
  const struct allocs_part *table = in_sections ? parts->sections : parts->segments;
  size_t n = in_sections ? parts->n_sections : parts->n_segments;
  const struct allocs_part *part = allocs_image_parts_from(table, n, address);
  return part < table + n && address >= part->begin && size <= part->size - (address - part->begin);
}
