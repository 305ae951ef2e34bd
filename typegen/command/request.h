/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_COMMAND_REQUEST_H
#define ALLOCS_COMMAND_REQUEST_H

/* What is asked for: a command, and its arguments. */

#include "command/limit.h"
#include "export/export.h"
#include "inspect/census.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What a command has, beside a target. */
enum {
  ALLOCS_HAS_ROWS = 1,        /* is about the rows of a heap, so that a snapshot will do */
  ALLOCS_HAS_CENSUS = 2,      /* the options of a census */
  ALLOCS_HAS_GRAPH = 4,       /* follows pointers */
  ALLOCS_HAS_ADDRESSES = 8,   /* at least one, unless ALLOCS_HAS_MAYBE */
  ALLOCS_HAS_TOP = 16,        /* counts that can be cut */
  ALLOCS_HAS_FILE_NAMED = 32, /* a file to write to */
  ALLOCS_HAS_DEPTH = 64,
  ALLOCS_HAS_TYPE = 128,
  ALLOCS_HAS_MAYBE = 256,
  ALLOCS_HAS_FORMAT = 512,  /* can be JSON */
  ALLOCS_HAS_GROUP = 1024,  /* of one source, type or site */
  ALLOCS_HAS_EXPORT = 2048, /* a form of a file */
  ALLOCS_HAS_RSS = 4096,
  ALLOCS_HAS_CONTENTS = 8192, /* keeps all of the target, if it is not told otherwise */
  ALLOCS_HAS_BEFORE = 16384,  /* a snapshot, before the target */
  ALLOCS_HAS_SAMPLES = 32768  /* is about a process that runs, again and again; has no function to print */
};
struct allocs_look;
struct allocs_request;
struct allocs_command {
  const char *name, *usage;
  unsigned has;
  /* Prints the answer; false if there is none, which has been said. */
  bool (*run)(FILE *out, struct allocs_look *at, const struct allocs_request *request);
};

enum { ALLOCS_MOST_ADDRESSES = 64, ALLOCS_MOST_CONDITIONS = 8 };
struct allocs_request {
  const struct allocs_command *command;
  const char *target;
  const char *before; /* a snapshot, that the target is compared with */
  const char *file;   /* to write to */
  bool no_stop, verbose, rss, no_contents;
  unsigned depth;
  enum allocs_export form; /* to export; ALLOCS_N_EXPORTS: none was named */
  struct allocs_census census;
  const char *expressions[ALLOCS_MOST_ADDRESSES];
  uint64_t addresses[ALLOCS_MOST_ADDRESSES]; /* to which these lead */
  uint64_t tags;
  unsigned n_addresses;
  const char *type, *where[ALLOCS_MOST_CONDITIONS];
  unsigned n_where;
  uint64_t every, samples;   /* milliseconds; how many, 0: without end */
  struct allocs_limit limit; /* its text is NULL if there is none */
};

static inline bool allocs_request_has(const struct allocs_request *request, unsigned what) {
  return request->command->has & what;
}
/* All of the target is to be kept. */
static inline bool allocs_request_keeps_all(const struct allocs_request *request) {
  return allocs_request_has(request, ALLOCS_HAS_CONTENTS) && !request->no_contents;
}

#endif
