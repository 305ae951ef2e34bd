// A thread made by clone() knows its own frames; to others its stack is the memory that it was carved from.
// RUN: %allocs-cc -O1 %s -o %t && %t

#define _GNU_SOURCE
#include "../unit/check.h"
#include <allocs.h>
#include <sched.h>
#include <sys/mman.h>

enum { SIZE = 1 << 18 };
static long *volatile local;
static volatile int let_go, ended;

static int run(void *arg) {
  long own[3] = {(long)arg};
  CHECK(alloc_get_innermost_type(&own[1]) == alloc_typeof(long));
  local = &own[1];
  while (!let_go)
    sched_yield();
  return own[0] != 0;
}

int main(void) {
  char *stack = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID |
              CLONE_CHILD_SETTID;
  ended = 1;
  CHECK(clone(run, stack + SIZE, flags, NULL, NULL, NULL, &ended) > 0);
  while (!local)
    sched_yield();
  CHECK(alloc_get_allocator(local) == &alloc_mmap && alloc_get_base(local) == stack);
  let_go = 1;
  while (ended)
    sched_yield();
  return check_failed;
}
