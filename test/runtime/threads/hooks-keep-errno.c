// No hook changes errno but as the function beneath does, though what looks that up may.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -pthread -o %t && %t

#define _GNU_SOURCE
#include "check.h"
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <threads.h>
#include <unistd.h>

static unsigned n_looked_up;

/* In place of the C library's, for the runtime: it may set errno as it likes. */
void *dlsym(void *restrict handle, const char *restrict name) {
  static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.28", "GLIBC_2.26", "GLIBC_2.16", "GLIBC_2.2.5"};
  void *found = NULL;
  for (unsigned i = 0; i < sizeof versions / sizeof *versions && !found; i++)
    found = dlvsym(handle, name, versions[i]);
  n_looked_up++;
  errno = EILSEQ;
  return found;
}

static void *run(void *arg) { return arg; }
static int run_thrd(void *arg) { return arg != NULL; }

#define KEEPS(call)                                                                                                    \
  do {                                                                                                                 \
    errno = 4711;                                                                                                      \
    CHECK((call) && errno == 4711);                                                                                    \
  } while (0)

static int early = 1;
static __attribute__((constructor(101))) void before_all(void) {
  errno = 4711;
  free(malloc(10));
  early = errno;
}

int main(void) {
  pthread_t thread;
  thrd_t other;
  stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16}, before;
  void *block = NULL, *page;
  int id = shmget(IPC_PRIVATE, 4096, 0600);
  CHECK(early == 4711 && n_looked_up);
  KEEPS(!pthread_create(&thread, NULL, run, NULL) && !pthread_join(thread, NULL));
  KEEPS(thrd_create(&other, run_thrd, NULL) == thrd_success && thrd_join(other, NULL) == thrd_success);
  KEEPS(!sigaltstack(&stack, &before) && !sigaltstack(NULL, &before) && before.ss_sp == stack.ss_sp);
  KEEPS(sbrk(4096) != (void *)-1);
  KEEPS(!brk((char *)sbrk(0) + 10) && sbrk(0) != (void *)-1);
  KEEPS((page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED);
  KEEPS((page = mremap(page, 4096, 8192, MREMAP_MAYMOVE)) != MAP_FAILED && !munmap(page, 8192));
  KEEPS((page = shmat(id, NULL, 0)) != (void *)-1 && !shmdt(page));
  KEEPS(!posix_memalign(&block, 64, 10));
  KEEPS(posix_memalign(&block, 3, 10) == EINVAL && posix_memalign(&block, 64, -1ul) == ENOMEM);
  KEEPS((block = realloc(block, 100)) && malloc_usable_size(block) >= 100);
  free(block);
  shmctl(id, IPC_RMID, NULL);
  stack.ss_flags = SS_DISABLE;
  KEEPS(!sigaltstack(&stack, NULL));
  return check_failed;
}
