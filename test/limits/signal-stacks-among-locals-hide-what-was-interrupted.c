// What a signal interrupted is the stack's where the alternate stack is itself a local above it; elsewhere it is told.
// RUN: %allocs-cc -O1 %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>
#include <signal.h>
#include <stdlib.h>

static long *interrupted;
static int among_locals, handled;

static void handler(int sig) {
  short own = (short)sig;
  CHECK(alloc_get_innermost_type(&own) == alloc_typeof(short));
  if (among_locals)
    CHECK(alloc_get_allocator(interrupted) == &alloc_stack);
  else
    CHECK(alloc_get_innermost_type(interrupted) == alloc_typeof(long));
  handled++;
}

__attribute__((noinline)) static void run(void) {
  long local = 1;
  interrupted = &local;
  raise(SIGUSR1);
}

int main(void) {
  static char apart[1 << 16];
  char among[1 << 16];
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
  stack_t stack = {.ss_sp = apart, .ss_size = sizeof apart};
  CHECK(!sigaction(SIGUSR1, &action, NULL) && !sigaltstack(&stack, NULL));
  run();
  stack.ss_sp = among;
  CHECK(handled == 1 && !sigaltstack(&stack, NULL));
  among_locals = 1;
  run();
  CHECK(handled == 2);
  return check_failed;
}
