/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What Clang's sanitizers are told or asked, if the program is linked with them. */

#include "os/os.h"

extern void __msan_unpoison(const volatile void *begin, size_t size) __attribute__((weak));
extern void __msan_unpoison_param(size_t n) __attribute__((weak));

extern void *__get_unsafe_stack_bottom(void) __attribute__((weak));
extern void *__get_unsafe_stack_top(void) __attribute__((weak));

enum { MOST_ARGUMENTS = 6 };

void allocs_os_tell(const void *begin, size_t size) {
  if (ALLOCS_UNLIKELY(__msan_unpoison != NULL))
    __msan_unpoison(begin, size);
}

void allocs_os_tell_arguments(void) {
  if (ALLOCS_UNLIKELY(__msan_unpoison_param != NULL))
    __msan_unpoison_param(MOST_ARGUMENTS);
}

bool allocs_os_unsafe_stack(uintptr_t *begin, uintptr_t *end) {
  if (ALLOCS_LIKELY(!__get_unsafe_stack_bottom || !__get_unsafe_stack_top))
    return false;
  *begin = (uintptr_t)__get_unsafe_stack_bottom();
  *end = (uintptr_t)__get_unsafe_stack_top();
  return *begin < *end;
}
