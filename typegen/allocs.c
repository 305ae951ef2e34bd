/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* allocs: looks into another process, or a core file. Arguments; then: open the target, copy what its runtime knows,
   and answer, into memory, so that the target goes on before anything is printed. */

#include "command/arguments.h"
#include "command/commands.h"
#include "command/watch.h"
#include "ground/diag.h"
#include "inspect/expressions.h"
#include "target/process.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ALLOCS_VERSION
#define ALLOCS_VERSION "(unversioned)"
#endif

static void say_stopped(const struct allocs_target *target) {
  if (target->stopped)
    fprintf(stderr, "%s: stopped for %.1f ms\n", target->diag.file, (double)target->stopped / 1e6);
  if (target->not_stopped)
    fprintf(stderr, "%s: %u of its threads ran on or were stopped by another\n", target->diag.file,
            target->not_stopped);
}

static bool find_addresses(struct allocs_look *at, struct allocs_request *request) {
  for (unsigned i = 0; i < request->n_addresses; i++)
    if (!allocs_expression_read(&at->target, request->expressions[i], &request->addresses[i]))
      return false;
  return true;
}

/* The answer, in memory of the caller's; NULL if there is none. */
static char *answer(struct allocs_look *at, const struct allocs_request *request, size_t *ret_size) {
  char *text = NULL;
  struct allocs_request resolved = *request;
  FILE *out = allocs_look_at(at, request) && find_addresses(at, &resolved) ? open_memstream(&text, ret_size) : NULL;
  if (!out)
    return NULL;
  bool ok = request->command->run(out, at, &resolved);
  allocs_process_go(&at->target);
  fclose(out);
  if (ok)
    return text;
  free(text);
  return NULL;
}

static int do_run(const struct allocs_request *request) {
  char *name = allocs_new(strlen(request->target) + sizeof "allocs: ", 1);
  struct allocs_look at = {.target.diag.file = name};
  size_t size = 0;
  strcat(strcpy(name, "allocs: "), request->target);
  char *text = answer(&at, request, &size);
  if (text)
    fwrite(text, 1, size, stdout);
  if (text && request->verbose)
    say_stopped(&at.target);
  allocs_look_fini(&at);
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
  struct allocs_request request = {
      .every = 10000, .form = ALLOCS_N_EXPORTS, .census = {.labels = {ALLOCS_LABEL_TYPE}, .n_labels = 1}};
  if (argc < 2)
    return allocs_usage_error("no command", "");
  if (!strcmp(argv[1], "--help"))
    return fputs(allocs_usage, stdout) == EOF;
  if (!strcmp(argv[1], "--version"))
    return puts("allocs " ALLOCS_VERSION) == EOF;
  if (!(request.command = allocs_command_named(argv[1])))
    return allocs_usage_error("unknown command ", argv[1]);
  if (!(request.command->has & ALLOCS_HAS_CENSUS))
    request.census.n_labels = 0;
  if (request.command->has & (ALLOCS_HAS_BEFORE | ALLOCS_HAS_SAMPLES))
    request.census = (struct allocs_census){.labels = {ALLOCS_LABEL_TYPE, ALLOCS_LABEL_SITE}, .n_labels = 2};
  int stop = allocs_arguments_take(&request, argc, argv);
  if (stop)
    return stop - 1;
  return request.command->has & ALLOCS_HAS_SAMPLES ? allocs_watch(&request) : do_run(&request);
}
