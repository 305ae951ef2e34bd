/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Protocol buffers by hand: a field is its number and its kind, then a number of seven bits a byte, or so many bytes.
   Numbers of fields are those of profile.proto, in the order of its messages. Each site is a location of its own, with
   one line and one function, all of the same number. */

#include "export/pprof.h"
#include "export/export_rows.h"
#include "export/gzip.h"
#include "ground/pool.h"
#include "ground/store.h"
#include <stdlib.h>
#include <string.h>

enum { PROFILE_SAMPLE_TYPE = 1, PROFILE_SAMPLE, PROFILE_LOCATION = 4, PROFILE_FUNCTION, PROFILE_STRINGS };
enum { PROFILE_PERIOD_TYPE = 11, PROFILE_PERIOD, PROFILE_DEFAULT = 14 };
enum { VALUE_TYPE = 1, VALUE_UNIT };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE, SAMPLE_LABEL };
enum { LABEL_KEY = 1, LABEL_TEXT };
enum { LOCATION_ID = 1, LOCATION_LINE = 4 };
enum { LINE_FUNCTION = 1, LINE_LINE };
enum { FUNCTION_ID = 1, FUNCTION_NAME, FUNCTION_SYSTEM_NAME, FUNCTION_FILE };

struct message {
  unsigned char *bytes;
  size_t n, cap;
};
struct profile {
  struct message all;
  struct allocs_map numbers; /* of texts, plus 1 */
  const char **texts;
  size_t n, cap;
};

static void put_varint(struct message *message, uint64_t value) {
  do {
    message->bytes = allocs_grow(message->bytes, message->n, &message->cap, 1);
    message->bytes[message->n++] = (unsigned char)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
  } while (value >>= 7);
}

static void put_number(struct message *message, unsigned field, uint64_t value) {
  put_varint(message, field << 3);
  put_varint(message, value);
}

static void put_bytes(struct message *message, unsigned field, const void *bytes, size_t n) {
  put_varint(message, field << 3 | 2);
  put_varint(message, n);
  for (size_t i = 0; i < n; i++) {
    message->bytes = allocs_grow(message->bytes, message->n, &message->cap, 1);
    message->bytes[message->n++] = ((const unsigned char *)bytes)[i];
  }
}

/* Which is empty then. */
static void put_message(struct message *message, unsigned field, struct message *part) {
  put_bytes(message, field, part->bytes, part->n);
  free(part->bytes);
  *part = (struct message){.n = 0};
}

static uint64_t text_number(struct profile *profile, const char *text) {
  text = allocs_store_text(text);
  void **number = allocs_map_at(&profile->numbers, (uintptr_t)text);
  if (!*number) {
    profile->texts = allocs_grow(profile->texts, profile->n, &profile->cap, sizeof *profile->texts);
    profile->texts[profile->n++] = text;
    *number = (void *)(uintptr_t)profile->n;
  }
  return (uint64_t)(uintptr_t)*number - 1;
}

static void put_value_type(struct profile *profile, unsigned field, const char *type, const char *unit) {
  struct message value = {.n = 0};
  put_number(&value, VALUE_TYPE, text_number(profile, type));
  put_number(&value, VALUE_UNIT, text_number(profile, unit));
  put_message(&profile->all, field, &value);
}

static void put_sample(struct profile *profile, const struct allocs_export_row *row, uint64_t location) {
  struct message sample = {.n = 0}, label = {.n = 0};
  put_number(&sample, SAMPLE_LOCATION, location);
  put_number(&sample, SAMPLE_VALUE, row->sum.blocks);
  put_number(&sample, SAMPLE_VALUE, row->sum.bytes);
  put_number(&label, LABEL_KEY, text_number(profile, "type"));
  put_number(&label, LABEL_TEXT, text_number(profile, row->type));
  put_message(&sample, SAMPLE_LABEL, &label);
  put_message(&profile->all, PROFILE_SAMPLE, &sample);
}

static void put_location(struct profile *profile, const char *site, uint64_t number) {
  struct allocs_export_place place = allocs_export_place(site);
  struct message location = {.n = 0}, line = {.n = 0}, function = {.n = 0};
  put_number(&line, LINE_FUNCTION, number);
  put_number(&line, LINE_LINE, place.line);
  put_number(&location, LOCATION_ID, number);
  put_message(&location, LOCATION_LINE, &line);
  put_message(&profile->all, PROFILE_LOCATION, &location);
  put_number(&function, FUNCTION_ID, number);
  put_number(&function, FUNCTION_NAME, text_number(profile, place.function));
  put_number(&function, FUNCTION_SYSTEM_NAME, text_number(profile, place.function));
  put_number(&function, FUNCTION_FILE, text_number(profile, place.file));
  put_message(&profile->all, PROFILE_FUNCTION, &function);
}

void allocs_pprof(FILE *out, const struct allocs_rows *from) {
  struct allocs_export_rows rows;
  struct profile profile = {.n = 0};
  uint64_t n_sites = 0;
  allocs_export_rows_make(from, &rows);
  text_number(&profile, "");
  put_value_type(&profile, PROFILE_SAMPLE_TYPE, "inuse_objects", "count");
  put_value_type(&profile, PROFILE_SAMPLE_TYPE, "inuse_space", "bytes");
  for (size_t i = 0; i < rows.n; i++) {
    if (!i || strcmp(rows.all[i].site, rows.all[i - 1].site) != 0)
      put_location(&profile, rows.all[i].site, ++n_sites);
    put_sample(&profile, &rows.all[i], n_sites);
  }
  put_value_type(&profile, PROFILE_PERIOD_TYPE, "space", "bytes");
  put_number(&profile.all, PROFILE_PERIOD, 1);
  put_number(&profile.all, PROFILE_DEFAULT, text_number(&profile, "inuse_space"));
  for (size_t i = 0; i < profile.n; i++)
    put_bytes(&profile.all, PROFILE_STRINGS, profile.texts[i], strlen(profile.texts[i]));
  allocs_gzip(out, profile.all.bytes, profile.all.n);
  free(profile.all.bytes);
  free(profile.texts);
  allocs_map_fini(&profile.numbers);
  free(rows.all);
}
