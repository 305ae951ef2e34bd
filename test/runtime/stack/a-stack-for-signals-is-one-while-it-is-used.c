// The memory that a program gave to sigaltstack is a stack for who is interrupted on it, wherever it lies, and again a block afterwards.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>
#include <signal.h>
#include <stdlib.h>

enum { SIZE = 1 << 16 };
static char variable[SIZE], *stacks[2];
static volatile int which, n_handled;

static void handler(int number) {
  struct alloc_info info;
  volatile int local = number;
  CHECK(!alloc_get_info((void *)&local, &info) && info.allocator == &alloc_stackframe);
  CHECK(!alloc_get_info(stacks[which] + 10, &info));
  CHECK(info.allocator == &alloc_stack && info.base == stacks[which] && info.size == SIZE);
  n_handled++;
}

int main(void) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
  stacks[0] = variable, stacks[1] = malloc(SIZE);
  sigaction(SIGUSR1, &action, NULL);
  for (which = 0; which < 2; which++) {
    stack_t stack = {.ss_sp = stacks[which], .ss_size = SIZE}, none = {.ss_flags = SS_DISABLE};
    CHECK(!sigaltstack(&stack, NULL) && !raise(SIGUSR1));
    CHECK(!sigaltstack(&none, NULL));
    CHECK(alloc_get_allocator(stacks[which] + 10) == (which ? &alloc_heap : &alloc_static));
  }
  CHECK(n_handled == 2);
  return check_failed;
}
