// What the index of blocks takes is little for blocks that the program does not touch, given back when they are freed and malloc is trimmed, also while there are threads, little when all memory is locked, and there where memory is limited.
// RUN: %allocs-cc -O2 -pthread %s -o %t && %t
#define _GNU_SOURCE
#include <allocs.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N = 400000 };
static void *blocks[N];
static int failed;
#define EXPECT(c) ((c) ? (void)0 : (void)(failed = 1, printf("line %d: not so: %s\n", __LINE__, #c)))

static long status(const char *key) {
  char text[4096] = "";
  FILE *file = fopen("/proc/self/status", "r");
  setvbuf(file, NULL, _IONBF, 0);
  size_t n = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  char *at = n ? strstr(text, key) : NULL;
  EXPECT(at);
  return at ? atol(at + strlen(key)) : 0;
}

static int is_told(const void *block, size_t size) {
  struct alloc_info info;
  return alloc_get_info((const char *)block + size - 1, &info) == ALLOC_OK && info.base == block && info.size == size;
}

/* Returns what is left of it afterwards, in KB, and in *ret what it took at most. */
static long make_and_free(unsigned n, size_t size, long *ret) {
  long before = status("VmRSS:");
  for (unsigned i = 0; i < n; i++)
    blocks[i] = malloc(size);
  *ret = status("VmRSS:") - before;
  EXPECT(is_told(blocks[n / 2], size) && is_told(blocks[n - 1], size));
  for (unsigned i = 0; i < n; i++)
    free(blocks[i]);
  malloc_trim(0);
  return status("VmRSS:") - before;
}

/* In a child, since it is for good. */
static void in_child(void (*check)(void)) {
  pid_t child = fork();
  int how = 1;
  if (!child) {
    check();
    fflush(stdout);
    _exit(failed);
  }
  EXPECT(child > 0 && waitpid(child, &how, 0) == child && how == 0);
}

static void check_locked(void) {
  EXPECT(!mlockall(MCL_FUTURE));
  for (int i = 0; i < 3; i++) { /* in places where none has been */
    void *block = malloc((size_t)1000 << (5 * i));
    EXPECT(block && is_told(block, (size_t)1000 << (5 * i)));
  }
  EXPECT(status("VmLck:") < 4000);
}

static void check_limited(void) {
  struct rlimit limit = {((unsigned long)status("VmSize:") + 30000) << 10, RLIM_INFINITY};
  unsigned n = 0, n_told = 0;
  setrlimit(RLIMIT_AS, &limit);
  while (n < N && (blocks[n] = malloc(1000)))
    n++;
  for (unsigned i = 0; i < n; i++)
    n_told += is_told(blocks[i], 1000);
  EXPECT(n < N && n > 24000 && n_told > n - n / 50); /* 30 MB are 29,900 of them without an index */
}

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static void *wait_for(void *arg) {
  pthread_mutex_lock(&held);
  return arg;
}

int main(void) {
  long most, left;
  pthread_t thread;
  memset(blocks, 1, sizeof blocks);
  in_child(check_limited);
  in_child(check_locked);
  left = make_and_free(20000, 131 * 1024, &most); /* each has touched its first page */
  EXPECT(most > 79000 && most < 90000 && left < 400);
  left = make_and_free(10000, 60000, &most);
  EXPECT(most > 39000 && most < 47000 && left < 400);
  left = make_and_free(100, 100 << 20, &most);
  EXPECT(most > 300 && most < 1000 && left < 400);
  left = make_and_free(N, 64, &most);
  EXPECT(most > 31000 && most < 37000 && left < 400);
  left = make_and_free(50000, 2000, &most);
  EXPECT(most > 97000 && most < 106000 && left < 400);
  pthread_mutex_lock(&held);
  pthread_create(&thread, NULL, wait_for, NULL);
  left = make_and_free(N, 64, &most);
  EXPECT(most > 31000 && most < 37000 && left < 400);
  pthread_mutex_unlock(&held);
  pthread_join(thread, NULL);
  return failed;
}
