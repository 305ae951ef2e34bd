// The frames found are those libgcc finds: in callbacks, handlers, threads, realigned and recursive functions.
// RUN: %cc -O2 -fomit-frame-pointer -fexceptions -iquote %src/runtime %s %src/runtime/bytes/segments.c %src/runtime/unwind/unwind.c %src/runtime/unwind/unwind_rule.c %src/runtime/unwind/cfi.c %src/runtime/unwind/cfi_run.c %src/runtime/unwind/cfi_value.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c %src/runtime/os/os_maps.c -pthread -o %t && %t
// RUN: %cc -O0 -iquote %src/runtime %s %src/runtime/bytes/segments.c %src/runtime/unwind/unwind.c %src/runtime/unwind/unwind_rule.c %src/runtime/unwind/cfi.c %src/runtime/unwind/cfi_run.c %src/runtime/unwind/cfi_value.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c %src/runtime/os/os_maps.c -static -pthread -o %t && %t
// RUN: %if gcc %{ gcc -O2 -I%src/include -iquote %src/runtime %s %src/runtime/bytes/segments.c %src/runtime/unwind/unwind.c %src/runtime/unwind/unwind_rule.c %src/runtime/unwind/cfi.c %src/runtime/unwind/cfi_run.c %src/runtime/unwind/cfi_value.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c %src/runtime/os/os_maps.c -pthread -o %t && %t %}

#define _GNU_SOURCE
#include "unwind/unwind.h"
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unwind.h>

enum { MAX = 400 };
struct trace {
  unsigned n;
  uintptr_t pc[MAX], cfa[MAX], function[MAX];
};

static _Unwind_Reason_Code add(struct _Unwind_Context *context, void *arg) {
  struct trace *trace = arg;
  if (trace->n < MAX && _Unwind_GetIP(context)) {
    trace->pc[trace->n] = _Unwind_GetIP(context);
    trace->cfa[trace->n] = _Unwind_GetCFA(context);
    trace->function[trace->n++] = _Unwind_GetRegionStart(context);
  }
  return _URC_NO_REASON;
}

static void walk(struct trace *ret) {
  struct allocs_cursor cursor;
  allocs_unwind_here(&cursor);
  ret->n = 0;
  while (ret->n < MAX && allocs_unwind_frame(&cursor)) {
    ret->pc[ret->n] = cursor.regs[ALLOCS_ARCH_RA];
    ret->cfa[ret->n] = cursor.regs[ALLOCS_ARCH_SP];
    ret->function[ret->n++] = cursor.function;
    if (!allocs_unwind_up(&cursor))
      break;
  }
}

/* They end at code without an unwind entry: the linkage stubs of a static executable. */
static int is_beyond_them(const struct trace *trace) {
  void *last = (void *)trace->pc[trace->n - 1];
  return !_Unwind_FindEnclosingFunction(last) && !_Unwind_FindEnclosingFunction((char *)last + 1);
}

static unsigned compared, deepest, nearby;
static _Thread_local volatile sig_atomic_t comparing;

/* Above the caller, the short way leads to the same frame, or says that it does not know. */
__attribute__((noinline)) static void go_near(const struct trace *trace, unsigned first) {
  static _Thread_local struct trace again;
  struct allocs_cursor cursor;
  const void *note;
  walk(&again); /* caches the rule of where this was called */
  for (unsigned i = first; i < trace->n && i < first + 8; i++) {
    enum allocs_unwind_near found = allocs_unwind_near(__builtin_frame_address(0), trace->cfa[i], &cursor, &note);
    CHECK(found != ALLOCS_UNWIND_NONE);
    if (found != ALLOCS_UNWIND_FOUND)
      continue;
    CHECK(cursor.regs[ALLOCS_ARCH_RA] == trace->pc[i] && cursor.regs[ALLOCS_ARCH_SP] == trace->cfa[i]);
    CHECK(note == (void *)trace->function[i] || (!note && cursor.function == trace->function[i]));
    if (i % 2)
      allocs_unwind_note(&cursor, (void *)trace->function[i]);
    nearby++;
  }
}

