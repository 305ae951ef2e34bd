// A child asks, by vfork() in its parent's memory, or by fork() with a thread of its own: stacks of others stay known.
// RUN: %allocs-cc -O1 -Wall -Werror -pthread %s -o %t && %t

#define _GNU_SOURCE
#include "../../unit/check.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

static char *of_asker; /* a local of the thread that has a child */
static sem_t asked, seen;

static int is_on_a_stack(const void *address) {
  struct alloc_pos chain[8];
  int n = (int)alloc_get_chain(address, chain, 8);
  return n >= 2 && chain[n - 2].allocator == &alloc_stack;
}

static void *look(void *unused) {
  sem_wait(&asked);
  CHECK(is_on_a_stack(of_asker));
  sem_post(&seen);
  return unused;
}

static void *look_at_once(void *address) {
  CHECK(is_on_a_stack(address));
  return NULL;
}

static void *ask_in_children(void *unused) {
  char local[100], other[200];
  int status = 1;
  of_asker = local;
  if (!vfork()) {
    alloc_describe(local, other, sizeof other);
    is_on_a_stack(local - 10000); /* which looks for all threads */
    _exit(0);
  }
  sem_post(&asked);
  sem_wait(&seen);
  pid_t child = fork();
  if (!child) {
    pthread_t thread;
    check_failed = 0;
    CHECK(is_on_a_stack(local));
    CHECK(!pthread_create(&thread, NULL, look_at_once, local) && !pthread_join(thread, NULL));
    _exit(check_failed);
  }
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  return unused;
}

int main(void) {
  pthread_t threads[2];
  sem_init(&asked, 0, 0);
  sem_init(&seen, 0, 0);
  CHECK(!pthread_create(&threads[0], NULL, look, NULL) && !pthread_create(&threads[1], NULL, ask_in_children, NULL));
  CHECK(!pthread_join(threads[0], NULL) && !pthread_join(threads[1], NULL));
  return check_failed;
}
