/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* allocs: looks into another process, or a core file. Arguments; then: open the target, copy what its runtime knows,
   and answer, into memory, so that the target goes on before anything is printed. */

#include "allocs_usage.h"
#include "export/export.h"
#include "graph/leaks.h"
#include "graph/make.h"
#include "graph/retained.h"
#include "graph/retained_groups.h"
#include "graph/why.h"
#include "image/image.h"
#include "inspect/census.h"
#include "inspect/describe_command.h"
#include "inspect/expressions.h"
#include "inspect/find.h"
#include "inspect/resident_census.h"
#include "inspect/rows.h"
#include "inspect/threads_command.h"
#include "state/heap_copy.h"
#include "state/kinds.h"
#include "state/root.h"
#include "state/site_copy.h"
#include "target/core.h"
#include "target/images.h"
#include "target/process.h"
#include "target/snapshot.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ALLOCS_VERSION
#define ALLOCS_VERSION "(unversioned)"
#endif

enum { MOST_ADDRESSES = 64, MOST_DEPTH = 64, MOST_CONDITIONS = 8 };

struct run {
  const struct command *command;
  const char *target;
  const char *before; /* a snapshot, that the target is compared with */
  const char *file;   /* to write to */
  bool no_stop, verbose, rss, no_contents;
  unsigned depth;
  enum allocs_export form; /* to export; ALLOCS_N_EXPORTS: none was named */
  struct allocs_census census;
  const char *expressions[MOST_ADDRESSES];
  uint64_t addresses[MOST_ADDRESSES]; /* to which these lead */
  uint64_t tags;
  unsigned n_addresses;
  const char *type, *where[MOST_CONDITIONS];
  unsigned n_where;
};
struct looked_at {
  struct allocs_target target;
  bool has_runtime; /* else only what mappings, files and frames tell; that has been said */
  struct allocs_root root;
  struct allocs_rows rows;   /* of a command that counts */
  struct allocs_graph graph; /* of one that follows pointers */
};

/* Commands */

static bool do_census(FILE *out, struct looked_at *at, const struct run *run) {
  if (run->rss) {
    allocs_resident_census(out, &at->target, run->census.top, run->census.json);
    return true;
  }
  allocs_census(out, &at->rows, &run->census);
  return true;
}

static bool do_snapshot(FILE *out, struct looked_at *at, const struct run *run) {
  char *text = NULL;
  size_t size = 0;
  (void)out;
  if (run->no_contents)
    return allocs_rows_write(&at->target.diag, run->file, &at->rows);
  FILE *rows = open_memstream(&text, &size);
  if (rows)
    allocs_rows_print(rows, &at->rows);
  bool ok = rows && !fclose(rows) && allocs_snapshot_write(&at->target, run->file, text, size);
  free(text);
  return ok;
}

static bool do_export(FILE *out, struct looked_at *at, const struct run *run) {
  (void)out;
  return allocs_export(&at->target.diag, run->file, run->form, &at->rows, &at->graph);
}

/* The rows are the second target's. */
static bool do_diff(FILE *out, struct looked_at *at, const struct run *run) {
  struct allocs_rows before;
  struct allocs_census census = run->census;
  if (!allocs_rows_read(&at->target.diag, run->before, &before))
    return false;
  allocs_rows_subtract(&at->rows, &before);
  free(before.all);
  census.is_difference = true;
  allocs_census(out, &at->rows, &census);
  return true;
}

