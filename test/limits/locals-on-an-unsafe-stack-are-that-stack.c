// With -fsanitize=safe-stack, locals are the asking thread's second stack, in another thread's the mapping; never what lies beside them in the frame.
// REQUIRES: safe-stack
// RUN: %allocs-cc -O0 -fsanitize=safe-stack %s -pthread -o %t && %t
// RUN: %allocs-cc -O2 -fsanitize=safe-stack %s -pthread -o %t && %t

#include "../unit/check.h"
#include <allocs.h>
#include <pthread.h>

static void check(const void *local, const struct allocator *kind) {
  char text[200];
  CHECK(alloc_get_allocator(local) == kind);
  if (kind == &alloc_stack)
    CHECK(!strncmp(alloc_describe(local, text, sizeof text), "stack of unsafe locals, +0x", 27));
}

/* The whole of the frame, which has a local by its record, were that believed. */
static __attribute__((noinline)) void check_frame(void *arg) {
  char bytes[40] = {1}, *frame = __builtin_frame_address(0), line[100];
  for (int at = -200; at < 16; at += 8)
    CHECK(alloc_get_allocator(frame + at) == &alloc_stack &&
          !strncmp(alloc_describe(frame + at, line, sizeof line), "stack of ", 9));
  check(bytes + 39, &alloc_stack);
  check(arg, &alloc_stack);
}

static void *run(void *arg) {
  int own[4] = {2};
  check(own, &alloc_stack);
  check(arg, &alloc_mmap);
  return NULL;
}

int main(int argc, char **argv) {
  struct {
    int a, b;
  } local = {argc, 2};
  pthread_t thread;
  char vla[argc + 20];
  (void)argv;
  check_frame(&local.b);
  check(vla + 20, &alloc_stack);
  pthread_create(&thread, NULL, run, &local);
  pthread_join(thread, NULL);
  return check_failed;
}
