// Threads that add and remove arenas at the same time each find their own, and lose none.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t -pthread && %t

#include "check.h"
#include <allocs.h>
#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 4, ROUNDS = 20000, N = 12, SIZE = 64 };

static void *add_and_remove(void *arg) {
  static char texts[THREADS][N][SIZE];
  struct alloc_arena arenas[N];
  char(*mine)[SIZE] = texts[(long)arg];
  for (int i = 0; i < N; i++)
    arenas[i] = (struct alloc_arena){&alloc_packed_texts, mine[i], SIZE, NULL};
  for (int round = 0; round < ROUNDS && !check_failed; round++) {
    for (int i = round % 3; i < N; i += 3)
      CHECK(!alloc_arena_add(&arenas[i]));
    for (int i = 0; i < N; i++)
      CHECK((alloc_get_allocator(&mine[i][5]) == &alloc_packed_texts) == (i % 3 == round % 3));
    for (int i = round % 3; i < N; i += 3)
      CHECK(!alloc_arena_remove(&arenas[i]));
  }
  return NULL;
}

int main(void) {
  pthread_t threads[THREADS];
  for (long i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, add_and_remove, (void *)i);
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  return check_failed;
}
