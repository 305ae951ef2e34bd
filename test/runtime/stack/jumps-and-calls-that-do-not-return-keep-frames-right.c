// After longjmp, siglongjmp, tail calls and from functions that never return, each local is its own function's.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// RUN: %allocs-cc -O2 -fomit-frame-pointer -ffunction-sections %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <setjmp.h>
#include <signal.h>

static sigjmp_buf back;
static void *dead;
static float *volatile outermost;

#define KEEP(p) __asm__ volatile("" : : "r"(p) : "memory")

static void is_in(void *p, const char *frame, const struct uniqtype *type) {
  struct alloc_info info;
  CHECK(alloc_get_info(p, &info) == ALLOC_OK && info.allocator == &alloc_stackframe);
  CHECK_STRING(UNIQTYPE_NAME(info.type), frame);
  CHECK(alloc_get_innermost_type(p) == type);
}

__attribute__((noreturn, noinline)) static void never(int how) {
  short local[4] = {(short)how};
  is_in(&local[1], "__FRAME_never", alloc_typeof(short));
  is_in(outermost, "__FRAME_main", alloc_typeof(float));
  dead = local;
  siglongjmp(back, how);
}

/* The call is its last instruction: the return address is another function's. */
__attribute__((noreturn, noinline)) static void ends_in_a_call(int how) {
  unsigned local[5] = {(unsigned)how};
  is_in(&local[1], "__FRAME_ends_in_a_call", alloc_typeof(unsigned));
  KEEP(local);
  never(how);
}

__attribute__((noinline)) static void recursive(int n, int how) {
  long local = n;
  KEEP(&local);
  if (n)
    recursive(n - 1, how);
  else
    ends_in_a_call(how);
  KEEP(&local);
}

__attribute__((noinline)) static int tail(int n) {
  if (n) {
    {
      char gone[3] = {(char)n};
      is_in(&gone[1], "__FRAME_tail", alloc_typeof(char));
    }
    return tail(n - 1); /* a jump at -O2 */
  }
  is_in(outermost, "__FRAME_main", alloc_typeof(float));
  return 0;
}
__attribute__((noinline)) static int jumps_to_tail(int n) { return tail(n + 1); }

static void handler(int sig) {
  double local = sig;
  is_in(&local, "__FRAME_handler", alloc_typeof(double));
  is_in(outermost, "__FRAME_main", alloc_typeof(float));
  siglongjmp(back, sig);
}

int main(void) {
  float local[2] = {1, 2};
  outermost = &local[1];
  int how = sigsetjmp(back, 1);
  is_in(&local[0], "__FRAME_main", alloc_typeof(float));
  if (dead)
    CHECK(alloc_get_innermost_type(dead) != alloc_typeof(short));
  if (how == 0)
    recursive(0, 1);
  if (how < 3)
    recursive(how * 10, how + 1);
  jumps_to_tail(5);
  signal(SIGSEGV, handler);
  if (how != SIGSEGV)
    *(volatile int *)(uintptr_t)how = 1;
  KEEP(local);
  return check_failed;
}
