// While there is another thread, malloc_trim leaves the heap index as large as it was; blocks that come there take no more, and without threads it gives all back.
// RUN: %allocs-cc -O2 -pthread %s -o %t && %t
#include <allocs.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 400000, INDEX = N * 80 / 8 / 1024 }; /* KB, as glibc has so small blocks 80 bytes apart */
static void *blocks[N];
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static long resident(void) {
  char text[4096] = "";
  FILE *file = fopen("/proc/self/status", "r");
  setvbuf(file, NULL, _IONBF, 0);
  size_t n = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  return n ? atol(strstr(text, "VmRSS:") + 6) : 0;
}

static void make_and_free(void) {
  for (int i = 0; i < N; i++)
    blocks[i] = malloc(64);
  for (int i = 0; i < N; i++)
    free(blocks[i]);
  malloc_trim(0);
}

static void *wait_for(void *arg) {
  pthread_mutex_lock(&held);
  return arg;
}

int main(void) {
  pthread_t thread;
  memset(blocks, 1, sizeof blocks);
  long before = resident();
  make_and_free();
  long alone = resident() - before;
  pthread_mutex_lock(&held);
  pthread_create(&thread, NULL, wait_for, NULL);
  make_and_free();
  long first = resident() - before;
  make_and_free();
  long second = resident() - before;
  pthread_mutex_unlock(&held);
  pthread_join(thread, NULL);
  printf("%ld, then %ld and %ld KB, of %d\n", alone, first, second, INDEX);
  return !(alone < 400 && first > INDEX - 400 && second < INDEX + 800 && !alloc_get_base(blocks[N / 2]));
}
