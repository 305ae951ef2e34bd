// Dead frames, frames without a record, other threads' locals and addresses outside all frames are the stack's, not a neighbour's.
// RUN: %clang -O1 -DFOREIGN -c %s -o %t.foreign.o
// RUN: %allocs-cc -O1 -pthread %s %t.foreign.o -o %t && %t

#ifdef FOREIGN
void foreign(void (*then)(void *)) {
  long unknown[4] = {0};
  then(&unknown[2]);
  __asm__ volatile("" : : "r"(unknown) : "memory");
}
#else
#include "../../unit/check.h"
#include <allocs.h>
#include <pthread.h>

void foreign(void (*then)(void *));
static pthread_barrier_t barrier;
static int *theirs;
static void *dead;
static int asked;

static void is_stack(void *p) {
  asked++;
  CHECK(alloc_get_allocator(p) && !strcmp(alloc_get_allocator(p)->name, "stack"));
}

static void *thread(void *arg) {
  int local = 1;
  theirs = &local;
  CHECK_STRING(alloc_get_allocator(&local)->name, "stackframe");
  CHECK(alloc_get_innermost_type(&local) == alloc_typeof(int));
  CHECK(alloc_get_innermost_type(arg) != alloc_typeof(double)); /* a local of main's */
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  return NULL;
}

__attribute__((noinline)) static void leave_behind(void) {
  int local[100];
  dead = &local[50];
  CHECK_STRING(alloc_get_allocator(dead)->name, "stackframe");
}

int main(void) {
  pthread_t other;
  double local = 1;
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&other, NULL, thread, &local);
  pthread_barrier_wait(&barrier);
  CHECK(alloc_get_innermost_type(theirs) != alloc_typeof(int));
  pthread_barrier_wait(&barrier);
  pthread_join(other, NULL);
  leave_behind();
  is_stack(dead);
  foreign(is_stack);
  CHECK(asked == 2);
  CHECK_STRING(alloc_get_allocator(&local)->name, "stackframe");
  return check_failed;
}
#endif
