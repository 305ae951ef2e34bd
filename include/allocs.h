/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_H
#define ALLOCS_H

/* What is this address? Queries about any address of the running process.

   Every query is total: it never aborts, never calls malloc, never changes errno, and may be called
   at any time from any thread: in a signal handler, before main, while other threads allocate.
   Unknown is an answer. An address one past the end of an object is not inside it.

   An answer tells what is so at the time of the call; the caller sees to it that the object asked
   about is not freed meanwhile. Types, allocators and site records live as long as the process. */

#include <allocs/uniqtype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h> /* as the ancestor's header did: programs that ask also allocate */

#ifdef __cplusplus
extern "C" {
#endif

enum alloc_status {
  ALLOC_OK = 0,
  ALLOC_UNKNOWN, /* nothing is known of this address: it is unmapped, or not one of a program */
  ALLOC_NO_SITE  /* the allocation is known, but not where in the source it was made */
};

/* A kind of memory. Its name is one of: static, __default_lib_malloc, stackframe, alloca, auxv,
   tls, stack, brk, mmap, static-file, static-segment, static-section. */
struct allocator {
  const char *name;
};

struct alloc_info {
  const struct allocator *allocator; /* of the leaf allocation */
  void *base;
  unsigned long size;          /* bytes; exact: for a heap block, what the program asked for */
  const struct uniqtype *type; /* of the whole allocation, precise: int[42]; NULL if unknown */
  const void *site;            /* code address that allocated it, or NULL */
};

/* Where in the source an allocation was made. All strings live as long as the process. */
struct alloc_site_info {
  const char *file;      /* as the compiler was given it, after any -ffile-prefix-map; or NULL */
  const char *function;  /* that holds the call or definition; or NULL */
  const char *callee;    /* what was called: "malloc"; NULL for a static or local */
  unsigned line, column; /* from 1; 0 if unknown */
  const char *rule;      /* how the type of a heap block was found: "size", "cast", …; see kinds.def */
  const void *code;      /* as alloc_info.site */
};

/* All of the above at once. Fills ret only if it answers ALLOC_OK. */
ALLOCS_API enum alloc_status alloc_get_info(const void *obj, struct alloc_info *ret);

/* The kind of memory of the leaf allocation that holds obj; NULL if unknown. */
ALLOCS_API const struct allocator *alloc_get_allocator(const void *obj);

/* Type of the whole leaf allocation: int[42] for malloc(42 * sizeof(int)). An allocation known but
   untyped is an array of __uninterpreted_byte. NULL if unknown. */
ALLOCS_API const struct uniqtype *alloc_get_type(const void *obj);

/* Type of the smallest subobject that holds obj: of the field, element or local. In padding, the
   composite that has it. Where several overlap (a union's arms, locals that share a slot), the type
   they agree on, else the smallest that holds them all. NULL if unknown. */
ALLOCS_API const struct uniqtype *alloc_get_innermost_type(const void *obj);

/* As alloc_get_innermost_type, skipping so many levels outwards: 0 the innermost, 1 what contains
   it. NULL if there are not so many. */
ALLOCS_API const struct uniqtype *alloc_get_inner_type(const void *obj, unsigned skip_at_bottom);

/* Type of the innermost subobject that holds obj and lies directly in a subobject of type
   `container`. NULL if there is none. */
ALLOCS_API const struct uniqtype *alloc_get_type_inside(const void *obj, const struct uniqtype *container);

/* First byte of the leaf allocation; NULL if unknown. */
ALLOCS_API void *alloc_get_base(const void *obj);

/* One past its last byte; NULL if unknown. */
ALLOCS_API void *alloc_get_limit(const void *obj);

/* Its size in bytes; 0 if unknown. */
ALLOCS_API unsigned long alloc_get_size(const void *obj);

/* A code address that allocated it: for a heap block or alloca, in the function that made the call;
   for a frame, where it stands; NULL for static data and if unknown. */
ALLOCS_API const void *alloc_get_site(const void *obj);

/* Where in the source. ALLOC_NO_SITE if the allocation is known but not its source. Fills ret only
   if it answers ALLOC_OK. */
ALLOCS_API enum alloc_status alloc_get_site_info(const void *obj, struct alloc_site_info *ret);

/* What the innermost thing is called, written to buf: a static's or local's name, a function's,
   argv, argv[1], or file:line of a heap block's site. Cut to len - 1 characters; returns buf, or
   NULL, with buf empty, if it has no name. */
ALLOCS_API const char *alloc_get_name(const void *obj, char *buf, size_t len);

/* All of it in one line, e.g.
     heap struct node[4] from list.c:42 in push(), +24: [1].next (struct node *)
   Cut to len - 1 characters; returns buf. Unknown addresses say so. */
ALLOCS_API const char *alloc_describe(const void *obj, char *buf, size_t len);

/* The type T of C as the queries give it; NULL where the plugin or the runtime is missing. */
#define alloc_typeof(T) __allocs_typeof(0, (__typeof__(T) *)0)
ALLOCS_API const struct uniqtype *__allocs_typeof(int unused, ...);

#ifdef __cplusplus
}
#endif
#endif
