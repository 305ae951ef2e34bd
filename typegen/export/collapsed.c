/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Frames are separated by semicolons, and end with their line: what of a name would do so is another character. */

#include "export/collapsed.h"
#include "export/export_rows.h"
#include <inttypes.h>
#include <stdlib.h>

static void put(FILE *out, const char *text) {
  for (; *text; text++)
    fputc(*text == ';' ? ',' : (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text, out);
}

void allocs_collapsed(FILE *out, const struct allocs_rows *from) {
  struct allocs_export_rows rows;
  allocs_export_rows_make(from, &rows);
  for (size_t i = 0; i < rows.n; i++) {
    struct allocs_export_place place = allocs_export_place(rows.all[i].site);
    put(out, place.function);
    fputc(';', out);
    if (*place.file) {
      put(out, place.file);
      fprintf(out, ":%" PRIu64 ";", place.line);
    }
    put(out, rows.all[i].type);
    fprintf(out, " %" PRIu64 "\n", rows.all[i].sum.bytes);
  }
  free(rows.all);
}
