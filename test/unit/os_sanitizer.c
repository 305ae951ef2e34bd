// A sanitizer that is there is told and asked, one that is not is not, and half a second stack is none.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/os/os_sanitizer.c -o %t && %t
// RUN: %cc -O1 -Wall -Wextra -Werror -DMEMORY -DBOTTOM -I%src/runtime %s %src/runtime/os/os_sanitizer.c -o %t && %t
// RUN: %cc -O1 -Wall -Wextra -Werror -DTOP -I%src/runtime %s %src/runtime/os/os_sanitizer.c -o %t && %t
// RUN: %cc -O1 -Wall -Wextra -Werror -DBOTTOM -DTOP -I%src/runtime %s %src/runtime/os/os_sanitizer.c -o %t && %t

#include "check.h"
#include "os/os.h"

static const volatile void *told;
static size_t told_size, n_arguments;
#ifdef MEMORY
void __msan_unpoison(const volatile void *begin, size_t size) { told = begin, told_size = size; }
void __msan_unpoison_param(size_t n) { n_arguments = n; }
#endif
static char stack[100];
#ifdef BOTTOM
static char *bottom = stack;
void *__get_unsafe_stack_bottom(void) { return bottom; }
#endif
#ifdef TOP
void *__get_unsafe_stack_top(void) { return stack + 100; }
#endif

int main(void) {
  uintptr_t begin = 1, end = 2;
  allocs_os_tell(stack, 7);
  allocs_os_tell_arguments();
#ifdef MEMORY
  CHECK(told == stack && told_size == 7 && n_arguments >= 3); /* as many as callbacks have */
#else
  CHECK(!told && !told_size && !n_arguments);
#endif
#if defined(BOTTOM) && defined(TOP)
  CHECK(allocs_os_unsafe_stack(&begin, &end) && begin == (uintptr_t)stack && end == (uintptr_t)stack + 100);
  bottom = stack + 99;
  CHECK(allocs_os_unsafe_stack(&begin, &end));
  bottom++; /* without room */
  CHECK(!allocs_os_unsafe_stack(&begin, &end));
#else
  CHECK(!allocs_os_unsafe_stack(&begin, &end) && begin == 1 && end == 2);
#endif
  return check_failed;
}
