// Handlers that interrupt leaf functions, prologues, the vdso and each other find their own locals and those of all below.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static struct {
  void *local;
  const char *frame;
  const struct uniqtype *type;
} levels[4];
static volatile unsigned n_levels;
static volatile unsigned ticks;
static sigjmp_buf back;

static void look(void) {
  struct alloc_info info;
  for (unsigned i = 0; i < n_levels; i++) {
    CHECK(alloc_get_info(levels[i].local, &info) == ALLOC_OK && info.allocator == &alloc_stackframe);
    CHECK_STRING(UNIQTYPE_NAME(info.type), levels[i].frame);
    CHECK(alloc_get_innermost_type(levels[i].local) == levels[i].type);
  }
}

#define ENTER(p, function)                                                                                             \
  (levels[n_levels].local = (p), levels[n_levels].frame = "__FRAME_" function,                                         \
   levels[n_levels].type = alloc_typeof(*(p)), n_levels++)

static void on_alarm(int sig) {
  struct {
    int sig;
  } *same, local = {sig};
  same = &local;
  struct alloc_info info;
  CHECK(alloc_get_info(same, &info) == ALLOC_OK && info.allocator == &alloc_stackframe);
  CHECK_STRING(UNIQTYPE_NAME(info.type), "__FRAME_on_alarm");
  look();
  ticks++;
}

static void on_fault(int sig) {
  double local = sig;
  ENTER(&local, "on_fault");
  look();
  for (unsigned before = ticks; ticks < before + 20;)
    ;
  n_levels--;
  siglongjmp(back, 1);
}

static void on_user(int sig) {
  short local = (short)sig;
  ENTER(&local, "on_user");
  raise(SIGUSR2);
  if (!sigsetjmp(back, 1))
    *(volatile int *)8 = 1;
  look();
  n_levels--;
}

static void on_other(int sig) {
  unsigned local = (unsigned)sig;
  ENTER(&local, "on_other");
  look();
  n_levels--;
}

__attribute__((noinline)) static long leaf(long *at, long n) { return at[n]; }
__attribute__((noinline)) static long framed(long n) {
  volatile long local[4] = {n};
  return leaf((long *)local, n & 3);
}

int main(void) {
  struct itimerval often = {{0, 200}, {0, 200}};
  static char alternate[1 << 17];
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  float local = 1;
  struct timespec now;
  sigaltstack(&stack, NULL);
  for (int flags = 0, i = 0; i < 4; i++, flags = i & 1 ? SA_ONSTACK : 0) {
    struct sigaction action = {.sa_flags = flags};
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
    action.sa_handler = on_fault;
    sigaction(SIGSEGV, &action, NULL);
    action.sa_flags = i & 2 ? SA_ONSTACK : 0;
    action.sa_handler = on_user;
    sigaction(SIGUSR1, &action, NULL);
    action.sa_handler = on_other;
    sigaction(SIGUSR2, &action, NULL);
    ENTER(&local, "main");
    setitimer(ITIMER_REAL, &often, NULL);
    raise(SIGUSR1);
    for (unsigned before = ticks; ticks < before + 100;)
      clock_gettime(CLOCK_MONOTONIC, &now);
    long sum = 0;
    for (unsigned before = ticks; ticks < before + 100;)
      sum += framed(sum);
    n_levels--;
  }
  return check_failed;
}
