// On stacks of makecontext() in the heap, in a mapping and in static memory, locals are those of the running coroutine's frames.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { SIZE = 1 << 17, N = 3 };
static char in_static[SIZE] __attribute__((aligned(16)));
static ucontext_t starter, contexts[N];
static long *locals[N];
static float *mains;
static unsigned handled;

static int is_frame(void *p, const char *name, const struct uniqtype *type) {
  struct alloc_info info;
  return alloc_get_info(p, &info) == ALLOC_OK && info.allocator == &alloc_stackframe &&
         !strcmp(UNIQTYPE_NAME(info.type), name) && alloc_get_innermost_type(p) == type;
}

static void handler(int sig) {
  short own = (short)sig;
  CHECK(is_frame(&own, "__FRAME_handler", alloc_typeof(short)));
  handled++;
}

__attribute__((noinline)) static void deep(int n, int me) {
  long local[2] = {n, me};
  locals[me] = local;
  if (n)
    deep(n - 1, me);
  else
    for (int i = 0; i < 3; i++) {
      CHECK(is_frame(&local[1], "__FRAME_deep", alloc_typeof(long)));
      for (int other = 0; other < N; other++)
        if (other != me && locals[other]) /* parked: not on this stack */
          CHECK(alloc_get_allocator(locals[other]) != &alloc_stackframe);
      CHECK(alloc_get_innermost_type(mains) != alloc_typeof(long));
      raise(SIGUSR1);
      swapcontext(&contexts[me], &contexts[(me + 1) % N]);
    }
  local[0]++;
}

static void run(int me) {
  char own = (char)me;
  deep(3, me);
  CHECK(is_frame(&own, "__FRAME_run", alloc_typeof(char)));
}

int main(void) {
  float local = 1;
  mains = &local;
  void *stacks[N] = {malloc(SIZE), in_static,
                     mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)};
  signal(SIGUSR1, handler);
  for (int i = 0; i < N; i++) {
    getcontext(&contexts[i]);
    contexts[i].uc_stack.ss_sp = stacks[i];
    contexts[i].uc_stack.ss_size = SIZE;
    contexts[i].uc_link = i + 1 < N ? &contexts[i + 1] : &starter;
    makecontext(&contexts[i], (void (*)(void))run, 1, i);
  }
  swapcontext(&starter, &contexts[0]);
  CHECK(handled == 3 * N);
  CHECK(is_frame(mains, "__FRAME_main", alloc_typeof(float)));
  munmap(stacks[2], SIZE);
  CHECK(alloc_get_allocator(locals[2]) == NULL);
  CHECK(alloc_get_allocator(locals[0]) == &alloc_heap);
  return check_failed;
}
