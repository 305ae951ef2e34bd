/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TEST_STEP_H
#define ALLOCS_TEST_STEP_H

/* What others see of a piece of work, whenever they look: it is done instruction by instruction, by a process of the
   same memory, and looked at before each. For units that define _GNU_SOURCE. */

#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static inline int step_work(void *work) {
  ptrace(PTRACE_TRACEME, 0, NULL, NULL);
  syscall(SYS_kill, syscall(SYS_getpid), SIGSTOP);
  (*(void (**)(void))work)();
  return syscall(SYS_exit, 0) != 0;
}

/* Returns how often it looked; 0 if it may not trace. */
static inline unsigned step_through(void (*work)(void), void (*look)(void)) {
  static _Alignas(16) char stack[1 << 16];
  unsigned n = 0;
  int status = 0;
  pid_t child = clone(step_work, stack + sizeof stack, CLONE_VM | SIGCHLD, &work);
  for (waitpid(child, &status, WUNTRACED); WIFSTOPPED(status); waitpid(child, &status, 0)) {
    look();
    n++;
    if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL)) {
      kill(child, SIGKILL);
      n = 0;
    }
  }
  return n;
}

#endif
