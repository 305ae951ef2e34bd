// What a program took pages from is hidden as a whole file, until all of them can be read again or the file is gone; with more files than there are rows, all are.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "os/os_hidden.c"
#include "check.h"

/* File n lies in [at(n), at(n + 1)), but for a gap of 0x1000 at its end. */
enum { FIRST = 0x100000, FILE_SIZE = 0x9000, STEP = 0xa000 };
static uintptr_t at(int n) { return FIRST + (uintptr_t)n * STEP; }
static struct allocs_os_image image(int n) {
  return (struct allocs_os_image){.begin = at(n), .end = at(n) + FILE_SIZE, .handle = &rows[n]};
}
static void hide(int n, uintptr_t from, uintptr_t to) {
  struct allocs_os_image it = image(n);
  allocs_os_hide(&it, at(n) + from, at(n) + to);
}
static bool is_hidden(int n) {
  CHECK(!allocs_os_is_hidden(at(n) - 1) && !allocs_os_is_hidden(at(n) + FILE_SIZE));
  CHECK(allocs_os_is_hidden(at(n)) == allocs_os_is_hidden(at(n) + FILE_SIZE - 1));
  return allocs_os_is_hidden(at(n) + 0x100);
}
static void show(int n, uintptr_t from, uintptr_t to) { allocs_os_show(at(n) + from, at(n) + to); }

static int gone = -1;
static bool is_loaded(uintptr_t begin, const void *handle) {
  int n = (int)((begin - FIRST) / STEP);
  CHECK(begin == at(n) && handle == &rows[n]);
  return n != gone;
}

static void pages(void) {
  hide(0, 0x2000, 0x4000);
  hide(1, 0x1000, 0x2000);
  CHECK(is_hidden(0) && is_hidden(1) && !is_hidden(2) && n_rows == 2);
  /* A part, from either end or out of the middle; what is beside; then all. */
  show(0, 0x1000, 0x2000), show(0, 0x4000, 0x5000), CHECK(is_hidden(0));
  show(0, 0x2000, 0x3000), CHECK(is_hidden(0)), show(0, 0x3000, 0x4000), CHECK(!is_hidden(0) && is_hidden(1));
  hide(0, 0x2000, 0x4000);
  CHECK(is_hidden(0) && n_rows == 2);
  show(0, 0x3000, 0x4000), CHECK(is_hidden(0)), show(0, 0x2000, 0x2fff), CHECK(is_hidden(0));
  show(0, 0x2000, 0x3000), CHECK(!is_hidden(0));
  hide(0, 0x2000, 0x5000);
  show(0, 0x3000, 0x4000), CHECK(is_hidden(0)), show(0, 0, FILE_SIZE), CHECK(!is_hidden(0));
  /* More of a file that is hidden, at either end: not of one that only touches the range. */
  hide(0, 0x4000, 0x5000);
  allocs_os_hide_more(at(0) + 0x2000, at(0) + 0x3000), allocs_os_hide_more(at(0) + 0x6000, at(0) + 0x7000);
  allocs_os_hide_more(at(0) - 0x1000, at(0)), allocs_os_hide_more(at(0) + FILE_SIZE, at(1));
  show(0, 0x3000, 0x6000), CHECK(is_hidden(0)), show(0, 0x2000, 0x6000), CHECK(is_hidden(0));
  show(0, 0x6000, 0x7000), CHECK(!is_hidden(0));
  allocs_os_hide_more(at(0), at(0) + 0x1000), CHECK(!is_hidden(0));
  show(1, 0, 0x2000), CHECK(!is_hidden(1));
}

static void files(void) {
  hide(0, 0, 0x1000), hide(1, 0, 0x1000), hide(2, 0, 0x1000);
  allocs_os_hide_for_good(at(1) + 0x8000, at(1) + FILE_SIZE);
  show(0, 0, 0x1000), show(1, 0, 0x1000), CHECK(!is_hidden(0) && is_hidden(1) && is_hidden(2));
  allocs_os_forget_hidden(is_loaded), CHECK(is_hidden(1) && is_hidden(2));
  gone = 1, allocs_os_forget_hidden(is_loaded), CHECK(!is_hidden(1) && is_hidden(2));
  gone = 2, allocs_os_forget_hidden(is_loaded), CHECK(!is_hidden(2));
}

/* The first row is then of every address, and stays. */
static void too_many(void) {
  for (int n = 0; n < ROWS; n++)
    hide(n, 0, 0x1000), CHECK(is_hidden(n) && n_rows == (n < 3 ? 3u : (unsigned)n + 1));
  hide(ROWS, 0, 0x1000);
  CHECK(allocs_os_is_hidden(1) && allocs_os_is_hidden(UINTPTR_MAX - 1) && allocs_os_is_hidden(at(ROWS)));
  gone = 0, allocs_os_forget_hidden(is_loaded), allocs_os_show(0, UINTPTR_MAX);
  CHECK(allocs_os_is_hidden(1));
}

int main(void) {
  CHECK(!allocs_os_is_hidden(at(0)));
  pages();
  files();
  too_many();
  return check_failed;
}
