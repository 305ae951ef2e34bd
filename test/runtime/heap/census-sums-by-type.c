// The census sums live blocks by type, arrays of any length together, and lists what is untyped by site.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -Wl,-u,__allocs_hooks_next,-u,__allocs_runtime %allocs-rt -o %t
// RUN: %t 2>&1 | %filecheck --match-full-lines %s

#include "Inputs/heap-test.h"
#include "answers/census.h"
#include "heap/heap.h"

INT_RECORD(int_record);
SITE_RECORD(object, 10, ALLOCS_SHAPE_OBJECT, ALLOCS_RULE_SIZE);
SITE_RECORD(array, 20, ALLOCS_SHAPE_ARRAY, ALLOCS_RULE_CAST);
SITE_RECORD(unknown, 30, ALLOCS_SHAPE_NONE, ALLOCS_RULE_NONE);

int main(void) {
  site_init(&object, &object_slot, int_record, (const void *)main);
  site_init(&array, &array_slot, int_record, (const void *)main);
  site_init(&unknown, &unknown_slot, NULL, (const void *)main);
  refer(&unknown.file, "a.c");
  refer(&unknown.function, "main");
  refer(&unknown.callee, "malloc");
  for (int i = 1; i <= 100; i++) {
    __allocs_malloc(4, &object);
    __allocs_malloc(4 * (size_t)i, &array);
    free(__allocs_malloc(4, &object));
  }
  __allocs_malloc(1000, &unknown);
  __allocs_malloc(1000, &unknown);
  malloc(600);
  allocs_census_init();
  allocs_census_print(true);
  // CHECK:      allocs: the live heap by type, of process {{[0-9]+}}
  // CHECK-NEXT:       blocks           bytes   share  type
  // CHECK-NEXT:          100           20200   87.1 %  int[]
  // CHECK-NEXT:            3            2600   11.2 %  (no type)
  // CHECK-NEXT:          100             400    1.7 %  int
  // CHECK-NEXT: typed: 200 of 203 blocks (98.5 %), 20600 of 23200 bytes (88.8 %)
  // CHECK-NEXT: untyped:
  // CHECK-NEXT:       blocks           bytes   share  site
  // CHECK-NEXT:            2            2000    8.6 %  a.c:30 main malloc
  // CHECK-NEXT:            1             600    2.6 %  code 0x{{[0-9a-f]+}} in the program+0x{{[0-9a-f]+}}, in main
  return 0;
}
