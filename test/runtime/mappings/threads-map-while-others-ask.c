// Questions and walks go on, and stay right, while other threads map and unmap beside what is asked about, also in children forked meanwhile.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -pthread -o %t && %t

#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, THREADS = 3, ROUNDS = 3000, SLOTS = 64 };

/* In a room of two slots per thread and some between, which stay: each answers whatever happens beside it. */
static char *room;
static int working = THREADS;
static char *slot(int i) { return room + (size_t)i * 8 * PAGE; }

static void map(char *at, int n) {
  mmap(at, (size_t)n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void check(const char *p, const void *base, size_t size) {
  struct alloc_mapping got = {.size = 0};
  CHECK(alloc_get_mapping(p, &got) == ALLOC_OK && got.base == base && got.size == size);
  CHECK(got.call && !strcmp(got.call, "mmap") && got.site);
}

static void *mapper(void *arg) {
  int number = (int)(long)arg;
  for (int i = 0; i < ROUNDS; i++) {
    char *at = slot(1 + 2 * ((i * 7) % (SLOTS / 2 / THREADS) * THREADS + number));
    int n = 1 + i % 8;
    map(at, 8);
    check(at + 7 * PAGE, at, 8 * PAGE);
    if (n < 8) {
      munmap(at + n * PAGE, PAGE);
      CHECK(!alloc_get_base(at + n * PAGE));
      check(at, at, (size_t)n * PAGE);
    }
    if (n < 7)
      check(at + 7 * PAGE, at + (n + 1) * PAGE, (size_t)(7 - n) * PAGE);
    if (i % 100 == 0) {
      pid_t child = fork();
      if (!child) {
        map(at, 3);
        struct alloc_mapping got = {.size = 0};
        alloc_get_mapping(at, &got);
        for (int stays = 0; stays < SLOTS + 2; stays += 2)
          check(slot(stays), slot(stays), 8 * PAGE);
        _exit(check_failed || got.size != 3 * PAGE || !got.call);
      }
      int status = 1;
      waitpid(child, &status, 0);
      CHECK(!status);
    }
    munmap(at, 8 * PAGE);
    CHECK(!alloc_get_base(at));
  }
  __atomic_fetch_sub(&working, 1, __ATOMIC_RELEASE);
  return NULL;
}

/* Maps in a signal handler, at any moment of the above. */
static void handler(int number) {
  static _Thread_local int depth;
  if (depth++ == 0) {
    char *p = mmap(NULL, (size_t)number * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(p, p, (size_t)number * PAGE);
    munmap(p, (size_t)number * PAGE);
  }
  depth--;
}

static int count(const struct alloc_pos *pos, void *arg) {
  for (int i = 0; i < SLOTS + 2; i += 2)
    *(int *)arg += pos->base == slot(i);
  return ALLOC_WALK_SKIP;
}

int main(void) {
  pthread_t threads[THREADS];
  signal(SIGUSR1, handler);
  room =
      mmap((void *)0x100000000000, (SLOTS + 2) * 8 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  munmap(room, (SLOTS + 2) * 8 * PAGE);
  for (int i = 0; i < SLOTS + 2; i += 2)
    map(slot(i), 8);
  for (long i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, mapper, (void *)i);
  for (int i = 0; __atomic_load_n(&working, __ATOMIC_ACQUIRE); i++) {
    char *p = slot(i * 2 % (SLOTS + 2));
    int n = 0;
    check(p + 5 * PAGE + 3, p, 8 * PAGE);
    if (i % 50 == 0) {
      pthread_kill(threads[i % THREADS], SIGUSR1);
      alloc_walk(NULL, count, &n);
      CHECK(n == SLOTS / 2 + 1);
    }
  }
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  return check_failed;
}
