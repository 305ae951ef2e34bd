// A stack is called by its thread: the first, or its number for the kernel; one for signals, what it is.
// RUN: %allocs-cc -O1 -Wall -Werror -pthread %s -o %t && %t

#define _GNU_SOURCE
#include "../../unit/check.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static int n_seen;
static char signal_stack[1 << 16];

static const char *name_of_stack(const void *address) {
  struct alloc_pos chain[8];
  int n = (int)alloc_get_chain(address, chain, 8), i = 0;
  while (i < n && chain[i].allocator != &alloc_stack)
    i++;
  return i < n ? chain[i].name : NULL;
}

static void *look(void *first) {
  char own[40], described[200], wanted[200];
  snprintf(own, sizeof own, "thread %d", gettid());
  CHECK_STRING(name_of_stack(own), own);
  CHECK_STRING(name_of_stack(first), "first thread");
  snprintf(wanted, sizeof wanted, "stack of %s", own);
  alloc_describe(own - 5000, described, sizeof described);
  CHECK(!strncmp(described, wanted, strlen(wanted)));
  n_seen++;
  return NULL;
}

static void handle(int sig) {
  char here = (char)sig;
  CHECK_STRING(name_of_stack(&here), "signal stack");
  n_seen++;
}

int main(void) {
  pthread_t thread;
  char here = 0;
  CHECK_STRING(name_of_stack(&here), "first thread");
  pthread_create(&thread, NULL, look, &here);
  pthread_join(thread, NULL);
  sigaltstack(&(stack_t){.ss_sp = signal_stack, .ss_size = sizeof signal_stack}, NULL);
  sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handle, .sa_flags = SA_ONSTACK}, NULL);
  raise(SIGUSR1);
  CHECK(n_seen == 2);
  return check_failed;
}
