/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TEST_CHECK_H
#define ALLOCS_TEST_CHECK_H

/* A unit test CHECKs what must hold, goes on after a failure, and ends main with `return check_failed;`. */

#include <stdio.h>
#include <string.h>

static int check_failed;

#define CHECK(c)                                                                                                       \
  ((c) ? (void)0 : (void)(check_failed = 1, fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #c)))

#define CHECK_STRING(got, wanted) check_string(__FILE__, __LINE__, got, wanted)
static inline void check_string(const char *file, int line, const char *got, const char *wanted) {
  if (got && strcmp(got, wanted) == 0)
    return;
  check_failed = 1;
  fprintf(stderr, "%s:%d: got \"%s\", wanted \"%s\"\n", file, line, got ? got : "(null)", wanted);
}

#endif
