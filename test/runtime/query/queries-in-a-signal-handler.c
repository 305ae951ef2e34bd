// Queries may be made in a handler that interrupts queries and the malloc family.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>
#include <signal.h>
#include <sys/time.h>

static int table[64];
static void *volatile block;
static volatile sig_atomic_t ticks, asked_of_block;

static void on_tick(int signal) {
  char line[200];
  const void *now = block;
  CHECK(alloc_get_size(&table[3]) == sizeof table);
  asked_of_block += now != NULL;
  CHECK(!now || alloc_get_base(now) == now);
  CHECK(alloc_get_allocator(&signal) == &alloc_stackframe);
  alloc_describe((const void *)on_tick, line, sizeof line);
  ticks++;
}

int main(void) {
  struct itimerval every = {{0, 500}, {0, 500}};
  signal(SIGALRM, on_tick);
  setitimer(ITIMER_REAL, &every, NULL);
  for (unsigned i = 0; ticks < 300 || asked_of_block < 50; i++) {
    void *p = malloc(i % 1000);
    block = i % 1000 ? p : NULL; /* none of no bytes */
    CHECK(alloc_get_size(p) == i % 1000 || !(i % 1000));
    CHECK(alloc_get_size(&table[i % 64]) == sizeof table);
    block = NULL;
    free(p);
  }
  return check_failed;
}
