/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_OS_H
#define ALLOCS_OS_H

/* All that the runtime asks of kernel and libc, but for what the hooks stand for (doors/hook_*.c). None of these calls
   malloc, and all keep errno. */

#include "base.h"
#include "bytes/segments.h"

/* Zeroed private pages, reserved without commitment; NULL if the kernel refuses. */
void *allocs_os_map(size_t size);
void allocs_os_unmap(void *begin, size_t size);
/* These pages are zeroes again, and take no memory until they are written. */
void allocs_os_give_back(void *begin, size_t size);
/* Of these pages, which are zeroes, the kernel may do the same with any that nobody writes from now on; it does so with
   all of these that are left. */
void allocs_os_offer(void *begin, size_t size);
void allocs_os_give_offered(void *begin, size_t size);
/* Has these pages be zeroes in forked children; false if the kernel cannot. */
bool allocs_os_wipe_on_fork(void *begin, size_t size);
/* The calling thread's signals; returns those blocked before. */
uint64_t allocs_os_block_signals(void);
void allocs_os_unblock_signals(uint64_t before);
void allocs_os_pause(unsigned microseconds);
int allocs_os_process(void);
/* Whether there is no other thread, as far as the C library knows. */
bool allocs_os_has_one_thread(void);
int allocs_os_thread(void);
/* Whether this process has a thread of this number. */
bool allocs_os_is_thread(int id);
/* The calling thread's alternate signal stack; false if it has none. */
bool allocs_os_signal_stack(uintptr_t *begin, uintptr_t *end);
/* Its second stack, with -fsanitize=safe-stack; false if there is none. */
bool allocs_os_unsafe_stack(uintptr_t *begin, uintptr_t *end);
/* 0, or the error number of write() that it ended with. */
int allocs_os_write(int fd, const void *bytes, size_t n);

/* The memory sanitizer, where the program has it, does not see the runtime write: it is told what the program may read,
   and that what the program's functions are called with is known. */
void allocs_os_tell(const void *begin, size_t size);
void allocs_os_tell_arguments(void);

/* An open file that is to stay so if the program closes its descriptor `fd`: `copy` is another, closed on exec, out of
   the way of those a program counts on. allocs_os_kept() is the one of them that is still open on that file, or -1. */
struct allocs_os_kept {
  int fd, copy;
  uint64_t device, inode;
};
struct allocs_os_kept allocs_os_keep(int fd);
int allocs_os_kept(const struct allocs_os_kept *kept);

/* The value of an environment variable; NULL if unset or if the program runs set-user-id, or the like. */
const char *allocs_os_getenv(const char *name);
bool allocs_os_is_secure(void);

/* The loaded file that holds an address. */
struct allocs_os_image {
  const void *handle;   /* same handle: same loading of the same file, until it is unloaded */
  uintptr_t begin, end; /* of its mappings, with any holes */
  uintptr_t bias;       /* load address less link address */
  const void *phdrs;    /* Elf64_Phdr[] */
  size_t n_phdrs;
  const void *eh_frame_hdr; /* contents of PT_GNU_EH_FRAME, or NULL */
  const char *name;         /* path; "" for the executable; lives while loaded */
  /* Filled by allocs_os_each_image only: */
  size_t tls_module;     /* number of its thread-local variables' module; 0 if it has none */
  const void *tls_block; /* the calling thread's; NULL if there is none yet */
};
static inline struct allocs_segments allocs_os_segments(const struct allocs_os_image *image) {
  return allocs_segments_loaded(image->phdrs, image->n_phdrs, image->bias);
}
bool allocs_os_find_image(uintptr_t address, struct allocs_os_image *ret);
/* As allocs_os_find_image, but takes a few nanoseconds and fills only handle, begin, end, bias and name. */
bool allocs_os_find_loaded(uintptr_t address, struct allocs_os_image *ret);
/* Loaded files of which the program made pages unreadable, or took them away, are hidden: by all others of these
   functions they are not loaded. [begin, end), in *image, can be read no more; */
