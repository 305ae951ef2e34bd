// Records are read as they were written, and never beyond their end.
// RUN: %cc -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/bytes/record.c -o %t
// RUN: %t

#include "bytes/record.h"
#include "check.h"

#include <string.h>

/* The number that a run of literals begins with; `rest` bytes follow, of which it has five. */
static uint64_t read_uint(const unsigned char *bytes, size_t n, size_t rest, const char **ret_wrong) {
  unsigned char run[32] = {0};
  memcpy(run, bytes, n);
  struct allocs_reader reader = allocs_reader(run, run + n + rest);
  struct allocs_literals_view view;
  allocs_read_literals(&reader, &view);
  *ret_wrong = reader.wrong;
  CHECK(reader.at == (reader.wrong ? reader.end : run + n + 5) && reader.at <= run + n + rest);
  return view.n;
}

static void numbers(void) {
  static const unsigned char most[] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 1}, long_zero[] = {128, 128, 0};
  static const unsigned char too_much[] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 2}, two[] = {0xe5, 0x0e};
  const char *bad;
  CHECK(read_uint(two, 2, 5, &bad) == 0x765 && !bad);
  CHECK(read_uint(two, 2, 4, &bad) == 0x765 && !strcmp(bad, "the record is cut off"));
  CHECK(read_uint(two, 1, 0, &bad) == 0 && !strcmp(bad, "the record is cut off"));
  CHECK(read_uint(two, 0, 0, &bad) == 0 && bad);
  CHECK(read_uint(most, 10, 5, &bad) == UINT64_MAX && !bad);
  CHECK(read_uint(most, 9, 0, &bad) == 0 && bad);
  CHECK(read_uint(too_much, 10, 5, &bad) == 0 && !strcmp(bad, "the number has more than 64 bits"));
  CHECK(read_uint(long_zero, 3, 5, &bad) == 0 && !bad);
  int64_t values[] = {0, -1, 1, -64, INT64_MIN, INT64_MAX};
  for (int i = 0; i < 6; i++)
    CHECK(allocs_unzigzag(allocs_zigzag(values[i])) == values[i]);
}

/* However a text lies, its first zero ends it, and without one before the limit it does not end. */
static void texts(void) {
  char bytes[64];
  for (size_t begin = 0; begin < 16; begin++)
    for (size_t length = 0; length < 24; length++) {
      uintptr_t address = (uintptr_t)bytes + begin;
      memset(bytes, 0x80 + (int)length, sizeof bytes);
      bytes[begin + length] = 0;
      bytes[begin + length + 1] = length & 1 ? 0 : 1; /* 1 borrows from what a word says of the byte before */
      CHECK(allocs_literal_count(address, 1, (uintptr_t)(bytes + sizeof bytes)) == length + 1);
      CHECK(allocs_literal_count(address, 1, address + length + 1) == length + 1);
      CHECK(allocs_literal_count(address, 1, address + length) == 0);
    }
  static const int wide[] = {256, 0x10000, 0};
  CHECK(allocs_literal_count((uintptr_t)wide, 4, (uintptr_t)(wide + 3)) == 3);
  CHECK(allocs_literal_count((uintptr_t)wide, 4, (uintptr_t)(wide + 3) - 1) == 0);
}

/* struct s { int a; T b; } in every length that cuts it off, and one byte longer. */
static void types(void) {
  unsigned char record[] = {38, ALLOCS_KIND_COMPOSITE, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 9, 2, 0,
                            4,  0, 0, 0, 0, 0, 0, 0, 9, 8, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0};
  enum { LENGTH = sizeof record };
  struct allocs_type_view view;
  const struct allocs_type *type = (const void *)record;
  CHECK(allocs_type_view(type, record + LENGTH, &view) && view.n_entries == 2 && view.size == 8);
  CHECK(view.key == 0x0807060504030201 && !allocs_target(view.name));
  struct allocs_entry_view entry = allocs_entry_first(&view);
  allocs_read_entry(&view.entries, &entry);
  CHECK(entry.offset == 0 && allocs_target(entry.type) == record + 22 && !allocs_target(entry.alias));
  allocs_read_entry(&view.entries, &entry);
  CHECK(entry.offset == 4 && allocs_target(entry.type) == record + 35 && !view.entries.wrong);
  CHECK(!allocs_target(entry.name) && allocs_target(entry.alias) == record + 39);
  CHECK(!allocs_type_view(type, record + LENGTH - 1, &view));
  record[16] = 3;
  CHECK(!allocs_type_view(type, record + LENGTH, &view));
  record[16] = 2;
  for (unsigned char length = 0; length < 38; length++) {
    record[0] = length;
    bool is_whole = allocs_type_view(type, record + LENGTH, &view);
    entry = allocs_entry_first(&view);
    for (uint64_t i = 0; is_whole && i < view.n_entries; i++)
      allocs_read_entry(&view.entries, &entry);
    CHECK(!is_whole || view.entries.wrong);
  }
}

int main(void) {
  numbers();
  texts();
  types();
  return check_failed;
}
