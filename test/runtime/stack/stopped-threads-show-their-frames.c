// A thread's locals and dynamic blocks are known to others while it says that it stands still, and never else.
// RUN: %allocs-cc -O0 -pthread %s -o %t && %t
// RUN: %allocs-cc -O2 -pthread %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

static pthread_barrier_t barrier;
static struct it {
  long *local;
  char *block;
  short *in_handler;
} its;
static enum { PLAIN, HANDLER, ALTERNATE, NESTED, N_WAYS } way;
static volatile size_t size = 77;

static void meet(void) { pthread_barrier_wait(&barrier); }

static int is_local(void *p, const char *frame) {
  struct alloc_info info;
  return alloc_get_info(p, &info) == ALLOC_OK && info.allocator == &alloc_stackframe &&
         !strcmp(UNIQTYPE_NAME(info.type), frame);
}

/* The handler a collector would have. */
static void handler(int sig, siginfo_t *info, void *context) {
  short own = (short)sig;
  its.in_handler = &own;
  (void)info;
  CHECK(alloc_thread_stop(way == NESTED ? NULL : context) == ALLOC_OK);
  meet();
  meet();
  alloc_thread_go();
}

__attribute__((noinline)) static void deep(int n, volatile int *sum) {
  if (n)
    deep(n - 1, sum);
  else if (way == PLAIN) {
    CHECK(alloc_thread_stop(NULL) == ALLOC_OK);
    meet();
    meet();
    alloc_thread_go();
  } else
    raise(SIGUSR1);
  *sum += n;
}

static int compare(const void *a, const void *b) {
  long x = *(const long *)a, y = *(const long *)b;
  static _Thread_local int once;
  volatile int sum = 0;
  if (!once++)
    deep(20, &sum);
  return x < y ? -1 : x > y;
}

__attribute__((noinline)) static void held(void) {
  long numbers[] = {3, 1, 2};
  its.local = numbers;
  its.block = alloca(size);
  its.block[0] = 1;
  if (way == NESTED)
    CHECK(alloc_thread_stop(NULL) == ALLOC_OK);
  qsort(numbers, 3, sizeof *numbers, compare);
  if (way == NESTED) {
    meet(); /* the handler's has ended, this one's not */
    meet();
    alloc_thread_go();
  }
  meet();
  meet();
}

static void *thread(void *arg) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | (way == ALTERNATE ? SA_ONSTACK : 0)};
  stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
  sigaltstack(&stack, NULL);
  sigaction(SIGUSR1, &action, NULL);
  held();
  return arg;
}

static sigjmp_buf back;
__attribute__((noinline)) static void jumps(void) {
  long local[5] = {0};
  its.local = local;
  CHECK(alloc_thread_stop(NULL) == ALLOC_OK);
  meet();
  meet();
  siglongjmp(back, 1);
}

/* Ends in a call that the rules do not allow. */
static void *forgets(void *arg) {
  if (!sigsetjmp(back, 0))
    jumps();
  CHECK(alloc_thread_stop(NULL) == ALLOC_OK); /* ends what was left */
  meet();
  meet();
  return arg;
}

static void are_known(void) {
  struct alloc_info info;
  char name[16];
  CHECK(is_local(its.local, "__FRAME_held"));
  CHECK(alloc_get_innermost_type(&its.local[1]) == alloc_typeof(long));
  CHECK_STRING(alloc_get_name(its.local, name, sizeof name), "numbers");
  CHECK(alloc_get_info(its.block + 76, &info) == ALLOC_OK && info.allocator == &alloc_alloca);
  CHECK(info.base == its.block && info.size == 77);
}

static void are_unknown(void) {
  CHECK(!is_local(its.local, "__FRAME_held"));
  CHECK(alloc_get_allocator(its.local) != &alloc_stackframe);
  CHECK(alloc_get_allocator(its.block) != &alloc_alloca);
}

static void look(void) {
  meet();
  struct alloc_arena arena = {&alloc_stackframe, (char *)its.local - 16000, 24000, NULL};
  struct alloc_pos pos = {.allocator = &alloc_stackframe};
  unsigned compares = 0, helds = 0;
  are_known();
  for (char *from = arena.begin; alloc_stackframe.next(&arena, from, &pos); from = (char *)pos.base + pos.size) {
    CHECK((char *)pos.base >= from);
    compares += !strcmp(pos.name, "compare");
    helds += !strcmp(pos.name, "held");
    if (way == NESTED)
      CHECK(helds == 1 || is_local(its.in_handler, "__FRAME_handler"));
  }
  CHECK(compares == 1 && helds == 1);
  if (way == HANDLER || way == ALTERNATE)
    CHECK(!is_local(its.in_handler, "__FRAME_handler"));
  meet();
  if (way == NESTED) {
    meet();
    are_known();
    CHECK(!is_local(its.in_handler, "__FRAME_handler"));
    meet();
  }
  meet();
  are_unknown();
  meet();
}

static void what_is_left_is_forgotten(void) {
  pthread_t other;
  void *theirs;
  pthread_create(&other, NULL, forgets, NULL);
  meet();
  CHECK(is_local(its.local, "__FRAME_jumps"));
  theirs = its.local;
  meet();
  meet();
  CHECK(!is_local(theirs, "__FRAME_jumps"));
  meet();
  pthread_join(other, NULL);
  CHECK(alloc_get_allocator(theirs) != &alloc_stackframe);
  pthread_create(&other, NULL, thread, NULL); /* on the same stack, most likely */
  for (int i = 0; i < 4; i++) {
    meet();
    CHECK(!is_local(theirs, "__FRAME_jumps"));
  }
  pthread_join(other, NULL);
}

int main(void) {
  pthread_barrier_init(&barrier, NULL, 2);
  for (; way < N_WAYS; way++) {
    pthread_t other;
    pthread_create(&other, NULL, thread, NULL);
    look();
    pthread_join(other, NULL);
    CHECK(alloc_get_allocator(its.local) != &alloc_stackframe);
  }
  way = PLAIN;
  what_is_left_is_forgotten();
  return check_failed;
}
