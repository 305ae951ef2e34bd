// Below code that has neither unwind tables nor a frame pointer, locals of its callers are the stack's.
// RUN: %allocs-cc -O1 %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>

void hides(void (*then)(void *), void *arg);
__asm__(".text\nhides: push %rbp; xor %ebp, %ebp; mov %rdi, %rax; mov %rsi, %rdi; call *%rax; pop %rbp; ret\n");

static int asked;

static void ask(void *p) {
  short own = 1;
  CHECK(alloc_get_innermost_type(&own) == alloc_typeof(short));
  CHECK(alloc_get_allocator(p) == &alloc_stack);
  asked++;
}

int main(void) {
  long local[3] = {1, 2, 3};
  hides(ask, &local[1]);
  CHECK(asked == 1);
  CHECK(alloc_get_innermost_type(&local[1]) == alloc_typeof(long));
  return check_failed;
}
