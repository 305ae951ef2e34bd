// Records follow each other by their lengths, padding is passed over, and entries, locals and elements end where they are said to.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/bytes/record.c -o %t && %t

#include "bytes/record.h"
#include "check.h"

#define BYTES(...) (const unsigned char[]){__VA_ARGS__}, sizeof(const unsigned char[]){__VA_ARGS__}

/* Where the next record begins; -1 if there is none. */
static long next(unsigned align, const unsigned char *bytes, size_t n) {
  _Alignas(8) unsigned char copy[32];
  memcpy(copy, bytes, n);
  memset(copy + n, 0xff, sizeof copy - n);
  struct allocs_reader reader = allocs_reader(copy, copy + n);
  bool found = allocs_reader_next(&reader, align);
  CHECK(!reader.wrong && (found || reader.at == reader.end));
  return found ? reader.at - copy : -1;
}

static void padding(void) {
  CHECK(next(1, BYTES(7)) == 0 && next(1, BYTES(0, 0, 5)) == 2 && next(1, BYTES(0, 0)) == -1 && next(1, (const unsigned char *)"", 0) == -1);
  CHECK(next(4, BYTES(0, 0, 0, 0, 0, 0, 0, 1)) == 4 && next(4, BYTES(0, 1, 0, 0)) == 0 && next(4, BYTES(0, 0, 0, 0)) == -1);
  CHECK(next(8, BYTES(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) == -1); /* by its first four bytes */
  CHECK(next(8, BYTES(0, 0, 0, 0, 1, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0)) == 8);
  CHECK(next(4, BYTES(0, 0, 0, 0, 0, 0, 0)) == 4); /* too short for one, which its reader will tell */
}

static void table(void) {
  static const char bytes[] = {0, 2, 'a', 'b', 0, 0, 1, 'c', (char)0x83, 0, 'd', 'e', 'f', 0};
  const char *at = bytes, *end = bytes + sizeof bytes;
  CHECK(allocs_next_record(end, &at) == bytes + 1 && at == bytes + 4);
  CHECK(allocs_next_record(end, &at) == bytes + 6 && at == bytes + 8);
  CHECK(allocs_next_record(end, &at) == bytes + 8 && at == bytes + 13);
  CHECK(!allocs_next_record(end, &at) && at == end && !allocs_next_record(end, &at));
  /* By its length the reader goes on, whatever is in it; one that is cut off is the last. */
  struct allocs_reader reader = allocs_reader(bytes + 1, end), record = allocs_reader_record(&reader);
  CHECK(record.at == (void *)(bytes + 2) && record.end == (void *)(bytes + 4) && reader.at == record.end && !record.wrong);
  reader = allocs_reader(bytes + 8, bytes + 12), record = allocs_reader_record(&reader);
  CHECK(record.wrong && record.at == (void *)(bytes + 8) && record.end == record.at && reader.at == reader.end);
  reader = allocs_reader(bytes + 8, bytes + 13), record = allocs_reader_record(&reader);
  CHECK(!record.wrong && record.end - record.at == 3);
}

static bool views(struct allocs_type_view *view, const unsigned char *bytes, size_t n) {
  return allocs_type_view((const void *)bytes, bytes + n, view);
}

static void entries(void) {
  struct allocs_type_view view;
  unsigned flags = 99;
  /* As many parameters as there is room for. */
  CHECK(views(&view, BYTES(6, ALLOCS_KIND_SUBPROGRAM, 0, 0, 0, 0, 0)) && view.n_entries == 0);
  CHECK(views(&view, BYTES(14, ALLOCS_KIND_SUBPROGRAM, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0)) && view.n_entries == 2);
  struct allocs_entry_view entry = allocs_entry_first(&view);
  allocs_read_entry(&view.entries, &entry);
  allocs_read_entry(&view.entries, &entry);
  CHECK(entry.type.distance == 2 && !view.entries.wrong && view.entries.at == view.entries.end);
  /* No more members or enumerators than the least that one takes. */
#define ENUMERATION(length, n) length, ALLOCS_KIND_ENUMERATION, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 5, 0, 0, 0, 0, n
  CHECK(views(&view, BYTES(ENUMERATION(30, 2), 0, 0, 0, 0, 2, 0, 0, 0, 0, 4)) && view.n_entries == 2);
  CHECK(!views(&view, BYTES(ENUMERATION(30, 3), 0, 0, 0, 0, 2, 0, 0, 0, 0, 4)) &&
        !strcmp(view.entries.wrong, "the entries do not fit the record"));
  CHECK(!views(&view, BYTES(ENUMERATION(29, 2), 0, 0, 0, 0, 2, 0, 0, 0, 0)));
#define COMPOSITE(length, n) length, ALLOCS_KIND_COMPOSITE, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 9, n
  CHECK(views(&view, BYTES(COMPOSITE(34, 2), 6, 1, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0)) && view.n_entries == 2);
  entry = allocs_entry_first(&view);
  allocs_read_entry(&view.entries, &entry);
  CHECK(entry.offset == 3 && entry.flags == 0 && entry.type.distance == 1 && entry.name.distance == 2);
  CHECK(!views(&view, BYTES(COMPOSITE(34, 3), 6, 1, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0)));
  /* What is none. */
  CHECK(!views(&view, BYTES(2, ALLOCS_KIND_VOID, 0)) && !strcmp(view.entries.wrong, "the record's length is impossible"));
  CHECK(views(&view, BYTES(3, ALLOCS_KIND_VOID, 0, 0)) && view.kind == ALLOCS_KIND_VOID);
  CHECK(!views(&view, BYTES(3, 77, 0, 0)) && !strcmp(view.entries.wrong, "no such kind of type"));
  CHECK(!allocs_type_flags(77, &flags) && flags == 99 && allocs_type_flags(ALLOCS_KIND_VOID, &flags) && flags != 99);
  static const unsigned char whole[] = {3, ALLOCS_KIND_VOID, 0, 0};
  CHECK(allocs_type_view_whole((const void *)whole, &view) && view.kind == ALLOCS_KIND_VOID);
}

static void frames(void) {
  /* Of its own: line 7; two locals, the second 3 lines before the first; then another record. */
  static const unsigned char bytes[] = {44, ALLOCS_FRAME_OWN | ALLOCS_FRAME_DYNAMIC, 7, 4, 0, 0, 0, 5, 0, 0, 0, 0xf0, 0xff, 0xff, 0xff,
                                        0xf8, 0xff, 0xff, 0xff, 0xa1, 1, 1, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0,
                                        0xe0, 0xff, 0xff, 0xff, 5 << 2, 0, 0, 0, 0, 3, 0, 0, 0};
  struct allocs_reader reader = allocs_reader(bytes, bytes + sizeof bytes);
  struct allocs_frame_view frame;
  struct allocs_local_view local = {.before = 0};
  allocs_frame_view(&reader, &frame);
  CHECK(frame.line == 7 && frame.code.distance == 4 && frame.name.distance == 5 && frame.dynamic == -16);
  CHECK(!frame.file.distance && !frame.record.distance && reader.at == bytes + 45);
  CHECK(allocs_next_local(&frame, &local) && local.offset == -8 && local.line == 20 && local.flags == ALLOCS_LOCAL_ALIAS);
  CHECK(local.type.distance == 1 && local.name.distance == 2 && local.alias.distance == 9 && !local.function.distance);
  CHECK(!allocs_next_local(&frame, &local) && frame.locals.wrong); /* its last byte is of the next record */
  reader = allocs_reader(bytes, bytes + sizeof bytes);
  unsigned char longer[sizeof bytes];
  memcpy(longer, bytes, sizeof bytes);
  longer[0]++;
  reader = allocs_reader(longer, longer + sizeof longer), local = (struct allocs_local_view){.before = 0};
  allocs_frame_view(&reader, &frame);
  CHECK(allocs_next_local(&frame, &local) && allocs_next_local(&frame, &local) && local.offset == -32);
  CHECK(local.line == 17 && !local.flags && !local.alias.distance && local.name.distance == 3);
  CHECK(!allocs_next_local(&frame, &local) && !frame.locals.wrong && reader.at == reader.end);
}

static void head(void) {
  static const unsigned char bytes[11] = {5, ALLOCS_FRAME_FILE, 8};
  struct allocs_reader reader = allocs_reader(bytes, bytes + 6);
  struct allocs_frame_view frame;
  struct allocs_local_view local = {.before = 0};
  allocs_frame_view(&reader, &frame);
  CHECK(frame.file.distance == 8 && !frame.line && !frame.code.distance && !allocs_next_local(&frame, &local));
  CHECK(allocs_target(frame.file) == bytes + 10 && !frame.locals.wrong);
  reader = allocs_reader(bytes, bytes + 5), allocs_frame_view(&reader, &frame);
  CHECK(frame.locals.wrong && !allocs_next_local(&frame, &local) && reader.at == reader.end);
}

static void elements(void) {
  static const uint16_t wide[] = {0x100, 1, 0, 0, 5};
  uintptr_t at = (uintptr_t)wide, end = at + sizeof wide;
  CHECK(allocs_literal_count(at, 2, end) == 3 && allocs_literal_count(at, 2, at + 6) == 3);
  CHECK(!allocs_literal_count(at, 2, at + 5) && !allocs_literal_count(at, 2, at + 4) && !allocs_literal_count(at, 2, at));
  CHECK(!allocs_literal_count(at + 8, 2, end) && allocs_literal_count(at + 4, 2, end) == 1);
  CHECK(!allocs_literal_count(at, 0, end) && allocs_literal_count(at, 1, end) == 1 && allocs_literal_count(at + 1, 1, end) == 3);
  CHECK(allocs_literal_count(at + 4, 4, end) == 1 && allocs_literal_count(at, 4, end) == 2 && !allocs_literal_count(at, 8, end));
}

int main(void) {
  padding();
  table();
  entries();
  frames();
  head();
  elements();
  return check_failed;
}
