// A mapping is what one call mapped, however the kernel joins it with its neighbours; call, place, kind, file are told.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t %t

#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE, ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS };

static struct alloc_mapping ask(const void *p) {
  struct alloc_mapping ret = {.size = 0};
  CHECK(alloc_get_mapping(p, &ret) == ALLOC_OK);
  return ret;
}

static void check(const char *p, const void *base, size_t size, int protection, int flags, const char *call) {
  struct alloc_mapping got = ask(p);
  struct alloc_site_info site;
  CHECK(got.base == base && got.size == size && got.protection == protection && got.flags == flags);
  CHECK_STRING(got.call ? got.call : "none", call);
  CHECK(alloc_get_site_info(p, &site) == ALLOC_NO_SITE && alloc_get_site(p) == got.site);
  CHECK(alloc_get_base(p) == base && alloc_get_size(p) == size && alloc_get_allocator(p) == &alloc_mmap);
}

static __attribute__((noinline)) void *map(void *at, size_t size) {
  void *ret = mmap(at, size, RW, ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);
  __asm__ volatile("");
  return ret;
}

static void neighbours(void) {
  char *room = mmap(NULL, 8 * PAGE, PROT_NONE, ANONYMOUS, -1, 0), name[100];
  map(room + PAGE, 2 * PAGE);
  map(room + 3 * PAGE, PAGE + 1);
  check(room, room, PAGE, PROT_NONE, MAP_PRIVATE, "mmap");
  check(room + PAGE, room + PAGE, 2 * PAGE, RW, MAP_PRIVATE, "mmap");
  check(room + 4 * PAGE, room + 3 * PAGE, 2 * PAGE, RW, MAP_PRIVATE, "mmap");
  check(room + 6 * PAGE, room + 5 * PAGE, 3 * PAGE, PROT_NONE, MAP_PRIVATE, "mmap");
  mprotect(room + 2 * PAGE, PAGE, PROT_READ);
  check(room + PAGE, room + PAGE, 2 * PAGE, RW, MAP_PRIVATE, "mmap");
  check(room + 2 * PAGE, room + PAGE, 2 * PAGE, PROT_READ, MAP_PRIVATE, "mmap");
  alloc_get_name(ask(room + PAGE).site, name, sizeof name);
  CHECK_STRING(name, "map");
}

static void files(const char *path) {
  int fd = open(path, O_RDONLY);
  char *three = mmap((void *)0x180000000000, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, PAGE),
       *shared = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  check(three + 5000, three, 3 * PAGE, PROT_READ, MAP_PRIVATE, "mmap");
  CHECK_STRING(ask(three).file, path);
  CHECK(ask(three + 5000).offset == PAGE);
  munmap(three, PAGE);
  CHECK(ask(three + 5000).offset == 2 * PAGE && ask(three + 5000).base == three + PAGE);
  check(shared, shared, PAGE, RW, MAP_SHARED, "mmap");
  CHECK(!alloc_get_base(three));
}

static void moved(void) {
  /* where the kernel puts nothing by itself */
  char *first = map((char *)0x100000000000, 4 * PAGE), *far = (char *)0x200000000000, *grown;
  first[0] = 'x';
  CHECK(mremap(first, 4 * PAGE, 2 * PAGE, 0) == first);
  check(first + PAGE, first, 2 * PAGE, RW, MAP_PRIVATE, "mremap");
  CHECK(!alloc_get_base(first + 2 * PAGE));
  grown = mremap(first, 2 * PAGE, 6 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, far);
  CHECK(grown == far && grown[0] == 'x' && !alloc_get_base(first));
  check(far + 5 * PAGE, far, 6 * PAGE, RW, MAP_PRIVATE, "mremap");
  CHECK(mremap(far, 6 * PAGE, (size_t)1 << 46, 0) == MAP_FAILED);
  check(far, far, 6 * PAGE, RW, MAP_PRIVATE, "mremap");
}

static void system_v(void) {
  int id = shmget(IPC_PRIVATE, 3 * PAGE - 5, 0600);
  char *p = shmat(id, NULL, 0), *q = shmat(id, NULL, SHM_RDONLY);
  shmctl(id, IPC_RMID, NULL);
  check(p + PAGE, p, 3 * PAGE, RW, MAP_SHARED, "shmat");
  check(q + PAGE, q, 3 * PAGE, PROT_READ, MAP_SHARED, "shmat");
  CHECK(shmdt(p + PAGE) == -1 && !shmdt(p) && !alloc_get_base(p));
  check(q, q, 3 * PAGE, PROT_READ, MAP_SHARED, "shmat");
}

/* Nobody has called malloc: the program's own sbrk() makes the heap. */
static void program_break(void) {
  char *begin = sbrk(0), buf[100];
  CHECK(sbrk(PAGE + 100) == begin && ask(begin).base == begin && ask(begin).size == 2 * PAGE);
  CHECK_STRING(ask(begin).call, "sbrk");
  CHECK(alloc_get_allocator(begin) == &alloc_brk && alloc_get_size(begin) == PAGE + 100);
  CHECK_STRING(alloc_get_name(begin, buf, sizeof buf), "[heap]");
  CHECK(alloc_get_allocator(begin + PAGE + 100) == &alloc_mmap && !alloc_get_base(begin + 2 * PAGE));
  mprotect(begin, PAGE, PROT_READ);
  CHECK(alloc_get_base(begin + PAGE) == begin && !brk(begin + 10));
  CHECK(alloc_get_size(begin) == 10 && !alloc_get_base(begin + PAGE) && !brk(begin));
  CHECK(!alloc_get_base(begin));
  CHECK(!brk(begin + PAGE + 1));
  CHECK_STRING(ask(begin + PAGE).call, "brk");
  CHECK(ask(begin).base == begin && !brk(begin) && !alloc_get_base(begin) && sbrk(0) == begin);
}

int main(int argc, char **argv) {
  program_break();
  neighbours();
  files(argv[argc - 1]);
  moved();
  system_v();
  return check_failed;
}
