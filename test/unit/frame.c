// A function's frame is found by its entry, with its locals by offset and each once; equal functions have one, others at its place none; it is kept once all types are known for good.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/bytes/record.c %src/runtime/ground/text.c -o %t && %t

#include "stack/frame.c"
#include "check.h"

#include <sys/mman.h>

/* An image of two tables; the records' types and functions are these places. */
static unsigned char table[2000], statics[100], *at, *record;
static char code[40], records[8];
static struct uniqtype types[8];
static unsigned kept; /* a bit of each type */
static struct allocs_note note;
static struct allocs_image image = {.note = &note};
static int most_maps, n_maps, n_types;
static size_t mapped, largest;
static bool publishes, no_type;

struct allocs_bytes allocs_image_table(const struct allocs_image *of, enum allocs_table which) {
  CHECK(of == &image);
  if (which == ALLOCS_TABLE_STATICS)
    return (struct allocs_bytes){(char *)statics, (char *)statics + sizeof statics};
  return CHECK(which == ALLOCS_TABLE_FRAMES), (struct allocs_bytes){(char *)table, (char *)at};
}
const struct uniqtype *allocs_image_type_of(const struct allocs_type *of) {
  return of && (const char *)of != records + 7 ? &types[(const char *)of - records] : NULL;
}
const struct uniqtype *allocs_image_type_kept(const struct allocs_type *of) {
  return kept >> ((const char *)of - records) & 1 ? allocs_image_type_of(of) : NULL;
}
static char told[8000]; /* of the type made last */
static uint64_t key;
const struct uniqtype *allocs_type_composite(uint64_t of, unsigned flags, const char *name, uint64_t size,
                                             const struct uniqtype_member *members, unsigned n) {
  static struct uniqtype made[80];
  key = of, n_types++;
  CHECK(!flags);
  int length = sprintf(told, "%s %lu:", name, size);
  for (unsigned i = 0; i < n; i++)
    length += sprintf(told + length, " %s%s%s %d@%lu", members[i].name ? members[i].name : "", members[i].alias ? "=" : "",
                      members[i].alias ? members[i].alias : "", (int)(members[i].type - types), members[i].offset);
  for (int i = 0; i < 80; i++)
    if (!made[i].name || made[i].key == key)
      return made[i].name = "", made[i].key = key, no_type ? NULL : &made[i];
  return NULL;
}
void allocs_os_tell(const void *begin, size_t size) { (void)begin, (void)size; }
int allocs_os_write(int fd, const void *bytes, size_t n) { return (void)fd, (void)bytes, (int)n; }
void *allocs_os_map(size_t size) {
  CHECK(size && size % ALLOCS_PAGE == 0);
  if (n_maps >= most_maps)
    return NULL;
  n_maps++, mapped += size;
  char *memory = mmap(NULL, size + ALLOCS_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(memory + size, ALLOCS_PAGE, PROT_NONE);
  largest = size > largest ? size : largest;
  if (publishes) { /* so does another thread */
    publishes = false;
    CHECK(index_of(&image));
  }
  return memory;
}
void allocs_os_unmap(void *begin, size_t size) {
  mapped -= size;
  munmap(begin, size + ALLOCS_PAGE);
}

static void byte(unsigned value) { *at++ = (unsigned char)value; }
static void offset(int32_t value) { memcpy(at, &value, sizeof value), at += sizeof value; }
static void ref(const void *to) { offset(to ? (int32_t)((const unsigned char *)to - at) : 0); }
static void end(void) {
  size_t n = (size_t)(at - record) - 2; /* written with two bytes */
  record[0] = (unsigned char)(n | 0x80), record[1] = (unsigned char)(n >> 7);
}
static void head(const char *file) { record = at, at += 2, byte(ALLOCS_FRAME_FILE), ref(file), end(); }
static void frame(const void *entry, const char *name, unsigned line, int32_t dynamic) {
  record = at, at += 2;
  byte(ALLOCS_FRAME_OWN | (dynamic ? ALLOCS_FRAME_DYNAMIC : 0)), byte(line), ref(entry), ref(name);
  dynamic ? offset(dynamic) : (void)0, end();
}
static void local(int32_t where, int type, const char *name, const char *alias) {
  offset(where), byte(alias ? ALLOCS_LOCAL_ALIAS : 0), ref(type < 0 ? NULL : records + type), ref(name);
  if (alias)
    ref(alias);
  end();
}

static struct allocs_known_frame spare;
static const struct allocs_known_frame *find(int entry) {
  spare = (struct allocs_known_frame){.filled = true};
  return allocs_frame_find(&image, (uintptr_t)&code[entry], &spare);
}
static void begin(void) {
  allocs_frame_drop(&image);
  CHECK(!mapped && !image.frames);
  at = table, kept = ~0u, most_maps = 1000, told[0] = 0, no_type = false, n_types = n_maps = 0;
  for (int i = 0; i < 8; i++)
    types[i].size = i, types[i].key = 0x1111u * i;
}

static void found(void) {
  static const char first[] = "first.c", second[] = "second.c";
  begin();
  byte(0), frame(&code[30], "early", 1, 0), local(-8, 4, "x", NULL), byte(0), byte(0), byte(0);
  head(first), byte(0), frame(&code[20], "f", 2, -24), local(-8, 4, "y", NULL);
  frame(&code[10], "g", 3, 0), local(-8, 4, "z", NULL);
  head(second), frame(&code[25], NULL, 4, 0), local(-8, 4, "z", NULL);
  const struct allocs_known_frame *it = find(20);
  CHECK(it && it != &spare && it->filled && it->type && it->lowest == -8 && it->size == 24 && it->line == 2);
  CHECK(it && it->file == first && !strcmp(it->name, "f") && it->dynamic == -24);
  CHECK_STRING(told, "__FRAME_f 24: y 4@0");
  n_types = 0, CHECK(find(20) == it && !n_types); /* it is kept */
  it = find(10), CHECK(it && it->file == first && it->line == 3 && it->dynamic == ALLOCS_NO_DYNAMIC);
  it = find(30), CHECK(it && !it->file && it->line == 1);
  it = find(25), CHECK(it && it->file == second && !it->name);
  CHECK_STRING(told, "__FRAME_ 24: z 4@0");
  for (int i = 0; i < 40; i++)
    CHECK(!find(i) == (i != 10 && i != 20 && i != 25 && i != 30));
  image.note = NULL, CHECK(!find(20)), image.note = &note, begin(), CHECK(!find(20));
}

/* What is in the table of statics counts. */
static void followed(void) {
  begin();
  at = statics + 5, byte(ALLOCS_STATIC_FUNCTION), byte(9), ref(&code[7]), ref(NULL), ref("known");
  at = table, record = at, at += 2, byte(0), ref(statics + 5), local(-8, 4, "x", NULL);
  const struct allocs_known_frame *it = find(7);
  CHECK(it && it->line == 9 && !strcmp(it->name, "known") && !it->file && it->type);
  CHECK_STRING(told, "__FRAME_known 24: x 4@0");
}

static const char *locals(void) {
  const struct allocs_known_frame *it = find(1);
  static char text[400];
  if (!it)
    return "none";
  sprintf(text, "%ld+%lu %s", it->lowest, it->size, it->type ? told : "-");
  return text;
}
#define FRAME() (begin(), frame(&code[1], "f", 1, 0))
static void orders(void) {
  FRAME(), CHECK_STRING(locals(), "0+0 -");
  local(-8, 3, "b", NULL), local(-40, 4, "a", NULL), local(-24, 5, "c", "alias");
  allocs_frame_drop(&image), CHECK_STRING(locals(), "-40+56 __FRAME_f 56: a 4@0 c=alias 5@16 b 3@32");
  FRAME(), local(-8, 3, "b", NULL), local(-8, 3, "b", NULL), CHECK_STRING(locals(), "-8+24 __FRAME_f 24: b 3@0");
  /* Of what shares a slot each is told once, in its order, but what cannot be told apart. */
  FRAME(), local(-8, 3, "b", NULL), local(-8, 3, "a", NULL), local(-8, 3, "b", NULL), local(-8, 4, "b", NULL);
  local(-8, 3, "b", "t"), local(-8, 3, "b", "t"), local(-8, 3, "b", "u"), local(-8, 3, NULL, NULL), local(-16, 3, "b", NULL);
  local(-8, 3, NULL, NULL);
  CHECK_STRING(locals(), "-16+32 __FRAME_f 32: b 3@0 b 3@8 a 3@8 b 4@8 b=t 3@8 b=u 3@8  3@8");
  /* Parameters lie above the link, and nothing on it. */
  FRAME(), local(15, 4, "no", NULL), local(0, 4, "no", NULL), local(-1, 1, "x", NULL), local(16, 5, "p", NULL);
  CHECK_STRING(locals(), "-1+22 __FRAME_f 22: x 1@0 p 5@17");
  FRAME(), local(20, 5, "q", NULL), local(16, 4, "p", NULL), CHECK_STRING(locals(), "16+9 __FRAME_f 9: p 4@0 q 5@4");
  FRAME(), types[5].size = INT32_MAX, local(16, 5, "no", NULL), local(-8, 5, "x", NULL);
  CHECK_STRING(locals(), "-8+24 __FRAME_f 24: x 5@0");
  FRAME(), types[5].size = INT32_MAX - 1, local(16, 5, "p", NULL);
  CHECK_STRING(locals(), "16+2147483646 __FRAME_f 2147483646: p 5@0");
  FRAME(), local(-8, -1, "no", NULL), local(-16, 7, "no", NULL), local(-4, 2, "x", NULL);
  CHECK_STRING(locals(), "-4+20 __FRAME_f 20: x 2@0");
  FRAME(), local(INT32_MIN, 2, "x", NULL), local(-8, 2, "y", NULL);
  CHECK_STRING(locals(), "-2147483648+2147483664 __FRAME_f 2147483664: x 2@0 y 2@2147483640");
}

/* A frame is of one type with another that is equal in all. */
static void keys(void) {
  static const struct { const char *function; int at, type; const char *name, *alias; } each[] = {
      {"f", -8, 3, "x", "t"}, {"g", -8, 3, "x", "t"}, {"f", -9, 3, "x", "t"}, {"f", -8, 4, "x", "t"},
      {"f", -8, 3, "y", "t"}, {"f", -8, 3, "x", "u"}, {"f", -8, 3, "x", NULL}, {"f", -8, 3, NULL, "t"}};
  uint64_t all[8][2];
  for (int twice = 0; twice < 2; twice++)
    for (int i = 0; i < 8; i++) {
      begin(), frame(&code[1], each[i].function, 1, 0), local(each[i].at, each[i].type, each[i].name, each[i].alias);
      CHECK(find(1)), all[i][twice] = key;
    }
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++)
      CHECK((all[i][0] == all[j][1]) == (i == j));
  FRAME(), local(-8, 3, "x", NULL), local(-16, 3, "x", NULL), find(1);
  uint64_t before = key;
  FRAME(), local(-8, 3, "x", NULL), local(-12, 3, "x", NULL), local(-16, 3, "x", NULL), find(1), CHECK(key != before);
}

