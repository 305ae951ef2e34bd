/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* page.html, with the rows as JSON in it. A name cannot end the script: `<` is escaped as JSON has it. */

#include "export/html.h"
#include "export/export_rows.h"
#include "write/json.h"
#include <stdlib.h>
#include <string.h>

/* Made of page.html. */
static const unsigned char page[] = {
#include "page.inc"
    0};
static const char mark[] = "/*ROWS*/";

static char *make_rows(const struct allocs_rows *from, size_t *ret_size) {
  struct allocs_export_rows rows;
  char *ret = NULL;
  struct allocs_json json = {.out = open_memstream(&ret, ret_size)};
  if (!json.out)
    return NULL;
  allocs_export_rows_make(from, &rows);
  allocs_json_open(&json, NULL, '{');
  allocs_json_number(&json, "process", from->process);
  allocs_json_open(&json, "rows", '[');
  for (size_t i = 0; i < rows.n; i++) {
    allocs_json_open(&json, NULL, '{');
    allocs_json_text(&json, "type", rows.all[i].type);
    allocs_json_text(&json, "site", rows.all[i].site);
    allocs_json_number(&json, "blocks", (int64_t)rows.all[i].sum.blocks);
    allocs_json_number(&json, "bytes", (int64_t)rows.all[i].sum.bytes);
    allocs_json_close(&json, '}');
  }
  allocs_json_close(&json, ']');
  allocs_json_close(&json, '}');
  fclose(json.out);
  free(rows.all);
  return ret;
}

void allocs_html(FILE *out, const struct allocs_rows *from) {
  const char *text = (const char *)page, *at = strstr(text, mark);
  size_t size = 0;
  char *rows = make_rows(from, &size);
  fwrite(text, 1, (size_t)(at - text), out);
  for (size_t i = 0; i < size; i++)
    if (rows[i] == '<')
      fputs("\\u003c", out);
    else
      fputc(rows[i], out);
  fputs(at + sizeof mark - 1, out);
  free(rows);
}
