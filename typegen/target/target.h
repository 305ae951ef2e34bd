/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TARGET_H
#define ALLOCS_TARGET_H

/* A process that is looked at from outside, or a core file: its memory by address, and what is mapped where. Nothing of
   it runs for us, and nothing in it changes. */

#include "ground/diag.h"
#include "ground/machine.h"

enum { ALLOCS_TARGET_READ = 1, ALLOCS_TARGET_WRITE = 2, ALLOCS_TARGET_EXEC = 4, ALLOCS_TARGET_SHARED = 8 };
struct allocs_target_mapping {
  uint64_t begin, end, offset;
  unsigned flags;
  bool is_file;     /* shared memory without a name, too */
  const char *name; /* path, "[heap]", … or "" */
};

/* Of a thread that stands still: its registers, as ground/machine.h has them. */
struct allocs_target_thread {
  int id; /* as this system has it */
  uint64_t words[ALLOCS_MACHINE_WORDS];
};

struct allocs_target_range {
  uint64_t begin, end;
};

/* Bytes that are wanted, and whether they were had. */
struct allocs_piece {
  uint64_t address;
  void *to;
  size_t n;
  bool is_read;
};

struct allocs_target {
  struct allocs_diag diag;
  int process;                            /* its number; of a core, that which it had; 0 if unknown */
  struct allocs_target_mapping *mappings; /* in order of addresses; they do not overlap */
  size_t n_mappings, cap_mappings;
  struct allocs_target_thread *threads; /* those whose registers are known */
  size_t n_threads, cap_threads;
  uint64_t headers;                     /* where the executable's program headers are; 0 if unknown */
  uint64_t random;                      /* an address in the first stack; 0 if unknown */
  uint64_t heap, heap_end;              /* where the program break began, and is; 0 if unknown */
  struct allocs_target_range *resident; /* whole pages that are in memory, or in the core, in order; once asked for */
  size_t n_resident, cap_resident;
  uint64_t stopped;     /* nanoseconds for which it was; 0 if it never was */
  uint64_t tags;        /* bits of pointers in which the program has something else */
  unsigned not_stopped; /* threads that ran on though they were to be stopped */
  void (*read)(struct allocs_target *target, struct allocs_piece *pieces, size_t n);
  /* A file that it has, by the name that it has for it; -1 if there is none. NULL: the file that it is running. */
  int (*open_file)(const struct allocs_target *target, const char *path);
  /* Fills in `resident`, `also_swapped` with what is not in memory but was written out; false if that cannot be known,
     having said so. */
  bool (*find_resident)(struct allocs_target *target, bool also_swapped);
  void (*close)(struct allocs_target *target);
};

/* Reads as many as can be had. */
void allocs_target_read_pieces(struct allocs_target *target, struct allocs_piece *pieces, size_t n);
/* False if not all can be. */
bool allocs_target_read(struct allocs_target *target, uint64_t address, void *to, size_t n);
/* The first mapping that ends after an address; NULL if there is none. */
const struct allocs_target_mapping *allocs_target_mapping(const struct allocs_target *target, uint64_t address);
/* Adds one behind all others; false if it is not behind them. The name is copied. */
bool allocs_target_add_mapping(struct allocs_target *target, const struct allocs_target_mapping *mapping);
/* The registers of one more thread; false if they are too few. */
bool allocs_target_add_thread(struct allocs_target *target, int id, const void *words, size_t size);
/* The addresses of the program headers and in the first stack, from an auxiliary vector. */
void allocs_target_take_auxv(struct allocs_target *target, const void *auxv, size_t size);
void allocs_target_close(struct allocs_target *target);

#endif
