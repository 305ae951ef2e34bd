/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The census:

     1 label   what was counted, and leave out what the filters do
     2 group   by the first label, sort the groups, print each, and go on in it with the next
     3 sum up  what has types, and of what has none the places it came from

   As the process prints it of itself, if nothing else is asked for. */

#include "inspect/census.h"
#include "inspect/census_count.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
  const char *labels[ALLOCS_N_LABELS]; /* by level */
  struct allocs_sum sum;
};
struct group {
  struct row *rows;
  size_t n;
  const char *label;
  struct allocs_sum sum;
};
struct report {
  FILE *out;
  const struct allocs_census *census;
  struct allocs_sum all;
  bool has_printed;
};

/* qsort() passes nothing on. */
static unsigned sorted_level;
static enum allocs_order sorted_order;

static int compare_rows(const void *a, const void *b) {
  const struct row *x = a, *y = b;
  return strcmp(x->labels[sorted_level], y->labels[sorted_level]);
}

static int compare_numbers(uint64_t a, uint64_t b) { return (a < b) - (a > b); }

static int compare_groups(const void *a, const void *b) {
  const struct group *x = a, *y = b;
  int by_bytes = compare_numbers(x->sum.bytes, y->sum.bytes), by_blocks = compare_numbers(x->sum.blocks, y->sum.blocks);
  int ret = sorted_order == ALLOCS_BY_NAME ? 0 : sorted_order == ALLOCS_BY_BLOCKS ? by_blocks : by_bytes;
  if (!ret && sorted_order != ALLOCS_BY_NAME)
    ret = sorted_order == ALLOCS_BY_BLOCKS ? by_bytes : by_blocks;
  return ret ? ret : strcmp(x->label, y->label);
}

/* Sorted; the caller frees them. */
static struct group *make_groups(struct row *rows, size_t n, unsigned level, enum allocs_order order, size_t *ret_n) {
  struct group *groups = NULL;
  size_t cap = 0;
  *ret_n = 0;
  sorted_level = level;
  sorted_order = order;
  qsort(rows, n, sizeof *rows, compare_rows);
  for (size_t i = 0; i < n; i++) {
    if (!i || rows[i].labels[level] != rows[i - 1].labels[level]) {
      groups = allocs_grow(groups, *ret_n, &cap, sizeof *groups);
      groups[(*ret_n)++] = (struct group){.rows = &rows[i], .label = rows[i].labels[level]};
    }
    groups[*ret_n - 1].n++;
    allocs_sum_add(&groups[*ret_n - 1].sum, &rows[i].sum);
  }
  if (*ret_n)
    qsort(groups, *ret_n, sizeof *groups, compare_groups);
  return groups;
}

/* Text */

static void print_share(FILE *out, uint64_t part, uint64_t whole, int width) {
  uint64_t tenths = whole ? (uint64_t)((double)part * 1000 / (double)whole + 0.5) : 0;
  fprintf(out, "%*" PRIu64 ".%" PRIu64 " %%", width, tenths / 10, tenths % 10);
}

static void print_row(const struct report *report, const struct allocs_sum *sum, unsigned level, const char *label) {
  fprintf(report->out, "%12" PRIu64 "%16" PRIu64, sum->blocks, sum->bytes);
  print_share(report->out, sum->bytes, report->all.bytes, 6);
  fprintf(report->out, "  %*s%s\n", 2 * (int)level, "", label);
}

static void print_others(const struct report *report, const struct group *groups, size_t n, unsigned level) {
  struct allocs_sum sum = {0, 0};
  char label[32];
  for (size_t i = 0; i < n; i++)
    allocs_sum_add(&sum, &groups[i].sum);
  snprintf(label, sizeof label, "(%zu others)", n);
  print_row(report, &sum, level, label);
}

/* JSON */

static void print_quoted(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text; text++)
    if (*text == '"' || *text == '\\')
      fprintf(out, "\\%c", *text);
    else if ((unsigned char)*text < ' ')
      fprintf(out, "\\u%04x", (unsigned)(unsigned char)*text);
    else
      fputc(*text, out);
  fputc('"', out);
}

static void print_json_sum(FILE *out, const struct allocs_sum *sum) {
  fprintf(out, "\"blocks\": %" PRIu64 ", \"bytes\": %" PRIu64, sum->blocks, sum->bytes);
}

static void print_json_row(struct report *report, const struct group *group, unsigned level) {
  fprintf(report->out, "%s\n    {", report->has_printed ? "," : "");
  report->has_printed = true;
  for (unsigned i = 0; i <= level; i++) {
    fprintf(report->out, "\"%s\": ", allocs_label_names[report->census->labels[i]]);
    print_quoted(report->out, group->rows->labels[i]);
    fprintf(report->out, ", ");
  }
  print_json_sum(report->out, &group->sum);
  fprintf(report->out, "}");
}

/* Both */

