/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ARCH_AARCH64_H
#define ALLOCS_ARCH_AARCH64_H

/* AArch64, little-endian, 64-bit, AAPCS64, Linux, glibc. What each name means is said in arch.h. Not done yet: frames
   are not walked, thread-locals and the ends of threads' stacks not told, code that names a site's record not
   recognised. */

#include "base.h"

#define ALLOCS_ARCH_ADDRESS_BITS 48 /* a program gets more only by asking for it */

static inline uintptr_t allocs_arch_thread_pointer(void) { return (uintptr_t)__builtin_thread_pointer(); }

static inline void allocs_arch_pause(void) { __asm__ volatile("yield"); }

static inline long allocs_arch_kernel(long call, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = call, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory", "cc");
  return x0;
}

__attribute__((no_sanitize("thread"))) static inline unsigned allocs_arch_starts(const uint32_t *at) {
  unsigned bits = 0;
  for (unsigned i = 0; i < 16; i++)
    bits |= ((const volatile uint32_t *)at)[i] >> 31 << i;
  return bits;
}

static inline bool allocs_arch_names(const unsigned char *begin, const unsigned char *end, uintptr_t address) {
  (void)begin, (void)end, (void)address;
  return false;
}

/* C */

#define ALLOCS_ARCH_CHAR ALLOCS_ENC_UNSIGNED_CHAR
#define ALLOCS_ARCH_SIGNED_CHAR "signed char"
#define ALLOCS_ARCH_FLOAT_128 "long double"

/* Registers: x0 to x30, of which x29 is the frame pointer and x30 has the return address at a function's entry; then
   the stack pointer, and the program counter, to which DWARF gives no number. */

enum {
  ALLOCS_ARCH_FP = 29,
  ALLOCS_ARCH_RETURN_COLUMN = 30,
  ALLOCS_ARCH_SP = 31,
  ALLOCS_ARCH_RA = 32,
  ALLOCS_ARCH_N_REGS
};
typedef uint64_t allocs_arch_set;
#define ALLOCS_ARCH_BIT(reg) ((allocs_arch_set)1 << (reg))

enum { ALLOCS_ARCH_N_KEPT = 6 }; /* of x19 to x29 these; the others would need longer rules */
static const unsigned char allocs_arch_kept[ALLOCS_ARCH_N_KEPT] = {ALLOCS_ARCH_FP, 19, 20, 21, 22, 23};
#define ALLOCS_ARCH_KEPT_SET (ALLOCS_ARCH_BIT(30) - ALLOCS_ARCH_BIT(19))

#define ALLOCS_ARCH_CAPTURED (ALLOCS_ARCH_KEPT_SET | ALLOCS_ARCH_BIT(ALLOCS_ARCH_SP) | ALLOCS_ARCH_BIT(ALLOCS_ARCH_RA))
#define ALLOCS_ARCH_CAPTURE(name)                                                                                      \
  __asm__(".text\n.balign 4\n.hidden " #name "\n.globl " #name "\n.type " #name ", %function\n" #name ":\n"            \
          ".cfi_startproc\n"                                                                                           \
          "stp x19, x20, [x0, #152]\nstp x21, x22, [x0, #168]\nstp x23, x24, [x0, #184]\nstp x25, x26, [x0, #200]\n"   \
          "stp x27, x28, [x0, #216]\nstr x29, [x0, #232]\nmov x1, sp\nstp x1, x30, [x0, #248]\nret\n"                  \
          ".cfi_endproc\n.size " #name ", . - " #name "\n");

/* The kernel's struct sigcontext begins 176 bytes into the ucontext_t, with the address of a fault. */
static const unsigned short allocs_arch_context_at[ALLOCS_ARCH_N_REGS] = {
    184, 192, 200, 208, 216, 224, 232, 240, 248, 256, 264, 272, 280, 288, 296, 304, 312,
    320, 328, 336, 344, 352, 360, 368, 376, 384, 392, 400, 408, 416, 424, 432, 440};

/* A client request, by instructions that do nothing elsewhere. */
static inline void allocs_arch_valgrind(uint64_t request, uint64_t argument) {
  const uint64_t all[6] = {request, argument};
  register uint64_t result __asm__("x3") = 0;
  register const uint64_t *from __asm__("x4") = all;
  __asm__ volatile("ror x12, x12, #3\nror x12, x12, #13\nror x12, x12, #51\nror x12, x12, #61\norr x10, x10, x10"
                   : "+r"(result)
                   : "r"(from)
                   : "cc", "memory");
}

/* Frames */

enum { ALLOCS_ARCH_UNWINDS = false, ALLOCS_ARCH_LINK = 16, ALLOCS_ARCH_RED_ZONE = 0 };

enum { ALLOCS_ARCH_CALL_MAX = 4 };
static inline bool allocs_arch_is_call(const unsigned char bytes[ALLOCS_ARCH_CALL_MAX]) {
  (void)bytes;
  return false;
}

enum { ALLOCS_ARCH_DIRECT_CALL = 4, ALLOCS_ARCH_STUB_MAX = 1 };
static inline bool allocs_arch_call_target(const unsigned char bytes[ALLOCS_ARCH_DIRECT_CALL], uintptr_t ra,
                                           uintptr_t *ret) {
  (void)bytes;
  *ret = ra;
  return false;
}

/* Threads: variant I. Below the thread pointer is glibc's struct pthread, above it the blocks of thread-locals, of
   which there is no bound. */

enum { ALLOCS_ARCH_STACK_ABOVE = 0, ALLOCS_ARCH_TLS = false, ALLOCS_ARCH_DTV = 0 };

#define ALLOCS_ARCH_RELOCATION_COPY R_AARCH64_COPY

#endif
