/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* allocs: looks into another process, or a core file. Arguments; then: open the target, copy what its runtime knows,
   let it go on, and answer. */

#include "image/image.h"
#include "inspect/census.h"
#include "inspect/heap_copy.h"
#include "inspect/root.h"
#include "inspect/site_copy.h"
#include "target/core.h"
#include "target/images.h"
#include "target/process.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ALLOCS_VERSION
#define ALLOCS_VERSION "(unversioned)"
#endif

static const char usage[] =
    "usage: allocs COMMAND TARGET [options]\n"
    "Looks into a program that was built with allocscc, from outside. TARGET is the number of a process or a core\n"
    "file. Nothing in it runs for that, and nothing in it is changed.\n"
    "  census     what is live in its heap, by type\n"
    "  allocs COMMAND --help tells more.\n"
    "  --help     print this\n"
    "  --version  print the version\n"
    "Exit status: 0; 1 if the target cannot be read; 2 if the arguments are wrong.\n";

static const char census_usage[] =
    "usage: allocs census TARGET [options]\n"
    "Prints what is live in the target's heap.\n"
    "  -d SOURCES          count by these, the first first: type, site, allocator, size; default: type\n"
    "  --filter [SOURCE=]REGEX  only blocks whose type (or SOURCE) matches; may be given several times\n"
    "  --sort bytes|blocks|name  default: bytes\n"
    "  --top N             only the first N of each level\n"
    "  --format text|json  default: text\n"
    "  --no-stop           read a running process, which changes meanwhile\n"
    "  -v                  tell on stderr for how long the process was stopped\n";

struct run {
  const char *target;
  bool no_stop, verbose;
  struct allocs_census census;
};

static int usage_error(const char *what, const char *argument) {
  fprintf(stderr, "allocs: %s%s\n%s", what, argument, usage);
  return 2;
}

/* Arguments: each takes what is behind the option, and answers false if that is wrong. */

static bool take_sources(struct allocs_census *census, const char *text) {
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

static bool take_filter(struct allocs_census *census, const char *text) {
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

static bool take_order(struct allocs_census *census, const char *text) {
  census->order = !strcmp(text, "blocks") ? ALLOCS_BY_BLOCKS : !strcmp(text, "name") ? ALLOCS_BY_NAME : ALLOCS_BY_BYTES;
  return census->order != ALLOCS_BY_BYTES || !strcmp(text, "bytes");
}

static bool take_top(struct allocs_census *census, const char *text) {
  char *end;
  census->top = strtoull(text, &end, 10);
  return *text >= '0' && *text <= '9' && !*end && census->top;
}

static bool take_format(struct allocs_census *census, const char *text) {
  census->json = !strcmp(text, "json");
  return census->json || !strcmp(text, "text");
}

static const struct {
  const char *name;
  bool (*take)(struct allocs_census *, const char *);
} options[] = {
    {"-d", take_sources}, {"--filter", take_filter}, {"--sort", take_order},
    {"--top", take_top},  {"--format", take_format},
};

/* With its value behind it, or in it behind "=". 1: taken, of two arguments if *ret_two; 0: it is none; -1: wrong. */
static int take_option(struct run *run, const char *option, const char *next, bool *ret_two) {
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    size_t n = strlen(options[i].name);
    if (strncmp(option, options[i].name, n) != 0 || (option[n] && option[n] != '='))
      continue;
    *ret_two = !option[n];
    const char *value = option[n] ? option + n + 1 : next;
    return value && options[i].take(&run->census, value) ? 1 : -1;
  }
  return 0;
}

/* 0, or the exit status plus 1. */
static int take_arguments(struct run *run, int argc, char **argv) {
  for (int i = 2; i < argc; i++) {
    const char *argument = argv[i];
    bool two = false;
    int taken = take_option(run, argument, argv[i + 1], &two);
    if (taken < 0)
      return 1 + usage_error("wrong or missing value of ", argument);
    if (taken)
      i += two;
    else if (!strcmp(argument, "--help"))
      return 1 + (fputs(census_usage, stdout) == EOF);
    else if (!strcmp(argument, "--no-stop"))
      run->no_stop = true;
    else if (!strcmp(argument, "-v"))
      run->verbose = true;
    else if (argument[0] == '-')
      return 1 + usage_error("unknown option ", argument);
    else if (run->target)
      return 1 + usage_error("more than one target: ", argument);
    else
      run->target = argument;
  }
  return run->target ? 0 : 1 + usage_error("no target", "");
}

/* The target */

static bool open_target(struct allocs_target *target, const struct run *run) {
  char *end;
  errno = 0;
  long number = strtol(run->target, &end, 10);
  if (run->target[0] >= '0' && run->target[0] <= '9' && !*end)
    return number > 0 && number <= INT32_MAX && !errno ? allocs_process_open(target, (int)number, !run->no_stop)
                                                       : allocs_diag_file(&target->diag, "there is no such process");
  return allocs_core_open(target, run->target);
}

/* What the runtime knows, at one moment. */
static bool copy_state(struct allocs_target *target) {
  struct allocs_root root;
  allocs_images_copy(target);
  for (size_t i = 0; allocs_images_at(i); i++)
    allocs_image_find(allocs_images_at(i)->os.begin);
  return allocs_inspect_root(target, &root) && allocs_heap_copy(target, &root) && allocs_site_copy(target, &root);
}

static void say_stopped(const struct allocs_target *target) {
  if (target->stopped)
    fprintf(stderr, "%s: stopped for %.1f ms\n", target->diag.file, (double)target->stopped / 1e6);
  if (target->not_stopped)
    fprintf(stderr, "%s: %u of its threads ran on or were stopped by another\n", target->diag.file,
            target->not_stopped);
}

static int run_census(const struct run *run) {
  char *name = allocs_new(strlen(run->target) + sizeof "allocs: ", 1);
  struct allocs_target target = {.diag = {.file = name}};
  strcat(strcpy(name, "allocs: "), run->target);
  bool ok = open_target(&target, run) && copy_state(&target);
  if (ok) {
    if (target.read && target.close == allocs_process_go)
      allocs_process_go(&target);
    if (run->verbose)
      say_stopped(&target);
    allocs_census(&target, &run->census);
  }
  if (target.close)
    allocs_target_close(&target);
  free(name);
  /* A disk that is full is noticed now, or not at all. */
  if (fflush(stdout) || ferror(stdout)) {
    fprintf(stderr, "allocs: cannot write: %s\n", strerror(errno));
    return 1;
  }
  return !ok;
}

int main(int argc, char **argv) {
  struct run run = {.census = {.labels = {ALLOCS_LABEL_TYPE}, .n_labels = 1}};
  if (argc < 2)
    return usage_error("no command", "");
  if (!strcmp(argv[1], "--help"))
    return fputs(usage, stdout) == EOF;
  if (!strcmp(argv[1], "--version"))
    return puts("allocs " ALLOCS_VERSION) == EOF;
  if (strcmp(argv[1], "census") != 0)
    return usage_error("unknown command ", argv[1]);
  int stop = take_arguments(&run, argc, argv);
  return stop ? stop - 1 : run_census(&run);
}
