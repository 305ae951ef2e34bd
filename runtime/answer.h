/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ANSWER_H
#define ALLOCS_ANSWER_H

/* What a witness knows of the leaf allocation that holds an address. */

#include "allocs.h"
#include "base.h"

struct allocs_answer {
  const struct allocator *allocator;
  uintptr_t base;
  uint64_t size;
  const struct uniqtype *type; /* NULL if unknown */
  const void *site;            /* code address, or NULL */
  const char *name;            /* of the allocation: variable, function, argv; or NULL */
  const char *function;        /* that holds it (static local, site, frame); or NULL */
  const char *file;
  const char *callee; /* heap: what was called */
  const char *rule;   /* heap: name of the rule */
  const char *alias;  /* typedef name its type was written with */
  unsigned line, column;
  bool is_literal; /* a string literal */
};

/* One object per kind of memory; the names are those of allocs.h. */
extern const struct allocator allocs_kind_static, allocs_kind_heap, allocs_kind_stackframe, allocs_kind_alloca,
    allocs_kind_auxv, allocs_kind_stack, allocs_kind_brk, allocs_kind_mmap, allocs_kind_static_file;

/* The witnesses. Each answers true and fills *ret (zeroed by the caller) if the address is in a leaf allocation of its
   kind. heap.c, statics.c, stack.c, auxv.c, mapping.c. */
bool allocs_heap_find(uintptr_t address, struct allocs_answer *ret);
bool allocs_statics_find(uintptr_t address, struct allocs_answer *ret);
bool allocs_stack_find(uintptr_t address, struct allocs_answer *ret); /* frames, locals, alloca of the asking thread */
bool allocs_auxv_find(uintptr_t address, struct allocs_answer *ret);
bool allocs_mapping_find(uintptr_t address, struct allocs_answer *ret); /* the parent of all: what mapping */

#endif
