// A question that only the kernel can answer takes the lowest descriptor for the moment of an open(); no other question takes one.
// RUN: %allocs-cc -O1 -pthread %s -o %t && %t
#define _GNU_SOURCE
#include <allocs.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 20000, SECONDS = 20 };
static volatile int is_over;
static unsigned long n_answers;
static int variable;

struct asked {
  void *const *addresses;
  int n;
};
static void *ask(void *arg) {
  const struct asked *asked = arg;
  struct alloc_info info;
  for (int i = 0; !is_over; i++)
    n_answers += alloc_get_info(asked->addresses[i % asked->n], &info) == ALLOC_OK;
  return NULL;
}

// How often a descriptor that was closed was not the one that the next open() gave, before `most` were seen.
static unsigned count_others(struct asked asked, unsigned most) {
  pthread_t asker;
  unsigned n = 0;
  time_t end = time(NULL) + SECONDS;
  is_over = 0;
  int fd = open("/dev/null", O_RDONLY);
  pthread_create(&asker, NULL, ask, &asked);
  for (int i = 0; (i < ROUNDS || n < most) && n < most + !most && time(NULL) < end; i++) {
    close(fd);
    int again = open("/dev/null", O_RDONLY);
    n += again != fd;
    close(again);
    fd = open("/dev/null", O_RDONLY);
  }
  is_over = 1;
  pthread_join(asker, NULL);
  close(fd);
  return n;
}

int main(int argc, char **argv) {
  (void)argc;
  static _Thread_local int local;
  void *heap = malloc(100), *mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void *const known[] = {heap, &variable, (void *)main, stdout, argv, "a literal", &local};
  struct alloc_info info;
  for (int i = 0; i < (int)(sizeof known / sizeof *known); i++) // what the first question does
    if (alloc_get_info(known[i], &info))
      return 1;
  unsigned others = count_others((struct asked){known, sizeof known / sizeof *known}, 0);
  void *const stack = &heap;
  unsigned of_mappings = count_others((struct asked){&mapped, 1}, 1), of_stacks = count_others((struct asked){&stack, 1}, 1);
  printf("%u, of mappings %u, of another thread's stack %u; %lu answers\n", others, of_mappings, of_stacks, n_answers);
  return !(!others && of_mappings && of_stacks && n_answers > 1000);
}
