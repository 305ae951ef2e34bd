// A block from an instrumented call has its type and source, told with the call or after it; realloc keeps the type unless it names one.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -Wl,-u,__allocs_hooks_next,-u,__allocs_runtime %allocs-rt -pthread -o %t
// RUN: %t

#include "Inputs/heap-test.h"

INT_RECORD(int_record);
SITE_RECORD(object, 10, ALLOCS_SHAPE_OBJECT, ALLOCS_RULE_SIZE);
SITE_RECORD(array, 20, ALLOCS_SHAPE_ARRAY, ALLOCS_RULE_CAST);
SITE_RECORD(unknown, 30, ALLOCS_SHAPE_NONE, ALLOCS_RULE_NONE);

static void check_type(const void *block, const char *name, unsigned line) {
  struct alloc_pos answer = heap_answer(block);
  CHECK(answer.size && answer.line == line);
  CHECK_STRING(uniqtype_name(answer.type), name);
}

int main(void) {
  site_init(&object, &object_slot, int_record, (const void *)main);
  site_init(&array, &array_slot, int_record, (const void *)main);
  site_init(&unknown, &unknown_slot, NULL, (const void *)main);
  refer(&array.file, "a.c");
  refer(&array.function, "main");
  refer(&array.callee, "calloc");

  char *block = __allocs_malloc(4, &object);
  check_type(block, "int$32", 10);
  block = realloc(block, 12); /* by code that has no sites: its address, and the type stays */
  check_type(block, "__ARR3_int$32", 0);
  CHECK((uintptr_t)heap_answer(block).site - (uintptr_t)main < 4096);
  block = __allocs_realloc(block, 16, &unknown);
  check_type(block, "__ARR4_int$32", 30);
  block = __allocs_realloc(block, 10, &unknown);
  check_type(block, "__ARR10___uninterpreted_byte", 30);
  block = __allocs_realloc(block, 20, &array);
  check_type(block, "__ARR5_int$32", 20);
  free(block);

  block = __allocs_calloc(7, 4, &array);
  check_type(block + 13, "__ARR7_int$32", 20);
  struct alloc_pos answer = heap_answer(block);
  CHECK_STRING(answer.file, "a.c");
  CHECK_STRING(answer.function, "main");
  CHECK_STRING(answer.callee, "calloc");
  CHECK_STRING(answer.rule, "cast");
  CHECK(answer.column == 5 && answer.site);
  check_type(__allocs_malloc(3, &object), "__ARR3___uninterpreted_byte", 10);
  check_type(__allocs_malloc(42, &unknown), "__ARR42___uninterpreted_byte", 30);
  block = malloc(5);
  check_type(block, "__ARR5___uninterpreted_byte", 0);
  CHECK((uintptr_t)heap_answer(block).site - (uintptr_t)main < 4096);

  /* Told afterwards: of what has a site, of what has none, of what is no block */
  char *copy = strdup("1234567"), *other = strdup("1234567"), *typed = __allocs_malloc(4, &object);
  check_type(copy, "__ARR8___uninterpreted_byte", 0);
  __allocs_made(copy, &array);
  check_type(copy, "__ARR2_int$32", 20);
  __allocs_made(copy, &unknown);
  check_type(copy, "__ARR2_int$32", 30);
  __allocs_made(typed, &array);
  check_type(typed, "__ARR1_int$32", 20);
  __allocs_made(NULL, &array);
  __allocs_made(other + 1, &array);
  __allocs_made((void *)main, &array);
  __allocs_made((void *)~7ul, &array);
  __allocs_made(other, NULL);
  check_type(other, "__ARR8___uninterpreted_byte", 0);
  return check_failed;
}
