/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Commands: each prints what it was asked for, of a target that has been looked at. */

#include "command/commands.h"
#include "command/usage.h"
#include "graph/leaks.h"
#include "graph/retained.h"
#include "graph/retained_groups.h"
#include "graph/why.h"
#include "inspect/describe_command.h"
#include "inspect/find.h"
#include "inspect/resident_census.h"
#include "inspect/threads_command.h"
#include "target/process.h"
#include "target/snapshot.h"
#include <stdlib.h>
#include <string.h>

static bool do_census(FILE *out, struct allocs_look *at, const struct allocs_request *request) {
  if (request->rss) {
    allocs_resident_census(out, &at->target, request->census.top, request->census.json);
    return true;
  }
  allocs_census(out, &at->rows, &request->census);
  return true;
}

static bool do_snapshot(FILE *out, struct allocs_look *at, const struct allocs_request *request) {
  char *text = NULL;
  size_t size = 0;
  (void)out;
  if (request->no_contents)
    return allocs_rows_write(&at->target.diag, request->file, &at->rows);
  FILE *rows = open_memstream(&text, &size);
  if (rows)
    allocs_rows_print(rows, &at->rows);
  bool ok = rows && !fclose(rows) && allocs_snapshot_write(&at->target, request->file, text, size);
  free(text);
  return ok;
}

static bool do_export(FILE *out, struct allocs_look *at, const struct allocs_request *request) {
  (void)out;
  return allocs_export(&at->target.diag, request->file, request->form, &at->rows, &at->graph);
}

/* The rows are the second target's. */
static bool do_diff(FILE *out, struct allocs_look *at, const struct allocs_request *request) {
  struct allocs_rows before;
  struct allocs_census census = request->census;
  if (!allocs_rows_read(&at->target.diag, request->before, &before))
    return false;
  allocs_rows_subtract(&at->rows, &before);
  free(before.all);
  census.is_difference = true;
  allocs_census(out, &at->rows, &census);
  return true;
}

/* One object with the process and an array, as JSON; NULL: as text. */
static struct allocs_json *begin_list(struct allocs_json *json, FILE *out, const struct allocs_look *at,
                                      const struct allocs_request *request, const char *name) {
  *json = (struct allocs_json){.out = out};
  if (!request->census.json)
    return NULL;
  allocs_json_open(json, NULL, '{');
  allocs_json_number(json, "process", at->target.process);
  allocs_json_open(json, name, '[');
  return json;
}

static bool end_list(struct allocs_json *json) {
  if (json) {
    allocs_json_close(json, ']');
    allocs_json_close(json, '}');
  }
  return true;
}

static bool do_describe(FILE *out, struct allocs_look *at, const struct allocs_request *request) {
  struct allocs_json list, *json = begin_list(&list, out, at, request, "addresses");
  for (unsigned i = 0; i < request->n_addresses; i++)
    allocs_describe_command(out, json, request->addresses[i], request->verbose, request->depth);
  return end_list(json);
}

static bool do_chain(FILE *out, struct allocs_look *at, const struct allocs_request *request) {
  struct allocs_json list, *json = begin_list(&list, out, at, request, "addresses");
  for (unsigned i = 0; i < request->n_addresses; i++)
    allocs_chain_command(out, json, request->addresses[i]);
  return end_list(json);
}

static bool do_threads(FILE *out, struct allocs_look *at, const struct allocs_request *request) {
  struct allocs_json list, *json = begin_list(&list, out, at, request, "threads");
  /* Frames are copies, and lines are looked up in files: locals alone are the target's. */
  if (!request->verbose)
    allocs_process_go(&at->target);
  if (json)
    allocs_threads_put(json, &at->target, request->verbose, request->depth);
  else
    allocs_threads_command(out, &at->target, request->verbose, request->depth);
  return end_list(json);
}

static bool do_leaks(FILE *out, struct allocs_look *at, const struct allocs_request *request) {
  allocs_leaks(out, &at->graph, request->census.top, request->census.json);
  return true;
}

static bool do_why(FILE *out, struct allocs_look *at, const struct allocs_request *request) {
  struct allocs_json list, *json = begin_list(&list, out, at, request, "addresses");
  allocs_why(out, json, &at->graph, request->addresses, request->n_addresses);
  return end_list(json);
}

static bool do_retained(FILE *out, struct allocs_look *at, const struct allocs_request *request) {
  const struct allocs_census *census = &request->census;
  uint64_t top = census->top ? census->top : ALLOCS_RETAINED_TOP;
  if (request->n_addresses)
    allocs_retained_addresses(out, &at->graph, request->addresses, request->n_addresses, census->json);
  else if (census->n_labels)
    allocs_retained_groups(out, &at->graph, census->labels[0], top, census->json);
  else
    allocs_retained(out, &at->graph, top, census->json);
  return true;
}

static bool do_find(FILE *out, struct allocs_look *at, const struct allocs_request *request) {
  struct allocs_json list, *json = begin_list(&list, out, at, request, "objects");
  bool ok = allocs_find(out, json, &at->target, request->type, request->where, request->n_where, request->census.top);
  return end_list(json) && ok;
}

static const struct allocs_command commands[] = {
    {"census", census_usage, ALLOCS_HAS_RSS | ALLOCS_HAS_ROWS | ALLOCS_HAS_CENSUS | ALLOCS_HAS_FORMAT | ALLOCS_HAS_TOP,
     do_census},
    {"snapshot", snapshot_usage, ALLOCS_HAS_CONTENTS | ALLOCS_HAS_ROWS | ALLOCS_HAS_FILE_NAMED, do_snapshot},
    {"export", export_usage, ALLOCS_HAS_ROWS | ALLOCS_HAS_FILE_NAMED | ALLOCS_HAS_EXPORT, do_export},
    {"diff", diff_usage, ALLOCS_HAS_BEFORE | ALLOCS_HAS_ROWS | ALLOCS_HAS_CENSUS | ALLOCS_HAS_FORMAT | ALLOCS_HAS_TOP,
     do_diff},
    {"watch", watch_usage,
     ALLOCS_HAS_SAMPLES | ALLOCS_HAS_ROWS | ALLOCS_HAS_CENSUS | ALLOCS_HAS_FORMAT | ALLOCS_HAS_TOP, NULL},
    {"describe", describe_usage, ALLOCS_HAS_FORMAT | ALLOCS_HAS_ADDRESSES | ALLOCS_HAS_DEPTH, do_describe},
    {"chain", chain_usage, ALLOCS_HAS_FORMAT | ALLOCS_HAS_ADDRESSES, do_chain},
    {"find", find_usage, ALLOCS_HAS_FORMAT | ALLOCS_HAS_TYPE | ALLOCS_HAS_TOP, do_find},
    {"threads", threads_usage, ALLOCS_HAS_DEPTH | ALLOCS_HAS_FORMAT, do_threads},
    {"leaks", leaks_usage, ALLOCS_HAS_FORMAT | ALLOCS_HAS_GRAPH | ALLOCS_HAS_TOP, do_leaks},
    {"why", why_usage, ALLOCS_HAS_FORMAT | ALLOCS_HAS_GRAPH | ALLOCS_HAS_ADDRESSES, do_why},
    {"retained", retained_usage,
     ALLOCS_HAS_GRAPH | ALLOCS_HAS_ADDRESSES | ALLOCS_HAS_MAYBE | ALLOCS_HAS_TOP | ALLOCS_HAS_FORMAT | ALLOCS_HAS_GROUP,
     do_retained},
};

const struct allocs_command *allocs_command_named(const char *name) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (!strcmp(name, commands[i].name))
      return &commands[i];
  return NULL;
}
