// What is known of the processor is so: the thread pointer, kernel calls, the window of the heap's index, the registers of a signal, calls in code.
// RUN: %cc -O2 -Wall -Wextra -Werror -iquote %src/runtime %s -o %t && %t
// RUN: %cc -O0 -Wall -Wextra -Werror -iquote %src/runtime %s -o %t && %t

#define _GNU_SOURCE
#include "arch/arch.h"
#include "check.h"
#include "os/os_kernel.h"

#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>

static _Thread_local int local;

static uintptr_t at(const void *context, unsigned reg) {
  uintptr_t value;
  memcpy(&value, (const char *)context + allocs_arch_context_at[reg], sizeof value);
  return value;
}

static uintptr_t stack_pointer;

/* What libc calls these. */
static void on_signal(int number, siginfo_t *info, void *arg) {
  const ucontext_t *context = arg;
  (void)number, (void)info;
#ifdef __x86_64__
  static const unsigned char names[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
                                        REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
  for (unsigned i = 0; i < sizeof names; i++)
    CHECK(at(context, i) == (uintptr_t)context->uc_mcontext.gregs[names[i]]);
#else
  for (unsigned i = 0; i < 31; i++)
    CHECK(at(context, i) == context->uc_mcontext.regs[i]);
  CHECK(at(context, ALLOCS_ARCH_SP) == context->uc_mcontext.sp &&
        at(context, ALLOCS_ARCH_RA) == context->uc_mcontext.pc);
#endif
  stack_pointer = at(context, ALLOCS_ARCH_SP);
}

static void check_signal(void) {
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
  char here;
  CHECK(!sigaction(SIGUSR1, &action, NULL) && !raise(SIGUSR1));
  CHECK(stack_pointer <= (uintptr_t)&here && (uintptr_t)&here - stack_pointer < 4096);
}

/* At the window's begin and end, at any alignment of four bytes; bits other than the top do not count. */
static void check_starts(void) {
  uint32_t words[24];
  for (unsigned step = 0; step < 100000; step++) {
    unsigned from = step % 8, wanted = 0;
    for (unsigned i = 0; i < 24; i++) {
      words[i] = (uint32_t)rand() & 0x7fffffff;
      if (rand() % 4 == 0)
        words[i] |= 0x80000000;
    }
    for (unsigned i = 0; i < 16; i++)
      wanted |= words[from + i] >> 31 << i;
    CHECK(allocs_arch_starts(words + from) == wanted);
  }
}

ALLOCS_ARCH_CAPTURE(allocs_unwind_capture)
void allocs_unwind_capture(uintptr_t *regs);

static __attribute__((noinline)) void check_capture(void) {
  uintptr_t regs[ALLOCS_ARCH_N_REGS] = {0};
  allocs_unwind_capture(regs);
  CHECK(regs[ALLOCS_ARCH_SP] <= (uintptr_t)&regs && (uintptr_t)&regs - regs[ALLOCS_ARCH_SP] < 4096);
  CHECK(regs[ALLOCS_ARCH_RA] - (uintptr_t)check_capture < 1000);
#ifdef __x86_64__
  register uintptr_t r12 __asm__("r12") = 12, r13 __asm__("r13") = 13, r14 __asm__("r14") = 14, r15 __asm__("r15") = 15;
  register uintptr_t rbx __asm__("rbx") = 3;
  __asm__ volatile("" : "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15), "+r"(rbx));
  allocs_unwind_capture(regs);
  __asm__ volatile("" : "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15), "+r"(rbx));
  CHECK(regs[3] == 3 && regs[12] == 12 && regs[13] == 13 && regs[14] == 14 && regs[15] == 15);
#endif
}

#ifdef __x86_64__
/* A call in each of its lengths, and what only looks like one; an address as code names it. */
static void check_code(void) {
  static const unsigned char calls[][7] = {
      {0, 0, 0xe8, 1, 2, 3, 4},          {0, 0, 0, 0, 0, 0xff, 0xd0},    {0, 0, 0, 0, 0xff, 0x54, 0x24},
      {0, 0, 0, 0xff, 0x54, 0x24, 0x08}, {0, 0xff, 0x15, 1, 2, 3, 4},    {0xff, 0x94, 0x24, 1, 2, 3, 4},
      {0, 0, 0, 0, 0, 0xff, 0x10},       {0, 0, 0, 0, 0x41, 0xff, 0xd7},
  };
  static const unsigned char others[][7] = {
      {0, 0, 0xe9, 1, 2, 3, 4},    {0, 0, 0, 0, 0, 0xff, 0xe0}, {0, 0, 0, 0, 0, 0xff, 0xc0},
      {0, 0, 0xff, 0x10, 1, 2, 3}, {0, 0, 0, 0, 0, 0x10, 0xff}, {0, 0xe8, 1, 2, 3, 4, 5},
      {0xff, 0, 0, 0, 0, 0, 0},
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    CHECK(allocs_arch_is_call(calls[i]));
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    CHECK(!allocs_arch_is_call(others[i]));
  uintptr_t target;
  CHECK(allocs_arch_call_target((const unsigned char[]){0xe8, 0xfe, 0xff, 0xff, 0xff}, 0x1000, &target) &&
        target == 0xffe);
  CHECK(allocs_arch_call_target((const unsigned char[]){0xe8, 0, 1, 0, 0}, 0x1000, &target) && target == 0x1100);
  CHECK(!allocs_arch_call_target((const unsigned char[]){0xe9, 0, 1, 0, 0}, 0x1000, &target));
  unsigned char lea[] = {0x48, 0x8d, 0x3d, 0x10, 0, 0, 0}, mov[] = {0xbf, 0x10, 0, 0, 0x80};
  const unsigned char *end = lea + sizeof lea;
  for (unsigned reg = 0; reg < 8; reg++) {
    lea[2] = (unsigned char)(5 | reg << 3), mov[0] = (unsigned char)(0xb8 | reg);
    CHECK(allocs_arch_names(lea, end, (uintptr_t)end + 0x10) && allocs_arch_names(mov, mov + 5, 0x80000010));
  }
  CHECK(!allocs_arch_names(lea, end, (uintptr_t)end + 0x11) && !allocs_arch_names(lea + 2, end, (uintptr_t)end + 0x10));
  CHECK(allocs_arch_names(lea + 1, end, (uintptr_t)end + 0x10) && !allocs_arch_names(mov + 1, mov + 5, 0x80000010));
  CHECK(!allocs_arch_names(mov, mov + 5, 0xffffffff80000010) && !allocs_arch_names(mov, mov + 5, 0x80000011));
  lea[2] = 4, mov[0] = 0xb0;
  CHECK(!allocs_arch_names(lea, end, (uintptr_t)end + 0x10) && !allocs_arch_names(mov, mov + 5, 0x80000010));
  lea[2] = 5, lea[1] = 0x8b;
  CHECK(!allocs_arch_names(lea, end, (uintptr_t)end + 0x10));
}
#else
static void check_code(void) {}
#endif

int main(void) {
  check_code();
  CHECK(kernel3(SYS_getpid, 0, 0, 0) == getpid() && kernel3(SYS_close, -1, 0, 0) == -EBADF);
  CHECK(kernel(SYS_pread64, -1, 0, 0, 0, 0, 0) == -EBADF);
  CHECK(allocs_arch_thread_pointer() - (uintptr_t)&local + (1 << 20) < 2 << 20);
  CHECK((uintptr_t)&local < ALLOCS_ARCH_ADDRESS_END && (uintptr_t)main < ALLOCS_ARCH_ADDRESS_END);
  for (unsigned i = 0; i < ALLOCS_ARCH_N_KEPT; i++)
    CHECK(ALLOCS_ARCH_KEPT_SET & ALLOCS_ARCH_BIT(allocs_arch_kept[i]));
  CHECK(allocs_arch_kept[0] == ALLOCS_ARCH_FP);
  check_signal();
  check_starts();
  check_capture();
  return check_failed;
}
