/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The census:

     1 choose  the rows that the filters let through
     2 group   by the first label, sort the groups, print each, and go on in it with the next
     3 sum up  what has types, and of what has none the places it came from

   As the process prints it of itself, if nothing else is asked for. */

#include "inspect/census.h"
#include "inspect/share.h"
#include "write/json.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct group {
  struct allocs_row *rows;
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
static enum allocs_label sorted_label;
static enum allocs_order sorted_order;

static int compare_rows(const void *a, const void *b) {
  const struct allocs_row *x = a, *y = b;
  return strcmp(x->labels[sorted_label], y->labels[sorted_label]);
}

/* What has become less is less than nothing. */
static int compare_numbers(int64_t a, int64_t b) { return (a < b) - (a > b); }

static int compare_groups(const void *a, const void *b) {
  const struct group *x = a, *y = b;
  int by_bytes = compare_numbers((int64_t)x->sum.bytes, (int64_t)y->sum.bytes),
      by_blocks = compare_numbers((int64_t)x->sum.blocks, (int64_t)y->sum.blocks);
  int ret = sorted_order == ALLOCS_BY_NAME ? 0 : sorted_order == ALLOCS_BY_BLOCKS ? by_blocks : by_bytes;
  if (!ret && sorted_order != ALLOCS_BY_NAME)
    ret = sorted_order == ALLOCS_BY_BLOCKS ? by_bytes : by_blocks;
  return ret ? ret : strcmp(x->label, y->label);
}

/* Of a difference, what is as it was. Returns how many are left. */
static size_t drop_unchanged(struct group *groups, size_t n) {
  size_t left = 0;
  for (size_t i = 0; i < n; i++)
    if (groups[i].sum.blocks || groups[i].sum.bytes)
      groups[left++] = groups[i];
  return left;
}

/* Sorted; the caller frees them. */
static struct group *make_groups(struct allocs_row *rows, size_t n, enum allocs_label label, enum allocs_order order,
                                 size_t *ret_n) {
  struct group *groups = NULL;
  size_t cap = 0;
  *ret_n = 0;
  sorted_label = label;
  sorted_order = order;
  qsort(rows, n, sizeof *rows, compare_rows);
  for (size_t i = 0; i < n; i++) {
    if (!i || rows[i].labels[label] != rows[i - 1].labels[label]) {
      groups = allocs_grow(groups, *ret_n, &cap, sizeof *groups);
      groups[(*ret_n)++] = (struct group){.rows = &rows[i], .label = rows[i].labels[label]};
    }
    groups[*ret_n - 1].n++;
    allocs_sum_add(&groups[*ret_n - 1].sum, &rows[i].sum);
  }
  *ret_n = drop_unchanged(groups, *ret_n);
  if (*ret_n)
    qsort(groups, *ret_n, sizeof *groups, compare_groups);
  return groups;
}

/* Text */