static void at_one_place(void) {
  begin(), frame(&code[1], "f", 1, 0), local(-8, 3, "x", NULL), frame(&code[1], "f", 2, 0), local(-8, 3, "x", NULL);
  frame(&code[2], "g", 3, 0), local(-8, 3, "x", NULL);
  const struct allocs_known_frame *it = find(1);
  CHECK(it && it->line <= 2 && find(2));
  kept = 0, CHECK(find(1) && find(2)); /* known for good by now */
  begin(), kept = 0, frame(&code[1], "f", 1, 0), local(-8, 3, "x", NULL), frame(&code[1], "f", 2, 0), local(-8, 3, "x", NULL);
  CHECK(find(1) == &spare);
  frame(&code[1], "g", 3, 0), local(-8, 3, "x", NULL), allocs_frame_drop(&image), CHECK(!find(1));
  begin(), frame(&code[1], "f", 1, 0), frame(&code[1], "f", 2, 0), CHECK(!find(1));
}

static void kept_or_not(void) {
  FRAME(), local(-8, 3, "x", NULL), local(-16, 4, "y", NULL), kept = ~(1u << 4);
  CHECK(find(1) == &spare && !spare.filled && spare.size == 32);
  kept = ~0u;
  const struct allocs_known_frame *it = find(1);
  CHECK(it && it != &spare && it->filled && it->size == 32);
  FRAME(), local(-8, -1, "x", NULL), kept = 0, CHECK(find(1) && find(1) != &spare); /* none is to come */
  /* Without memory nothing is known; of two that are made at once the first stays. */
  FRAME(), local(-8, 3, "x", NULL), no_type = true, CHECK(!find(1)), no_type = false;
  for (int most = 0; most < 3; most++)
    FRAME(), local(-8, 3, "x", NULL), most_maps = most, CHECK(!find(1) == (most < 2));
  FRAME(), local(-8, 3, "x", NULL), publishes = true, it = find(1);
  CHECK(it && find(1) == it && mapped == ALLOCS_PAGE && n_maps == 3);
}

