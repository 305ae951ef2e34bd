// A frame's dynamic blocks are those that its chain leads to, upwards within the frame and of its image's sites; each is told by its site, and what a damaged chain leads to is not.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "stack/dynamic_blocks.c"
#include "check.h"

/* A stack of words, whose frame reaches from LOW to CFA, and has its head at HEAD. The words behind the CFA are others'. */
enum { LOW = 8, HEAD = 90, CFA = 96, MOST = 128 };
static _Alignas(16) uint64_t words[MOST];
static struct allocs_site records[3];
static const struct allocs_image image;
static struct allocs_cursor cursor;
static struct allocs_foreign foreign;
static struct allocs_known_site site, typed_site;
static struct allocs_dynamic_blocks blocks;
static unsigned n_loads, n_filled, most_loads;
#define AT(word) ((uintptr_t)&words[word])

bool allocs_unwind_load(const struct allocs_cursor *of, uintptr_t address, void *ret, size_t n) {
  CHECK(of == &cursor && cursor.foreign && n % 8 == 0);
  if (n_loads++ >= most_loads)
    return false;
  return memcpy(ret, (const void *)address, n) != NULL;
}
struct allocs_bytes allocs_image_table(const struct allocs_image *of, enum allocs_table table) {
  CHECK(of == &image && table == ALLOCS_TABLE_SITES);
  return (struct allocs_bytes){(const char *)records, (const char *)&records[2]}; /* the third is outside */
}
static const char name[] = "vla";
uintptr_t allocs_os_local(uintptr_t word) { return word; }
bool allocs_image_holds(const struct allocs_image *of, uintptr_t address, uint64_t size, uint32_t flags) {
  return CHECK(of == &image && size == 1 && flags == PF_R), address == (uintptr_t)name;
}
bool allocs_site_is_typed(const struct allocs_known_site *which) { return which == &typed_site; }
struct allocs_known_site *allocs_site_of_record(const struct allocs_site *record) {
  return record == &records[1] ? &site : NULL;
}
void allocs_site_fill(struct allocs_known_site *which) { CHECK(which), n_filled++; }
static struct uniqtype block_type, made[8];
static unsigned n_made;
static uint64_t asked_size;
const struct uniqtype *allocs_site_block_type(struct allocs_known_site *which, uint64_t size) {
  asked_size = size;
  return which ? &block_type : NULL;
}
const struct uniqtype *allocs_type_table_closed_array(const struct uniqtype *element, uint64_t n) {
  made[n_made] = (struct uniqtype){.kind = ALLOCS_KIND_ARRAY, .target = element, .count = n, .size = element->size * n};
  return &made[n_made++];
}
static const struct uniqtype *set_to;
static struct allocs_known_site *set_of;
struct allocs_known_site *allocs_site_typed(struct allocs_known_site *of, const struct uniqtype *type) {
  set_of = of, set_to = type;
  return type ? &typed_site : NULL;
}

static void put(unsigned at, const void *next, uint64_t size, const void *of) {
  struct allocs_dynamic header = {next, size, of, name};
  memcpy(&words[at], &header, sizeof header);
}
/* Three blocks: of a site, of none, of one whose type was set. The last ends with the frame. */
static void begin(void) {
  memset(words, 0, sizeof words);
  words[HEAD] = AT(16);
  put(16, &words[30], 40, &records[1]);
  put(30, &words[60], 0, NULL);
  put(60, NULL, (CFA - 64) * 8, (const char *)&typed_site + 1);
  cursor = (struct allocs_cursor){.cfa = AT(CFA)};
  cursor.regs[ALLOCS_ARCH_SP] = AT(LOW);
  n_loads = n_filled = n_made = 0, most_loads = MOST;
  site = typed_site = (struct allocs_known_site){.rule = 5};
}

/* How many there are. */
static int n_from(uintptr_t head) {
  int n = 0;
  if (!allocs_dynamic_blocks_begin(&blocks, &image, &cursor, head))
    return -1;
  while (allocs_dynamic_blocks_next(&blocks))
    n++;
  return n;
}
static int n(void) { return n_from(AT(HEAD)); }
static void go_to(int which) {
  memset(&blocks, 0xff, sizeof blocks);
  CHECK(allocs_dynamic_blocks_begin(&blocks, &image, &cursor, AT(HEAD)));
  while (which-- >= 0)
    CHECK(allocs_dynamic_blocks_next(&blocks));
}

