/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_H
#define ALLOCS_H

/* What is this address? Queries about any address of the running process.

   Every query is total: it never aborts, never calls malloc, never changes errno, and may be called
   at any time from any thread: in a signal handler, before main, while other threads allocate.
   It takes 4 KiB of stack at most, besides what the dynamic linker takes to bind a function at its
   first call. A handler may leave it by siglongjmp(): if it was reading in a library, the next dlclose()
   takes a second longer. Unknown is an answer. An address one past the end of an object is not inside it; a heap block
   of size 0 holds its own address alone.

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
  ALLOC_UNKNOWN,       /* nothing is known of this address: it is unmapped, or not one of a program */
  ALLOC_NO_SITE,       /* the allocation is known, but not where in the source it was made */
  ALLOC_NOT_SUPPORTED, /* its allocator cannot do that: free a local, say */
  ALLOC_NO_MEMORY,
  ALLOC_BAD_ARGUMENT /* not the first byte of an allocation, a size that does not fit, … */
};

/* A kind of memory; its members are in allocs/allocator.h. `name` is one of: static,
   __default_lib_malloc, stackframe, alloca, auxv, tls, tls-block, stack, brk, mmap, static-file,
   static-segment, static-section; or what a program calls an allocator of its own. */
struct allocator;

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
   untyped is an array of __uninterpreted_byte. A structure that ends in a flexible array is told as it
   is declared, however long that array: the allocation's size tells, and alloc_get_array. An object
   or array and something behind it are the members of a structure without name. NULL if unknown. */
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
   for a frame, where it stands; NULL for static data, if unknown, and once its library is closed. */
ALLOCS_API const void *alloc_get_site(const void *obj);

/* Where in the source; of a block that realloc() moved or resized, the place of that call. ALLOC_NO_SITE if the
   allocation is known but not its source. Fills ret only if it answers ALLOC_OK. */
ALLOCS_API enum alloc_status alloc_get_site_info(const void *obj, struct alloc_site_info *ret);

/* What the innermost thing is called, written to buf: a static's or local's name, a function's,
   argv, argv[1], or file:line of a heap block's site. Cut to len - 1 characters; returns buf, or
   NULL, with buf empty, if it has no name. */
ALLOCS_API const char *alloc_get_name(const void *obj, char *buf, size_t len);

/* All of it in one line, e.g.
     heap struct node[4] from list.c:42 in push(), +24: [1].next (struct node *)
   Cut to len - 1 characters; returns buf. Unknown addresses say so. */
ALLOCS_API const char *alloc_describe(const void *obj, char *buf, size_t len);

/* Whether an object of a type begins at obj: what a cast of obj to a pointer to that type takes for granted. The answer
   is of what the allocation's type says, as alloc_get_type and alloc_get_innermost_type tell it.

   ALLOC_YES: an object of this type begins there: the allocation, a member or element of it at any depth, a local; of a
   union each arm, since a type does not say which is in use; what ends in a flexible array, by its declared type,
   however long. T[n] is where n elements of T are left in one array, T[] where one is; a single T is a T[1]. A type
   incomplete where it is named, as `struct s` of which only pointers are used, is any of its tag. ALLOC_NO: none does,
   as something else is there, its middle, or its padding. `const` and typedef names make no other type, signedness and
   another struct of the same members do. No cast to `char *` or `void *` need be asked about. ALLOC_MAYBE: unknown.
   There is no type: of the address, of this allocation, of the bytes behind a header, between the locals of a frame;
   locals share a slot, and not all are of this type; obj is no address of the program, which NULL is not, or was freed;
   `type` is NULL, since the plugin or the runtime is missing.

   ALLOC_NO alone is 0: `if (!alloc_is_a(p, type))` is met by wrong casts only. */
enum alloc_verdict { ALLOC_NO = 0, ALLOC_YES = 1, ALLOC_MAYBE = 2 };
ALLOCS_API enum alloc_verdict alloc_is_a(const void *obj, const struct uniqtype *type);

/* The range of the innermost array that holds obj, and the element: what a bounds checker needs. An
   allocation of T[n] is an array; a single object is none, but an element of an array of structs
   that hold no array leads to that array. An array of arrays counts as its innermost. */
