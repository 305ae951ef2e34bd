// Questions about mappings that a signal handler leaves by siglongjmp() leave no descriptor open, with and without the kernel's query of one.
// RUN: %allocs-cc -pthread %s -o %t && %t && %t text
#define _GNU_SOURCE
#include <allocs.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { JUMPS = 3000, MOST = 1000 };
static sigjmp_buf back;
static volatile sig_atomic_t n_jumps, is_ready, is_over;
static unsigned n_answers;

static void jump(int sig) {
  (void)sig;
  if (is_over)
    return;
  is_ready = 0;
  siglongjmp(back, 1);
}

static void *ask(void *address) {
  struct alloc_mapping mapping;
  if (sigsetjmp(back, 1))
    n_jumps++;
  is_ready = 1;
  while (!is_over)
    n_answers += alloc_get_mapping(address, &mapping) == ALLOC_OK;
  return NULL;
}

static int count_open(void) {
  int n = 0;
  for (int fd = 0; fd < MOST; fd++)
    n += fcntl(fd, F_GETFD) >= 0;
  return n;
}

// The kernel that knows no query of one mapping: ioctl fails, and the text is read.
static void forbid_ioctl(void) {
  struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 1),
                               BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTTY),
                               BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
    _exit(2);
}

int main(int argc, char **argv) {
  pthread_t asker;
  void *mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (argc > 1 && !strcmp(argv[1], "text"))
    forbid_ioctl();
  signal(SIGUSR1, jump);
  int before = count_open();
  pthread_create(&asker, NULL, ask, mapped);
  while (n_jumps < JUMPS) {
    usleep((unsigned)(n_jumps % 30));
    if (is_ready)
      pthread_kill(asker, SIGUSR1);
  }
  is_over = 1;
  pthread_join(asker, NULL);
  int after = count_open();
  printf("%d open before, %d after %d jumps, %u answers\n", before, after, (int)n_jumps, n_answers);
  return !(after == before && n_answers > 100);
}
