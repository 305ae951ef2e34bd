// Results and errors of mapping calls are those of the system calls, before main and after vfork too; errno stays.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t
// RUN: %allocs-cc -O1 -static -I%src/test/unit %s -o %t-static && %t-static

#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS };

static char *early;
static __attribute__((constructor(101))) void before_all(void) {
  early = mmap(NULL, PAGE, PROT_READ, ANONYMOUS, -1, 0);
}

#define SAME(hooked, raw)                                                                                              \
  do {                                                                                                                 \
    errno = 0;                                                                                                         \
    long got = (long)(hooked), error = errno;                                                                          \
    errno = 0;                                                                                                         \
    long want = (long)(raw), wanted = errno;                                                                           \
    CHECK(got == want && error == wanted && (got != -1 || error));                                                     \
  } while (0)

int main(void) {
  char *p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, ANONYMOUS, -1, 0), *q;
  struct alloc_mapping mapping;
  CHECK(alloc_get_mapping(early, &mapping) == ALLOC_OK && mapping.base == early && mapping.call && mapping.site);
  SAME(mmap(NULL, 0, PROT_READ, ANONYMOUS, -1, 0), syscall(SYS_mmap, 0, 0, PROT_READ, ANONYMOUS, -1, 0));
  SAME(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), syscall(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, -1, 0));
  SAME(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 0, 5), syscall(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, 0, 5));
  SAME(mmap(NULL, -1ul, PROT_READ, ANONYMOUS, -1, 0), syscall(SYS_mmap, 0, -1ul, PROT_READ, ANONYMOUS, -1, 0));
  SAME(mmap(p, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
       syscall(SYS_mmap, p, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
  SAME(munmap(p + 1, PAGE), syscall(SYS_munmap, p + 1, PAGE));
  SAME(munmap(p, 0), syscall(SYS_munmap, p, 0));
  SAME(munmap(p, -1ul), syscall(SYS_munmap, p, -1ul));
  SAME(mremap(p, PAGE, 0, 0), syscall(SYS_mremap, p, PAGE, 0, 0));
  SAME(mremap(p, 4 * PAGE, 1ul << 46, 0), syscall(SYS_mremap, p, 4 * PAGE, 1ul << 46, 0));
  SAME(shmat(-1, NULL, 0), syscall(SYS_shmat, -1, NULL, 0));
  SAME(shmdt(p), syscall(SYS_shmdt, p));
  SAME(brk((void *)(1l << 60)), -1 + 0 * (errno = ENOMEM));
  CHECK(sbrk(1l << 46) == (void *)-1);
  CHECK(alloc_get_base(p + 3 * PAGE) == p && alloc_get_size(p) == 4 * PAGE);

  errno = 77;
  q = mremap(p, 4 * PAGE, 2 * PAGE, 0);
  q = mremap(q, 2 * PAGE, 20 * PAGE, MREMAP_MAYMOVE);
  munmap(q, 20 * PAGE);
  CHECK(!munmap(q, 20 * PAGE) && sbrk(0) != (void *)-1 && errno == 77);

  q = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, ANONYMOUS, -1, 0);
  pid_t child = vfork();
  if (!child) {
    munmap(q, PAGE); /* a child of vfork has its parent's memory */
    _exit(0);
  }
  waitpid(child, NULL, 0);
  CHECK(!alloc_get_base(q) && alloc_get_base(q + PAGE) == q + PAGE);
  return check_failed;
}
