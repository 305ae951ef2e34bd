// What the writer in C writes is what is read back, and for what the plugin knows the very bytes that the plugin wrote.
// REQUIRES: lld
// RUN: %allocs-cc -O1 -Wall -Wextra -Werror -I%src/runtime -I%src/typegen %s %src/typegen/write/sink.c %src/typegen/ground/diag.c %src/runtime/bytes/record.c -o %t
// RUN: %t
// RUN: %allocs-cc -O1 -flto -fuse-ld=lld -I%src/runtime -I%src/typegen %s %src/typegen/write/sink.c %src/typegen/ground/diag.c %src/runtime/bytes/record.c -o %t
// RUN: %t

#include "bytes/record.h"
#include "check.h"
#include "write/sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A record read becomes one to write: struct allocs_<record>_fields of struct allocs_<record>_view. */
#define ALLOCS_FIXED_FORM(form, c_type)                                                                                \
  static c_type again_##form(c_type value) { return value; }
#define ALLOCS_OFFSET_FORM(form, c_type) ALLOCS_FIXED_FORM(form, c_type)
#define ALLOCS_NUMBER_FORM(form, c_type) ALLOCS_FIXED_FORM(form, c_type)
#define ALLOCS_REF_FORM(form)                                                                                          \
  static const void *again_##form(struct allocs_link link) { return allocs_target(link); }
#include "allocs/records.def"
#define ALLOCS_RECORD(record)                                                                                          \
  static void rewrite_##record(struct allocs_sink *sink, struct allocs_reader *reader,                                 \
                               struct allocs_##record##_view *view) {                                                  \
    struct allocs_##record##_view before = *view;                                                                      \
    struct allocs_##record##_fields fields = {0};                                                                      \
    allocs_read_##record(reader, view);
#define ALLOCS_FIELD(form, name) fields.name = again_##form(view->name);
#define ALLOCS_FIELD_IF(condition, form, name) ALLOCS_FIELD(form, name)
#define ALLOCS_HEAD_IF(condition, form, name) ALLOCS_FIELD(form, name)
#define ALLOCS_VALUE(form, name) ALLOCS_FIELD(form, name)
#define ALLOCS_STEP(form, name) fields.before = before.before;
#define ALLOCS_END(record)                                                                                             \
  (void)before;                                                                                                        \
  allocs_write_##record(sink, &fields);                                                                                \
  }
#include "allocs/records.def"

static void rewrite_types(struct allocs_sink *sink, struct allocs_reader *reader) {
  struct allocs_type_view view = {0}, whole;
  CHECK(allocs_type_view((const struct allocs_type *)reader->at, reader->end, &whole));
  struct allocs_reader record = allocs_reader_record(reader);
  size_t begin = sink->n_bytes;
  rewrite_type(sink, &record, &view);
  struct allocs_entry_view entry = allocs_entry_first(&whole);
  for (uint64_t i = 0; i < whole.n_entries; i++)
    rewrite_entry(sink, &record, &entry);
  CHECK(!record.wrong && record.at == record.end);
  allocs_sink_end_record(sink, begin);
}

static void rewrite_run(struct allocs_sink *sink, struct allocs_reader *reader) {
  struct allocs_literals_view run = {0};
  rewrite_literals(sink, reader, &run);
  struct allocs_literal_view literal = {.flags = run.flags};
  for (uint64_t i = 0; i < run.n; i++)
    rewrite_literal(sink, reader, &literal);
}

static void rewrite_frames(struct allocs_sink *sink, struct allocs_reader *reader) {
  struct allocs_reader record = allocs_reader_record(reader);
  struct allocs_frame_view frame = {0};
  struct allocs_local_view local = {0};
  size_t begin = sink->n_bytes;
  rewrite_frame(sink, &record, &frame);
  while (record.at < record.end)
    rewrite_local(sink, &record, &local);
  CHECK(!record.wrong);
  allocs_sink_end_record(sink, begin);
}

static void rewrite(unsigned table, struct allocs_sink *sink, struct allocs_reader *reader) {
  struct allocs_site_view site = {0};
  struct allocs_static_view object = {0};
  struct allocs_tls_view tls = {0};
  switch (table) {
  case ALLOCS_TABLE_TYPES:
    rewrite_types(sink, reader);
    break;
  case ALLOCS_TABLE_SITES:
    rewrite_site(sink, reader, &site);
    break;
  case ALLOCS_TABLE_STATICS:
    rewrite_static(sink, reader, &object);
    break;
  case ALLOCS_TABLE_LITERALS:
    rewrite_run(sink, reader);
    break;
  case ALLOCS_TABLE_TLS:
    rewrite_tls(sink, reader, &tls);
    break;
  case ALLOCS_TABLE_FRAMES:
    rewrite_frames(sink, reader);
  }
  CHECK(!reader->wrong);
}

