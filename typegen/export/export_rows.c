/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Sites as answers/places.c writes them: `list.c:42 push malloc`, or `code 0x… in FILE+0x…, in push at list.c:42`. */

#include "export/export_rows.h"
#include "ground/store.h"
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b) {
  const struct allocs_export_row *x = a, *y = b;
  int by_site = strcmp(x->site, y->site);
  return by_site ? by_site : strcmp(x->type, y->type);
}

void allocs_export_rows_make(const struct allocs_rows *from, struct allocs_export_rows *ret) {
  struct allocs_export_row *all = allocs_new(from->n + 1, sizeof *all);
  size_t n = 0;
  for (size_t i = 0; i < from->n; i++) {
    const struct allocs_row *row = &from->all[i];
    all[i] = (struct allocs_export_row){row->labels[ALLOCS_LABEL_TYPE], row->labels[ALLOCS_LABEL_SITE], row->sum};
  }
  qsort(all, from->n, sizeof *all, compare);
  for (size_t i = 0; i < from->n; i++)
    if (n && !compare(&all[n - 1], &all[i]))
      allocs_sum_add(&all[n - 1].sum, &all[i].sum);
    else
      all[n++] = all[i];
  *ret = (struct allocs_export_rows){all, n};
}

static const char *part(const char *begin, size_t n) {
  char *copy = allocs_new(n + 1, 1);
  memcpy(copy, begin, n);
  const char *ret = allocs_store_text(copy);
  free(copy);
  return ret;
}

/* `FILE:LINE`, which ends where the line does; NULL if it is none. */
static const char *read_file(const char *text, struct allocs_export_place *ret) {
  for (const char *colon = text; (colon = strchr(colon, ':')) != NULL; colon++) {
    size_t digits = strspn(colon + 1, "0123456789");
    if (!digits || (colon[1 + digits] && colon[1 + digits] != ' '))
      continue;
    ret->file = part(text, (size_t)(colon - text));
    ret->line = strtoull(colon + 1, NULL, 10);
    return colon + 1 + digits;
  }
  return NULL;
}

struct allocs_export_place allocs_export_place(const char *site) {
  struct allocs_export_place ret = {.function = site, .file = ""};
  const char *in = strstr(site, ", in "), *at = in ? strstr(in, " at ") : NULL, *end;
  if (strncmp(site, "code ", 5) != 0) {
    end = read_file(site, &ret);
    if (end && *end == ' ')
      ret.function = part(end + 1, strcspn(end + 1, " "));
  } else if (in) {
    ret.function = part(in + 5, at ? (size_t)(at - in - 5) : strlen(in + 5));
    if (at)
      read_file(at + 4, &ret);
  }
  return ret;
}
