/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The container: ELF header, program headers, notes, tables, texts, all in one segment; then section headers, for other
   tools. Slots are in another segment, of which there is nothing in the file.

   1. The tables are written, and with them it is known how long all is.
   2. Each part gets its place, and so each target an address.
   3. References are filled in. */

#include "write/meta.h"
#include "ground/machine.h"
#include "write/meta_tables.h"
#include <stdlib.h>
#include <string.h>

#define GAP ((uint64_t)1 << 21) /* see docs/abi.md */

enum part {
  PART_BUILD_ID,
  PART_NOTE,
  PART_TABLES,
  PART_CALLS = PART_TABLES + ALLOCS_N_TABLES,
  PART_DISTANCES,
  PART_TEXTS,
  PART_NAMES,
  N_PARTS
};

struct part_bytes {
  const char *name;
  unsigned char *bytes;
  uint64_t size, at; /* offset in the file; of the address, less `base` */
  uint32_t type;
};
struct meta {
  struct model *model;
  struct allocs_diag *diag;
  struct allocs_meta_tables tables;
  struct part_bytes parts[N_PARTS];
  uint64_t base, loaded, sections_at, size; /* loaded: bytes of the segment */
  uint64_t slots, n_slots;                  /* slots: their address */
  uint16_t n_headers;
};

enum { MOST_HEADERS = 3, ALIGN = 8, SLOT = 8 };
#define PAGE ((uint64_t)1 << 12)

static uint64_t aligned(uint64_t n) { return (n + ALIGN - 1) & ~(uint64_t)(ALIGN - 1); }

/* "GNU", type 3; empty if there is no build-id. */
static void begin_notes(struct meta *meta) {
  const struct model_image *image = &meta->model->image;
  Elf64_Nhdr header = {4, (uint32_t)image->build_id_size, NT_GNU_BUILD_ID};
  struct part_bytes *id = &meta->parts[PART_BUILD_ID], *note = &meta->parts[PART_NOTE];
  *id = (struct part_bytes){.name = ".note.gnu.build-id", .type = SHT_NOTE};
  if (image->build_id_size) {
    id->size = (sizeof header + 4 + image->build_id_size + 3) & ~(uint64_t)3;
    id->bytes = allocs_new(id->size, 1);
    memcpy(id->bytes, &header, sizeof header);
    memcpy(id->bytes + sizeof header, "GNU", 4);
    memcpy(id->bytes + sizeof header + 4, image->build_id, image->build_id_size);
  }
  *note = (struct part_bytes){.name = ALLOCS_NOTE_SECTION, .type = SHT_NOTE};
  note->size = sizeof header + 12 + sizeof(struct allocs_meta_note);
  note->bytes = allocs_new(note->size, 1);
}

static void end_texts(struct meta *meta) {
  struct allocs_texts *texts = &meta->tables.texts;
  struct part_bytes *part = &meta->parts[PART_TEXTS];
  allocs_texts_place(texts);
  *part = (struct part_bytes){"allocs_strings", allocs_new(texts->size, 1), texts->size, 0, SHT_PROGBITS};
  for (size_t i = 0; i < texts->n; i++)
    if (!texts->texts[i]->in)
      memcpy(part->bytes + texts->texts[i]->at, texts->texts[i]->bytes, texts->texts[i]->size);
}

static struct part_bytes of_sink(const char *name, const struct allocs_sink *sink) {
  return (struct part_bytes){name, sink->bytes, sink->n_bytes, 0, SHT_PROGBITS};
}

/* The names of the sections; each begins with its number. */
static void make_names(struct meta *meta) {
  struct part_bytes *names = &meta->parts[PART_NAMES];
  *names = (struct part_bytes){.name = ".shstrtab", .type = SHT_STRTAB, .size = 1};
  for (size_t i = 0; i < N_PARTS; i++)
    names->size += strlen(meta->parts[i].name) + 1;
  names->bytes = allocs_new(names->size, 1);
}