/* libgcc gives a frame's caller's CFA, hence rsp in that frame; its own frame and ours are below this one. */
__attribute__((noinline)) static void compare(void) {
  static _Thread_local struct trace theirs, ours;
  if (comparing)
    return;
  comparing = 1;
  theirs.n = 0;
  _Unwind_Backtrace(add, &theirs);
  for (int again = 0; again < 2; again++) {
    walk(&ours);
    unsigned i = 0, j = 0;
    while (i < theirs.n && theirs.function[i] != (uintptr_t)compare)
      i++;
    while (j < ours.n && ours.function[j] != (uintptr_t)compare)
      j++;
    CHECK(i < theirs.n && j < ours.n);
    if (again)
      go_near(&ours, j + 1);
    CHECK(theirs.n - i == ours.n - j || (theirs.n - i < ours.n - j && is_beyond_them(&theirs)));
    for (i++, j++; i < theirs.n && j < ours.n; i++, j++) {
      if (theirs.pc[i] == ours.pc[j] && theirs.cfa[i] == ours.cfa[j] && theirs.function[i] == ours.function[j])
        continue;
      if (i == theirs.n - 1 && is_beyond_them(&theirs))
        continue;
      fprintf(stderr, "frame %u: pc %lx %lx, sp %lx %lx, function %lx %lx\n", i, theirs.pc[i], ours.pc[j],
              theirs.cfa[i], ours.cfa[j], theirs.function[i], ours.function[j]);
      check_failed = 1;
      break;
    }
  }
  if (deepest < theirs.n)
    deepest = theirs.n;
  compared++;
  comparing = 0;
}

static int by_value(const void *a, const void *b) {
  if (*(const int *)a == 3 || *(const int *)b == 3)
    compare();
  return *(const int *)a - *(const int *)b;
}

__attribute__((noinline)) static void realigned(int n, void (*then)(void)) {
  _Alignas(64) volatile char line[64];
  volatile char dynamic[n];
  line[0] = dynamic[n - 1] = 1;
  then();
  dynamic[0] = line[0];
}

__attribute__((noinline)) static int deep(int n) {
  volatile int here = n;
  if (n == 0)
    realigned(33, compare);
  else
    deep(n - 1);
  return here;
}

static void sorts(void) {
  int numbers[] = {5, 3, 9, 1, 7};
  qsort(numbers, 5, sizeof *numbers, by_value);
}

static void on_signal(int sig) {
  (void)sig;
  deep(2);
  sorts();
}

static void with_signals(void) {
  struct sigaction action = {.sa_handler = on_signal}, old;
  sigaction(SIGUSR1, &action, &old);
  raise(SIGUSR1);
  stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
  sigaltstack(&stack, NULL);
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGUSR1, &action, NULL);
  raise(SIGUSR1);
  realigned(7, sorts);
  stack_t none = {.ss_flags = SS_DISABLE};
  sigaltstack(&none, NULL);
  free(stack.ss_sp);
  sigaction(SIGUSR1, &old, NULL);
}

/* Interrupted anywhere, prologues and libc's assembly included. */
static volatile sig_atomic_t ticks;
static void on_tick(int sig) {
  (void)sig;
  ticks += !comparing;
  compare();
}

static void interrupted(void) {
  struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART}, old;
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
  struct itimerspec often = {{0, 200000}, {0, 200000}};
  sigaction(SIGALRM, &action, &old);
  CHECK(!timer_create(CLOCK_MONOTONIC, &event, &timer));
  timer_settime(timer, 0, &often, NULL);
  while (ticks < 500) {
    char text[64];
    deep(3);
    snprintf(text, sizeof text, "%d %s", (int)ticks, "text");
  }
  timer_delete(timer);
  sigaction(SIGALRM, &old, NULL);
}

static void *in_thread(void *arg) {
  (void)arg;
  for (int i = 0; i < 50; i++) {
    sorts();
    deep(100);
  }
  return NULL;
}

static void measure(void) {
  enum { ROUNDS = 20000 };
  struct timespec begin, end;
  struct allocs_cursor cursor;
  unsigned n = 0;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int i = 0; i < ROUNDS; i++) {
    allocs_unwind_here(&cursor);
    while (allocs_unwind_frame(&cursor) && ++n && allocs_unwind_up(&cursor))
      ;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  double ns = (double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec);
  printf("%u frames, %.1f ns a frame\n", n / ROUNDS, ns / n);
}

__attribute__((noinline)) static int deep_measure(int n) {
  volatile int here = n;
  if (n == 0)
    measure();
  else
    deep_measure(n - 1);
  return here;
}

int main(void) {
  compare();
  sorts();
  deep(100);
  with_signals();
  interrupted();
  pthread_t threads[2];
  for (int i = 0; i < 2; i++)
    pthread_create(&threads[i], NULL, in_thread, NULL);
  for (int i = 0; i < 2; i++)
    pthread_join(threads[i], NULL);
  uintptr_t begin, end;
  CHECK(allocs_unwind_function((uintptr_t)main + 1, &begin, &end) && begin == (uintptr_t)main && end > begin + 16);
  allocs_unwind_forget();
  compare();
  CHECK(compared > 600 && deepest > 100 && nearby > 500);
  measure();
  deep_measure(100);
  return check_failed;
}
