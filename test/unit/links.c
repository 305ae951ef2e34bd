// What a reference of a file leads to is there as a whole: in one region, in the file where bytes are asked for, and at the beginning of a record; what is wrong is said at the field.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime -I%src/typegen %s %src/typegen/elf/elf_image.c %src/typegen/model/model.c -o %t && %t

#define _GNU_SOURCE
#include "read/links.c"
#include "check.h"

#include <stdarg.h>

static char said[200];
static uint64_t said_at;
bool allocs_diag_at(struct allocs_diag *diag, const char *section, uint64_t offset, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(said, sizeof said, format, args);
  va_end(args);
  said_at = offset;
  CHECK(diag->file && !strcmp(section, "table"));
  return false;
}
void *allocs_new(size_t n, size_t size) { return calloc(n, size); }
void *allocs_grow(void *vector, size_t n, size_t *cap, size_t size) {
  return n < *cap ? vector : realloc(vector, (*cap = n + 16) * size);
}
/* Elements of one byte, up to a zero. */
uint64_t allocs_literal_count(uintptr_t begin, uint64_t element, uintptr_t end) {
  CHECK(element == 1);
  const char *zero = memchr((const char *)begin, 0, end - begin);
  return zero ? (uint64_t)(zero - (const char *)begin) + 1 : 0;
}

/* A table at 0x1000; 16 bytes of which 8 are in the file at 0x2000; 8 that are nowhere in it at 0x3000. */
enum { TABLE = 0x1000, DATA = 0x2000, BSS = 0x3000, UNDEFINED = 0x10000 };
static const unsigned char table[64], data[8] = "abc\0def";
static struct allocs_diag diag = {"file", false};
static struct allocs_elf elf = {.diag = &diag};
static struct model model;
static struct allocs_table_walk walk;

static struct allocs_link to(uint64_t address) {
  *said = 0, said_at = 99;
  return (struct allocs_link){table + 4, address ? (int32_t)(address - TABLE - 4) : 0};
}
#define RIGHT(call) CHECK((call) && !*said)
#define WRONG(call, what) CHECK(!(call) && !strcmp(said, what) && said_at == 4)

static void bytes(void) {
  CHECK(allocs_link_bytes(&walk, to(DATA), 8) == data && allocs_link_bytes(&walk, to(DATA + 7), 1) == data + 7);
  CHECK(!allocs_link_bytes(&walk, to(DATA), 9) && !allocs_link_bytes(&walk, to(DATA + 1), 8));
  CHECK(!allocs_link_bytes(&walk, to(DATA + 7), 2) && !allocs_link_bytes(&walk, to(DATA + 9), 1));
  CHECK(allocs_link_bytes(&walk, to(DATA + 8), 0) == data + 8 && !allocs_link_bytes(&walk, to(DATA + 8), 1));
  CHECK(!allocs_link_bytes(&walk, to(DATA), 17) && !allocs_link_bytes(&walk, to(BSS), 0));
  CHECK(!allocs_link_bytes(&walk, to(DATA - 1), 1) && !allocs_link_bytes(&walk, to(0), 1) && !*said);
  CHECK(allocs_link_elements(&walk, to(DATA + 1), 1) == 3 && !*said);
  CHECK(allocs_link_elements(&walk, to(DATA + 4), 1) == 4 && !*said);
  WRONG(allocs_link_elements(&walk, to(DATA + 8), 1), "the literal does not end in the file");
}

static void texts(void) {
  RIGHT(allocs_is_text(&walk, to(DATA)));
  CHECK(allocs_link_text(&walk, to(DATA + 1)) == (const char *)data + 1);
  CHECK(allocs_link_text(&walk, to(DATA + 7)) == (const char *)data + 7 && !allocs_link_text(&walk, to(0)));
  RIGHT(allocs_is_text(&walk, to(0)));
  WRONG(allocs_is_text(&walk, to(DATA + 8)), "the text does not end in the file");
  WRONG(allocs_is_text(&walk, to(BSS)), "the text does not end in the file");
  WRONG(allocs_is_text(&walk, to(DATA + 16)), "the reference leads out of the image");
  WRONG(allocs_is_text(&walk, to(DATA - 1)), "the reference leads out of the image");
}

