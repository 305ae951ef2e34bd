// Frames on a stack carved from anything, of a coroutine or of a thread that the C library made for itself, are in chains and walks, below what holds the stack.
// RUN: %allocs-cc -O1 -pthread -I%src/test/unit %s -o %t && %t
// RUN: %allocs-cc -O1 -pthread -static -I%src/test/unit %s -o %t && %t
#define _GNU_SOURCE
#include "check.h"
#include <alloca.h>
#include <allocs.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>

enum { SIZE = 1 << 17 };
static ucontext_t caller, coroutine;
static char in_static[SIZE], signal_stack[1 << 16];
static const char *kind;
static sem_t done;
static int places;

struct seen { const void *base; int n; };

static int see(const struct alloc_pos *pos, void *arg) {
  struct seen *seen = arg;
  seen->n += pos->base == seen->base && (pos->allocator == &alloc_stackframe || pos->allocator == &alloc_alloca);
  return ALLOC_WALK_ON;
}

/* What alloc_get_info tells is the leaf of the chain, what holds the stack is above it, and a walk finds it once. */
static void check_place(const void *p, const struct allocator *allocator) {
  struct alloc_info info;
  struct alloc_pos chain[20];
  unsigned n = alloc_get_chain(p, chain, 20), leaf = 0;
  CHECK(alloc_get_info(p, &info) == ALLOC_OK && info.allocator == allocator && n > 2 && n <= 20);
  while (leaf < n && chain[leaf].level == ALLOC_LEVEL_SUBOBJECT)
    leaf++;
  CHECK(chain[leaf].allocator == allocator && chain[leaf].base == info.base && chain[leaf].type == info.type);
  CHECK_STRING(chain[leaf + 1].allocator->name, kind);
  struct seen seen = {.base = info.base};
  alloc_walk_tree(NULL, &(struct alloc_walk_options){.allocations_only = 1}, see, &seen);
  CHECK(seen.n == 1);
  places++;
}

static __attribute__((noinline)) void check_here(volatile int n) {
  long local[3] = {n};
  char *block = alloca((size_t)n * 10);
  memset(block, 1, (size_t)n * 10);
  check_place(&local[1], &alloc_stackframe);
  check_place(block, &alloc_alloca);
}

static char *volatile interrupted;
static void handler(int number) {
  (void)number;
  check_place(interrupted, &alloc_stackframe);
}

static void run(void) {
  char local[40] = {1};
  check_here(3);
  interrupted = local;
  raise(SIGUSR1);
  swapcontext(&coroutine, &caller);
}

static void run_on(void *stack, const char *what) {
  kind = what;
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = stack;
  coroutine.uc_stack.ss_size = SIZE;
  makecontext(&coroutine, run, 0);
  swapcontext(&caller, &coroutine);
}

static int find_all(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  (void)address;
  ret->base = arena->begin;
  ret->size = arena->size;
  return 1;
}
static const struct allocator own = {.name = "own", .find = find_all, .next = find_all};

static void notified(union sigval value) {
  check_here(value.sival_int);
  sem_post(&done);
}

int main(void) {
  char *mapping = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *block = malloc(SIZE);
  struct alloc_arena arena = {&own, malloc(SIZE), SIZE, NULL};
  struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = notified, .sigev_value.sival_int = 5};
  timer_t timer;
  sigaltstack(&(stack_t){.ss_sp = signal_stack, .ss_size = sizeof signal_stack}, NULL);
  sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_ONSTACK}, NULL);
  run_on(block, "__default_lib_malloc");
  run_on(in_static, "static");
  run_on(mapping, "mmap");
  CHECK(alloc_arena_add(&arena) == ALLOC_OK);
  run_on(arena.begin, "own");
  kind = "mmap";
  sem_init(&done, 0, 0);
  CHECK(!timer_create(CLOCK_MONOTONIC, &event, &timer));
  timer_settime(timer, 0, &(struct itimerspec){.it_value.tv_nsec = 1}, NULL);
  sem_wait(&done);
  char on_stack[SIZE];
  run_on(on_stack, "stack");
  check_here(4);
  CHECK(places == 5 * 3 + 2 + 2);
  return check_failed;
}
