/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* allocs-run: arguments, and the program in our place. */

#include "run/environment.h"
#include "run/missing_meta.h"
#include "run/program.h"
#include "run/say.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: allocs-run [options] PROGRAM [ARGUMENT...]\n"
    "Runs a program that was not built with allocs, so that it can be asked what its memory is.\n"
    "  --census         print the live heap when it ends\n"
    "  --option NAME=N  set an option of the runtime (ALLOCS_OPTIONS=help=1 lists them)\n"
    "  --no-meta        make no meta files of debug information\n"
    "  --help           print this\n"
    "  --version        print the version\n"
    "Exit status: the program's; 127 if it is not found, 126 if it cannot be run, 125 if anything else is wrong.\n";

static int usage_error(const char *what, const char *argument) {
  allocs_run_say("%s%s\n%s", what, argument, usage);
  return ALLOCS_RUN_FAILED;
}

static int print(const char *text) {
  return fputs(text, stdout) == EOF || fflush(stdout) == EOF ? ALLOCS_RUN_FAILED : 0;
}

/* It runs all the same, as it would without us. */
static void warn(const struct allocs_run_program *program) {
  if (program->is_static)
    allocs_run_say("%s: is linked statically, and can be told nothing of", program->path);
  else if (program->is_secure)
    allocs_run_say("%s: runs with other rights, and can be told nothing of", program->path);
}

static int run(char **argv, bool makes_meta) {
  static struct allocs_run_program program;
  if (!allocs_run_program_find(argv[0], &program)) {
    allocs_run_say("%s: %s", argv[0], strerror(errno));
    return errno == ENOENT ? ALLOCS_RUN_NOT_FOUND : ALLOCS_RUN_NO_PROGRAM;
  }
  warn(&program);
  if (makes_meta)
    allocs_run_make_meta(&program);
  if (!allocs_run_preload())
    return ALLOCS_RUN_FAILED;
  execvp(program.path, argv); /* which gives to a shell what has no other interpreter */
  allocs_run_say("%s: %s", program.path, strerror(errno));
  return ALLOCS_RUN_NO_PROGRAM;
}

int main(int argc, char **argv) {
  int at = 1;
  bool makes_meta = true;
  for (; at < argc && argv[at][0] == '-'; at++) {
    const char *option = argv[at];
    bool ok = true;
    if (!strcmp(option, "--")) {
      at++;
      break;
    }
    if (!strcmp(option, "--help"))
      return print(usage);
    if (!strcmp(option, "--version"))
      return print("allocs-run (allocs) " ALLOCS_VERSION "\n");
    if (!strcmp(option, "--census"))
      ok = allocs_run_add_option("census=1");
    else if (!strcmp(option, "--no-meta"))
      makes_meta = false;
    else if (!strcmp(option, "--option") && at + 1 < argc)
      ok = allocs_run_add_option(argv[++at]);
    else
      return usage_error("unknown option ", option);
    if (!ok)
      return usage_error("no memory for ", option);
  }
  return at == argc ? usage_error("no program", "") : run(argv + at, makes_meta);
}
