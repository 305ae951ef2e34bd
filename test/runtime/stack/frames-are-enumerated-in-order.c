// Walking a stack gives each frame and each dynamic block once, in ascending order, and takes time in proportion.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t

#include "../../unit/check.h"
#include <alloca.h>
#include <allocs.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum { DEPTH = 20000, EACH = 4 }; /* a block in every fourth frame */

static struct known {
  char *local, *block;
} known[DEPTH + 1];
static unsigned frames, blocks;
static char *last;
static volatile size_t size = 100;

static int see(const struct alloc_pos *pos, void *arg) {
  (void)arg;
  CHECK((char *)pos->base > last);
  last = (char *)pos->base + pos->size - 1;
  if (pos->allocator == &alloc_stackframe && !strcmp(pos->name, "down")) {
    struct known *it = &known[frames++];
    CHECK(it->local >= (char *)pos->base && it->local < (char *)pos->base + pos->size);
    CHECK(frames % 1000 || pos->type == alloc_get_type(it->local));
  } else if (pos->allocator == &alloc_alloca) {
    CHECK(pos->base == known[blocks * EACH].block && pos->size == 100);
    blocks++;
  }
  return ALLOC_WALK_ON;
}

/* Of our own: others may have the processor. */
static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

__attribute__((noinline)) static void walk(void) {
  struct alloc_pos stack = {.allocator = &alloc_stack, .base = (char *)known[0].local - 4096};
  stack.size = (unsigned long)(known[DEPTH].local - known[0].local) + 8192;
  frames = blocks = 0;
  last = NULL;
  double begin = seconds();
  CHECK(alloc_walk(&stack, see, NULL) == ALLOC_WALK_ON);
  CHECK(seconds() - begin < 2);
  CHECK(frames == DEPTH + 1);
  CHECK(blocks == DEPTH / EACH + 1);
}

/* Without a walk's state each step begins anew: right, if slow. */
__attribute__((noinline)) static void step(void) {
  struct alloc_arena arena = {&alloc_stackframe, known[0].local - 4096, 1 << 20, NULL};
  struct alloc_pos pos = {.allocator = &alloc_stackframe};
  char *from = arena.begin;
  unsigned n = 0;
  while (n < 100 && alloc_stackframe.next(&arena, from, &pos)) {
    if (!strcmp(pos.name, "down")) {
      CHECK(known[n].local >= (char *)pos.base && known[n].local < (char *)pos.base + pos.size);
      n++;
    }
    from = (char *)pos.base + pos.size;
    pos = (struct alloc_pos){.allocator = &alloc_stackframe};
  }
  CHECK(n == 100);
}

static void handler(int sig) {
  (void)sig;
  walk();
}

__attribute__((noinline)) static void down(int n) {
  char local = (char)n;
  known[n].local = &local;
  if (n % EACH == 0) {
    known[n].block = alloca(size);
    memset(known[n].block, n, 100);
  }
  if (n)
    down(n - 1);
  else {
    walk();
    step();
    raise(SIGUSR1);
  }
  __asm__ volatile("" : : "r"(&local) : "memory");
}

int main(void) {
  static char other[1 << 17];
  stack_t stack = {.ss_sp = other, .ss_size = sizeof other};
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
  sigaltstack(&stack, NULL);
  sigaction(SIGUSR1, &action, NULL);
  down(DEPTH);
  return check_failed;
}
