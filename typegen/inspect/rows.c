/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A snapshot is text: a line that tells what it is, its version and the process; a line for each row, of the numbers of
   blocks and bytes, 1 if it has a type, and the labels in their order, separated by tabs; and a last line with the
   number of rows, so that one that was cut off is noticed. In labels what is no letter of a line is escaped. */

#include "inspect/rows.h"
#include "ground/store.h"
#include "target/snapshot.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "allocs snapshot 1 of process "
#define HEAD_ANY "allocs snapshot "
#define END "rows "

void allocs_rows_of_heap(struct allocs_rows *ret) {
  struct allocs_count count;
  allocs_census_count(&count);
  ret->n = count.n;
  ret->all = allocs_new(count.n + 1, sizeof *ret->all);
  for (size_t i = 0; i < count.n; i++) {
    struct allocs_heap_block block = allocs_census_block(&count.rows[i]);
    struct allocs_row *row = &ret->all[i];
    for (unsigned label = 0; label < ALLOCS_N_LABELS; label++)
      row->labels[label] = allocs_label_of((enum allocs_label)label, &block);
    row->is_typed = allocs_label_is_typed(&block);
    row->sum = count.rows[i].sum;
  }
  free(count.rows);
}

/* Numbers wrap around: what is less than before is so many less than none. */
void allocs_rows_subtract(struct allocs_rows *from, const struct allocs_rows *rows) {
  struct allocs_row *all = allocs_new(from->n + rows->n + 1, sizeof *all);
  if (from->n)
    memcpy(all, from->all, from->n * sizeof *all);
  for (size_t i = 0; i < rows->n; i++) {
    all[from->n + i] = rows->all[i];
    all[from->n + i].sum = (struct allocs_sum){-rows->all[i].sum.blocks, -rows->all[i].sum.bytes};
  }
  free(from->all);
  from->all = all;
  from->n += rows->n;
}

bool allocs_rows_is_snapshot(const char *file) {
  char head[sizeof HEAD_ANY - 1];
  FILE *in = fopen(file, "re");
  bool ret = in && fread(head, 1, sizeof head, in) == sizeof head && !memcmp(head, HEAD_ANY, sizeof head);
  if (in)
    fclose(in);
  return ret;
}

/* Writing */

static void write_label(FILE *out, const char *label) {
  fputc('\t', out);
  for (; *label; label++)
    if (*label == '\\' || (unsigned char)*label < ' ')
      fprintf(out, "\\%03o", (unsigned char)*label);
    else
      fputc(*label, out);
}

void allocs_rows_print(FILE *out, const struct allocs_rows *rows) {
  fprintf(out, HEAD "%d\n", rows->process);
  for (size_t i = 0; i < rows->n; i++) {
    const struct allocs_row *row = &rows->all[i];
    fprintf(out, "%" PRIu64 "\t%" PRIu64 "\t%d", row->sum.blocks, row->sum.bytes, row->is_typed);
    for (unsigned label = 0; label < ALLOCS_N_LABELS; label++)
      write_label(out, row->labels[label]);
    fputc('\n', out);
  }
  fprintf(out, END "%zu\n", rows->n);
}

bool allocs_rows_write(struct allocs_diag *diag, const char *file, const struct allocs_rows *rows) {
  FILE *out = fopen(file, "we");
  if (!out)
    return allocs_diag_file(diag, "%s: %s", file, strerror(errno));
  allocs_rows_print(out, rows);
  bool is_bad = ferror(out);
  return (!fclose(out) && !is_bad) || allocs_diag_file(diag, "%s: %s", file, strerror(errno));
}

/* Reading */

/* In place; NULL if an escape is none. */
static const char *read_label(char *label) {
  char *to = label;
  for (const char *from = label; *from; to++) {
    if (*from != '\\') {
      *to = *from++;
      continue;
    }
    unsigned c = 0;
    for (int i = 1; i <= 3; i++) {
      if (from[i] < '0' || from[i] > '7')
        return NULL;
      c = c * 8 + (unsigned)(from[i] - '0');
    }
    if (!c || c > UINT8_MAX)
      return NULL;
    *to = (char)c;
    from += 4;
  }
  *to = 0;
  return allocs_store_text(label);
}

static bool read_number(char **at, uint64_t *ret) {
  char *end;
  errno = 0;
  *ret = strtoull(*at, &end, 10);
  bool ok = **at >= '0' && **at <= '9' && *end == '\t' && !errno;
  *at = end + 1;
  return ok;
}

/* The line ends with a zero. */
static bool read_row(char *line, struct allocs_row *ret) {
  uint64_t is_typed;
  char *at = line;
  if (!read_number(&at, &ret->sum.blocks) || !read_number(&at, &ret->sum.bytes) || !read_number(&at, &is_typed) ||
      is_typed > 1)
    return false;
  ret->is_typed = is_typed;
  for (unsigned label = 0; label < ALLOCS_N_LABELS; label++) {
    char *end = at + strcspn(at, "\t");
    bool is_last = label == ALLOCS_N_LABELS - 1;
    if (is_last != !*end)
      return false;
    *end = 0;
    if (!(ret->labels[label] = read_label(at)))
      return false;
    at = end + 1;
  }
  return true;
}

static bool read_lines(struct allocs_diag *diag, FILE *in, struct allocs_rows *ret) {
  char *line = NULL, *end;
  size_t size = 0, cap = 0;
  uint64_t number = 1, n;
  ssize_t length = getline(&line, &size, in);
  bool ok = length > 0 && !strncmp(line, HEAD, sizeof HEAD - 1);
  if (!ok)
    allocs_diag_file(diag, "the snapshot is of another version");
  else
    ret->process = atoi(line + sizeof HEAD - 1);
  while (ok && (length = getline(&line, &size, in)) > 0 && strncmp(line, END, sizeof END - 1) != 0) {
    number++;
    ret->all = allocs_grow(ret->all, ret->n, &cap, sizeof *ret->all);
    ok = line[length - 1] == '\n' && strlen(line) == (size_t)length;
    line[length - 1] = 0;
    ok = ok && read_row(line, &ret->all[ret->n++]);
    if (!ok)
      allocs_diag_file(diag, "the snapshot is damaged in line %" PRIu64, number);
  }
  n = ok && length > 0 ? strtoull(line + sizeof END - 1, &end, 10) : UINT64_MAX;
  if (ok && (length <= 0 || n != ret->n || *end != '\n'))
    ok = allocs_diag_file(diag, "the snapshot is cut off");
  free(line);
  return ok;
}

bool allocs_rows_read(struct allocs_diag *diag, const char *file, struct allocs_rows *ret) {
  size_t size = 0;
  bool has_contents = allocs_snapshot_is(file);
  char *text = has_contents ? allocs_snapshot_text(diag, file, &size) : NULL;
  *ret = (struct allocs_rows){.n = 0};
  if (has_contents && !text)
    return false;
  FILE *in = text ? fmemopen(text, size, "r") : fopen(file, "re");
  bool ok = in ? read_lines(diag, in, ret) : allocs_diag_file(diag, "%s", strerror(errno));
  if (in)
    fclose(in);
  free(text);
  return ok;
}
