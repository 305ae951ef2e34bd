/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Arguments: options by a table, which says the commands that have each, and what is left by its place. */

#include "command/arguments.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH = 64 };

const char allocs_usage[] =
    "usage: allocs COMMAND TARGET [arguments] [options]\n"
    "Looks from outside into a program that was built with allocscc, or is run by allocs-run. TARGET is the number of\n"
    "a process, a core file or a snapshot. Nothing in it runs for that, and nothing in it is changed.\n"
    "  census     what is live in its heap, by type\n"
    "  snapshot   the same, kept in a file\n"
    "  export     the same, for pprof, flame graphs or a browser, or with what points to what for DevTools and memlab\n"
    "  diff       what has grown since a snapshot\n"
    "  watch      what grows in a process, again and again\n"
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

int allocs_usage_error(const char *what, const char *argument) {
  fprintf(stderr, "allocs: %s%s\n%s", what, argument, allocs_usage);
  return 2;
}

/* Each takes the value of an option, and answers false if that is wrong. */

static bool take_sources(struct allocs_request *request, const char *text) {
  struct allocs_census *census = &request->census;
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

static bool take_group(struct allocs_request *request, const char *text) {
  return take_sources(request, text) && request->census.n_labels == 1 && request->census.labels[0] <= ALLOCS_LABEL_SITE;
}

static bool take_filter(struct allocs_request *request, const char *text) {
  struct allocs_census *census = &request->census;
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

static bool take_order(struct allocs_request *request, const char *text) {
  request->census.order = !strcmp(text, "blocks") ? ALLOCS_BY_BLOCKS
                          : !strcmp(text, "name") ? ALLOCS_BY_NAME
                                                  : ALLOCS_BY_BYTES;
  return request->census.order != ALLOCS_BY_BYTES || !strcmp(text, "bytes");
}

bool allocs_arguments_number(const char *text, int base, uint64_t *ret) {
  char *end;
  errno = 0;
  *ret = strtoull(text, &end, base);
  return *text >= '0' && *text <= '9' && !*end && !errno;
}

static bool take_top(struct allocs_request *request, const char *text) {
  return allocs_arguments_number(text, 10, &request->census.top) && request->census.top;
}

static bool take_format(struct allocs_request *request, const char *text) {
  request->census.json = !strcmp(text, "json");
  return request->census.json || !strcmp(text, "text");
}

static bool take_form(struct allocs_request *request, const char *text) {
  request->form = allocs_export_named(text);
  return request->form != ALLOCS_N_EXPORTS;
}

static bool take_depth(struct allocs_request *request, const char *text) {
  uint64_t depth;
  if (!allocs_arguments_number(text, 10, &depth) || depth > MOST_DEPTH)
    return false;
  request->depth = (unsigned)depth;
  return true;
}

static bool take_mask(struct allocs_request *request, const char *text) {
  return allocs_arguments_number(text, 0, &request->tags);
}

static bool take_where(struct allocs_request *request, const char *text) {
  if (request->n_where == ALLOCS_MOST_CONDITIONS)
    return false;
  request->where[request->n_where++] = text;
  return true;
}

static bool take_file(struct allocs_request *request, const char *text) {
  request->file = text;
  return *text;
}

/* In milliseconds; of seconds, if nothing else is said. */
static bool take_every(struct allocs_request *request, const char *text) {
  static const struct unit {
    const char *name;
    uint64_t milliseconds;
  } units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
  char *end;
  uint64_t number = strtoull(text, &end, 10);
  if (*text < '0' || *text > '9' || !number || number > UINT32_MAX)
    return false;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (!strcmp(end, units[i].name))
      request->every = number * units[i].milliseconds;
  return request->every;
}

static bool take_samples(struct allocs_request *request, const char *text) {
  return allocs_arguments_number(text, 10, &request->samples) && request->samples;
}

static bool take_limit(struct allocs_request *request, const char *text) {
  return allocs_limit_read(text, &request->limit);
}

static const struct option {
  const char *name;
  unsigned of; /* commands that have this */
  bool (*take)(struct allocs_request *, const char *);
} options[] = {
    {"-d", ALLOCS_HAS_CENSUS, take_sources},
    {"-d", ALLOCS_HAS_GROUP, take_group},
    {"--filter", ALLOCS_HAS_CENSUS, take_filter},
    {"--sort", ALLOCS_HAS_CENSUS, take_order},
    {"--top", ALLOCS_HAS_TOP, take_top},
    {"--format", ALLOCS_HAS_FORMAT, take_format},
    {"--depth", ALLOCS_HAS_DEPTH, take_depth},
    {"--where", ALLOCS_HAS_TYPE, take_where},
    {"--mask", ALLOCS_HAS_ADDRESSES | ALLOCS_HAS_GRAPH, take_mask},
    {"--format", ALLOCS_HAS_EXPORT, take_form},
    {"-o", ALLOCS_HAS_FILE_NAMED, take_file},
    {"--every", ALLOCS_HAS_SAMPLES, take_every},
    {"--count", ALLOCS_HAS_SAMPLES, take_samples},
    {"--until", ALLOCS_HAS_SAMPLES, take_limit},
};

/* With its value behind it, or in it behind "=". 1: taken, of two arguments if *ret_two; 0: it is none; -1: wrong. */
static int take_option(struct allocs_request *request, const char *argument, const char *next, bool *ret_two) {
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    const struct option *option = &options[i];
    size_t n = strlen(option->name);
    if (!(request->command->has & option->of) || strncmp(argument, option->name, n) != 0 ||
        (argument[n] && argument[n] != '='))
      continue;
    *ret_two = !argument[n];
    const char *value = argument[n] ? argument + n + 1 : next;
    return value && option->take(request, value) ? 1 : -1;
  }
  return 0;
}

/* 0, or the exit status plus 1. */
static int take_positional(struct allocs_request *request, const char *argument) {
  if (allocs_request_has(request, ALLOCS_HAS_BEFORE) && !request->before) {
    request->before = argument;
    return 0;
  }
  if (!request->target) {
    request->target = argument;
    return 0;
  }
  if (request->command->has & ALLOCS_HAS_TYPE && !request->type) {
    request->type = argument;
    return 0;
  }
  if (!(request->command->has & ALLOCS_HAS_ADDRESSES))
    return 1 + allocs_usage_error("one argument too many: ", argument);
  if (request->n_addresses == ALLOCS_MOST_ADDRESSES || !*argument)
    return 1 + allocs_usage_error("no address, or one too many: ", argument);
  request->expressions[request->n_addresses++] = argument;
  return 0;
}

int allocs_arguments_take(struct allocs_request *request, int argc, char **argv) {
  for (int i = 2, stop = 0; i < argc; i++) {
    const char *argument = argv[i];
    bool two = false;
    int taken = take_option(request, argument, argv[i + 1], &two);
    if (taken < 0)
      return 1 + allocs_usage_error("wrong or missing value of ", argument);
    if (taken)
      i += two;
    else if (!strcmp(argument, "--help"))
      return 1 + (fputs(request->command->usage, stdout) == EOF);
    else if (!strcmp(argument, "--no-stop"))
      request->no_stop = true;
    else if (!strcmp(argument, "-v"))
      request->verbose = true;
    else if (!strcmp(argument, "--rss") && allocs_request_has(request, ALLOCS_HAS_RSS))
      request->rss = true;
    else if (!strcmp(argument, "--no-contents") && allocs_request_has(request, ALLOCS_HAS_CONTENTS))
      request->no_contents = true;
    else if (argument[0] == '-')
      return 1 + allocs_usage_error("unknown option ", argument);
    else if ((stop = take_positional(request, argument)) != 0)
      return stop;
  }
  if (!request->target)
    return 1 + allocs_usage_error("no target", "");
  if (request->command->has & ALLOCS_HAS_SAMPLES && request->target[strspn(request->target, "0123456789")])
    return 1 + allocs_usage_error("no number of a process: ", request->target);
  if (request->command->has & ALLOCS_HAS_FILE_NAMED && !request->file)
    return 1 + allocs_usage_error("say -o FILE", "");
  if (request->command->has & ALLOCS_HAS_EXPORT && request->form == ALLOCS_N_EXPORTS)
    return 1 + allocs_usage_error("say --format FORMAT", "");
  if (request->command->has & ALLOCS_HAS_TYPE && !request->type)
    return 1 + allocs_usage_error("no type", "");
  return (request->command->has & (ALLOCS_HAS_ADDRESSES | ALLOCS_HAS_MAYBE)) == ALLOCS_HAS_ADDRESSES &&
                 !request->n_addresses
             ? 1 + allocs_usage_error("no address", "")
             : 0;
}