struct alloc_array {
  void *base;
  unsigned long count, element_size, index; /* obj lies in element `index` */
  const struct uniqtype *element;
};
/* ALLOC_UNKNOWN if obj lies in no array, or that is not known. */
ALLOCS_API enum alloc_status alloc_get_array(const void *obj, struct alloc_array *ret);

/* The mapping that holds an address, as the kernel has it, and the call that made it. */
struct alloc_mapping {
  void *base;
  unsigned long size;
  int protection;       /* PROT_ flags of <sys/mman.h>, as they are now at obj */
  int flags;            /* MAP_PRIVATE or MAP_SHARED */
  const char *file;     /* path, "[heap]", …, or NULL; lives as long as the process */
  unsigned long offset; /* in the file, of base */
  const char *call;     /* the function that made it: "mmap", "mremap", "shmat", …; NULL if not seen */
  const void *site;     /* code address of that call, or NULL */
};
ALLOCS_API enum alloc_status alloc_get_mapping(const void *obj, struct alloc_mapping *ret);

/* The tree of memory: the process; its mappings; in them files, stacks, heap blocks; in those segments,
   frames, …; in the leaf allocations subobjects, by type. */
enum alloc_level { ALLOC_LEVEL_ALLOCATION, ALLOC_LEVEL_SUBOBJECT };

/* A position in the tree. Texts live as long as the allocation; NULL where there is none. */
struct alloc_pos {
  const struct allocator *allocator; /* of a subobject: of the allocation that it is in */
  void *base;
  unsigned long size;
  const struct uniqtype *type; /* NULL if unknown */
  const void *site;
  const char *name;     /* variable, function, section, file, argv[1]; of a subobject, the member or local */
  const char *function; /* that holds it: of a static local, site, frame */
  const char *file;
  const char *callee, *rule, *alias; /* as alloc_site_info; typedef name its type was written with */
  unsigned line, column;
  unsigned long index; /* of a subobject: number of the member or element in what is one up */
  unsigned depth;      /* in a walk: 1 for the children of where it began; in a chain: 0 for the innermost */
  unsigned char level; /* enum alloc_level */
  unsigned char flags; /* ALLOC_POS_… */
};
enum { ALLOC_POS_LITERAL = 1 /* a string literal */ };

/* What encloses an address, innermost first: subobjects, the leaf allocation, the allocations that one
   lies in, the mapping last. Writes the first `cap` of them, and returns how many there are; 0 if the
   address is unknown. */
ALLOCS_API unsigned alloc_get_chain(const void *obj, struct alloc_pos *ret, unsigned cap);
/* The same up to the leaf allocation, which is the last: it asks for nothing beyond, so that it makes no call of the
   kernel where a query makes none, as for blocks of the heap, statics, locals and one's own thread-locals. Of what has
   no type, the last one's is an array of __uninterpreted_byte. */
ALLOCS_API unsigned alloc_get_leaf_chain(const void *obj, struct alloc_pos *ret, unsigned cap);
/* The leaf allocation alone. Fills ret only if it answers ALLOC_OK. */
ALLOCS_API enum alloc_status alloc_get_pos(const void *obj, struct alloc_pos *ret);

/* What a walk's function returns: go on; go on, but not into this; stop. */
enum { ALLOC_WALK_ON = 0, ALLOC_WALK_SKIP = 1, ALLOC_WALK_STOP = 2 };
typedef int alloc_walk_fn(const struct alloc_pos *pos, void *arg);

/* Which part of the tree, and how deep. Zero for all of it. */
struct alloc_walk_options {
  const void *begin, *end; /* only what overlaps [begin, end); end NULL: no limit */
  unsigned max_depth;      /* 0: no limit; 1: children only; 2: and theirs, … */
  int allocations_only;    /* no subobjects */
};

/* Calls fn for what lies in *from, NULL for the process, in ascending order of addresses, parents before
   their children. alloc_walk: the children only; alloc_walk_tree: depth first, as the options say (NULL:
   all). Returns ALLOC_WALK_STOP if fn did, else ALLOC_WALK_ON.

   Other threads may allocate and free meanwhile: what exists throughout is seen once, what does not may
   be seen. A dlclose() of theirs waits for fn, for a second at most, so that the texts it is shown stay.
   fn may ask queries and walk, too, and must return. May be used in a signal handler, with 16 KiB of stack besides
   what fn takes. */
ALLOCS_API int alloc_walk(const struct alloc_pos *from, alloc_walk_fn *fn, void *arg);
ALLOCS_API int alloc_walk_tree(const struct alloc_pos *from, const struct alloc_walk_options *options,
                               alloc_walk_fn *fn, void *arg);

