/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TLS_H
#define ALLOCS_TLS_H

/* Thread-local variables of all threads. */

#include "allocs.h"
#include "base.h"

void allocs_tls_init(void);

/* The variable that holds an address, else the block of variables. */
bool allocs_tls_find(uintptr_t address, struct alloc_pos *ret);
/* The same of the asking thread and the executable, once allocs_tls_find was asked about any: needs no library. */
bool allocs_tls_find_own(uintptr_t address, struct alloc_pos *ret);

/* Whether code is the dynamic linker's, which allocates blocks of thread-local variables from the heap. */
struct allocs_tls_loader {
  uintptr_t begin, size; /* 0, 0 if there is none */
  bool has_closed;       /* atomic: a library with thread-local variables went */
};
/* A variable, since each query of a heap block compares its origin with it. */
extern struct allocs_tls_loader allocs_tls_loader __attribute__((visibility("hidden")));
static inline bool allocs_tls_is_loader(const void *code) {
  return (uintptr_t)code - allocs_tls_loader.begin < allocs_tls_loader.size;
}

/* Around dlclose(). */
void allocs_tls_closing(void);
void allocs_tls_closed(void);

#endif