static void objects(void) {
  RIGHT(allocs_is_object(&walk, to(DATA), 16) && allocs_is_object(&walk, to(DATA + 16), 0));
  RIGHT(allocs_is_object(&walk, to(BSS + 7), 1));
  RIGHT(allocs_is_code(&walk, to(BSS)) && allocs_is_object(&walk, to(UNDEFINED + 31), 1 << 20));
  WRONG(allocs_is_object(&walk, to(DATA), 17), "the reference leads out of the image");
  WRONG(allocs_is_object(&walk, to(DATA + 1), 16), "the reference leads out of the image");
  WRONG(allocs_is_object(&walk, to(UNDEFINED + 32), 1), "the reference leads out of the image");
  WRONG(allocs_is_code(&walk, to(BSS + 8)), "the reference leads out of the image");
  WRONG(allocs_is_code(&walk, to(0)), "the reference leads nowhere");
  struct model_place place = allocs_link_place(&walk, to(UNDEFINED + 16));
  CHECK(place.address == UNDEFINED + 16 && !strcmp(place.symbol, "second"));
  CHECK(!allocs_link_place(&walk, to(DATA)).symbol);
  elf.object = true;
  CHECK(!allocs_link_place(&walk, to(DATA)).address);
}

/* Those of an object may be anywhere: its note is not whole yet. */
static void slots(void) {
  elf.object = false, elf.slots_begin = DATA, elf.slots_end = DATA + 8;
  RIGHT(allocs_is_slot(&walk, to(DATA)));
  WRONG(allocs_is_slot(&walk, to(DATA + 8)), "the slot is not among the slots");
  WRONG(allocs_is_slot(&walk, to(BSS)), "the slot is not among the slots");
  elf.slots_begin = DATA + 8, elf.slots_end = BSS;
  RIGHT(allocs_is_slot(&walk, to(DATA + 8)));
  WRONG(allocs_is_slot(&walk, to(DATA)), "the slot is not among the slots");
  elf.object = true;
  RIGHT(allocs_is_slot(&walk, to(DATA)) && allocs_is_slot(&walk, to(BSS)));
  WRONG(allocs_is_slot(&walk, to(DATA + 4)), "the slot is not aligned");
  WRONG(allocs_is_slot(&walk, to(DATA + 9)), "the reference leads out of the image");
  WRONG(allocs_is_slot(&walk, to(0)), "the record has no slot");
}

static void records(void) {
  static struct model_type types[] = {{.at = 0}, {.at = 8}, {.at = 20}};
  static struct model_object statics[] = {{.at = 0, .kind = ALLOCS_STATIC_FUNCTION}, {.at = 12}, {.at = 16, .kind = ALLOCS_STATIC_FUNCTION}};
  model = (struct model){.types = types, .n_types = 3, .statics = statics, .n_statics = 3};
  elf.tables[ALLOCS_TABLE_TYPES].address = DATA, elf.tables[ALLOCS_TABLE_STATICS].address = BSS;
  for (unsigned at = 0; at < 24; at++) {
    const struct model_type *type = at == 0 ? types : at == 8 ? types + 1 : at == 20 ? types + 2 : NULL;
    const struct model_object *function = at == 0 ? statics : at == 16 ? statics + 2 : NULL;
    CHECK(allocs_link_type(&walk, to(DATA + at)) == type && allocs_link_function(&walk, to(BSS + at)) == function);
  }
  RIGHT(allocs_is_type(&walk, to(DATA)) && allocs_is_type_or_void(&walk, to(DATA)) && allocs_is_function(&walk, to(BSS)));
  RIGHT(allocs_is_type_if_any(&walk, to(0)));
  CHECK(!allocs_link_type(&walk, to(DATA - 8)) && !allocs_link_type(&walk, to(0)));
  WRONG(allocs_is_type(&walk, to(DATA + 1)), "no type begins where the reference leads");
  WRONG(allocs_is_type(&walk, to(0)), "an element, member or parameter without type");
  WRONG(allocs_is_type_or_void(&walk, to(0)), "the type has no target");
  WRONG(allocs_is_function(&walk, to(BSS + 12)), "no function's record begins where the reference leads");
  model.n_types = model.n_statics = 0;
  CHECK(!allocs_link_type(&walk, to(DATA)) && !allocs_link_function(&walk, to(BSS)));
}

int main(void) {
  static const char *undefined[] = {"first", "second"};
  elf.undefined = undefined, elf.undefined_begin = UNDEFINED, elf.n_undefined = 2;
  allocs_elf_add_region(&elf, BSS, 8, NULL, 0, NULL);
  allocs_elf_add_region(&elf, DATA, 16, data, 8, NULL);
  allocs_elf_sort_regions(&elf);
  elf.tables[ALLOCS_TABLE_SITES] = (struct allocs_span){"table", TABLE, sizeof table, table};
  walk = allocs_table_walk(&elf, ALLOCS_TABLE_SITES, &model);
  struct allocs_reader reader = allocs_table_reader(&walk);
  CHECK(reader.at == table && reader.end == table + sizeof table && allocs_table_at(&walk, table + 9) == 9);
  bytes();
  texts();
  objects();
  slots();
  records();
  return check_failed;
}
