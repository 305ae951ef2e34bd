/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What there is to say, by the program's name. */

#include "run/say.h"
#include <stdarg.h>
#include <stdio.h>

void allocs_run_say(const char *what, ...) {
  va_list list;
  va_start(list, what);
  fputs("allocs-run: ", stderr);
  vfprintf(stderr, what, list);
  fputc('\n', stderr);
  va_end(list);
}
