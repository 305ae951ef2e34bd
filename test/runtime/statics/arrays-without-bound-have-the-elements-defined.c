// An array declared without a bound has the elements that its definition has: one, if there is none but tentative ones.
// RUN: %allocs-cc -w -O1 -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>

int tentative[];
extern long later[];
static const char *const texts[] = {"a", "b", "c"};
char lines[][8] = {"one", "two"};

int main(void) {
  struct alloc_array array;
  CHECK(alloc_get_type(tentative) == alloc_typeof(int[1]) && alloc_get_size(tentative) == sizeof(int));
  CHECK(alloc_get_array(tentative, &array) == ALLOC_OK && array.count == 1);
  CHECK(alloc_get_type(&later[3]) == alloc_typeof(long[4]));
  CHECK(alloc_get_type(&texts[2]) == alloc_typeof(char *[3]));
  CHECK(alloc_get_type(lines) == alloc_typeof(char[2][8]) && alloc_get_array(&lines[1][3], &array) == ALLOC_OK);
  CHECK(array.count == 8 && array.index == 3 && array.base == lines[1]);
  return check_failed;
}

long later[] = {1, 2, 3, 4};