static void chain(void) {
  begin();
  go_to(0);
  CHECK(blocks.base == AT(20) && blocks.size == 40);
  CHECK(allocs_dynamic_blocks_next(&blocks) && blocks.base == AT(34) && !blocks.size);
  CHECK(allocs_dynamic_blocks_next(&blocks) && blocks.base == AT(64) && blocks.size == (CFA - 64) * 8);
  CHECK(!allocs_dynamic_blocks_next(&blocks) && !n_loads);
  /* The head lies in the frame. */
  CHECK(n_from(AT(CFA)) == -1 && n_from(AT(CFA) - 4) == -1 && n_from(AT(HEAD) + 4) == -1 && n_from(AT(LOW - 1)) == -1);
  cursor.cfa += 7;
  CHECK(n_from(AT(CFA)) == -1 && n_from(AT(CFA - 1)) == 0);
  begin(), words[CFA - 1] = AT(16), put(60, NULL, 8, NULL);
  CHECK(n_from(AT(CFA - 1)) == 3 && n_from(AT(LOW)) == 0);
  words[LOW] = AT(16);
  CHECK(n_from(AT(LOW)) == 3);
  /* So do the headers, each behind the block before. */
  begin(), words[HEAD] = AT(LOW), put(LOW, NULL, 8, NULL);
  CHECK(n() == 1);
  words[HEAD] = AT(LOW - 1), put(LOW - 1, NULL, 8, NULL);
  CHECK(n() == 0);
  begin(), put(16, &words[25], 40, NULL), put(25, NULL, 0, NULL);
  CHECK(n() == 2);
  put(16, &words[25], 41, NULL);
  CHECK(n() == 1);
  put(16, (char *)&words[26] + 4, 40, NULL);
  CHECK(n() == 1);
  put(16, &words[16], 40, NULL);
  CHECK(n() == 1);
  begin(), words[CFA - 1] = words[HEAD], put(16, &words[CFA - 4], 40, NULL);
  CHECK(n_from(AT(CFA - 1)) == 2);
  put(16, &words[CFA - 3], 40, NULL), words[CFA - 1] = 0;
  CHECK(n() == 1);
  /* And the blocks. */
  begin(), put(60, NULL, (CFA - 64) * 8 + 1, NULL);
  CHECK(n() == 2);
}

static void sites(void) {
  const char *first = (const char *)records;
  begin();
  for (int i = 0; i < 2; i++)
    put(60, NULL, 8, &records[i]), CHECK(n() == 3);
  const char *none[] = {first - sizeof *records, first + 4, first + sizeof *records + 8, (const char *)&records[2],
                        first + 1, (const char *)&records[3], (const char *)&site + 1, (const char *)&records[2] - 8};
  for (int i = 0; i < 8; i++) {
    put(60, NULL, 8, none[i]);
    CHECK(n() == (none[i] - first == 4 && _Alignof(struct allocs_site) <= 4 ? 3 : 2));
  }
}

/* Another thread's stack is read by what may fail. */
static void of_another(void) {
  begin(), cursor.foreign = &foreign;
  CHECK(n() == 3 && n_loads == 4);
  for (most_loads = 0; most_loads < 4; most_loads++)
    n_loads = 0, CHECK(n() == (int)most_loads - 1);
}

static struct alloc_pos answer(int which) {
  struct alloc_pos pos = {.line = 99};
  go_to(which);
  allocs_dynamic_blocks_answer(&blocks, &pos);
  return pos;
}

static void answers(void) {
  begin();
  site.info = (struct alloc_site_info){.code = &words[1], .function = "f", .file = "f.c", .callee = "alloca", .line = 7};
  site.info.column = 8, site.info.rule = "local", site.alias = "alias", site.type = &block_type;
  struct alloc_pos pos = answer(0);
  CHECK(pos.base == &words[20] && pos.size == 40 && pos.type == &block_type && asked_size == 40 && n_filled == 1);
  CHECK(pos.name == name && pos.site == &words[1] && !strcmp(pos.function, "f") && !strcmp(pos.file, "f.c"));
  CHECK(!strcmp(pos.callee, "alloca") && !strcmp(pos.rule, "local") && pos.line == 7 && pos.column == 8);
  CHECK(pos.alias && !strcmp(pos.alias, "alias"));
  site.type = &made[7];
  CHECK(!answer(0).alias);
  site.type = NULL;
  CHECK(answer(0).type == &block_type && !answer(0).alias);
  n_filled = 0, pos = answer(1);
  CHECK(!pos.type && !pos.site && pos.line == 99 && !n_filled && asked_size == 0);
  typed_site.info.line = 12, pos = answer(2);
  CHECK(pos.line == 12 && pos.type == &block_type && asked_size == (CFA - 64) * 8);
  ((struct allocs_dynamic *)&words[16])->name = name + 1;
  CHECK(!answer(0).name);
}