/* Where the references will stand. */
static void resolve(struct allocs_sink *sink, const unsigned char *home) {
  for (size_t i = 0; i < sink->n_fixups; i++) {
    struct allocs_fixup fixup = sink->fixups[i];
    allocs_ref ref = (allocs_ref)((const unsigned char *)fixup.target - (home + fixup.at));
    memcpy(sink->bytes + fixup.at, &ref, sizeof ref);
  }
}

/* This program's own tables. */
static void tables_of_the_plugin(void) {
#define BOUNDS(name)                                                                                                   \
  extern const unsigned char __start_##name[] __attribute__((visibility("hidden"))),                                   \
      __stop_##name[] __attribute__((visibility("hidden")));
  BOUNDS(allocs_types)
  BOUNDS(allocs_sites)
  BOUNDS(allocs_statics)
  BOUNDS(allocs_literals)
  BOUNDS(allocs_tls)
  BOUNDS(allocs_frames)
  const unsigned char *bounds[][2] = {
      {__start_allocs_types, __stop_allocs_types},     {__start_allocs_sites, __stop_allocs_sites},
      {__start_allocs_statics, __stop_allocs_statics}, {__start_allocs_literals, __stop_allocs_literals},
      {__start_allocs_tls, __stop_allocs_tls},         {__start_allocs_frames, __stop_allocs_frames},
  };
  for (unsigned table = 0; table < ALLOCS_N_TABLES; table++) {
    struct allocs_reader reader = allocs_reader(bounds[table][0], bounds[table][1]);
    size_t n = 0;
    for (; allocs_reader_next(&reader, allocs_table_form_of(table)->align); n++) {
      const unsigned char *record = reader.at;
      struct allocs_sink sink = {0};
      rewrite(table, &sink, &reader);
      resolve(&sink, record);
      CHECK(sink.n_bytes == (size_t)(reader.at - record) && !memcmp(sink.bytes, record, sink.n_bytes));
      CHECK(sink.n_bytes >= allocs_table_form_of(table)->least);
      allocs_sink_fini(&sink);
    }
    CHECK(n);
    printf("%s: %zu records\n", allocs_table_form_of(table)->section, n);
  }
}

/* Every kind of record, with another value in each field. */

static char targets[64], home[256];
#define ALLOCS_FIXED_FORM(form, c_type)                                                                                \
  static c_type value_##form(unsigned n) { return (c_type)(0x12345678 + n); }                                          \
  static bool same_##form(c_type read, c_type written) { return read == written; }
#define ALLOCS_OFFSET_FORM(form, c_type) ALLOCS_FIXED_FORM(form, c_type)
#define ALLOCS_NUMBER_FORM(form, c_type) ALLOCS_FIXED_FORM(form, c_type)
#define ALLOCS_REF_FORM(form)                                                                                          \
  static const void *value_##form(unsigned n) { return targets + n; }                                                  \
  static bool same_##form(struct allocs_link read, const void *written) { return allocs_target(read) == written; }
#include "allocs/records.def"

#define ALLOCS_RECORD(record)                                                                                          \
  static struct allocs_##record##_fields values_of_##record(void) {                                                    \
    struct allocs_##record##_fields fields = {0};                                                                      \
    unsigned n = 0;
#define ALLOCS_FIELD(form, name) fields.name = value_##form(++n);
#define ALLOCS_FIELD_IF(condition, form, name) ALLOCS_FIELD(form, name)
#define ALLOCS_HEAD_IF(condition, form, name) ALLOCS_FIELD(form, name)
#define ALLOCS_VALUE(form, name) ALLOCS_FIELD(form, name)
#define ALLOCS_END(record)                                                                                             \
  return fields;                                                                                                       \
  }
#include "allocs/records.def"

#define ALLOCS_RECORD(record)                                                                                          \
  static void compare_##record(const struct allocs_##record##_view *it, const struct allocs_##record##_fields *fields) {