/* One object with the process and an array, as JSON; NULL: as text. */
static struct allocs_json *begin_list(struct allocs_json *json, FILE *out, const struct looked_at *at,
                                      const struct run *run, const char *name) {
  *json = (struct allocs_json){.out = out};
  if (!run->census.json)
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

static bool do_describe(FILE *out, struct looked_at *at, const struct run *run) {
  struct allocs_json list, *json = begin_list(&list, out, at, run, "addresses");
  for (unsigned i = 0; i < run->n_addresses; i++)
    allocs_describe_command(out, json, run->addresses[i], run->verbose, run->depth);
  return end_list(json);
}

static bool do_chain(FILE *out, struct looked_at *at, const struct run *run) {
  struct allocs_json list, *json = begin_list(&list, out, at, run, "addresses");
  for (unsigned i = 0; i < run->n_addresses; i++)
    allocs_chain_command(out, json, run->addresses[i]);
  return end_list(json);
}

static bool do_threads(FILE *out, struct looked_at *at, const struct run *run) {
  allocs_threads_command(out, &at->target, run->verbose, run->depth);
  return true;
}

static bool do_leaks(FILE *out, struct looked_at *at, const struct run *run) {
  allocs_leaks(out, &at->graph, run->census.top, run->census.json);
  return true;
}

static bool do_why(FILE *out, struct looked_at *at, const struct run *run) {
  struct allocs_json list, *json = begin_list(&list, out, at, run, "addresses");
  allocs_why(out, json, &at->graph, run->addresses, run->n_addresses);
  return end_list(json);
}

static bool do_retained(FILE *out, struct looked_at *at, const struct run *run) {
  const struct allocs_census *census = &run->census;
  uint64_t top = census->top ? census->top : ALLOCS_RETAINED_TOP;
  if (run->n_addresses)
    allocs_retained_addresses(out, &at->graph, run->addresses, run->n_addresses, census->json);
  else if (census->n_labels)
    allocs_retained_groups(out, &at->graph, census->labels[0], top, census->json);
  else
    allocs_retained(out, &at->graph, top, census->json);
  return true;
}

static bool do_find(FILE *out, struct looked_at *at, const struct run *run) {
  struct allocs_json list, *json = begin_list(&list, out, at, run, "objects");
  bool ok = allocs_find(out, json, &at->target, run->type, run->where, run->n_where, run->census.top);
  return end_list(json) && ok;
}

/* What a command has, beside a target. */
enum {
  ROWS = 1,        /* is about the rows of a heap, so that a snapshot will do */
  CENSUS = 2,      /* the options of a census */
  GRAPH = 4,       /* follows pointers */
  ADDRESSES = 8,   /* at least one, unless MAYBE */
  TOP = 16,        /* counts that can be cut */
  FILE_NAMED = 32, /* a file to write to */
  DEPTH = 64,
  TYPE = 128,
  MAYBE = 256,
  FORMAT = 512, /* can be JSON */
  GROUP = 1024, /* of one source, type or site */
  EXPORT = 2048 /* a form of a file */
};
static const struct command {
  const char *name, *usage;
  unsigned has;
  bool (*run)(FILE *out, struct looked_at *at, const struct run *run);
} commands[] = {
    {"census", census_usage, ROWS | CENSUS | FORMAT | TOP, do_census},
    {"snapshot", snapshot_usage, ROWS | FILE_NAMED, do_snapshot},
    {"export", export_usage, ROWS | FILE_NAMED | EXPORT, do_export},
    {"diff", diff_usage, ROWS | CENSUS | FORMAT | TOP, do_diff},
    {"describe", describe_usage, FORMAT | ADDRESSES | DEPTH, do_describe},
    {"chain", chain_usage, FORMAT | ADDRESSES, do_chain},
    {"find", find_usage, FORMAT | TYPE | TOP, do_find},
    {"threads", threads_usage, DEPTH, do_threads},
    {"leaks", leaks_usage, FORMAT | GRAPH | TOP, do_leaks},
    {"why", why_usage, FORMAT | GRAPH | ADDRESSES, do_why},
    {"retained", retained_usage, GRAPH | ADDRESSES | MAYBE | TOP | FORMAT | GROUP, do_retained},
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static const char usage[] =
    "usage: allocs COMMAND TARGET [arguments] [options]\n"
    "Looks from outside into a program that was built with allocscc, or is run by allocs-run. TARGET is the number of\n"
    "a process, a core file or a snapshot. Nothing in it runs for that, and nothing in it is changed.\n"
    "  census     what is live in its heap, by type\n"
    "  snapshot   the same, kept in a file\n"
    "  export     the same, for pprof, flame graphs or a browser, or with what points to what for DevTools and memlab\n"
    "  diff       what has grown since a snapshot\n"
    "  describe   what an address is, and what is there\n"
    "  chain      what encloses an address\n"
    "  find       the objects of a type\n"
    "  threads    where its threads stand, and their locals\n"
    "  leaks      what in its heap no pointer leads to\n"
    "  why        on which way pointers lead to a block\n"
    "  retained   what would go with an object, a type or a place\n"
    "  allocs COMMAND --help tells more.\n"
    "  --help     print this\n"
    "  --version  print the version\n"
    "Exit status: 0; 1 if the target cannot be read; 2 if the arguments are wrong.\n";

/* Arguments */

static int usage_error(const char *what, const char *argument) {
  fprintf(stderr, "allocs: %s%s\n%s", what, argument, usage);
  return 2;
}

/* Each takes the value of an option, and answers false if that is wrong. */

static bool take_sources(struct run *run, const char *text) {
  struct allocs_census *census = &run->census;
  unsigned seen = 0;
  census->n_labels = 0;
  for (;;) {
    size_t n = strcspn(text, ",");
    enum allocs_label label = allocs_label_named(text, n);
    if (label == ALLOCS_N_LABELS || seen >> label & 1)
      return false;
    seen |= 1u << label;
    census->labels[census->n_labels++] = label;
    if (!text[n])
      return true;
    text += n + 1;
  }
}

static bool take_group(struct run *run, const char *text) {
  return take_sources(run, text) && run->census.n_labels == 1 && run->census.labels[0] <= ALLOCS_LABEL_SITE;
}

static bool take_filter(struct run *run, const char *text) {
  struct allocs_census *census = &run->census;
  size_t n = strcspn(text, "=");
  enum allocs_label label = text[n] ? allocs_label_named(text, n) : ALLOCS_N_LABELS;
  if (census->n_filters == ALLOCS_MOST_FILTERS)
    return false;
  struct allocs_filter *filter = &census->filters[census->n_filters];
  filter->label = label == ALLOCS_N_LABELS ? ALLOCS_LABEL_TYPE : label;
  if (regcomp(&filter->regex, label == ALLOCS_N_LABELS ? text : text + n + 1, REG_EXTENDED | REG_NOSUB))
    return false;
  census->n_filters++;
  return true;
}

static bool take_order(struct run *run, const char *text) {
  run->census.order = !strcmp(text, "blocks") ? ALLOCS_BY_BLOCKS
                      : !strcmp(text, "name") ? ALLOCS_BY_NAME
                                              : ALLOCS_BY_BYTES;
  return run->census.order != ALLOCS_BY_BYTES || !strcmp(text, "bytes");
}

static bool take_number(const char *text, int base, uint64_t *ret) {
  char *end;
  errno = 0;
  *ret = strtoull(text, &end, base);
  return *text >= '0' && *text <= '9' && !*end && !errno;
}

static bool take_top(struct run *run, const char *text) {
  return take_number(text, 10, &run->census.top) && run->census.top;
}

static bool take_format(struct run *run, const char *text) {
  run->census.json = !strcmp(text, "json");
  return run->census.json || !strcmp(text, "text");
}

static bool take_form(struct run *run, const char *text) {
  run->form = allocs_export_named(text);
  return run->form != ALLOCS_N_EXPORTS;
}

static bool take_depth(struct run *run, const char *text) {
  uint64_t depth;
  if (!take_number(text, 10, &depth) || depth > MOST_DEPTH)
    return false;
  run->depth = (unsigned)depth;
  return true;
}

static bool take_mask(struct run *run, const char *text) { return take_number(text, 0, &run->tags); }

static bool take_where(struct run *run, const char *text) {
  if (run->n_where == MOST_CONDITIONS)
    return false;
  run->where[run->n_where++] = text;
  return true;
}

static bool take_file(struct run *run, const char *text) {
  run->file = text;
  return *text;
}

static const struct option {
  const char *name;
  unsigned of; /* commands that have this */
  bool (*take)(struct run *, const char *);
} options[] = {
    {"-d", CENSUS, take_sources},    {"-d", GROUP, take_group},     {"--filter", CENSUS, take_filter},
    {"--sort", CENSUS, take_order},  {"--top", TOP, take_top},      {"--format", FORMAT, take_format},
    {"--depth", DEPTH, take_depth},  {"--where", TYPE, take_where}, {"--mask", ADDRESSES | GRAPH, take_mask},
    {"--format", EXPORT, take_form}, {"-o", FILE_NAMED, take_file},
};

/* With its value behind it, or in it behind "=". 1: taken, of two arguments if *ret_two; 0: it is none; -1: wrong. */
static int take_option(struct run *run, const char *argument, const char *next, bool *ret_two) {
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    const struct option *option = &options[i];
    size_t n = strlen(option->name);
    if (!(run->command->has & option->of) || strncmp(argument, option->name, n) != 0 ||
        (argument[n] && argument[n] != '='))
      continue;
    *ret_two = !argument[n];
    const char *value = argument[n] ? argument + n + 1 : next;
    return value && option->take(run, value) ? 1 : -1;
  }
  return 0;
}

/* 0, or the exit status plus 1. */
static int take_positional(struct run *run, const char *argument) {
  if (run->command->run == do_diff && !run->before) {
    run->before = argument;
    return 0;
  }
  if (!run->target) {
    run->target = argument;
    return 0;
  }
  if (run->command->has & TYPE && !run->type) {
    run->type = argument;
    return 0;
  }
  if (!(run->command->has & ADDRESSES))
    return 1 + usage_error("one argument too many: ", argument);
  if (run->n_addresses == MOST_ADDRESSES || !*argument)
    return 1 + usage_error("no address, or one too many: ", argument);
  run->expressions[run->n_addresses++] = argument;
  return 0;
}

/* The same. */
static int take_arguments(struct run *run, int argc, char **argv) {
  for (int i = 2, stop = 0; i < argc; i++) {
    const char *argument = argv[i];
    bool two = false;
    int taken = take_option(run, argument, argv[i + 1], &two);
    if (taken < 0)
      return 1 + usage_error("wrong or missing value of ", argument);
    if (taken)
      i += two;
    else if (!strcmp(argument, "--help"))
      return 1 + (fputs(run->command->usage, stdout) == EOF);
    else if (!strcmp(argument, "--no-stop"))
      run->no_stop = true;
    else if (!strcmp(argument, "-v"))
      run->verbose = true;
    else if (!strcmp(argument, "--rss") && run->command->run == do_census)
      run->rss = true;
    else if (!strcmp(argument, "--no-contents") && run->command->run == do_snapshot)
      run->no_contents = true;
    else if (argument[0] == '-')
      return 1 + usage_error("unknown option ", argument);
    else if ((stop = take_positional(run, argument)) != 0)
      return stop;
  }
  if (!run->target)
    return 1 + usage_error("no target", "");
  if (run->command->has & FILE_NAMED && !run->file)
    return 1 + usage_error("say -o FILE", "");
  if (run->command->has & EXPORT && run->form == ALLOCS_N_EXPORTS)
    return 1 + usage_error("say --format FORMAT", "");
  if (run->command->has & TYPE && !run->type)
    return 1 + usage_error("no type", "");
  return (run->command->has & (ADDRESSES | MAYBE)) == ADDRESSES && !run->n_addresses ? 1 + usage_error("no address", "")
                                                                                     : 0;
}

/* The target */

static bool open_target(struct allocs_target *target, const struct run *run) {
  uint64_t number;
  if (allocs_snapshot_is(run->target))
    return allocs_snapshot_open(target, run->target);
  if (allocs_rows_is_snapshot(run->target))
    return allocs_diag_file(&target->diag, "it has no contents: it was made with --no-contents");
  if (run->target[strspn(run->target, "0123456789")])
    return allocs_core_open(target, run->target);
  return take_number(run->target, 10, &number) && number && number <= INT32_MAX
             ? allocs_process_open(target, (int)number, !run->no_stop)
             : allocs_diag_file(&target->diag, "there is no such process");
}

/* What the runtime knows, at one moment. */
static bool copy_state(struct looked_at *at) {
  struct allocs_target *target = &at->target;
  allocs_images_copy(target);
  for (size_t i = 0; allocs_images_at(i); i++)
    allocs_image_find(allocs_images_at(i)->os.begin);
  at->has_runtime = allocs_state_root(target, &at->root);
  return at->has_runtime && allocs_heap_copy(target, &at->root) && allocs_site_copy(target, &at->root);
}

/* What only those need who ask about addresses. */
static bool copy_kinds(struct looked_at *at) {
  allocs_kinds_copy(&at->target, at->has_runtime ? &at->root : NULL);
  return true;
}

static void say_stopped(const struct allocs_target *target) {
  if (target->stopped)
    fprintf(stderr, "%s: stopped for %.1f ms\n", target->diag.file, (double)target->stopped / 1e6);
  if (target->not_stopped)
    fprintf(stderr, "%s: %u of its threads ran on or were stopped by another\n", target->diag.file,
            target->not_stopped);
}

/* The target, and what the command needs of it: a snapshot has rows alone. */
static bool look(struct looked_at *at, const struct run *run) {
  unsigned has = run->command->has & ~(run->rss ? ROWS : 0u);
  if (run->form == ALLOCS_EXPORT_HEAPSNAPSHOT)
    has = (has & ~(unsigned)ROWS) | GRAPH;
  bool keeps_all = run->command->run == do_snapshot && !run->no_contents;
  if (has & ROWS && !keeps_all && (allocs_rows_is_snapshot(run->target) || allocs_snapshot_is(run->target)))
    return allocs_rows_read(&at->target.diag, run->target, &at->rows);
  at->target.tags = run->tags;
  /* What is read of files, the kernel counts as the process's from then on. */
  if (!open_target(&at->target, run) ||
      ((run->rss || keeps_all) && !at->target.find_resident(&at->target, keeps_all)) ||
      (!copy_state(at) && has & (ROWS | GRAPH)) || (!(has & ROWS) && !copy_kinds(at)) ||
      (has & GRAPH && !allocs_graph_make(&at->target, &at->root, &at->graph)))
    return false;
  if (!(has & (ROWS | GRAPH)))
    return true;
  /* All others look at contents. */
  if (!keeps_all)
    allocs_process_go(&at->target);
  if (has & ROWS) {
    at->rows.process = at->target.process;
    allocs_rows_of_heap(&at->rows);
  }
  return true;
}

static bool find_addresses(struct looked_at *at, struct run *run) {
  for (unsigned i = 0; i < run->n_addresses; i++)
    if (!allocs_expression_read(&at->target, run->expressions[i], &run->addresses[i]))
      return false;
  return true;
}

/* The answer, in memory of the caller's; NULL if there is none. */
static char *answer(struct looked_at *at, const struct run *run, size_t *ret_size) {
  char *text = NULL;
  struct run resolved = *run;
  FILE *out = look(at, run) && find_addresses(at, &resolved) ? open_memstream(&text, ret_size) : NULL;
  if (!out)
    return NULL;
  bool ok = run->command->run(out, at, &resolved);
  allocs_process_go(&at->target);
  fclose(out);
  if (ok)
    return text;
  free(text);
  return NULL;
}

static int do_run(const struct run *run) {
  char *name = allocs_new(strlen(run->target) + sizeof "allocs: ", 1);
  struct looked_at at = {.target.diag.file = name};
  size_t size = 0;
  strcat(strcpy(name, "allocs: "), run->target);
  char *text = answer(&at, run, &size);
  if (text)
    fwrite(text, 1, size, stdout);
  if (text && run->verbose)
    say_stopped(&at.target);
  if (at.target.close)
    allocs_target_close(&at.target);
  allocs_graph_fini(&at.graph);
  free(at.rows.all);
  free(text);
  free(name);
  /* A disk that is full is noticed now, or not at all. */
  if (fflush(stdout) || ferror(stdout)) {
    fprintf(stderr, "allocs: cannot write: %s\n", strerror(errno));
    return 1;
  }
  return text && !at.target.diag.failed ? 0 : 1;
}

int main(int argc, char **argv) {
  struct run run = {.form = ALLOCS_N_EXPORTS, .census = {.labels = {ALLOCS_LABEL_TYPE}, .n_labels = 1}};
  if (argc < 2)
    return usage_error("no command", "");
  if (!strcmp(argv[1], "--help"))
    return fputs(usage, stdout) == EOF;
  if (!strcmp(argv[1], "--version"))
    return puts("allocs " ALLOCS_VERSION) == EOF;
  for (size_t i = 0; i < N_COMMANDS; i++)
    if (!strcmp(argv[1], commands[i].name))
      run.command = &commands[i];
  if (!run.command)
    return usage_error("unknown command ", argv[1]);
  if (!(run.command->has & CENSUS))
    run.census.n_labels = 0;
  if (run.command->run == do_diff)
    run.census = (struct allocs_census){.labels = {ALLOCS_LABEL_TYPE, ALLOCS_LABEL_SITE}, .n_labels = 2};
  int stop = take_arguments(&run, argc, argv);
  return stop ? stop - 1 : do_run(&run);
}