/* In no order; and what just takes a page. */
static void many(void) {
  begin();
  for (int i = 0; i < 40; i++)
    frame(&code[i * 7 % 40], "f", 1 + (unsigned)(i * 7 % 40), 0), local(-8, 3, "x", NULL);
  for (unsigned i = 0; i < 40; i++)
    CHECK(find((int)i) && find((int)i)->line == i + 1);
  for (int more = 0; more < 2; more++) {
    begin(), largest = 0, frame(&code[1], more ? "function" : "functio", 1, 0);
    for (int i = 51; i > 0; i--)
      local(-8 * i, 3, "x", NULL);
    CHECK(find(1) && find(1)->size == 424 && !strncmp(told, "__FRAME_functio", 15) && largest == (1 + (size_t)more) * ALLOCS_PAGE);
  }
  for (int n = 56; n < 125; n += n / 2) { /* a page, two, three; and the last of them is read */
    begin(), largest = 0;
    for (int i = 0; i < n; i++)
      frame(&code[i < 39 ? i : 38], "f", 1, 0);
    frame(&code[39], "f", 1, 0), CHECK(find(39) && find(39)->line == 1);
    size_t size = sizeof(struct index) + (size_t)(n + 1) * (sizeof(struct allocs_sortable) + sizeof(struct allocs_known_frame));
    CHECK(largest == allocs_round_up(size, ALLOCS_PAGE));
  }
  begin(), largest = 0, frame(&code[1], "f", 1, 0);
  for (int i = 110; i > 0; i--)
    local(-8 * i, 3, "x", NULL);
  CHECK(find(1) && find(1)->size == 896 && largest == 3 * ALLOCS_PAGE);
}

int main(void) {
  found();
  followed();
  orders();
  keys();
  at_one_place();
  kept_or_not();
  many();
  begin();
  return check_failed;
}
