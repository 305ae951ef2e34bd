// A thin archive gives the path of each member in turn, from its header or from the table of names; what is damaged, or cut off anywhere, is a member without a path, and nothing outside of the archive is read.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover -I%src/runtime -I%src/typegen %s -o %t && %t

#include "elf/thin_archive.c"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

static char archive[4096];
static size_t size;

static void begin(void) { memcpy(archive, "!<thin>\n", SARMAG), size = SARMAG; }
/* A header, of which the file's size is told, and so many bytes of it that are there. */
static void add(const char *name, const char *told, const char *bytes, size_t n) {
  size += (size_t)sprintf(archive + size, "%-16s%-12s%-6s%-6s%-8s%-10s`\n", name, "0", "0", "0", "644", told);
  memcpy(archive + size, bytes, n), size += n;
}

/* The paths, in a copy that ends where the archive does: "a b ?", with a question mark for what has none, at which all ends. */
static const char *members(size_t n) {
  static char told[1000];
  struct allocs_thin_archive it;
  char *copy = malloc(n);
  memcpy(copy, archive, n), told[0] = 0;
  const char *path = NULL;
  size_t length = 0;
  if (!allocs_thin_archive_begin(copy, n, &it))
    strcpy(told, "none");
  else
    while (allocs_thin_archive_next(&it, &path, &length)) {
      snprintf(told + strlen(told), sizeof told - strlen(told), "%s%.*s", *told ? " " : "", path ? (int)length : 1, path ? path : "?");
      if (!path)
        break;
    }
  free(copy);
  return told;
}

int main(void) {
  static const char names[] = "long/folder/name.o/\nnot_so/long.o/\nunended.o/";
  begin(), CHECK_STRING(members(size), ""), CHECK_STRING(members(7), "none"), CHECK_STRING(members(0), "none");
  archive[2] = 'a', CHECK_STRING(members(size), "none");
  begin(), add("a.o/", "999", "", 0), add("with/slash.o/", "12", "", 0), add("exactly-15-char/", "0", "", 0), CHECK_STRING(members(size), "a.o with/slash.o exactly-15-char");
  /* A table of symbols, with a byte of padding, one of names, and members that are there. */
  begin(), add("/", "3", "abc\n", 4), add("//", "45", names, 46), add("/0", "5", "", 0), add("/20", "5", "", 0), add("b.o/", "5", "", 0), add("/26", "5", "", 0);
  CHECK_STRING(members(size), "long/folder/name.o not_so/long.o b.o /long.o");
  begin(), add("/SYM64/", "4", "abcd", 4), add("//", "35", names, 36), add("/20", "1", "", 0), add("/33", "1", "", 0), CHECK_STRING(members(size), "not_so/long.o ?");
  static const struct { const char *name, *wanted; } each[] = {
      {"/34", "?"}, {"/35", "?"}, {"/999999999999999", "?"}, {"/1:2", "?"}, {"/18", "?"}, {"/19", "?"}, {"/17", "o"}, {"x", "?"}, {"/x", "long/folder/name.o"}, {"", "?"}, {"c/", "c"}, {"/32", "o"}, {"/33", "?"}, {"/000000000000020", "not_so/long.o"}};
  for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
    begin(), add("//", "35", names, 36), add(each[i].name, "0", "", 0);
    CHECK_STRING(members(size), each[i].wanted);
  }
  begin(), add("/0", "0", "", 0), CHECK_STRING(members(size), "?"); /* before there are any names */
  begin(), add("//", "45", names, 46), add("/35", "0", "", 0), CHECK_STRING(members(size), "?"); /* which has no end of line */
  begin(), add("//", "99", names, 20), CHECK_STRING(members(size), "?");
  begin(), add("//", "20", names, 20), add("a.o/", "0", "", 0), archive[SARMAG + 58] = 'x', CHECK_STRING(members(size), "?");
  begin(), add("a.o/", "0", "", 0), add("b.o/", "0", "", 0), archive[SARMAG + 60 + 59] = 'x', CHECK_STRING(members(size), "a.o ?");
  /* An odd size whose padding is not there. */
  begin(), add("//", "35", names, 35), CHECK_STRING(members(size), "");
  /* Cut anywhere, members that are whole come first; a part of a header is one without a path. */
  begin(), add("/", "4", "abcd", 4), add("//", "34", names, 34), add("/0", "5", "", 0), add("b.o/", "5", "", 0);
  for (size_t n = SARMAG; n <= size; n++) {
    size_t begins[] = {SARMAG, SARMAG + 64, SARMAG + 158, SARMAG + 218, SARMAG + 278};
    bool at_end = false;
    for (int i = 0; i < 5; i++)
      at_end |= n == begins[i];
    const char *told = members(n);
    CHECK((strchr(told, '?') != NULL) == !at_end && (n < begins[3] || !strncmp(told, "long/folder/name.o", 18)) && (n < size || !strcmp(told, "long/folder/name.o b.o")));
  }
  return check_failed;
}
