// A signal handler asks about mappings that are no thread-locals' neighbours and its thread's variables of the executable whatever the program does with the loader meanwhile; nothing waits for ever.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t
#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <link.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static _Thread_local int of_thread;
static void *mapping, *volatile block;
static volatile long asked;

static void ask(void) {
  CHECK(alloc_get_allocator(&of_thread) == &alloc_tls && alloc_get_allocator(mapping) == &alloc_mmap);
}

static void arm(void) {
  setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 20 + asked * 7 % 100}, NULL);
}

static void handler(int number) {
  (void)number;
  ask();
  asked++;
  arm();
}

static int see(struct dl_phdr_info *info, size_t size, void *arg) {
  (void)info, (void)size, (void)arg;
  return 0;
}

int main(void) {
  time_t end = time(NULL) + 4;
  mapping = mmap(NULL, 8 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); /* it begins far from thread-locals */
  block = malloc(10); /* the heap is known */
  ask(); /* where the executable's variables are is known from now on */
  signal(SIGALRM, handler);
  arm();
  while (time(NULL) < end) {
    dl_iterate_phdr(see, NULL);
    ask();
  }
  CHECK(asked > 100);
  return check_failed;
}
