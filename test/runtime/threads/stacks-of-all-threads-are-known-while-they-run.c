// Each thread's stack is told to others exactly as long as it runs, whoever provided it; also after a fork, in a signal handler, and statically linked.
// RUN: %allocs-cc -I%src/test/unit -O1 -pthread %s -o %t && %t
// RUN: %allocs-cc -I%src/test/unit -O1 -pthread -static %s -o %t && %t
#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

enum { SIZE = 1 << 17 };
static char in_static[SIZE] __attribute__((aligned(4096)));
static pthread_barrier_t barrier;
static char *_Atomic seen;

static void show_yourself(void) {
  char local[64];
  memset(local, 1, sizeof local);
  seen = local;
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  __asm__ volatile("" : : "r"(local) : "memory");
}
static void *run(void *arg) { return show_yourself(), arg; }
static void *run_and_exit(void *arg) { show_yourself(); pthread_exit(arg); }
static void *run_until_cancelled(void *arg) { show_yourself(); for (;;) pause(); return arg; }
static int run_c11(void *arg) { return show_yourself(), arg != NULL; }

static int is_stack(const void *p, char *base, size_t size) {
  struct alloc_pos chain[24];
  unsigned n = alloc_get_chain(p, chain, 24), found = 0;
  struct alloc_info info;
  CHECK(n && chain[n - 1].allocator == &alloc_mmap);
  for (unsigned i = 0; i < n; i++)
    found += chain[i].allocator == &alloc_stack && (!base || (chain[i].base == base && chain[i].size == size));
  CHECK(alloc_get_info(p, &info) == ALLOC_OK && (info.allocator == &alloc_stack) == (found == 1));
  return found == 1;
}

static void check(void *(*fn)(void *), char *stack, int cancel) {
  pthread_attr_t attr;
  pthread_t thread;
  pthread_attr_init(&attr);
  if (stack)
    pthread_attr_setstack(&attr, stack, SIZE);
  CHECK(pthread_create(&thread, stack ? &attr : NULL, fn, NULL) == 0);
  pthread_barrier_wait(&barrier);
  char *of_thread = seen;
  CHECK(is_stack(of_thread, stack, SIZE));
  if (!stack) {
    char *base = alloc_get_base(of_thread);
    CHECK(is_stack(base, NULL, 0) && !is_stack(base - 1, NULL, 0) && alloc_get_size(base) >= 1 << 20);
  }
  pid_t child = fork();
  if (!child)
    _exit(is_stack(of_thread, NULL, 0)); /* there, that thread does not run */
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  pthread_barrier_wait(&barrier);
  if (cancel)
    pthread_cancel(thread);
  pthread_join(thread, NULL);
  CHECK(!is_stack(of_thread, NULL, 0));
  pthread_attr_destroy(&attr);
}

static void check_c11(void) {
  thrd_t thread;
  CHECK(thrd_create(&thread, run_c11, NULL) == thrd_success);
  pthread_barrier_wait(&barrier);
  CHECK(is_stack(seen, NULL, 0));
  pthread_barrier_wait(&barrier);
  thrd_join(thread, NULL);
  CHECK(!is_stack(seen, NULL, 0));
}

static volatile int handled;
static char *volatile signal_stack;
static void handler(int number) {
  char local[8] = {(char)number};
  char *volatile p = local;
  CHECK(alloc_get_allocator(p) == &alloc_stackframe);
  CHECK(is_stack(signal_stack + 16, signal_stack, SIZE) && is_stack((char *)__builtin_frame_address(0) + 100, NULL, 0));
  handled = 1;
}

static void check_signal_stack(char *memory) {
  stack_t stack = {.ss_sp = memory, .ss_size = SIZE}, none = {.ss_flags = SS_DISABLE};
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
  signal_stack = memory;
  CHECK(!sigaltstack(&stack, NULL) && !sigaction(SIGUSR1, &action, NULL));
  handled = 0;
  raise(SIGUSR1);
  CHECK(handled);
  CHECK(!sigaltstack(&none, NULL) && !is_stack(memory + 16, memory, SIZE));
}

int main(void) {
  char *in_heap = malloc(SIZE);
  char *mapped = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pthread_barrier_init(&barrier, NULL, 2);
  CHECK(is_stack((char *)__builtin_frame_address(0) - 4000, NULL, 0));
  check(run, NULL, 0);
  check(run_and_exit, NULL, 0);
  check(run_until_cancelled, NULL, 1);
  check(run, in_static, 0);
  check(run, in_heap, 0);
  check(run, mapped, 0);
  check_c11();
  check_signal_stack(in_heap);
  check_signal_stack(mapped);
  free(in_heap);
  return check_failed;
}
