// After unsetenv, setenv and writes into argv, the vectors keep their bounds, and strings are as they are now.
// RUN: %allocs-cc -I%src/test/unit %s -o %t
// RUN: /usr/bin/env -i A=1 B=2 C=3 D=4 %t first second

#include "check.h"
#include <allocs.h>

int main(int argc, char **argv) {
  extern char **environ;
  char **initial = environ, name[32];
  CHECK(argc == 3);
  argv[3] = argv[0]; /* where their end was */
  for (const char *gone = "DCBA"; *gone; gone++)
    unsetenv((char[]){*gone, 0});
  CHECK(!environ[0]);
  CHECK(alloc_get_base(&initial[2]) == initial && alloc_get_size(initial) == 40);
  CHECK(alloc_get_base(argv) == argv && alloc_get_size(argv) == 32);
  setenv("NEW", "1", 1);
  CHECK_STRING(alloc_get_allocator(environ)->name, "__default_lib_malloc");
  argv[1][2] = 0;
  CHECK(alloc_get_size(argv[1]) == 3);
  char *swapped = argv[1];
  argv[1] = argv[2];
  argv[2] = swapped;
  CHECK_STRING(alloc_get_name(argv[1] + 1, name, sizeof name), "argv[1]");
  CHECK(alloc_get_base(argv[1] + 1) == argv[1]);
  return check_failed;
}
