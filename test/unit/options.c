// ALLOCS_OPTIONS sets what it names, says once what it does not understand, and lists all for help=1.
// RUN: %cc -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/ground/options.c %src/runtime/ground/text.c %src/runtime/os/os_sanitizer.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: env ALLOCS_OPTIONS= %t > %t.out 2>&1 && %filecheck --check-prefix=NONE --implicit-check-not=allocs: %s < %t.out
// RUN: env ALLOCS_OPTIONS=census=1 %t > %t.out 2>&1 && %filecheck --check-prefix=ONE --implicit-check-not=allocs: %s < %t.out
// RUN: env ALLOCS_OPTIONS=:,census=4294967295,:help=0: %t > %t.out 2>&1 && %filecheck --check-prefix=SEVEN --implicit-check-not=allocs: %s < %t.out
// RUN: env ALLOCS_OPTIONS=bogus=1:census=2:cens=1,census=-1:census=:census:census=4294967296:=3:census=5x %t > %t.out 2>&1
// RUN: %filecheck --check-prefix=BAD --implicit-check-not=allocs: %s < %t.out
// RUN: env ALLOCS_OPTIONS=help=1 %t > %t.out 2>&1 && %filecheck --check-prefix=HELP --implicit-check-not=allocs: %s < %t.out

#include "ground/options.h"

#include <stdio.h>

int main(void) {
  allocs_options_init();
  printf("census %u\n", allocs_options()->census);
}

// NONE: census 0
// ONE: census 1
// SEVEN: census 4294967295
// BAD: allocs: unknown option "bogus"; ALLOCS_OPTIONS=help=1 lists them
// BAD-NEXT: allocs: unknown option "cens"; ALLOCS_OPTIONS=help=1 lists them
// BAD-NEXT: allocs: option "census" needs a number, not "-1"
// BAD-NEXT: allocs: option "census" needs a number, not ""
// BAD-NEXT: allocs: option "census" needs a number, not ""
// BAD-NEXT: allocs: option "census" needs a number, not "4294967296"
// BAD-NEXT: allocs: unknown option ""; ALLOCS_OPTIONS=help=1 lists them
// BAD-NEXT: allocs: option "census" needs a number, not "5x"
// BAD-NEXT: census 2
// HELP: allocs: options in ALLOCS_OPTIONS
// HELP-NEXT: allocs:   help=0  list these options
// HELP-NEXT: allocs:   census=0  at exit, print the live heap by type
// HELP-NEXT: census 0
