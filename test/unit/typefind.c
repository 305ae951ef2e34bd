// A type is found by its name, taken apart into pointers and arrays, among those made and in the images' tables, where tags tell before types are made; all types, or those of an image, are gone through until somebody has enough.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/bytes/record.c -o %t && %t

#include "image/type_find.c"
#include "check.h"

/* Two images, of each a table of records; the third is gone. */
enum { N = 3 };
static unsigned char tables[N][200], *ends[N], *at;
static struct allocs_image images[N];
static struct uniqtype types[12];
static const void *records[12];
static const char *names[12];
static unsigned n_types, n_made, n_type_made, n_lists, n_enters, n_left;
static bool may_read, none_made;
static char steps[300];

static void start(unsigned kind) { records[n_types] = at, at += 1, *at++ = (unsigned char)kind, *at++ = 0; }
static void zeroes(size_t n) { at += n; }
static void name_it(const char *name) {
  int32_t distance = name ? (int32_t)((const unsigned char *)name - at) : 0;
  memcpy(at, &distance, 4), at += 4;
}
static void end(const char *name) {
  unsigned char *record = (unsigned char *)(uintptr_t)records[n_types];
  record[0] = (unsigned char)(at - record - 1), names[n_types++] = name;
}
static void composite(const char *tag, const char *name) { start(ALLOCS_KIND_COMPOSITE), zeroes(8), name_it(tag), zeroes(2), end(name); }
static void enumeration(const char *tag, const char *name) { start(ALLOCS_KIND_ENUMERATION), zeroes(8), name_it(tag), zeroes(6), end(name); }
static void base(const char *name) { start(ALLOCS_KIND_BASE), zeroes(4), end(name); }

int allocs_os_each_image(int (*fn)(const struct allocs_os_image *, void *), void *arg) {
  int ret = 0;
  n_lists++;
  for (int i = 0; i < N && !ret; i++) {
    struct allocs_os_image os = images[i].os;
    os.handle = i == 2 ? &os : os.handle; /* another by now */
    ret = fn(&os, arg);
  }
  return ret;
}
struct allocs_image *allocs_image_find(uintptr_t address) { return address - 0x1000 < 0x1000 * N ? &images[address / 0x1000 - 1] : NULL; }
struct allocs_bytes allocs_image_table(const struct allocs_image *image, enum allocs_table table) {
  CHECK(table == ALLOCS_TABLE_TYPES);
  return (struct allocs_bytes){(char *)tables[image - images], (char *)ends[image - images]};
}
const struct uniqtype *allocs_image_type_of(const struct allocs_type *record) {
  n_type_made++;
  for (unsigned i = 0; i < n_types; i++)
    if (records[i] == record)
      return none_made || i == 1 ? NULL : &types[i]; /* the second cannot be made */
  CHECK(!"a record");
  return NULL;
}
const struct uniqtype *allocs_type_table_next(const struct uniqtype *before) {
  unsigned next = before ? (unsigned)(before - types) - 9 + 1 : 0;
  return next < n_made ? &types[9 + next] : NULL;
}
const char *uniqtype_name(const struct uniqtype *type) { return names[type - types]; }
const struct uniqtype *uniqtype_pointer(const struct uniqtype *to) { return strcat(steps, "*"), to; }
const struct uniqtype *uniqtype_array(const struct uniqtype *element, unsigned long n) {
  return sprintf(steps + strlen(steps), "[%ld]", (long)n), element;
}
bool allocs_readers_enter(void) { return n_enters += may_read, may_read; }
void allocs_readers_leave(void) { n_left++; }
static unsigned n_told;
void allocs_os_tell_arguments(void) { n_told++; }

static void begin(void) {
  memset(tables, 0, sizeof tables), n_types = n_made = n_lists = n_type_made = n_enters = n_left = 0, may_read = true, none_made = false;
  for (int i = 0; i < N; i++)
    images[i].os = (struct allocs_os_image){.begin = 0x1000u * ((unsigned)i + 1), .handle = &images[i]};
  at = tables[0], composite("node", "node"), composite("lost", "lost"), zeroes(3), enumeration("colour", "colour"), ends[0] = at;
  at = tables[1], base("int"), composite(NULL, "unnamed"), composite("node", "other node"), composite("__PTR_odd", "__PTR_odd"), ends[1] = at;
  at = tables[2], base("gone"), ends[2] = at, CHECK(n_types < 9);
  names[9] = "made", names[10] = "node", names[11] = "last";
}
/* Its number, and how what is made of it is made: "0 *[3]"; "-" if it is not found. */
static const char *by_name(const char *name) {
  static char text[400];
  steps[0] = 0;
  const struct uniqtype *type = uniqtype_by_name(name);
  return type ? sprintf(text, "%d %s", (int)(type - types), steps), text : "-";
}
#define IS(name, wanted) CHECK_STRING(by_name(name), wanted)

