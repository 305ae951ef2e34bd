// All that is in memory of a process is told by what it is for; the sum is what the kernel says, and what is known of the parts is in them.
// REQUIRES: gdb
// RUN: %allocs-cc -O0 -pthread %s -o %t
// RUN: %python %S/Inputs/resident.py %inspect %t
// RUN: %allocs-cc -O2 -static -pthread %s -o %t
// RUN: %python %S/Inputs/resident.py %inspect %t
// RUN: env CORE=gcore %python %S/Inputs/beside.py %t %t.in %inspect census TARGET --rss | grep -x " *[0-9]* *[0-9.]* %  mapping without a name, by mmap() in touch_some()"

#include "Inputs/heap.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static char variable[100000];
static void *volatile touched;

/* 20 pages of 1000 are written, 30 more only read: these are zeroes that all share. */
static __attribute__((noinline)) void touch_some(void) {
  char *mapped = mmap(NULL, 1000 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  volatile char sum = 0;
  madvise(mapped, 1000 * 4096, MADV_NOHUGEPAGE);
  for (int i = 0; i < 20; i++)
    mapped[i * 3 * 4096] = 1;
  for (int i = 0; i < 30; i++)
    sum += mapped[(500 + i * 2) * 4096];
}

/* 5 pages of a file, and 7 of shared memory. */
static __attribute__((noinline)) void map_others(void) {
  int fd = open("/proc/self/exe", O_RDONLY);
  volatile char *file = mmap(NULL, 5 * 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  char *shared = mmap(NULL, 7 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < 5; i++)
    variable[i] = file[i * 4096];
  memset(shared, 1, 7 * 4096);
}

static void *run(void *arg) {
  char deep[50000];
  memset(deep, 1, sizeof deep), touched = deep;
  for (;;)
    pause();
  return arg;
}

int main(void) {
  pthread_t thread;
  make_heap();
  for (int i = 0; i < 1000; i++)
    memset(keep(malloc(1000)), 1, 1000), n_kept--;
  memset(variable, 1, 60000);
  touch_some();
  map_others();
  pthread_create(&thread, NULL, run, NULL);
  if (!fork() && !prctl(PR_SET_PDEATHSIG, SIGKILL)) /* with whom pages are shared */
    for (;;)
      pause();
  usleep(200000);
  return be_ready();
}
