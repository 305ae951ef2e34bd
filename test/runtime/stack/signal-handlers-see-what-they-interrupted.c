// A signal handler, on the same or an alternate stack, finds its own locals and those of what it interrupted.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

static long *volatile watched;
static volatile sig_atomic_t handled;

static void handler(int sig) {
  short own = (short)sig;
  if (!watched)
    return;
  struct alloc_info info;
  char buf[32];
  CHECK(alloc_get_innermost_type(&own) == alloc_typeof(short));
  CHECK(alloc_get_info(&own, &info) == ALLOC_OK);
  CHECK_STRING(UNIQTYPE_NAME(info.type), "__FRAME_handler");
  CHECK(alloc_get_info((void *)watched, &info) == ALLOC_OK);
  CHECK_STRING(UNIQTYPE_NAME(info.type), "__FRAME_interrupted");
  CHECK_STRING(alloc_get_name((void *)watched, buf, sizeof buf), "local");
  handled++;
}

__attribute__((noinline)) static void interrupted(int how) {
  long local = how;
  watched = &local;
  handled = 0;
  if (how == 0)
    raise(SIGUSR1);
  else
    while (handled < 200) /* anywhere in here and below */
      free(malloc((size_t)local + 10));
  watched = NULL;
}

int main(void) {
  struct sigaction action = {.sa_handler = handler};
  struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
  stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
  sigaltstack(&stack, NULL);
  for (int on_alternate = 0; on_alternate < 2; on_alternate++) {
    action.sa_flags = on_alternate ? SA_ONSTACK : 0;
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    interrupted(0);
    CHECK(handled == 1);
    setitimer(ITIMER_REAL, &often, NULL);
    interrupted(1);
    setitimer(ITIMER_REAL, &never, NULL);
  }
  return check_failed;
}
