// What system calls change behind the runtime's back is told as it is, not as it was.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t

#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE, ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS };

static struct alloc_mapping ask(const void *p) {
  struct alloc_mapping ret = {.size = 0};
  alloc_get_mapping(p, &ret);
  return ret;
}

static int raw_map(char *at, size_t size, int flags, int fd) {
  return syscall(SYS_mmap, at, size, PROT_READ, flags | MAP_FIXED, fd, 0L) == (long)at;
}

int main(void) {
  int fd = open("/proc/self/exe", O_RDONLY);
  char *far = (char *)0x300000000000, *p = mmap(far, 10 * PAGE, RW, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  CHECK(p == far);
  /* a hole */
  syscall(SYS_munmap, p + 4 * PAGE, (size_t)PAGE);
  CHECK(!alloc_get_base(p + 4 * PAGE) && ask(p + 3 * PAGE).base == p && ask(p).size == 4 * PAGE);
  CHECK(ask(p + 5 * PAGE).base == p + 5 * PAGE && ask(p + 9 * PAGE).size == 5 * PAGE && ask(p).call);
  /* a file in its place, and shared memory */
  CHECK(raw_map(p + 6 * PAGE, PAGE, MAP_PRIVATE, fd));
  CHECK(ask(p + 6 * PAGE).base == p + 6 * PAGE && ask(p + 6 * PAGE).size == PAGE && !ask(p + 6 * PAGE).call);
  CHECK(ask(p + 6 * PAGE).file && !alloc_get_site(p + 6 * PAGE));
  CHECK(raw_map(p + 8 * PAGE, PAGE, MAP_SHARED | MAP_ANONYMOUS, -1));
  CHECK(ask(p + 8 * PAGE).base == p + 8 * PAGE && ask(p + 8 * PAGE).flags == MAP_SHARED && !ask(p + 8 * PAGE).call);
  /* all of it, and a new one by a call that is seen */
  syscall(SYS_munmap, p, 10ul * PAGE);
  for (int i = 0; i < 10; i++)
    CHECK(!alloc_get_allocator(p + i * PAGE));
  CHECK(mmap(p + 2 * PAGE, 3 * PAGE, RW, ANONYMOUS | MAP_FIXED, -1, 0) == p + 2 * PAGE);
  CHECK(ask(p + 3 * PAGE).base == p + 2 * PAGE && ask(p + 3 * PAGE).size == 3 * PAGE && !alloc_get_base(p + 5 * PAGE));
  /* moved away */
  CHECK(syscall(SYS_mremap, p + 2 * PAGE, 3ul * PAGE, 3ul * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + 20 * PAGE) > 0);
  CHECK(!alloc_get_base(p + 3 * PAGE) && ask(p + 21 * PAGE).base == p + 20 * PAGE && !ask(p + 20 * PAGE).call);
  /* part of a file, and in its place another part of the same */
  char *part = mmap(p + 40 * PAGE, 4ul * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
  syscall(SYS_munmap, part, (size_t)PAGE);
  CHECK(ask(part + PAGE).base == part + PAGE && ask(part + PAGE).size == 3 * PAGE);
  CHECK(ask(part + 3 * PAGE).offset == PAGE && ask(part + PAGE).call);
  CHECK(raw_map(part + 2 * PAGE, PAGE, MAP_PRIVATE, fd)); /* from the file's beginning */
  CHECK(ask(part + 2 * PAGE).base == part + 2 * PAGE && ask(part + 2 * PAGE).size == PAGE);
  CHECK(!ask(part + 2 * PAGE).call && ask(part + 2 * PAGE).offset == 0);
  CHECK(ask(part + 3 * PAGE).base == part + 3 * PAGE && ask(part + 3 * PAGE).offset == 3 * PAGE && ask(part + PAGE).call);
  return check_failed;
}