/* A pointer in an object, or bytes in which there may be any. */
struct alloc_pointer {
  void *at;                    /* where it is; in a packed struct perhaps not aligned */
  unsigned long size;          /* bytes that it takes */
  const struct uniqtype *type; /* its own: struct node *; NULL: these bytes have no type, any word may be a pointer */
  const struct alloc_pos *in;  /* what is walked */
  /* The way to it, which stays as long as the function that is shown it runs: path[0] is the whole, the last the
     pointer or bytes; the offsets are from the whole's base. */
  const struct uniqtype_subobject *path;
  unsigned n_path;
  unsigned flags; /* ALLOC_POINTER_… */
};
/* It is in an arm of a union of several, or in a local that shares its place with others: by its type alone it is not
   known whether it is what is there now. */
enum { ALLOC_POINTER_SHARED = 1 };
typedef int alloc_pointer_fn(const struct alloc_pointer *pointer, void *arg);

/* Shows fn each pointer in an object, by its type: in structs, arrays, flexible tails, in each arm of a union, in each
   known local of a frame. *in is an allocation or subobject, as alloc_get_pos, alloc_get_leaf_chain, alloc_walk and
   alloc_walk_roots give it; one without a type is shown as bytes, as a whole. In the order of members and elements.
   Integers are no pointers, whatever the program keeps in them. What an arena of a program holds is not part of it.

   Nothing is read but types, so that the object may be gone; what fn reads of it is its own affair. fn may ask and
   walk, too; ALLOC_WALK_STOP ends the walk, which returns that, else ALLOC_WALK_ON. Mallocs nothing; may be used in a
   signal handler with 8 KiB of stack besides what fn takes. What is nested 32 deep is shown as bytes. */
ALLOCS_API int alloc_walk_pointers(const struct alloc_pos *in, alloc_pointer_fn *fn, void *arg);
/* The way to it in text, from the whole: "[1].head.next"; "" if it is the whole. Cut to len - 1 characters; returns
   buf. */
ALLOCS_API const char *alloc_pointer_path(const struct alloc_pointer *pointer, char *buf, size_t len);

/* Where pointers may lie that keep alive what they point to, though nothing points to them: what a collector or a
   finder of leaks begins with. */
enum alloc_root_kind {
  /* Of each loaded file what was loaded writable: the variables, with their types as far as these are known; and what
     lies between. */
  ALLOC_ROOT_STATIC = 1,
  /* The same of each thread's thread-local variables; what the C library keeps of the thread, as
     pthread_setspecific() gave it; and the argument of a thread that has not begun. */
  ALLOC_ROOT_THREAD_LOCAL = 2,
  /* Frames and blocks of alloca() and variable-length arrays of threads that stand still: locals by type, but only
     those that a pointer can reach. */
  ALLOC_ROOT_FRAME = 4,
  /* The same stacks as words, from where the thread stands: all locals are in there, what is left of dead ones, too,
     and at its upper end thread-local variables. The stacks of threads that run, whole. */
  ALLOC_ROOT_STACK = 8,
  /* Of threads that stand still, in a copy that stays until fn returns. */
  ALLOC_ROOT_REGISTERS = 16,
  ALLOC_ROOT_ALL = 31
};
struct alloc_root {
  struct alloc_pos pos; /* its type is NULL where any word may be a pointer; allocator is NULL for registers */
  enum alloc_root_kind kind;
  int thread;     /* as gettid() has it; 0 for statics, and thread-local variables */
  unsigned flags; /* ALLOC_ROOT_… */
};
/* The thread runs: what is read of its stack changes meanwhile, and may be gone when it ends. */
enum { ALLOC_ROOT_RUNS = 1 };
typedef int alloc_root_fn(const struct alloc_root *root, void *arg);

/* Shows fn the roots of these kinds, ALLOC_ROOT_STATIC | … . Together the kinds hold all there is, some of it twice:
   for what is to be found by types only, without ALLOC_ROOT_STACK and ALLOC_ROOT_REGISTERS; for all that any word may
   point to, without ALLOC_ROOT_FRAME. alloc_walk_pointers takes root->pos. What the program mapped itself, and heap
   blocks, are no roots.

   Threads that stand still are the asking one, at this call, and those between alloc_thread_stop() and
   alloc_thread_go(). Thread-local variables of others last as long as these threads. A thread that the runtime was not
   told of, made by a call of the kernel, is not shown. Returns as alloc_walk does, and may be used as that may; a
   dlclose() waits for fn as there. */
