// A table is walked record by record, over the zeros between, and ends where one does not fit; of notes each is shown, in all segments, until one is cut or is the one; a table without begin or end is none.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "image/image_tables.c"
#include "check.h"

static struct allocs_elf_note notes[6];
static unsigned n_notes[3], n_shown, wanted;
static Elf64_Phdr phdrs[2];
static unsigned char contents[2][8];

bool allocs_segments_hold(const struct allocs_segments *segments, uintptr_t address, uint64_t size, uint32_t flags) { return CHECK(segments), address == 5 && size == 6 && flags == 7; }
/* Two segments of notes. */
const Elf64_Phdr *allocs_segments_next(const struct allocs_segments *segments, uint32_t type, size_t *i, struct allocs_stretch *ret) {
  CHECK(segments && type == PT_NOTE);
  if (*i >= 2)
    return NULL;
  *ret = (struct allocs_stretch){contents[*i], contents[*i] + 8 - *i, 0};
  phdrs[*i].p_align = 4 + 4 * *i;
  return &phdrs[(*i)++];
}
bool allocs_notes_next(struct allocs_notes *it, struct allocs_elf_note *ret) {
  unsigned which = it->begin == contents[1];
  CHECK(it->begin == contents[which] && it->size == 8 - which && it->align == 4 + 4 * which);
  if (it->at >= n_notes[which])
    return false;
  return *ret = notes[3 * which + it->at++], true;
}
static bool show(const struct allocs_elf_note *note, void *arg) { return CHECK(arg == &wanted), n_shown = n_shown * 10 + note->type, note->type == wanted; }
static unsigned shown(unsigned until) {
  n_shown = 0, wanted = until;
  CHECK(allocs_image_each_note(&(const struct allocs_os_image){0}, show, &wanted) == (n_shown % 10 == until));
  return n_shown;
}

int main(void) {
  /* A record is two words long, and begins at a word. */
  static const uint32_t table[] = {0, 0, 7, 8, 0, 9, 10, 11};
  struct allocs_bytes bytes = {(const char *)table, (const char *)(table + 8)};
  const char *at = bytes.begin;
  CHECK(allocs_image_next_record(bytes, &at, 8, 4) == table + 2 && at == (const char *)(table + 4) && allocs_image_next_record(bytes, &at, 8, 4) == table + 5 && at == (const char *)(table + 7));
  CHECK(!allocs_image_next_record(bytes, &at, 8, 4) && at == (const char *)(table + 7) && !allocs_image_next_record(bytes, &at, 8, 4));
  at = bytes.begin, CHECK(allocs_image_next_record(bytes, &at, 8, 8) == table + 2 && !allocs_image_next_record(bytes, &at, 24, 8) && at == (const char *)(table + 6));
  bytes.end = (const char *)(table + 2), at = bytes.begin, CHECK(!allocs_image_next_record(bytes, &at, 8, 4) && at == bytes.end && !allocs_image_next_record(bytes, &at, 8, 4));
  bytes.end = (const char *)table + 3, at = bytes.begin, CHECK(!allocs_image_next_record(bytes, &at, 8, 4) && at == bytes.begin);
  bytes.end = (const char *)(table + 4), at = (const char *)(table + 2), CHECK(allocs_image_next_record(bytes, &at, 8, 4) == table + 2 && at == bytes.end);
  bytes.end--, at = (const char *)(table + 2), CHECK(!allocs_image_next_record(bytes, &at, 8, 4) && at == (const char *)(table + 2));
  /* Notes. */
  for (unsigned i = 0; i < 6; i++)
    notes[i].type = i + 1;
  n_notes[0] = 3, n_notes[1] = 2;
  CHECK(shown(9) == 12345 && shown(4) == 1234 && shown(1) == 1), notes[1].is_cut = true, CHECK(shown(9) == 145 && shown(2) == 145 && shown(5) == 145);
  n_notes[0] = 0, CHECK(shown(9) == 45);
  /* Tables. */
  static struct allocs_note note;
  struct allocs_image image = {.note = NULL};
  CHECK(!allocs_image_table(&image, ALLOCS_TABLE_TYPES).begin && !allocs_image_table(&image, ALLOCS_TABLE_TYPES).end), image.note = &note;
  for (int i = 0; i < 4; i++) {
    struct allocs_range *range = &note.tables[ALLOCS_TABLE_STATICS];
    range->begin = i & 1 ? (allocs_ref)((const char *)contents - (const char *)&range->begin) : 0, range->end = i & 2 ? (allocs_ref)((const char *)(contents + 1) - (const char *)&range->end) : 0;
    bytes = allocs_image_table(&image, ALLOCS_TABLE_STATICS);
    CHECK(i == 3 ? bytes.begin == (const char *)contents && bytes.end == (const char *)(contents + 1) : !bytes.begin && !bytes.end);
    CHECK(!allocs_image_table(&image, ALLOCS_TABLE_TYPES).begin);
  }
  CHECK(allocs_image_holds(&image, 5, 6, 7) && !allocs_image_holds(&image, 6, 5, 7));
  return check_failed;
}