static void print_level(struct report *report, struct row *rows, size_t n_rows, unsigned level) {
  const struct allocs_census *census = report->census;
  size_t n;
  struct group *groups = make_groups(rows, n_rows, level, census->order, &n);
  size_t shown = census->top && census->top < n ? census->top : n;
  for (size_t i = 0; i < shown; i++) {
    bool is_last = level + 1 == census->n_labels;
    if (!census->json)
      print_row(report, &groups[i].sum, level, groups[i].label);
    else if (is_last)
      print_json_row(report, &groups[i], level);
    if (!is_last)
      print_level(report, groups[i].rows, groups[i].n, level + 1);
  }
  if (shown < n && !census->json)
    print_others(report, groups + shown, n - shown, level);
  free(groups);
}

static bool passes(const struct allocs_census *census, const struct allocs_heap_block *block) {
  for (unsigned i = 0; i < census->n_filters; i++)
    if (regexec(&census->filters[i].regex, allocs_label_of(census->filters[i].label, block), 0, NULL, 0))
      return false;
  return true;
}

/* The rows of what passes, labelled by these; the sums of them, and of those that are typed. The caller frees them. */
static struct row *make_rows(const struct allocs_census *census, const struct allocs_count *count, size_t *ret_n,
                             struct allocs_sum *all, struct allocs_sum *typed) {
  struct row *rows = allocs_new(count->n + 1, sizeof *rows);
  *all = *typed = (struct allocs_sum){0, 0};
  *ret_n = 0;
  for (size_t i = 0; i < count->n; i++) {
    struct allocs_heap_block block = allocs_census_block(&count->rows[i]);
    if (!passes(census, &block))
      continue;
    for (unsigned level = 0; level < census->n_labels; level++)
      rows[*ret_n].labels[level] = allocs_label_of(census->labels[level], &block);
    rows[*ret_n].sum = count->rows[i].sum;
    allocs_sum_add(all, &count->rows[i].sum);
    if (allocs_label_is_typed(&block))
      allocs_sum_add(typed, &count->rows[i].sum);
    ++*ret_n;
  }
  return rows;
}

static void print_title(FILE *out, const struct allocs_target *target, const struct allocs_census *census) {
  fprintf(out, "allocs: the live heap by ");
  for (unsigned i = 0; i < census->n_labels; i++)
    fprintf(out, "%s%s", i ? ", " : "", allocs_label_names[census->labels[i]]);
  fprintf(out, ", of process %d\n      blocks           bytes   share  %s\n", target->process,
          allocs_label_names[census->labels[0]]);
}

static void print_typed(FILE *out, const struct allocs_sum *typed, const struct allocs_sum *all) {
  fprintf(out, "typed: %" PRIu64 " of %" PRIu64 " blocks (", typed->blocks, all->blocks);
  print_share(out, typed->blocks, all->blocks, 0);
  fprintf(out, "), %" PRIu64 " of %" PRIu64 " bytes (", typed->bytes, all->bytes);
  print_share(out, typed->bytes, all->bytes, 0);
  fprintf(out, ")\n");
}

/* Where from came what has no type. */
static void print_untyped(struct report *report, const struct allocs_count *count) {
  struct allocs_census by_site = {.labels = {ALLOCS_LABEL_SITE}, .n_labels = 1, .top = report->census->top};
  struct row *rows = allocs_new(count->n + 1, sizeof *rows);
  size_t n = 0;
  for (size_t i = 0; i < count->n; i++) {
    struct allocs_heap_block block = allocs_census_block(&count->rows[i]);
    if (allocs_label_is_typed(&block))
      continue;
    rows[n++] = (struct row){.labels = {allocs_label_of(ALLOCS_LABEL_SITE, &block)}, .sum = count->rows[i].sum};
  }
  by_site.order = report->census->order;
  report->census = &by_site;
  if (n)
    fprintf(report->out, "untyped:\n      blocks           bytes   share  site\n");
  print_level(report, rows, n, 0);
  free(rows);
}

static void print_json(const struct allocs_target *target, struct report *report, struct row *rows, size_t n,
                       const struct allocs_sum *typed) {
  fprintf(report->out, "{\n  \"process\": %d,\n  ", target->process);
  print_json_sum(report->out, &report->all);
  fprintf(report->out, ",\n  \"typed\": {");
  print_json_sum(report->out, typed);
  fprintf(report->out, "},\n  \"sources\": [");
  for (unsigned i = 0; i < report->census->n_labels; i++)
    fprintf(report->out, "%s\"%s\"", i ? ", " : "", allocs_label_names[report->census->labels[i]]);
  fprintf(report->out, "],\n  \"rows\": [");
  print_level(report, rows, n, 0);
  fprintf(report->out, "\n  ]\n}\n");
}

void allocs_census(FILE *out, const struct allocs_target *target, const struct allocs_census *census) {
  struct allocs_count count;
  struct allocs_sum typed;
  struct report report = {.out = out, .census = census};
  size_t n;
  allocs_census_count(&count);
  struct row *rows = make_rows(census, &count, &n, &report.all, &typed);
  if (census->json) {
    print_json(target, &report, rows, n, &typed);
  } else {
    print_title(out, target, census);
    print_level(&report, rows, n, 0);
    print_typed(out, &typed, &report.all);
    if (census->n_labels == 1 && census->labels[0] == ALLOCS_LABEL_TYPE && !census->n_filters)
      print_untyped(&report, &count);
  }
  free(rows);
  free(count.rows);
}
