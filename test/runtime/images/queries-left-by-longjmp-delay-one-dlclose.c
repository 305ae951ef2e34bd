// Queries that a signal handler leaves by siglongjmp() delay other threads' dlclose() once, by a second or so; then no more.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -pthread %s -o %t && %t %t.so
#define _GNU_SOURCE
#include <allocs.h>
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#ifdef LIBRARY
int variable;
#else
enum { ROUNDS = 20, JUMPS = 300 };
static sigjmp_buf back;
static volatile sig_atomic_t n_jumps, is_ready, is_over;

static void jump(int sig) {
  (void)sig;
  if (is_over)
    return;
  is_ready = 0;
  siglongjmp(back, 1);
}

static void *ask(void *address) {
  if (sigsetjmp(back, 1))
    n_jumps++;
  is_ready = 1;
  while (!is_over)
    alloc_get_type(address);
  // What it holds by now is held no more when it has ended.
  for (int i = 0; i < 100; i++)
    alloc_get_type(address);
  return NULL;
}

static double close_one(const char *path) {
  struct timespec begin, end;
  void *library = dlopen(path, RTLD_NOW);
  clock_gettime(CLOCK_MONOTONIC, &begin);
  dlclose(library);
  clock_gettime(CLOCK_MONOTONIC, &end);
  return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
}

// Until some query was left while it held the library it asked about.
static double jump_and_close(const char *path, void *address) {
  double took = 0;
  for (int i = 0; i < ROUNDS && took < 0.5; i++) {
    pthread_t asker;
    n_jumps = is_ready = is_over = 0;
    pthread_create(&asker, NULL, ask, address);
    while (n_jumps < JUMPS) {
      usleep((unsigned)(n_jumps % 50));
      if (is_ready)
        pthread_kill(asker, SIGUSR1);
    }
    is_over = 1;
    pthread_join(asker, NULL);
    took = close_one(path);
  }
  return took;
}

int main(int argc, char **argv) {
  (void)argc;
  signal(SIGUSR1, jump);
  void *address = dlsym(RTLD_DEFAULT, "stdout"); // in a library that stays
  double first = jump_and_close(argv[1], address), then = 0;
  for (int i = 0; i < 10; i++)
    then += close_one(argv[1]);
  printf("first %g s, ten more %g s\n", first, then);
  return !(first > 0.5 && first < 20 && then < 0.5);
}
#endif