static void print_row(const struct report *report, const struct allocs_sum *sum, unsigned level, const char *label) {
  if (report->census->is_difference) {
    fprintf(report->out, "%+12" PRId64 "%+16" PRId64, (int64_t)sum->blocks, (int64_t)sum->bytes);
  } else {
    fprintf(report->out, "%12" PRIu64 "%16" PRIu64, sum->blocks, sum->bytes);
    allocs_share_print(report->out, sum->bytes, report->all.bytes, 6);
  }
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

static void print_json_sum(FILE *out, const struct allocs_sum *sum) {
  fprintf(out, "\"blocks\": %" PRId64 ", \"bytes\": %" PRId64, (int64_t)sum->blocks, (int64_t)sum->bytes);
}

static void print_json_row(struct report *report, const struct group *group, unsigned level) {
  fprintf(report->out, "%s\n    {", report->has_printed ? "," : "");
  report->has_printed = true;
  for (unsigned i = 0; i <= level; i++) {
    fprintf(report->out, "\"%s\": ", allocs_label_names[report->census->labels[i]]);
    allocs_json_quote(report->out, group->rows->labels[report->census->labels[i]]);
    fprintf(report->out, ", ");
  }
  print_json_sum(report->out, &group->sum);
  fprintf(report->out, "}");
}

/* Both */

static void print_level(struct report *report, struct allocs_row *rows, size_t n_rows, unsigned level) {
  const struct allocs_census *census = report->census;
  size_t n;
  struct group *groups = make_groups(rows, n_rows, census->labels[level], census->order, &n);
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

static bool passes(const struct allocs_census *census, const struct allocs_row *row) {
  for (unsigned i = 0; i < census->n_filters; i++)
    if (regexec(&census->filters[i].regex, row->labels[census->filters[i].label], 0, NULL, 0))
      return false;
  return true;
}

/* Those that pass, or those of them that have no type; the sum of them. The caller frees them. */
static struct allocs_row *choose(const struct allocs_census *census, const struct allocs_rows *rows, bool untyped,
                                 size_t *ret_n, struct allocs_sum *ret_sum) {
  struct allocs_row *ret = allocs_new(rows->n + 1, sizeof *ret);
  *ret_sum = (struct allocs_sum){0, 0};
  *ret_n = 0;
  for (size_t i = 0; i < rows->n; i++) {
    if (!passes(census, &rows->all[i]) || (untyped && rows->all[i].is_typed))
      continue;
    ret[(*ret_n)++] = rows->all[i];
    allocs_sum_add(ret_sum, &rows->all[i].sum);
  }
  return ret;
}

static void print_title(FILE *out, const struct allocs_rows *rows, const struct allocs_census *census) {
  fprintf(out, census->is_difference ? "allocs: growth by " : "allocs: the live heap by ");
  for (unsigned i = 0; i < census->n_labels; i++)
    fprintf(out, "%s%s", i ? ", " : "", allocs_label_names[census->labels[i]]);
  fprintf(out, ", of process %d\n      blocks           bytes %s  %s\n", rows->process,
          census->is_difference ? "" : "  share", allocs_label_names[census->labels[0]]);
}

static void print_typed(FILE *out, const struct allocs_sum *typed, const struct allocs_sum *all) {
  fprintf(out, "typed: %" PRIu64 " of %" PRIu64 " blocks (", typed->blocks, all->blocks);
  allocs_share_print(out, typed->blocks, all->blocks, 0);
  fprintf(out, "), %" PRIu64 " of %" PRIu64 " bytes (", typed->bytes, all->bytes);
  allocs_share_print(out, typed->bytes, all->bytes, 0);
  fprintf(out, ")\n");
}

/* Where from came what has no type. */
static void print_untyped(struct report *report, const struct allocs_rows *rows) {
  struct allocs_census by_site = {.labels = {ALLOCS_LABEL_SITE}, .n_labels = 1};
  struct allocs_sum sum;
  size_t n;
  struct allocs_row *untyped = choose(&by_site, rows, true, &n, &sum);
  by_site.top = report->census->top;
  by_site.order = report->census->order;
  report->census = &by_site;
  if (n)
    fprintf(report->out, "untyped:\n      blocks           bytes   share  site\n");
  print_level(report, untyped, n, 0);
  free(untyped);
}

static void print_json(const struct allocs_rows *from, struct report *report, struct allocs_row *rows, size_t n,
                       const struct allocs_sum *typed) {
  fprintf(report->out, "{\n  \"process\": %d,\n  ", from->process);
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

void allocs_census(FILE *out, const struct allocs_rows *from, const struct allocs_census *census) {
  struct allocs_sum untyped, typed;
  struct report report = {.out = out, .census = census};
  size_t n;
  free(choose(census, from, true, &n, &untyped));
  struct allocs_row *rows = choose(census, from, false, &n, &report.all);
  typed = (struct allocs_sum){report.all.blocks - untyped.blocks, report.all.bytes - untyped.bytes};
  if (census->json) {
    print_json(from, &report, rows, n, &typed);
  } else {
    print_title(out, from, census);
    print_level(&report, rows, n, 0);
    if (census->is_difference)
      fprintf(out, "sum: %+" PRId64 " blocks, %+" PRId64 " bytes\n", (int64_t)report.all.blocks,
              (int64_t)report.all.bytes);
    else
      print_typed(out, &typed, &report.all);
    if (census->n_labels == 1 && census->labels[0] == ALLOCS_LABEL_TYPE && !census->n_filters && !census->is_difference)
      print_untyped(&report, from);
  }
  free(rows);
}
