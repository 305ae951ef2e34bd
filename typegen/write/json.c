/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* JSON: RFC 8259. Bytes that are no UTF-8 are written as U+FFFD. An element of an array begins a line. */

#include "write/json.h"
#include <inttypes.h>
#include <stddef.h>

/* Length of the UTF-8 sequence at the beginning of a text (RFC 3629, section 4); 0 if it is none. */
static unsigned utf8_length(const unsigned char *text) {
  /* The second byte's bounds keep out what is written too long, surrogates, and what is beyond U+10FFFF. A text ends
     with zero, which is below all bounds: nothing is read behind it. */
  unsigned char low = 0x80, high = 0xbf, c = text[0];
  unsigned length = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
  if (c == 0xe0)
    low = 0xa0;
  if (c == 0xed)
    high = 0x9f;
  if (c == 0xf0)
    low = 0x90;
  if (c == 0xf4)
    high = 0x8f;
  for (unsigned i = 1; i < length; i++) {
    if (text[i] < low || text[i] > high)
      return 0;
    low = 0x80;
    high = 0xbf;
  }
  return length;
}

/* RFC 8259, section 7; DEL, which it would allow, is escaped as well. */
void allocs_json_quote(FILE *out, const char *text) {
  if (!text) {
    fputs("null", out);
    return;
  }
  fputc('"', out);
  for (const unsigned char *p = (const unsigned char *)text; *p;) {
    unsigned length = utf8_length(p);
    if (!length)
      fputs("\\ufffd", out);
    else if (*p == '"' || *p == '\\')
      fprintf(out, "\\%c", *p);
    else if (*p < ' ' || *p == 0x7f)
      fprintf(out, "\\u%04x", *p);
    else
      fwrite(p, 1, length, out);
    p += length ? length : 1;
  }
  fputc('"', out);
}

static void begin(struct allocs_json *json, const char *name) {
  if (json->has_any)
    fputc(',', json->out);
  if (name) {
    fputs(json->has_any ? " " : "", json->out);
    allocs_json_quote(json->out, name);
    fputs(": ", json->out);
  } else if (json->depth) {
    fprintf(json->out, "\n%*s", (int)(2 * json->depth), "");
  }
  json->has_any = true;
}

void allocs_json_open(struct allocs_json *json, const char *name, char bracket) {
  begin(json, name);
  fputc(bracket, json->out);
  json->depth++;
  json->has_any = false;
}

void allocs_json_close(struct allocs_json *json, char bracket) {
  fputc(bracket, json->out);
  json->has_any = true;
  if (!--json->depth)
    fputc('\n', json->out);
}

void allocs_json_text(struct allocs_json *json, const char *name, const char *text) {
  begin(json, name);
  allocs_json_quote(json->out, text);
}

void allocs_json_number(struct allocs_json *json, const char *name, int64_t number) {
  begin(json, name);
  fprintf(json->out, "%" PRId64, number);
}

void allocs_json_bool(struct allocs_json *json, const char *name, bool is) {
  begin(json, name);
  fputs(is ? "true" : "false", json->out);
}

void allocs_json_address(struct allocs_json *json, const char *name, uint64_t address) {
  begin(json, name);
  fprintf(json->out, "\"0x%" PRIx64 "\"", address);
}