void allocs_os_hide(const struct allocs_os_image *image, uintptr_t begin, uintptr_t end);
/* so can this, of the files that are hidden already; what was there has gone for good; it can be read again. */
void allocs_os_hide_more(uintptr_t begin, uintptr_t end);
void allocs_os_hide_for_good(uintptr_t begin, uintptr_t end);
void allocs_os_show(uintptr_t begin, uintptr_t end);
bool allocs_os_is_hidden(uintptr_t address);
/* Those that have been unloaded are forgotten: `is_loaded` is this function. */
void allocs_os_forget_hidden(bool (*is_loaded)(uintptr_t begin, const void *handle));
bool allocs_os_is_loaded(uintptr_t begin, const void *handle);
/* The C library, as allocs_os_find_loaded tells it; false if it is part of the executable, or so old that its malloc
   may be made to take memory from the program. */
bool allocs_os_find_libc(struct allocs_os_image *ret);
/* The calling thread begins (1) or ends (-1) a dlclose(): what it asks about images meanwhile, in a signal handler,
   say, is answered with care. */
void allocs_os_closing(int change);
/* Whether allocs_os_each_image may list the images. Not in a signal handler that interrupts that or a dlclose(): it
   could wait for the loader's lock for ever. */
bool allocs_os_may_list(void);
/* Calls fn for each loaded image until it returns nonzero, and returns that; 0 if it may not. */
int allocs_os_each_image(int (*fn)(const struct allocs_os_image *, void *arg), void *arg);

/* The mapping that holds an address, as /proc/self/maps tells it. */
enum { ALLOCS_OS_READ = 1, ALLOCS_OS_WRITE = 2, ALLOCS_OS_EXEC = 4, ALLOCS_OS_SHARED = 8 };
struct allocs_os_mapping {
  uintptr_t begin, end;
  uint64_t offset;
  unsigned flags;
  bool is_file;   /* shared memory without a name, too */
  char name[256]; /* path, "[heap]", "[stack]", … or "" */
};
bool allocs_os_find_mapping(uintptr_t address, struct allocs_os_mapping *ret);
/* The first that ends after an address. */
bool allocs_os_next_mapping(uintptr_t address, struct allocs_os_mapping *ret);

/* Whether there is no hole in it; both are multiples of pages. */
bool allocs_os_is_mapped(uintptr_t begin, size_t size);
/* What brk() changes, and where it began; 0 if unknown. */
uintptr_t allocs_os_break(void);
uintptr_t allocs_os_initial_break(void);

/* A regular file, for reading, and its size; -1 if that cannot be. */
int allocs_os_open(const char *path, uint64_t *size);
void allocs_os_close(int fd);
/* False if there are not n bytes at this offset. */
bool allocs_os_read_file(int fd, uint64_t offset, void *ret, size_t n);

/* A file that root or the user owns and nobody else may write, mapped to be read; `mapped` bytes of memory are. */
struct allocs_os_file {
  const void *begin;
  uint64_t size;
  size_t mapped;
};
bool allocs_os_map_trusted_file(const char *path, struct allocs_os_file *ret);
/* Only the first `kept` bytes of the file, but so many bytes of memory, which behind these are zeroes; somewhere else.
   False, and all is as it was, if the kernel refuses. */
bool allocs_os_widen_file(struct allocs_os_file *file, size_t kept, size_t size);
void allocs_os_unmap_file(const struct allocs_os_file *file);

/* What a word that was read leads to, as it is read here: where it says, but for a reader of another process, which has
   copies. */
uintptr_t allocs_os_local(uintptr_t word);

/* Memory that may be gone, or never was, is read by these two, and by nothing else.

   Copies n bytes; false if any is unmapped or unreadable. Another thread may change them meanwhile. */
bool allocs_os_read(uintptr_t address, void *ret, size_t n);
/* Many small pieces of it, by a copy of what lies around the piece last read, which may be as old as the window:
   begin == end when it is new. The n bytes at `address` in that copy, of as much of [low, high) as it has room for;
   NULL if they are not all in there, or what the copy would be of cannot be read. */
struct allocs_os_window {
  uintptr_t begin, end;
  char bytes[256];
};
const char *allocs_os_read_window(struct allocs_os_window *window, uintptr_t address, size_t n, uintptr_t low,
                                  uintptr_t high);

/* Where the dynamic linker was loaded; 0 if there is none. */
uintptr_t allocs_os_loader(void);

/* Address of the auxiliary vector (Elf64_auxv_t[]) above the initial stack; 0 if unknown. */
uintptr_t allocs_os_auxv(void);

#endif
