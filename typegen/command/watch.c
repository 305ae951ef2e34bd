/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Samples. Each is taken by a child of its own, which looks at the target, counts, and leaves the rows as a snapshot
   has them, in memory: of the sample before, nothing is left that could be taken for this one's. */

/* For memfd_create(). */
#define _GNU_SOURCE
#include "command/watch.h"
#include "command/look.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TOP = 20, MILLISECONDS = 1000, NANOSECONDS_OF_ONE = 1000000 };

struct watch {
  const struct allocs_request *request;
  struct allocs_diag diag;
  struct allocs_rows first;
  bool is_terminal;
};

/* What the child does. */
static bool count(const struct watch *watch, const char *file) {
  struct allocs_look at = {.target.diag.file = watch->diag.file};
  return allocs_look_at(&at, watch->request) && allocs_rows_write(&at.target.diag, file, &at.rows);
}

/* A process that is gone, or waits for its parent to take notice. */
static bool has_ended(const char *process) {
  char name[64], state = 'X';
  snprintf(name, sizeof name, "/proc/%.20s/stat", process);
  FILE *in = fopen(name, "re");
  if (in) {
    /* The name is in parentheses, and may have any characters. */
    for (int c; (c = fgetc(in)) != EOF;)
      if (c == ')' && fscanf(in, " %c", &state) != 1)
        break;
    fclose(in);
  }
  return state == 'X' || state == 'Z';
}

/* False if the child could not, and has said why. */
static bool sample(struct watch *watch, struct allocs_rows *ret) {
  char name[64];
  int status = 0, file = memfd_create("allocs", MFD_CLOEXEC);
  if (file < 0)
    return allocs_diag_file(&watch->diag, "no memory for a sample: %s", strerror(errno));
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  fflush(NULL);
  pid_t child = fork();
  if (!child)
    _exit(count(watch, name) ? 0 : 1);
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  bool ok = child > 0 && WIFEXITED(status) && !WEXITSTATUS(status) && allocs_rows_read(&watch->diag, name, ret);
  if (child < 0 || !WIFEXITED(status))
    allocs_diag_file(&watch->diag, "no sample could be taken");
  close(file);
  return ok;
}

static struct allocs_rows copy_of(const struct allocs_rows *rows) {
  struct allocs_rows ret = *rows;
  ret.all = allocs_new(rows->n + 1, sizeof *ret.all);
  if (rows->n)
    memcpy(ret.all, rows->all, rows->n * sizeof *ret.all);
  return ret;
}

static struct allocs_sum sum_of(const struct allocs_rows *rows) {
  struct allocs_sum ret = {0, 0};
  for (size_t i = 0; i < rows->n; i++)
    allocs_sum_add(&ret, &rows->all[i].sum);
  return ret;
}

/* What has grown since the first. On a terminal it takes the place of what was there. */
static void show(const struct watch *watch, struct allocs_rows *rows) {
  struct allocs_census census = watch->request->census;
  struct allocs_sum sum = sum_of(rows);
  time_t now = time(NULL);
  struct tm local;
  char text[32] = "";
  if (localtime_r(&now, &local))
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
  allocs_rows_subtract(rows, &watch->first);
  census.is_difference = true;
  census.top = census.top ? census.top : TOP;
  if (watch->is_terminal)
    fputs("\033[H\033[2J", stdout);
  if (!census.json)
    printf("%s  %" PRIu64 " blocks, %" PRIu64 " bytes\n", text, sum.blocks, sum.bytes);
  allocs_census(stdout, rows, &census);
}

static void wait_for(uint64_t milliseconds) {
  struct timespec rest = {(time_t)(milliseconds / MILLISECONDS),
                          (long)(milliseconds % MILLISECONDS) * NANOSECONDS_OF_ONE};
  while (nanosleep(&rest, &rest) && errno == EINTR)
    ;
}

/* One more sample. 0: go on; else the exit status plus 1. */
static int look_once(struct watch *watch, bool is_first) {
  struct allocs_rows rows = {.n = 0};
  const struct allocs_limit *limit = &watch->request->limit;
  uint64_t much = 0;
  if (!is_first && has_ended(watch->request->target)) {
    fprintf(stderr, "%s: has ended\n", watch->diag.file);
    return 1;
  }
  if (!sample(watch, &rows))
    return has_ended(watch->request->target) && !is_first ? 1 : 2;
  if (is_first)
    watch->first = copy_of(&rows);
  bool is_reached = limit->text && allocs_limit_holds(limit, &rows, &much);
  show(watch, &rows);
  free(rows.all);
  if (fflush(stdout) || ferror(stdout)) {
    fprintf(stderr, "allocs: cannot write: %s\n", strerror(errno));
    return 2;
  }
  if (is_reached)
    fprintf(stderr, "%s: %s: %" PRIu64 "\n", watch->diag.file, limit->text, much);
  return is_reached ? 2 : 0;
}

int allocs_watch(const struct allocs_request *request) {
  char name[64];
  struct watch watch = {.request = request, .diag.file = name, .is_terminal = isatty(STDOUT_FILENO)};
  snprintf(name, sizeof name, "allocs: %.32s", request->target);
  int stop = 0;
  for (uint64_t n = 0; !stop && (!request->samples || n < request->samples); n++) {
    if (n)
      wait_for(request->every);
    stop = look_once(&watch, !n);
  }
  free(watch.first.all);
  return stop ? stop - 1 : 0;
}
