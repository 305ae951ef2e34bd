// A new thread asks for its number, dlclose() for the process's, shmat() for the segment's size: where that kills, they do.
// RUN: %cc -O1 -pthread %s -o %t-plain && %t-plain 0
// RUN: %allocs-cc -O1 -pthread %s -o %t && %t 31
#include <dlfcn.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILL(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
static int forbid(void) {
  struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), KILL(SYS_gettid),
                               KILL(SYS_getpid), KILL(SYS_shmctl), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void *nothing(void *arg) { return arg; }
static void make_thread(int segment) {
  pthread_t thread;
  (void)segment;
  pthread_create(&thread, NULL, nothing, NULL);
  pthread_join(thread, NULL);
}
static void close_library(int segment) { (void)segment, dlclose(dlopen("libm.so.6", RTLD_NOW)); }
static void attach(int segment) { shmat(segment, NULL, 0); }

// The signal that ended a child which did that where these calls kill.
static int end_of(void (*what)(int), int segment) {
  int status;
  if (!fork()) {
    if (forbid())
      _exit(77);
    what(segment);
    _exit(0);
  }
  wait(&status);
  return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv) {
  int segment = shmget(IPC_PRIVATE, 4096, 0600), signal = atoi(argv[argc - 1]);
  int ends[] = {end_of(make_thread, segment), end_of(close_library, segment), end_of(attach, segment)};
  shmctl(segment, IPC_RMID, NULL);
  printf("%d %d %d\n", ends[0], ends[1], ends[2]);
  return !(ends[0] == signal && ends[1] == signal && ends[2] == signal);
}