#define ALLOCS_FIELD(form, name) CHECK(same_##form(it->name, fields->name));
#define ALLOCS_FIELD_IF(condition, form, name) CHECK(same_##form(it->name, condition ? fields->name : 0));
#define ALLOCS_HEAD_IF(condition, form, name)                                                                          \
  if (condition) {                                                                                                     \
    CHECK(same_##form(it->name, fields->name));                                                                        \
    return;                                                                                                            \
  }
#define ALLOCS_CASES(record) switch (it->kind) {
#define ALLOCS_CASE(record, kind)                                                                                      \
  break;                                                                                                               \
  case ALLOCS_KIND_##kind:
#define ALLOCS_CASES_END(record) }
#define ALLOCS_PART(form, name) ALLOCS_FIELD(form, name)
#define ALLOCS_PART_IF(condition, form, name) ALLOCS_FIELD_IF(condition, form, name)
#define ALLOCS_STEP(form, name) CHECK(it->name == fields->name && it->flags == fields->flags);
#define ALLOCS_END(record) }
#include "allocs/records.def"

/* And in every length that cuts it off, something is wrong. */
#define ROUND_TRIP(record, ...)                                                                                        \
  do {                                                                                                                 \
    struct allocs_##record##_fields fields = values_of_##record();                                                     \
    struct allocs_##record##_view known = {0}, view;                                                                   \
    (void)(__VA_ARGS__);                                                                                               \
    struct allocs_sink sink = {0};                                                                                     \
    allocs_write_##record(&sink, &fields);                                                                             \
    resolve(&sink, (unsigned char *)home);                                                                             \
    CHECK(sink.n_bytes &&sink.n_bytes <= sizeof home);                                                                 \
    memcpy(home, sink.bytes, sink.n_bytes);                                                                            \
    for (size_t length = 0; length <= sink.n_bytes; length++) {                                                        \
      struct allocs_reader reader = allocs_reader(home, home + length);                                                \
      allocs_read_##record(&reader, (view = known, &view));                                                            \
      CHECK(reader.at <= reader.end && !reader.wrong == (length == sink.n_bytes));                                     \
    }                                                                                                                  \
    compare_##record(&view, &fields);                                                                                  \
    allocs_sink_fini(&sink);                                                                                           \
  } while (0)

static void every_kind(void) {
  static const uint8_t kinds[] = {
#define ALLOCS_TYPE_KIND(name, value, flags) value,
#include "allocs/kinds.def"
  };
  for (unsigned i = 0; i < sizeof kinds; i++) {
    ROUND_TRIP(type, fields.kind = kinds[i], fields.flags = 0);
    ROUND_TRIP(type, fields.kind = kinds[i], fields.flags = ALLOCS_TYPE_VECTOR);
  }
  for (unsigned flags = 0; flags < 2; flags++)
    ROUND_TRIP(entry, known.kind = fields.kind = ALLOCS_KIND_COMPOSITE, known.before = fields.before = 7,
               fields.flags = (uint8_t)flags);
  ROUND_TRIP(entry, known.kind = fields.kind = ALLOCS_KIND_ENUMERATION, fields.value = -5);
  ROUND_TRIP(entry, known.kind = fields.kind = ALLOCS_KIND_SUBPROGRAM);
  ROUND_TRIP(site, 0);
  ROUND_TRIP(tls, 0);
  for (unsigned flags = 0; flags < 32; flags++)
    ROUND_TRIP(static, fields.flags = (uint8_t)flags);
  ROUND_TRIP(literals, 0);
  for (unsigned flags = 0; flags < 2; flags++)
    ROUND_TRIP(literal, known.flags = fields.flags = (uint8_t)flags);
  for (unsigned flags = 0; flags < 8; flags++)
    ROUND_TRIP(frame, fields.flags = (uint8_t)flags);
  for (unsigned flags = 0; flags < 4; flags++)
    ROUND_TRIP(local, known.before = fields.before = (uint64_t)1 << (20 + 3 * flags), fields.flags = (uint8_t)flags);
}

/* The length is put before what was written, whose references move. */
static void length_of_a_record(void) {
  struct allocs_sink sink = {0};
  allocs_put_bytes(&sink, 0xee, 1);
  for (unsigned i = 0; i < 50; i++)
    allocs_put_ref(&sink, targets);
  allocs_sink_end_record(&sink, 1);
  resolve(&sink, (unsigned char *)home);
  memcpy(home, sink.bytes, sink.n_bytes);
  struct allocs_reader reader = allocs_reader(home + 1, home + sink.n_bytes), record = allocs_reader_record(&reader);
  CHECK(sink.n_bytes == 1 + 2 + 200 && (const char *)record.at == home + 3 && record.end - record.at == 200);
  for (unsigned i = 0; i < 50; i++) {
    struct allocs_entry_view parameter = {.kind = ALLOCS_KIND_SUBPROGRAM};
    allocs_read_entry(&record, &parameter);
    CHECK(allocs_target(parameter.type) == targets);
  }
  allocs_sink_fini(&sink);
}

/* So that the plugin writes of every kind. */
enum color { RED = -1, BLUE };
typedef unsigned counter_t;
typedef float four __attribute__((vector_size(16)));
struct sample {
  enum color color;
  counter_t counter;
  unsigned bit : 3;
  four vector;
  struct sample *(*function)(const char *, ...);
  int tail[];
};
static _Thread_local counter_t thread_local = 1;
static int *compound = (int[]){1, 2, 3};
static const char with_zero[] = "a\0b", *volatile literal = "a\0b";
void *volatile escaped;
static inline __attribute__((always_inline)) void inlined(void) {
  counter_t local[3] = {0};
  escaped = local;
}

static void samples(unsigned n) {
  static struct sample sample;
  int array[n];
  escaped = array;
  escaped = &sample;
  escaped = compound + thread_local ++;
  inlined();
  escaped = malloc(sizeof(struct sample));
  free(escaped);
  escaped = (void *)with_zero;
  (void)*literal;
}

int main(void) {
  samples(3);
  every_kind();
  length_of_a_record();
  tables_of_the_plugin();
  return check_failed;
}
