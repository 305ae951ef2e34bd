/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

#ifndef ALLOCS_TYPEGEN_JSON_H
#define ALLOCS_TYPEGEN_JSON_H

/* JSON, written. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Any bytes as a JSON string; null for NULL. */
void allocs_json_quote(FILE *out, const char *text);

/* Objects and arrays in each other, fields and elements one after the other: an element has no name. */
struct allocs_json {
  FILE *out;
  unsigned depth;
  bool has_any; /* of what was opened last */
};
void allocs_json_open(struct allocs_json *json, const char *name, char bracket);
void allocs_json_close(struct allocs_json *json, char bracket);
void allocs_json_text(struct allocs_json *json, const char *name, const char *text);
void allocs_json_number(struct allocs_json *json, const char *name, int64_t number);
void allocs_json_bool(struct allocs_json *json, const char *name, bool is);
/* As a text, 0x…: more than a number of JavaScript holds. */
void allocs_json_address(struct allocs_json *json, const char *name, uint64_t address);

#endif