/* Notes follow one another without a gap. */
static void place(struct meta *meta) {
  uint64_t at = sizeof(Elf64_Ehdr) + meta->n_headers * sizeof(Elf64_Phdr);
  for (size_t i = 0; i < N_PARTS; i++) {
    at = i > PART_NOTE ? aligned(at) : at;
    meta->parts[i].at = at;
    at += meta->parts[i].size;
    if (i == PART_TEXTS)
      meta->loaded = at;
  }
  meta->sections_at = aligned(at);
  meta->size = meta->sections_at + (N_PARTS + 1) * sizeof(Elf64_Shdr);
  meta->base = ((meta->model->image.end + GAP - 1) & ~(GAP - 1)) + GAP;
  meta->slots = meta->base + ((meta->loaded + PAGE - 1) & ~(PAGE - 1));
}

static uint64_t address_of(const struct meta *meta, size_t part) { return meta->base + meta->parts[part].at; }

static void give_addresses(struct meta *meta) {
  struct model *model = meta->model;
  for (size_t i = 0; i < model->n_types; i++)
    model->types[i].at += address_of(meta, PART_TABLES + ALLOCS_TABLE_TYPES);
  for (size_t i = 0; i < model->n_statics; i++)
    model->statics[i].at += address_of(meta, PART_TABLES + ALLOCS_TABLE_STATICS);
  for (size_t i = 0; i < model->n_tls; i++)
    meta->tables.distance_at[i] += address_of(meta, PART_DISTANCES);
  for (size_t i = 0; i < meta->n_slots; i++)
    meta->tables.slot_at[i] = meta->slots + i * SLOT;
  for (size_t i = 0; i < meta->tables.texts.n; i++)
    meta->tables.texts.texts[i]->at += address_of(meta, PART_TEXTS);
}

static void put_ref(unsigned char *field, uint64_t at, uint64_t target) {
  allocs_ref distance = (allocs_ref)(target - at);
  memcpy(field, &distance, sizeof distance);
}

static void fill_references(struct meta *meta, size_t part, const struct allocs_sink *sink) {
  for (size_t i = 0; i < sink->n_fixups; i++) {
    const struct allocs_fixup *fixup = &sink->fixups[i];
    put_ref(sink->bytes + fixup->at, address_of(meta, part) + fixup->at, *(const uint64_t *)fixup->target);
  }
}

static void put_range(unsigned char *contents, uint64_t address, size_t at, uint64_t begin, uint64_t end) {
  put_ref(contents + at, address + at, begin);
  put_ref(contents + at + sizeof(allocs_ref), address + at + sizeof(allocs_ref), end);
}

static void fill_note(struct meta *meta) {
  static const char name[12] = ALLOCS_NOTE_NAME;
  Elf64_Nhdr header = {sizeof name, sizeof(struct allocs_meta_note), ALLOCS_NOTE_TYPE};
  uint32_t version = ALLOCS_ABI_VERSION;
  unsigned char *note = meta->parts[PART_NOTE].bytes, *contents = note + sizeof header + sizeof name;
  uint64_t address = address_of(meta, PART_NOTE) + sizeof header + sizeof name;
  memcpy(note, &header, sizeof header);
  memcpy(note + sizeof header, name, sizeof name);
  memcpy(contents, &version, sizeof version);
  for (size_t i = 0; i < ALLOCS_N_TABLES; i++) {
    uint64_t begin = address_of(meta, PART_TABLES + i);
    put_range(contents, address, offsetof(struct allocs_note, tables) + i * sizeof(struct allocs_range), begin,
              begin + meta->parts[PART_TABLES + i].size);
  }
  if (meta->n_slots)
    put_range(contents, address, offsetof(struct allocs_note, slots), meta->slots, meta->slots + meta->n_slots * SLOT);
  put_range(contents, address, offsetof(struct allocs_meta_note, image), meta->model->image.begin,
            meta->model->image.end);
  put_range(contents, address, offsetof(struct allocs_meta_note, calls), address_of(meta, PART_CALLS),
            address_of(meta, PART_CALLS) + meta->parts[PART_CALLS].size);
}