static void sets_types(void) {
  struct alloc_pos pos = {.base = &words[20], .size = 40};
  struct allocs_dynamic *block = (struct allocs_dynamic *)&words[16];
  begin();
  CHECK(allocs_dynamic_blocks_set_type(NULL, &pos, &block_type) == ALLOC_OK && set_to == &block_type && set_of == &site);
  CHECK(block->site == (const void *)((char *)&typed_site + 1));
  CHECK(allocs_dynamic_blocks_set_type(NULL, &pos, &block_type) == ALLOC_OK && set_of == &typed_site);
  begin(), CHECK(allocs_dynamic_blocks_set_type(NULL, &pos, NULL) == ALLOC_NO_MEMORY && block->site == &records[1]);
  set_to = NULL, pos.size = 41; /* it is another's by now */
  CHECK(allocs_dynamic_blocks_set_type(NULL, &pos, &block_type) == ALLOC_NO_MEMORY && !set_to);
}

/* int[][3][5] as its site has it: of rows without bounds, whose lengths are words below the header. As "5.3.2". */
static const char *rows(uint64_t outer, uint64_t inner, uint64_t size, uint64_t element_size) {
  static struct uniqtype element, row[2];
  static char text[80];
  begin();
  element.size = element_size;
  row[0] = (struct uniqtype){.kind = ALLOCS_KIND_ARRAY, .count = ALLOCS_LENGTH_UNBOUNDED, .target = &element};
  row[1] = (struct uniqtype){.kind = ALLOCS_KIND_ARRAY, .count = ALLOCS_LENGTH_UNBOUNDED, .target = &row[0]};
  site.type = &row[1], put(16, NULL, size, &records[1]), words[15] = inner, words[14] = outer;
  struct alloc_pos pos = answer(0);
  text[0] = 0;
  for (const struct uniqtype *type = pos.type; type != &element; type = type->target)
    CHECK(type && type->kind == ALLOCS_KIND_ARRAY), sprintf(text + strlen(text), ".%lu", type->count);
  return text;
}
static void arrays_of_arrays(void) {
  CHECK_STRING(rows(3, 5, 120, 4), ".2.3.5"), CHECK_STRING(rows(3, 5, 124, 4), ".31");
  CHECK_STRING(rows(6, 5, 120, 4), ".1.6.5"), CHECK_STRING(rows(7, 5, 120, 4), ".30"), CHECK(n_made == 2);
  CHECK_STRING(rows(1, 30, 120, 4), ".1.1.30"), CHECK_STRING(rows(1, 31, 120, 4), ".30");
  CHECK_STRING(rows(0, 5, 120, 4), ".30"), CHECK_STRING(rows(3, 0, 120, 4), ".30");
  CHECK_STRING(rows(~0ull, 5, 120, 4), ".30"), CHECK_STRING(rows(3, 5, 120, 0), ".0");
  CHECK_STRING(rows(3, 5, 118, 4), ".29"), CHECK_STRING(rows(3, 5, 15, 1), ".1.3.5");
  /* The lengths lie in the frame, or there are none. */
  rows(3, 5, 120, 4), cursor.regs[ALLOCS_ARCH_SP] = AT(14);
  CHECK(answer(0).type->target->count == 3);
  n_made = 0, cursor.regs[ALLOCS_ARCH_SP] = AT(15);
  CHECK(answer(0).type->count == 30);
  rows(3, 5, 120, 4), n_loads = n_made = 0, most_loads = 3, cursor.foreign = &foreign;
  CHECK(answer(0).type->count == 30);
  n_loads = n_made = 0, most_loads = 4;
  CHECK(answer(0).type->count == 2 && n_loads == 4);
}

int main(void) {
  chain();
  sites();
  of_another();
  answers();
  sets_types();
  arrays_of_arrays();
  return check_failed;
}