ALLOCS_API int alloc_walk_roots(unsigned kinds, alloc_root_fn *fn, void *arg);

/* Writes what is live in the heap now to a descriptor, by type and site: the text that ALLOCS_OPTIONS=census=1 prints
   at exit, _exit or exec, line by line. Blocks that other threads allocate or free meanwhile may be in it or not; all
   others are, once. Returns 0; or the error number by which write() ended, after which no more is written; or ENOMEM:
   then the sums are right, lines are missing, and the last one says so. As often as one likes, in a signal handler,
   too, with 16 KiB of stack: mallocs nothing, but takes pages from the kernel and gives them back. Signals may come of
   it as of any write(). */
ALLOCS_API int alloc_census(int fd);

/* Operations on the allocation that obj is the first byte of, done by its allocator: free() for a heap
   block, munmap() for a mapping. They do what the program itself could do by such a call, and may be used
   where that may be. ALLOC_NOT_SUPPORTED, and nothing done, where there is no such operation;
   ALLOC_BAD_ARGUMENT where obj is not the first byte. */
ALLOCS_API enum alloc_status alloc_free(void *obj);
/* To `size` bytes, without moving it; a mapping, to whole pages. ALLOC_NO_MEMORY if there is no room. */
ALLOCS_API enum alloc_status alloc_resize_in_place(void *obj, unsigned long size);
/* A new allocation from *allocator, of `size` bytes at this alignment, whose type is `type` or unknown;
   `like` tells where, for allocators of which there are many: any address in an arena of it, or NULL. NULL
   if that cannot be had. A mapping is whole pages, and has the type only if that fills them. */
ALLOCS_API void *alloc_allocate(const struct allocator *allocator, void *like, unsigned long size,
                                unsigned long alignment, const struct uniqtype *type);
ALLOCS_API void *alloc_allocate_zero(const struct allocator *allocator, void *like, unsigned long size,
                                     unsigned long alignment, const struct uniqtype *type);
/* Moves the contents to a new allocation from *to, with the same type, frees the old one, and stores where
   it is now in *ret. What points into the old one is the program's to mend. */
ALLOCS_API enum alloc_status alloc_migrate(void *obj, const struct allocator *to, void *like, void **ret);
/* From now on queries tell this type of the allocation that holds obj: a heap block, alloca() block, mapping, or one of
   a program's allocator; NULL: unknown. The type's size must be the allocation's; an unbounded array stands for as many
   elements as fill it, and a structure that ends in one goes on to the end. What realloc() makes of the block keeps it,
   unless that call names a type. */
ALLOCS_API enum alloc_status alloc_set_type(void *obj, const struct uniqtype *type);
/* The same for an allocation that is used as several types in turn: it becomes a union, without a name, of what it was
   and this type; what nothing was known of becomes this type. At most 16 types. */
ALLOCS_API enum alloc_status alloc_add_type(void *obj, const struct uniqtype *type);

/* Frames of other threads. Only the thread itself knows where its frames are, and only while it stands still do they
   stay so; hence a thread has to say so itself, for example in the handler of the signal by which a collector stops the
   world. From alloc_thread_stop() to alloc_thread_go(), on the same thread, queries and walks of all threads answer for
   its frames. `context` is the third argument of a signal handler, for what the signal interrupted and all that called
   it; NULL for the function that calls alloc_thread_stop() and all that called it. That function must call
   alloc_thread_go() before it returns, or end in a longjmp. Pairs may nest. May be used in a signal handler.

   ALLOC_UNKNOWN if its stack is not known, ALLOC_NO_MEMORY: then there is nothing for alloc_thread_go() to end. */
ALLOCS_API enum alloc_status alloc_thread_stop(const void *context);
ALLOCS_API void alloc_thread_go(void);

/* The type T of C as the queries give it; NULL where the plugin or the runtime is missing. */
#define alloc_typeof(T) __allocs_typeof(0, (__typeof__(T) *)0)
ALLOCS_API const struct uniqtype *__allocs_typeof(int unused, ...);

#ifdef __cplusplus
}
#endif

#include <allocs/allocator.h>

#endif