static void put_headers(const struct meta *meta, unsigned char *file) {
  Elf64_Ehdr header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                       .e_type = ET_DYN,
                       .e_machine = ALLOCS_MACHINE,
                       .e_version = EV_CURRENT,
                       .e_phoff = sizeof header,
                       .e_shoff = meta->sections_at,
                       .e_ehsize = sizeof header,
                       .e_phentsize = sizeof(Elf64_Phdr),
                       .e_phnum = meta->n_headers,
                       .e_shentsize = sizeof(Elf64_Shdr),
                       .e_shnum = N_PARTS + 1,
                       .e_shstrndx = PART_NAMES + 1};
  uint64_t notes = meta->parts[PART_BUILD_ID].at,
           n_notes = meta->parts[PART_NOTE].at + meta->parts[PART_NOTE].size - notes;
  const Elf64_Phdr segments[MOST_HEADERS] = {
      {PT_LOAD, PF_R, 0, meta->base, meta->base, meta->loaded, meta->loaded, GAP},
      {PT_NOTE, PF_R, notes, meta->base + notes, meta->base + notes, n_notes, n_notes, 4},
      {PT_LOAD, PF_R | PF_W, meta->loaded, meta->slots, meta->slots, 0, meta->n_slots * SLOT, PAGE}};
  memcpy(file, &header, sizeof header);
  memcpy(file + sizeof header, segments, meta->n_headers * sizeof *segments);
}

static void put_sections(const struct meta *meta, unsigned char *file) {
  unsigned char *at = file + meta->sections_at + sizeof(Elf64_Shdr); /* behind the first, which is zero */
  uint64_t name = 1;
  for (size_t i = 0; i < N_PARTS; i++, at += sizeof(Elf64_Shdr)) {
    const struct part_bytes *part = &meta->parts[i];
    bool is_loaded = i != PART_NAMES;
    Elf64_Shdr section = {.sh_name = (uint32_t)name,
                          .sh_type = part->type,
                          .sh_flags = is_loaded ? SHF_ALLOC : 0,
                          .sh_addr = is_loaded ? meta->base + part->at : 0,
                          .sh_offset = part->at,
                          .sh_size = part->size,
                          .sh_addralign = i <= PART_NOTE ? 4
                                          : is_loaded    ? ALIGN
                                                         : 1};
    memcpy(at, &section, sizeof section);
    memcpy(file + meta->parts[PART_NAMES].at + name, part->name, strlen(part->name));
    name += strlen(part->name) + 1;
  }
}

static unsigned char *assemble(const struct meta *meta) {
  unsigned char *file = allocs_new(meta->size, 1);
  for (size_t i = 0; i < N_PARTS; i++)
    if (meta->parts[i].size)
      memcpy(file + meta->parts[i].at, meta->parts[i].bytes, meta->parts[i].size);
  put_headers(meta, file);
  put_sections(meta, file);
  return file;
}

static void fini(struct meta *meta) {
  allocs_meta_tables_fini(&meta->tables);
  free(meta->parts[PART_BUILD_ID].bytes);
  free(meta->parts[PART_NOTE].bytes);
  free(meta->parts[PART_TEXTS].bytes);
  free(meta->parts[PART_NAMES].bytes);
}

unsigned char *allocs_meta_make(struct model *model, struct allocs_diag *diag, size_t *ret_size) {
  struct meta meta = {.model = model, .diag = diag, .n_slots = model->n_sites};
  unsigned char *file = NULL;
  allocs_meta_tables_write(&meta.tables, model);
  meta.n_headers = meta.n_slots ? MOST_HEADERS : MOST_HEADERS - 1;
  begin_notes(&meta);
  for (size_t i = 0; i < ALLOCS_N_TABLES; i++)
    meta.parts[PART_TABLES + i] = of_sink(allocs_table_form_of(i)->section, &meta.tables.tables[i]);
  meta.parts[PART_CALLS] = of_sink(ALLOCS_CALLS_SECTION, &meta.tables.calls);
  meta.parts[PART_DISTANCES] = of_sink("allocs_distances", &meta.tables.distances);
  end_texts(&meta);
  make_names(&meta);
  place(&meta);
  if (model->image.end >> 62 || meta.slots + meta.n_slots * SLOT - model->image.begin > INT32_MAX) {
    allocs_diag_file(diag, "the image is larger than references reach");
  } else {
    give_addresses(&meta);
    for (size_t i = 0; i < ALLOCS_N_TABLES; i++)
      fill_references(&meta, PART_TABLES + i, &meta.tables.tables[i]);
    fill_references(&meta, PART_CALLS, &meta.tables.calls);
    fill_note(&meta);
    file = assemble(&meta);
    *ret_size = meta.size;
  }
  fini(&meta);
  return file;
}