static void found(void) {
  begin(), IS("node", "0 "), CHECK(n_lists == 1 && n_type_made == 1), IS("colour", "2 "), IS("int", "3 "), IS("lost", "-");
  IS("other node", "-"), IS("unnamed", "-"), IS("gone", "-"), IS("nod", "-"), IS("", "-"), IS(NULL, "-"), IS("made", "-");
  n_made = 3, n_lists = 0, IS("node", "10 "), IS("made", "9 "), IS("last", "11 "), CHECK(!n_lists), IS("int", "3 ");
  none_made = true, IS("int", "-");
}

static void taken_apart(void) {
  char deep[300] = "";
  begin(), IS("__PTR_node", "0 *"), IS("__ARR3_node", "0 [3]"), IS("__ARR_node", "0 [-1]"), IS("__ARR0_node", "0 [0]");
  IS("__PTR___ARR12___PTR_int", "3 *[12]*"), IS("__ARR18446744073709551614_int", "3 [-2]"), IS("__ARR18446744073709551616_int", "-");
  IS("__ARR18446744073709551620_int", "-"), IS("__ARR99999999999999999999_int", "-"), IS("__ARR12int", "-"), IS("__ARR1/_int", "-");
  IS("__ARR1:_int", "-"), IS("__ARR9_int", "3 [9]"), IS("__ART1_int", "-"), IS("_int", "-"), IS("__PTR", "-"), IS("__PTR_", "-");
  IS("__PTR_odd", "6 "), IS("__PTR___PTR_odd", "-"), IS("__ARR2_", "-"), IS("__ARRx_int", "-");
  IS("x_PTR_node", "-"), IS("__PTR_\0int", "-"), IS("__PTRint", "-"), IS("x_ARR3_int", "-"), IS("abcde3_int", "-");
  for (int i = 0; i < DEEPEST; i++)
    strcat(deep, "__PTR_");
  IS(strcat(deep, "int"), "3 ********************************");
  deep[strlen(deep) - 3] = 0, IS(strcat(deep, "odd"), "-"), deep[strlen(deep) - 3] = 0, IS(strcat(deep, "__PTR_odd"), "6 ********************************");
  deep[strlen(deep) - 3] = 0, IS(strcat(deep, "int"), "-");
}

static int n_enough, n_seen;
static char seen[100];
static int see(const struct uniqtype *type, void *arg) {
  CHECK(arg == seen);
  strcat(strcat(seen, uniqtype_name(type)), ",");
  return ++n_seen == n_enough ? 7 : 0;
}
static int each(uintptr_t address, int enough) {
  return seen[0] = 0, n_seen = 0, n_enough = enough, n_told = 0, uniqtype_each((void *)address, see, seen);
}
static void gone_through(void) {
  begin();
  CHECK(!each(0x1800, 0) && n_enters == 3 && n_left == 3 && n_told == 2), CHECK_STRING(seen, "node,colour,");
  CHECK(!each(0x2000, 0)), CHECK_STRING(seen, "int,unnamed,other node,__PTR_odd,");
  CHECK(each(0x2000, 2) == 7), CHECK_STRING(seen, "int,unnamed,"), CHECK(n_enters == n_left);
  CHECK(!each(0x9000, 0) && !seen[0] && n_enters == n_left);
  may_read = false, CHECK(!each(0x1800, 0) && !seen[0] && n_enters == n_left);
  n_type_made = 0, n_made = 3, CHECK(!each(0, 0) && n_type_made == 7 && n_told == 3), CHECK_STRING(seen, "made,node,last,");
  CHECK(each(0, 2) == 7), CHECK_STRING(seen, "made,node,");
  images[0].os.begin = 0x9000, n_type_made = 0, each(0, 0), CHECK(n_type_made == 4), n_made = 0, IS("colour", "-"), IS("int", "3 ");
}

int main(void) {
  found();
  taken_apart();
  gone_through();
  return check_failed;
}
