// Every page of a threaded program has an allocator, and a chain to a mapping that holds it; those between have none.
// RUN: %allocs-cc -O1 -DLIBRARIES -I%src/test/unit %s -pthread -lm -o %t && %t
// RUN: %allocs-cc -O1 -DLIBRARIES -no-pie -I%src/test/unit %s -pthread -lm -o %t-no-pie && %t-no-pie
// RUN: %allocs-cc -O1 -static -I%src/test/unit %s -pthread -lm -o %t-static && %t-static

#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, THREADS = 3, MOST = 1 << 20 };
#define END_OF_ADDRESSES (1ul << 47)

static char text[MOST];
static sem_t ready, done;

static void *live(void *arg) {
  char *block = malloc(100000 + (size_t)(long)arg);
  sem_post(&ready);
  sem_wait(&done);
  free(block);
  return NULL;
}

static void set_up(pthread_t *threads) {
  static char signal_stack[1 << 16], own_stack[1 << 18] __attribute__((aligned(4096)));
  pthread_attr_t attributes;
#ifdef LIBRARIES
  CHECK(dlopen("libresolv.so.2", RTLD_NOW) && dlopen("libanl.so.1", RTLD_NOW) && dlopen("libm.so.6", RTLD_NOW));
#endif
  sem_init(&ready, 0, 0);
  sem_init(&done, 0, 0);
  sigaltstack(&(stack_t){.ss_sp = signal_stack, .ss_size = sizeof signal_stack}, NULL);
  pthread_attr_init(&attributes);
  for (long i = 0; i < THREADS; i++) {
    if (i == THREADS - 1)
      pthread_attr_setstack(&attributes, own_stack, sizeof own_stack);
    pthread_create(&threads[i], &attributes, live, (void *)i);
    sem_wait(&ready);
  }
  for (int i = 0; i < 200; i++)
    (void)!malloc((size_t)i * 997);
  char *p = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(p + 16 * PAGE, PAGE);
  mprotect(p + 20 * PAGE, PAGE, PROT_NONE);
  mmap(p + 24 * PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mmap(NULL, 1ul << 38, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 0, 0);
}

/* Into memory that is there already, by system calls alone: so nothing changes while it is read and asked about. */
static void read_maps(void) {
  size_t n = 0;
  ssize_t got;
  FILE *file = fopen("/proc/self/maps", "r");
  while ((got = read(fileno(file), text + n, sizeof text - 1 - n)) > 0)
    n += (size_t)got;
  text[n] = '\0';
}

static int holds(const void *base, unsigned long size, unsigned long address) {
  return address - (unsigned long)base < size;
}

static void check_mapped(unsigned long address) {
  struct alloc_info info = {.size = 0};
  struct alloc_pos chain[20];
  struct alloc_mapping mapping;
  char line[300];
  int before = check_failed;
  unsigned n = alloc_get_chain((void *)address, chain, 20);
  CHECK(alloc_get_info((void *)address, &info) == ALLOC_OK && info.allocator && info.allocator->name);
  CHECK(holds(info.base, info.size ? info.size : 1, address) && info.type);
  CHECK(n >= 1 && n <= 20 && chain[n - 1].allocator == &alloc_mmap);
  for (unsigned i = 0; i < n; i++) {
    CHECK(holds(chain[i].base, chain[i].size ? chain[i].size : 1, address));
    if (i)
      CHECK(chain[i].base <= chain[i - 1].base &&
            (char *)chain[i - 1].base + chain[i - 1].size <= (char *)chain[i].base + chain[i].size);
  }
  CHECK(alloc_get_mapping((void *)address, &mapping) == ALLOC_OK);
  CHECK(mapping.base == chain[n - 1].base && mapping.size == chain[n - 1].size);
  if (check_failed > before)
    fprintf(stderr, "%#lx: %s\n", address, alloc_describe((void *)address, line, sizeof line));
}

/* A question may have mapped what it needed there meanwhile. */
static void check_unmapped(unsigned long address) {
  struct alloc_info info;
  int known = alloc_get_info((void *)address, &info) == ALLOC_OK || alloc_get_chain((void *)address, NULL, 0);
  CHECK(!known || !msync((void *)(address / PAGE * PAGE), PAGE, MS_ASYNC));
}

/* All pages of a small mapping; of a large one its first, its last, and some between. */
static void check_range(unsigned long begin, unsigned long end, void check(unsigned long)) {
  unsigned long step = (end - begin) / PAGE / 500 * PAGE + PAGE;
  for (unsigned long page = begin; page < end; page += step)
    check(page + page / PAGE * 797 % PAGE);
  check(end - 1);
}

int main(void) {
  pthread_t threads[THREADS];
  unsigned long last = PAGE, begin, end;
  unsigned n = 0;
  set_up(threads);
  check_mapped((unsigned long)text); /* whatever questions need is mapped from now on */
  read_maps();
  for (char *line = text, *next; (next = strchr(line, '\n')); line = next + 1, n++) {
    if (sscanf(line, "%lx-%lx", &begin, &end) != 2 || begin >= END_OF_ADDRESSES)
      continue;
    if (begin > last)
      check_range(last, begin, check_unmapped);
    check_range(begin, end, check_mapped);
    last = end;
  }
  CHECK(n > 15);
  for (int i = 0; i < THREADS; i++)
    sem_post(&done);
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  return check_failed;
}
