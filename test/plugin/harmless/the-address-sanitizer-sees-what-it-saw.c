// The address sanitizer notices what it notices without the plugin: overflows of locals, statics and blocks. Locals are then the stack.
// REQUIRES: asan
// RUN: %allocs-cc -O0 -fsanitize=address %s -o %t && %t stack 0
// RUN: not %t stack 10 2>&1 | FileCheck --check-prefix=STACK %s
// RUN: not %t static 10 2>&1 | FileCheck --check-prefix=STATIC %s
// RUN: not %t heap 10 2>&1 | FileCheck --check-prefix=HEAP %s
// RUN: not %t alloca 10 2>&1 | FileCheck --check-prefix=ALLOCA %s
// RUN: %allocs-cc -O2 -fsanitize=address %s -o %t && %t stack 0
// RUN: not %t stack 10 2>&1 | FileCheck --check-prefix=STACK %s
// RUN: not %t static 10 2>&1 | FileCheck --check-prefix=STATIC %s
// RUN: not %t heap 10 2>&1 | FileCheck --check-prefix=HEAP %s
// RUN: not %t alloca 10 2>&1 | FileCheck --check-prefix=ALLOCA %s
// STACK: ERROR: AddressSanitizer: stack-buffer-overflow
// STATIC: ERROR: AddressSanitizer: global-buffer-overflow
// HEAP: ERROR: AddressSanitizer: heap-buffer-overflow
// ALLOCA: ERROR: AddressSanitizer: dynamic-stack-buffer-overflow

#include <alloca.h>
#include <allocs.h>
#include <stdlib.h>
#include <string.h>

static char in_static[10];

__attribute__((noinline)) static void put(volatile char *bytes, int at) { bytes[at] = 1; }

int main(int argc, char **argv) {
  char on_stack[10], *on_heap = malloc(10), *dynamic = alloca((size_t)argc + 7);
  const char *where = argv[1];
  int at = atoi(argv[argc - 1]);
  put(!strcmp(where, "stack") ? on_stack : !strcmp(where, "static") ? in_static : !strcmp(where, "heap") ? on_heap : dynamic, at);
  free(on_heap);
  return alloc_get_allocator(on_stack) != &alloc_stack && alloc_get_allocator(on_stack) != &alloc_mmap;
}
