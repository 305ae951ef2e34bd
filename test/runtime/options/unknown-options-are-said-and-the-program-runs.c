// A program with an option it does not know says so in one line and runs; without options it is silent.
// RUN: %allocs-cc %s -o %t
// RUN: env ALLOCS_OPTIONS=bogus=1 %t > %t.out 2> %t.err
// RUN: %filecheck --check-prefix=OUT %s < %t.out
// RUN: %filecheck --check-prefix=ERR %s < %t.err
// RUN: env ALLOCS_OPTIONS=help=1 %t 2>&1 > %t.out | %filecheck --check-prefix=HELP %s
// RUN: %filecheck --check-prefix=OUT %s < %t.out
// RUN: %t 2>&1 > %t.out | count 0
#include <stdio.h>
int main(void) { puts("ran"); }
// OUT: ran
// ERR: {{^}}allocs: unknown option "bogus"; ALLOCS_OPTIONS=help=1 lists them{{$}}
// ERR-NOT: {{.}}
// HELP: census=0
