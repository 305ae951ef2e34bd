// After fork() both processes know the blocks from before and their own from after.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -Wl,-u,__allocs_hooks_next,-u,__allocs_runtime %allocs-rt -pthread -o %t
// RUN: %t

#include "Inputs/heap-test.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int stop;

static void *churn(void *arg) {
  while (!stop)
    free(malloc(100));
  return arg;
}

int main(void) {
  char *blocks[1000];
  pthread_t thread;
  pthread_create(&thread, NULL, churn, NULL);
  for (int i = 0; i < 1000; i++)
    blocks[i] = malloc((size_t)i + 1);
  for (int round = 0; round < 50; round++) {
    pid_t child = fork();
    if (!child) {
      for (int i = 0; i < 1000; i++)
        CHECK(is_block(blocks[i], (size_t)i + 1));
      for (int i = 0; i < 1000; i += 2)
        free(blocks[i]);
      char *mine = malloc(5000);
      CHECK(is_block(mine, 5000));
      _exit(check_failed);
    }
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  for (int i = 0; i < 1000; i++)
    CHECK(is_block(blocks[i], (size_t)i + 1));
  stop = 1;
  pthread_join(thread, NULL);
  return check_failed;
}
