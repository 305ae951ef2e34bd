// A call is found by the address that it returns to, in its piece of code alone, with the file and function of those before where it has none.
// RUN: %cc -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/bytes/record.c \
// RUN:   %src/runtime/bytes/calls.c -o %t
// RUN: %t

#include "bytes/calls.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

static unsigned char table[512];
static size_t n;
static const char code[1000], first[] = "first", second[] = "second", inlined[] = "inlined", file[] = "a.c", other[] = "b.h";

static void byte(unsigned value) { table[n++] = (unsigned char)value; }
static void ref(const void *target) {
  int32_t distance = target ? (int32_t)((intptr_t)target - (intptr_t)(table + n)) : 0;
  memcpy(table + n, &distance, sizeof distance);
  n += sizeof distance;
}
static size_t begin(const char *at, const char *function, unsigned line) {
  byte(0);
  size_t record = n;
  ref(at);
  ref(function);
  ref(file);
  byte(line);
  return record;
}
static void end(size_t record) { table[record - 1] = (unsigned char)(n - record); }

static void call(unsigned distance, int step, const char *in, const char *function) {
  byte(distance);
  byte((unsigned)allocs_zigzag(step) << 2 | (in ? ALLOCS_CALL_FILE : 0) | (function ? ALLOCS_CALL_FUNCTION : 0));
  if (in)
    ref(in);
  if (function)
    ref(function);
}

/* In a copy of its own, so that whatever is read beyond it is noticed. */
static bool is_told(size_t size, unsigned at, const char *function, const char *in, unsigned line) {
  struct allocs_call_place place;
  bool found = allocs_calls_find(allocs_reader(table, table + size), (uintptr_t)code + at, &place);
  return found && allocs_target(place.function) == function && allocs_target(place.file) == in && place.line == line;
}

int main(void) {
  struct allocs_call_place place;
  size_t record = begin(code + 100, first, 10);
  call(5, 1, NULL, NULL);
  call(20, -3, other, inlined);
  call(7, 1, NULL, NULL);
  call(8, 6, file, first);
  end(record);
  record = begin(code + 140, second, 30);
  call(9, 0, NULL, NULL);
  end(record);
  record = begin(code + 500, first, 12);
  call(1, 2, NULL, NULL);
  end(record);
  CHECK(is_told(n, 105, first, file, 11));
  CHECK(is_told(n, 125, inlined, other, 8));
  CHECK(is_told(n, 132, inlined, other, 9));
  CHECK(is_told(n, 140, first, file, 15)); /* where the next piece begins */
  CHECK(is_told(n, 149, second, file, 30));
  CHECK(is_told(n, 501, first, file, 14));
  static const int none[] = {0, 99, 100, 104, 106, 124, 126, 141, 148, 150, 500, 502, 999};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    CHECK(!allocs_calls_find(allocs_reader(table, table + n), (uintptr_t)code + (uintptr_t)none[i], &place));
  CHECK(!allocs_calls_find(allocs_reader(table, table), (uintptr_t)code + 105, &place));
  /* Cut off anywhere, it tells less, and nothing else. */
  for (size_t size = 0; size < n; size++) {
    unsigned char *cut = malloc(size);
    memcpy(cut, table, size);
    for (uintptr_t at = 0; at < sizeof code; at++)
      allocs_calls_find(allocs_reader(cut, cut + size), at, &place);
    CHECK(is_told(size, 105, first, file, 11) || !allocs_calls_find(allocs_reader(table, table + size), (uintptr_t)code + 105, &place));
    free(cut);
  }
  return check_failed;
}
