/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What Clang's memory sanitizer is told, if the program is linked with it. */

#include "os/os.h"

extern void __msan_unpoison(const volatile void *begin, size_t size) __attribute__((weak));
extern void __msan_unpoison_param(size_t n) __attribute__((weak));

enum { MOST_ARGUMENTS = 6 };

void allocs_os_tell(const void *begin, size_t size) {
  if (ALLOCS_UNLIKELY(__msan_unpoison != NULL))
    __msan_unpoison(begin, size);
}

void allocs_os_tell_arguments(void) {
  if (ALLOCS_UNLIKELY(__msan_unpoison_param != NULL))
    __msan_unpoison_param(MOST_ARGUMENTS);
}
