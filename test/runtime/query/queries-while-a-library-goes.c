// A signal handler that interrupts dlclose(), or queries that list the libraries, may ask about the library, thread-locals and all files: it neither reads what is gone, nor waits for ever.
// RUN: %allocs-cc -O1 -fPIC -shared %S/../stress/Inputs/library.c -o %t.so
// RUN: %allocs-cc -O1 -pthread -I%src/test/unit %s -o %t && %t %t.so
#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static _Thread_local int of_thread;
static void *volatile variable, *volatile function, *volatile thread_local;
static volatile int asked;

static void arm(void) {
  setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 30 + asked * 7 % 300}, NULL);
}

static int see(const struct alloc_pos *pos, void *arg) {
  *(size_t *)arg += pos->name ? strlen(pos->name) : 0;
  return pos->allocator == &alloc_static_file ? ALLOC_WALK_SKIP : ALLOC_WALK_ON;
}

static void ask(const void *p) {
  struct alloc_info info;
  struct alloc_pos chain[20];
  char line[200];
  if (alloc_get_info(p, &info) == ALLOC_OK)
    CHECK((const char *)info.base <= (const char *)p && (const char *)p - (const char *)info.base <= (long)info.size);
  CHECK(alloc_describe(p, line, sizeof line) == line && alloc_get_chain(p, chain, 20) <= 20);
}

static void handler(int number) {
  size_t length = 0;
  (void)number;
  ask(variable);
  ask(function);
  ask(thread_local);
  if (asked % 8 == 0)
    alloc_walk_tree(NULL, &(struct alloc_walk_options){.allocations_only = 1, .max_depth = 3}, see, &length);
  asked++;
  arm();
}

int main(int argc, char **argv) {
  time_t end = time(NULL) + 4;
  sigset_t alarm;
  CHECK(argc == 2);
  sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL);
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  thread_local = &of_thread;
  arm();
  while (time(NULL) < end) {
    sigprocmask(SIG_BLOCK, &alarm, NULL); /* see docs/limits.md */
    void *library = dlopen(argv[1], RTLD_NOW), *(*first)(void);
    *(void **)&first = function = dlsym(library, "shared_first");
    sigprocmask(SIG_UNBLOCK, &alarm, NULL);
    variable = first();
    ask(thread_local);
    free(((void *(*)(void))dlsym(library, "shared_make"))()); /* it has thread-locals */
    CHECK(dlclose(library) == 0);
  }
  setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 0}, NULL);
  CHECK(asked > 100);
  return check_failed;
}
