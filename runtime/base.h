/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_BASE_H
#define ALLOCS_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALLOCS_LIKELY(x) __builtin_expect(!!(x), 1)
#define ALLOCS_UNLIKELY(x) __builtin_expect(!!(x), 0)
/* The least that the kernel maps, on any processor; where its pages are larger, they are so many of these. */
#define ALLOCS_PAGE 4096u

/* Level of self-checks: 0 none, 1 cheap, 2 whole-structure validators. */
#ifndef ALLOCS_CHECK
#define ALLOCS_CHECK 0
#endif
#if ALLOCS_CHECK >= 1
#define ALLOCS_ASSERT(c) ((c) ? (void)0 : __builtin_trap())
#else
#define ALLOCS_ASSERT(c) ((void)sizeof(!(c)))
#endif
/* For what takes as long as what it checks, or longer. */
#if ALLOCS_CHECK >= 2
#define ALLOCS_VALIDATE(c) ALLOCS_ASSERT(c)
#else
#define ALLOCS_VALIDATE(c) ((void)(0 && (c)))
#endif

static inline uintptr_t allocs_round_up(uintptr_t n, uintptr_t to) { return (n + to - 1) & ~(to - 1); }

static inline bool allocs_same_text(const char *a, const char *b) {
  while (*a && *a == *b)
    a++, b++;
  return *a == *b;
}

#endif
