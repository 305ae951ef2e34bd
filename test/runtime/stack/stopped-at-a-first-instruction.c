// A thread that a signal stopped at the first instruction of a function is in that one, not in what lies before it.
// RUN: %allocs-cc -O1 -I%src/test/unit -pthread %s -o %t && %t

#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <ucontext.h>

/* What lies before says that its frame is large. */
__asm__(".text\n.type large,@function\nlarge:\n.cfi_startproc\n.cfi_def_cfa_offset 4096\nnop\n.cfi_endproc\n.size "
        "large,.-large\n"
        ".globl spin\n.type spin,@function\nspin:\n.cfi_startproc\n1: jmp 1b\nret\n.cfi_endproc\n.size spin,.-spin\n");
void spin(void);

static pthread_barrier_t barrier;
static long *numbers;

static void handler(int number, siginfo_t *info, void *context) {
  ucontext_t *at = context;
  (void)number, (void)info;
  CHECK(at->uc_mcontext.gregs[REG_RIP] == (long)spin);
  CHECK(alloc_get_allocator(&numbers[1]) == &alloc_stackframe); /* by its own walk, through the signal's frame */
  CHECK(alloc_thread_stop(context) == ALLOC_OK);
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  alloc_thread_go();
  at->uc_mcontext.gregs[REG_RIP] += 2; /* behind the jump */
}

static void *run(void *arg) {
  volatile long local[3] = {1, 2, 3};
  numbers = (long *)local;
  pthread_barrier_wait(&barrier);
  spin();
  return (void *)(local[0] + (long)arg);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  struct alloc_info info;
  pthread_t thread;
  sigaction(SIGUSR1, &action, NULL);
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&thread, NULL, run, NULL);
  pthread_barrier_wait(&barrier);
  struct timespec soon = {0, 20000000};
  nanosleep(&soon, NULL); /* it has only to go on to the jump */
  pthread_kill(thread, SIGUSR1);
  pthread_barrier_wait(&barrier);
  CHECK(alloc_get_info(&numbers[1], &info) == ALLOC_OK && info.allocator == &alloc_stackframe);
  CHECK_STRING(UNIQTYPE_NAME(info.type), "__FRAME_run");
  pthread_barrier_wait(&barrier);
  pthread_join(thread, NULL);
  return check_failed;
}
