/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ARCH_X86_64_H
#define ALLOCS_ARCH_X86_64_H

/* x86-64, System V ABI, Linux, glibc. What each name means is said in arch.h. */

#include "base.h"

#include <emmintrin.h>
#include <string.h>

#define ALLOCS_ARCH_ADDRESS_BITS 47 /* four levels of page tables; a program gets more only by asking for it */

static inline uintptr_t allocs_arch_thread_pointer(void) { return (uintptr_t)__builtin_thread_pointer(); }

static inline void allocs_arch_pause(void) { __builtin_ia32_pause(); }

static inline long allocs_arch_kernel(long call, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
  long result = call;
  __asm__ volatile("syscall"
                   : "+a"(result)
                   : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

/* Packing keeps the sign of each word. */
__attribute__((no_sanitize("thread"))) static inline unsigned allocs_arch_starts(const uint32_t *at) {
  typedef long long four_words __attribute__((vector_size(16), aligned(4), may_alias));
  const volatile four_words *words = (const volatile four_words *)(const void *)at;
  __m128i low = _mm_packs_epi32((__m128i)words[0], (__m128i)words[1]);
  __m128i high = _mm_packs_epi32((__m128i)words[2], (__m128i)words[3]);
  return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high));
}

/* The four bytes that end at `end` are lea's displacement, or the immediate of a mov to a register. */
static inline bool allocs_arch_names(const unsigned char *begin, const unsigned char *end, uintptr_t address) {
  int32_t value;
  memcpy(&value, end - 4, sizeof value);
  if ((uintptr_t)end + (uintptr_t)(intptr_t)value == address)
    return end - begin >= 6 && end[-6] == 0x8d && (end[-5] & 0xc7) == 0x05;
  return (uintptr_t)(uint32_t)value == address && end - begin >= 5 && (end[-5] & 0xf8) == 0xb8;
}

/* C */

#define ALLOCS_ARCH_CHAR ALLOCS_ENC_SIGNED_CHAR
#define ALLOCS_ARCH_SIGNED_CHAR "char"
#define ALLOCS_ARCH_FLOAT_128 "__float128"

/* Registers */

enum {
  ALLOCS_ARCH_RBX = 3,
  ALLOCS_ARCH_FP = 6,
  ALLOCS_ARCH_SP = 7,
  ALLOCS_ARCH_R12 = 12,
  ALLOCS_ARCH_R13,
  ALLOCS_ARCH_R14,
  ALLOCS_ARCH_R15,
  ALLOCS_ARCH_RA,
  ALLOCS_ARCH_N_REGS,
  ALLOCS_ARCH_RETURN_COLUMN = ALLOCS_ARCH_RA
};
typedef uint32_t allocs_arch_set;
#define ALLOCS_ARCH_BIT(reg) (1u << (reg))

enum { ALLOCS_ARCH_N_KEPT = 6 };
static const unsigned char allocs_arch_kept[ALLOCS_ARCH_N_KEPT] = {ALLOCS_ARCH_FP,  ALLOCS_ARCH_RBX, ALLOCS_ARCH_R12,
                                                                   ALLOCS_ARCH_R13, ALLOCS_ARCH_R14, ALLOCS_ARCH_R15};
#define ALLOCS_ARCH_KEPT_SET                                                                                           \
  (1u << ALLOCS_ARCH_RBX | 1u << ALLOCS_ARCH_FP | 1u << ALLOCS_ARCH_R12 | 1u << ALLOCS_ARCH_R13 |                      \
   1u << ALLOCS_ARCH_R14 | 1u << ALLOCS_ARCH_R15)

/* As they are in the caller after the call. */
#define ALLOCS_ARCH_CAPTURED (ALLOCS_ARCH_KEPT_SET | 1u << ALLOCS_ARCH_SP | 1u << ALLOCS_ARCH_RA)
#define ALLOCS_ARCH_STORE(reg, n) "mov %" reg ", 8*" #n "(%rdi)\n"
#define ALLOCS_ARCH_CAPTURE(name)                                                                                      \
  __attribute__((naked, noinline)) void name(__attribute__((unused)) uintptr_t *regs) {                                \
    __asm__(ALLOCS_ARCH_STORE("rbx", 3) ALLOCS_ARCH_STORE("rbp", 6) ALLOCS_ARCH_STORE("r12", 12)                       \
                ALLOCS_ARCH_STORE("r13", 13) ALLOCS_ARCH_STORE("r14", 14)                                              \
                    ALLOCS_ARCH_STORE("r15", 15) "mov (%rsp), %rax\n" ALLOCS_ARCH_STORE(                               \
                        "rax", 16) "lea 8(%rsp), %rax\n" ALLOCS_ARCH_STORE("rax", 7) "ret");                           \
  }

/* The kernel's struct sigcontext begins 40 bytes into the ucontext_t: r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx,
   rsp, rip. */
static const unsigned short allocs_arch_context_at[ALLOCS_ARCH_N_REGS] = {144, 136, 152, 128, 112, 104, 120, 160, 40,
                                                                          48,  56,  64,  72,  80,  88,  96,  168};

/* A client request, by instructions that do nothing elsewhere. */
static inline void allocs_arch_valgrind(uint64_t request, uint64_t argument) {
  const uint64_t all[6] = {request, argument};
  uint64_t result = 0;
  __asm__ volatile("rol $3, %%rdi\nrol $13, %%rdi\nrol $61, %%rdi\nrol $51, %%rdi\nxchg %%rbx, %%rbx"
                   : "+d"(result)
                   : "a"(all)
                   : "cc", "memory");
}

/* Frames */

enum { ALLOCS_ARCH_UNWINDS = true, ALLOCS_ARCH_LINK = 16, ALLOCS_ARCH_RED_ZONE = 128 };

/* The bytes that end at a return address: e8 with 4 bytes, or ff /2 in its lengths of 2 to 7. */
enum { ALLOCS_ARCH_CALL_MAX = 7 };
static inline bool allocs_arch_is_call(const unsigned char bytes[ALLOCS_ARCH_CALL_MAX]) {
  if (bytes[2] == 0xe8)
    return true;
  for (unsigned length = 2; length <= 7; length++)
    if (length != 5 && bytes[7 - length] == 0xff && (bytes[8 - length] & 0x38) == 0x10)
      return true;
  return false;
}

/* False if it is no direct call. A linkage stub, which it may lead to, has 16 bytes, and leaves the stack as it is. */
enum { ALLOCS_ARCH_DIRECT_CALL = 5, ALLOCS_ARCH_STUB_MAX = 16 };
static inline bool allocs_arch_call_target(const unsigned char bytes[ALLOCS_ARCH_DIRECT_CALL], uintptr_t ra,
                                           uintptr_t *ret) {
  int32_t distance;
  memcpy(&distance, bytes + 1, sizeof distance);
  *ret = ra + (uintptr_t)distance;
  return bytes[0] == 0xe8;
}

/* Threads: variant II. The thread pointer leads to glibc's struct pthread, of 2200 bytes at least, which begins with
   its own address and that of the vector. */

enum { ALLOCS_ARCH_STACK_ABOVE = 2200, ALLOCS_ARCH_TLS = true, ALLOCS_ARCH_DTV = 8 };

#define ALLOCS_ARCH_RELOCATION_COPY R_X86_64_COPY

#endif
