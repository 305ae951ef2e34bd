// Records are read as they were written, and never beyond their end.
// RUN: %cc -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/types/record.c -o %t
// RUN: %t

#include "types/record.h"
#include "check.h"

#include <string.h>

static uint64_t read_uint(const unsigned char *bytes, size_t n, bool *ret_bad) {
  struct allocs_reader reader = allocs_reader(bytes, bytes + n);
  uint64_t value = allocs_read_uint(&reader);
  *ret_bad = reader.bad;
  CHECK(reader.at <= bytes + n);
  return value;
}

static void numbers(void) {
  static const unsigned char most[] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 1}, long_zero[] = {128, 128, 0};
  static const unsigned char too_much[] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 2}, two[] = {0xe5, 0x0e};
  bool bad;
  CHECK(read_uint(two, 2, &bad) == 0x765 && !bad);
  CHECK(read_uint(two, 1, &bad) < 0x80 && bad);
  CHECK(read_uint(two, 0, &bad) == 0 && bad);
  CHECK(read_uint(most, 10, &bad) == UINT64_MAX && !bad);
  CHECK((read_uint(most, 9, &bad), bad));
  CHECK(read_uint(too_much, 10, &bad) == 0 && bad);
  CHECK(read_uint(long_zero, 3, &bad) == 0 && !bad);
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
  struct allocs_entry entry = {.offset = 0};
  const struct allocs_type *type = (const void *)record;
  CHECK(allocs_type_view(type, record + LENGTH, &view) && view.n_entries == 2 && view.size == 8);
  CHECK(view.key == 0x0807060504030201 && !view.name);
  allocs_type_next_entry(&view, &entry);
  CHECK(entry.offset == 0 && entry.type == (void *)(record + 22) && !entry.alias);
  allocs_type_next_entry(&view, &entry);
  CHECK(entry.offset == 4 && entry.type == (void *)(record + 35) && !view.entries.bad);
  CHECK(!entry.name && entry.alias == (void *)(record + 39));
  CHECK(!allocs_type_view(type, record + LENGTH - 1, &view));
  record[16] = 3;
  CHECK(!allocs_type_view(type, record + LENGTH, &view));
  record[16] = 2;
  for (unsigned char length = 0; length < 38; length++) {
    record[0] = length;
    bool is_whole = allocs_type_view(type, record + LENGTH, &view);
    entry = (struct allocs_entry){.offset = 0};
    for (uint64_t i = 0; is_whole && i < view.n_entries; i++)
      allocs_type_next_entry(&view, &entry);
    CHECK(!is_whole || view.entries.bad);
  }
}

int main(void) {
  numbers();
  texts();
  types();
  return check_failed;
}
