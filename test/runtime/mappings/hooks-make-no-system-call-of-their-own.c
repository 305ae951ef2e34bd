// Where only the system calls of the plain program are allowed, all others killing it, calls that map, move the break and allocate go on.
// RUN: %cc -O1 %s -o %t-plain && %t-plain
// RUN: env ALLOCS_RUNTIME=%allocs-rt %allocs-cc -O1 %s -o %t && %t
// RUN: %allocs-cc -O1 -static %s -o %t-static && %t-static
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
static int forbid(void) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      ALLOW(SYS_mmap),
      ALLOW(SYS_munmap),
      ALLOW(SYS_mremap),
      ALLOW(SYS_mprotect),
      ALLOW(SYS_brk),
      ALLOW(SYS_exit_group),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

enum { PAGE = 4096, PAGES = 40, ROUNDS = 100 };

int main(int argc, char **argv) {
  int fd = open(argv[0], O_RDONLY);
  void *blocks[ROUNDS];
  void *volatile block = malloc((size_t)argc);
  free(block); // what the first takes, of index and allocator
  if (forbid())
    return 77;
  void *end = sbrk(0);
  for (int i = 0; i < ROUNDS; i++) {
    char *begin = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *file = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    if (begin == MAP_FAILED || file == MAP_FAILED)
      return 1;
    mprotect(begin, PAGE, PROT_NONE);
    munmap(begin + 3 * PAGE, PAGE);
    begin = mremap(begin, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
    if (begin == MAP_FAILED || munmap(begin, 2 * PAGE) || munmap(file, PAGE))
      return 2;
    blocks[i] = malloc((size_t)i * 10);
  }
  for (int i = 0; i < ROUNDS; i++)
    free(blocks[i]);
  if (sbrk(PAGE) == (void *)-1 || sbrk(0) == end)
    return 3;
  _exit(0);
}
