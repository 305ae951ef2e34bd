/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* All contact with kernel and libc, but for mappings (os_maps.c), files (os_files.c) and what the hooks stand for.

   Kernel calls are made directly, so that they work before libc is up and leave errno alone. Of libc it uses
   _dl_find_object (lock-free; glibc 2.35), dl_iterate_phdr, getauxval and environ. Nothing is kept between calls: no
   descriptor that a program could close or a fork would make refer to the parent, but what allocs_os_keep() is asked
   to. */

#define _GNU_SOURCE
#include "os/os.h"
#include "os/os_kernel.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

extern char **environ __attribute__((weak));
extern __typeof__(_dl_find_object) _dl_find_object __attribute__((weak));
extern char __libc_single_threaded __attribute__((weak)); /* glibc 2.32 */

/* Memory and output */

enum { HUGE_PAGE = 1 << 21 };

void *allocs_os_map(size_t size) {
  long begin =
      kernel(SYS_mmap, 0, (long)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (begin < 0 && begin > -4096)
    return NULL;
  if (size >= HUGE_PAGE) /* little of it will be touched, and far apart */
    kernel3(SYS_madvise, begin, (long)size, MADV_NOHUGEPAGE);
  return (void *)begin;
}

void allocs_os_unmap(void *begin, size_t size) { kernel3(SYS_munmap, (long)begin, (long)size, 0); }

void allocs_os_give_back(void *begin, size_t size) { kernel3(SYS_madvise, (long)begin, (long)size, MADV_DONTNEED); }

void allocs_os_offer(void *begin, size_t size) { kernel3(SYS_madvise, (long)begin, (long)size, MADV_FREE); }

void allocs_os_give_offered(void *begin, size_t size) { kernel3(SYS_madvise, (long)begin, (long)size, MADV_PAGEOUT); }

bool allocs_os_wipe_on_fork(void *begin, size_t size) {
  return kernel3(SYS_madvise, (long)begin, (long)size, MADV_WIPEONFORK) == 0;
}

void allocs_os_pause(unsigned microseconds) {
  struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
  kernel3(SYS_nanosleep, (long)&time, 0, 0);
}

uint64_t allocs_os_block_signals(void) {
  uint64_t all = UINT64_MAX, before = 0;
  kernel(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&before, sizeof all, 0, 0);
  return before;
}

void allocs_os_unblock_signals(uint64_t before) {
  kernel(SYS_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, sizeof before, 0, 0);
}

int allocs_os_process(void) { return (int)kernel3(SYS_getpid, 0, 0, 0); }

/* glibc clears it before the first thread is made; where it is not there, there may be several. */
bool allocs_os_has_one_thread(void) { return &__libc_single_threaded && __libc_single_threaded; }

int allocs_os_thread(void) { return (int)kernel3(SYS_gettid, 0, 0, 0); }

/* Signal 0 is sent to nobody, and refused where there is no such thread. */
bool allocs_os_is_thread(int id) { return !kernel3(SYS_tgkill, allocs_os_process(), id, 0); }

bool allocs_os_signal_stack(uintptr_t *begin, uintptr_t *end) {
  stack_t stack;
  if (kernel3(SYS_sigaltstack, 0, (long)&stack, 0) || stack.ss_flags & SS_DISABLE)
    return false;
  *begin = (uintptr_t)stack.ss_sp;
  *end = *begin + stack.ss_size;
  return true;
}

int allocs_os_write(int fd, const void *bytes, size_t n) {
  const char *at = bytes;
  while (n) {
    long done = kernel3(SYS_write, fd, (long)at, (long)n);
    if (done == -EINTR)
      continue;
    if (done <= 0)
      return done ? (int)-done : EIO;
    at += done;
    n -= (size_t)done;
  }
  return 0;
}

/* The copy is far above the numbers that programs expect their next files to have. */
struct allocs_os_kept allocs_os_keep(int fd) {
  enum { ABOVE_MOST = 200 };
  struct stat file;
  if (kernel3(SYS_fstat, fd, (long)&file, 0))
    return (struct allocs_os_kept){.fd = -1, .copy = -1};
  int copy = (int)kernel3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, ABOVE_MOST);
  return (struct allocs_os_kept){.fd = fd, .copy = copy, .device = file.st_dev, .inode = file.st_ino};
}

/* A program may have closed the number and opened something else under it. */
static bool is_open_on(int fd, const struct allocs_os_kept *kept) {
  struct stat file;
  return fd >= 0 && !kernel3(SYS_fstat, fd, (long)&file, 0) && file.st_dev == kept->device &&
         file.st_ino == kept->inode;
}

int allocs_os_kept(const struct allocs_os_kept *kept) {
  if (is_open_on(kept->copy, kept))
    return kept->copy;
  return is_open_on(kept->fd, kept) ? kept->fd : -1;
}

/* A write(2) from an unreadable address fails without a signal: for where process_vm_readv is forbidden. */
static bool read_through_pipe(uintptr_t address, char *ret, size_t n) {
  int ends[2];
  bool ok = true;
  if (kernel3(SYS_pipe2, (long)ends, O_CLOEXEC, 0) < 0)
    return false;
  while (ok && n) {
    size_t part = ALLOCS_PAGE - address % ALLOCS_PAGE;
    if (part > n)
      part = n;
    ok = kernel3(SYS_write, ends[1], (long)address, (long)part) == (long)part &&
         kernel_read(ends[0], ret, part) == (long)part;
    address += part;
    ret += part;
    n -= part;
  }
  kernel_close(ends[0]);
  kernel_close(ends[1]);
  return ok;
}

bool allocs_os_read(uintptr_t address, void *ret, size_t n) {
  struct iovec to = {ret, n}, from = {(void *)address, n};
  if (address + n < address)
    return false;
  /* Through the kernel, for what is not there is an error then, and no signal. */
  long pid = kernel3(SYS_getpid, 0, 0, 0);
  long got = kernel(SYS_process_vm_readv, pid, (long)&to, 1, (long)&from, 1, 0);
  if (got == -EPERM || got == -ENOSYS)
    return read_through_pipe(address, ret, n);
  return got == (long)n;
}

const char *allocs_os_read_window(struct allocs_os_window *window, uintptr_t address, size_t n, uintptr_t low,
                                  uintptr_t high) {
  enum { BELOW = 64 }; /* who goes up looks a little below where he is */
  if (address < low || address >= high || high - address < n)
    return NULL;
  if (address < window->begin || address >= window->end || window->end - address < n) {
    uintptr_t begin = address - low > BELOW ? address - BELOW : low, size = high - begin;
    if (size > sizeof window->bytes)
      size = sizeof window->bytes;
    window->begin = window->end = begin;
    if (!allocs_os_read(begin, window->bytes, size))
      return NULL;
    window->end = begin + size;
  }
  return window->end - address < n ? NULL : window->bytes + (address - window->begin);
}

/* The initial stack: argument pointers, NULL, environment pointers, NULL, auxiliary vector, padding, the 16 random
   bytes that its AT_RANDOM entry points at. The kernel puts nothing else between, so the vector is found by looking for
   that entry below the bytes. */

enum { AUXV_REACH = 2048, AUXV_TYPES = 128 };

uintptr_t allocs_os_auxv(void) {
  uint64_t words[AUXV_REACH / 8];
  int saved = errno;
  uintptr_t random = getauxval(AT_RANDOM), begin = (random & ~(uintptr_t)7) - AUXV_REACH;
  errno = saved;
  size_t reach = AUXV_REACH;
  /* A short stack may begin less than that below, but no less than its page does. */
  if (random < AUXV_REACH)
    return 0;
  if (!allocs_os_read(begin, words, reach)) {
    begin = random & ~(uintptr_t)(ALLOCS_PAGE - 1);
    reach = (random & ~(uintptr_t)7) - begin;
    if (reach > AUXV_REACH || !allocs_os_read(begin, words, reach))
      return 0;
  }
  for (size_t i = reach / 8; i >= 2; i--)
    if (words[i - 2] == AT_RANDOM && words[i - 1] == random) {
      size_t first = i - 2;
      while (first >= 2 && words[first - 2] > 0 && words[first - 2] < AUXV_TYPES)
        first -= 2;
      return begin + first * 8;
    }
  return 0;
}

static const Elf64_auxv_t *auxv_entry(uint64_t type) {
  const Elf64_auxv_t *entry = (const Elf64_auxv_t *)allocs_os_auxv();
  while (entry && entry->a_type != type)
    entry = entry->a_type == AT_NULL ? NULL : entry + 1;
  return entry;
}

uintptr_t allocs_os_loader(void) {
  const Elf64_auxv_t *entry = auxv_entry(AT_BASE);
  return entry ? entry->a_un.a_val : 0;
}

/* The environment as the kernel gave it, for when libc has not set environ yet. */
static char **initial_environ(void) {
  char **end = (char **)allocs_os_auxv();
  if (!end)
    return NULL;
  for (end--; end[-1]; end--)
    ;
  return end;
}

/* Who may not choose for a set-user-id program may not choose our options, either. */
bool allocs_os_is_secure(void) {
  const Elf64_auxv_t *secure = auxv_entry(AT_SECURE);
  return !secure || secure->a_un.a_val;
}

const char *allocs_os_getenv(const char *name) {
  char **at = &environ && environ ? environ : initial_environ();
  if (!at || allocs_os_is_secure())
    return NULL;
  for (; *at; at++) {
    size_t n = 0;
    while (name[n] && (*at)[n] == name[n])
      n++;
    if (!name[n] && (*at)[n] == '=')
      return *at + n + 1;
  }
  return NULL;
}

/* Images */

/* Whether this thread may be about to take or release the loader's lock: then a signal handler of it must not. */
static _Thread_local int closing_here, locking_here;

bool allocs_os_may_list(void) { return !closing_here && !locking_here; }

void allocs_os_closing(int change) { closing_here += change; }

/* What the loader knows may be unmapped already where a signal interrupts this thread's dlclose(). */
static bool is_there(const void *begin, size_t size) {
  char byte;
  uintptr_t first = (uintptr_t)begin;
  return ALLOCS_LIKELY(!closing_here) ||
         (size && allocs_os_read(first, &byte, 1) && allocs_os_read(first + size - 1, &byte, 1));
}

static void image_fill_phdrs(struct allocs_os_image *image, const Elf64_Phdr *phdrs, size_t n) {
  image->phdrs = phdrs;
  image->n_phdrs = n;
  image->eh_frame_hdr = NULL;
  for (size_t i = 0; i < n; i++)
    if (phdrs[i].p_type == PT_GNU_EH_FRAME)
      image->eh_frame_hdr = (const void *)(image->bias + phdrs[i].p_vaddr);
}

/* The program headers are behind the ELF header, which is where the file is mapped from, if it was mapped at all. */
static bool image_find_phdrs(struct allocs_os_image *image) {
  Elf64_Ehdr header;
  Elf64_Phdr last;
  if (!allocs_os_read(image->begin, &header, sizeof header) || memcmp(header.e_ident, ELFMAG, SELFMAG) ||
      header.e_phentsize != sizeof last || !header.e_phnum || header.e_phnum > ALLOCS_PAGE / sizeof last ||
      header.e_phoff > ALLOCS_PAGE || header.e_phoff % 8)
    return false;
  const Elf64_Phdr *phdrs = (const Elf64_Phdr *)(image->begin + header.e_phoff);
  if ((uintptr_t)(phdrs + header.e_phnum) > image->end ||
      !allocs_os_read((uintptr_t)(phdrs + header.e_phnum - 1), &last, sizeof last))
    return false;
  image_fill_phdrs(image, phdrs, header.e_phnum);
  return true;
}

/* From the page that the first segment begins in to the end of the last; empty if there is none. */
static void image_find_span(struct allocs_os_image *image, const Elf64_Phdr *phdrs, size_t n) {
  image->begin = UINTPTR_MAX;
  image->end = 0;
  for (size_t i = 0; i < n; i++) {
    uintptr_t begin = image->bias + phdrs[i].p_vaddr, page = begin & ~(uintptr_t)(ALLOCS_PAGE - 1);
    if (phdrs[i].p_type != PT_LOAD)
      continue;
    if (image->begin > page)
      image->begin = page;
    if (image->end < begin + phdrs[i].p_memsz)
      image->end = begin + phdrs[i].p_memsz;
  }
}

/* In a program without a loader, or with holes between its segments, _dl_find_object() tells of the segment alone that
   holds the address. */
static void widen_executable(struct allocs_os_image *image) {
  const Elf64_Phdr *phdrs = (const void *)getauxval(AT_PHDR);
  if (!image->name[0] && phdrs)
    image_find_span(image, phdrs, getauxval(AT_PHNUM));
}

static bool image_from_loader(uintptr_t address, struct allocs_os_image *ret) {
  struct dl_find_object found;
  if (!_dl_find_object || _dl_find_object((void *)address, &found) || allocs_os_is_hidden(address))
    return false;
  ret->handle = found.dlfo_link_map;
  ret->begin = (uintptr_t)found.dlfo_map_start;
  ret->end = (uintptr_t)found.dlfo_map_end;
  ret->bias = found.dlfo_link_map->l_addr;
  ret->name = found.dlfo_link_map->l_name ? found.dlfo_link_map->l_name : "";
  widen_executable(ret);
  return address >= ret->begin && address < ret->end && is_there((const void *)ret->begin, ALLOCS_PAGE);
}

struct each {
  int (*fn)(const struct allocs_os_image *, void *arg);
  void *arg;
};

static int each_phdr(struct dl_phdr_info *info, size_t size, void *arg) {
  (void)size;
  const struct each *each = arg;
  struct allocs_os_image image = {.handle = info->dlpi_phdr, .bias = info->dlpi_addr};
  struct dl_find_object found;
  if (allocs_os_is_hidden((uintptr_t)info->dlpi_phdr) ||
      !is_there(info->dlpi_phdr, info->dlpi_phnum * sizeof(Elf64_Phdr)))
    return 0;
  image_find_span(&image, info->dlpi_phdr, info->dlpi_phnum);
  if (image.begin >= image.end)
    return 0;
  image.name = info->dlpi_name ? info->dlpi_name : "";
  image.tls_module = info->dlpi_tls_modid;
  image.tls_block = info->dlpi_tls_data;
  image_fill_phdrs(&image, info->dlpi_phdr, info->dlpi_phnum);
  /* The same handle by both ways: an image is known again by it. */
  if (_dl_find_object && !_dl_find_object((void *)image.begin, &found))
    image.handle = found.dlfo_link_map;
  locking_here--; /* it has the lock, and may take it again */
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  int result = each->fn(&image, each->arg);
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  locking_here++;
  return result;
}

/* The compiler is to keep the counter around the call, for a signal handler of this thread that reads it. */
int allocs_os_each_image(int (*fn)(const struct allocs_os_image *, void *arg), void *arg) {
  struct each each = {fn, arg};
  if (!allocs_os_may_list())
    return 0;
  locking_here++;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  int saved = errno, result = dl_iterate_phdr(each_phdr, &each);
  errno = saved;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  locking_here--;
  return result;
}

struct wanted {
  uintptr_t address;
  struct allocs_os_image *ret;
};

static int holds(const struct allocs_os_image *image, void *arg) {
  const struct wanted *wanted = arg;
  if (wanted->address < image->begin || wanted->address >= image->end)
    return 0;
  *wanted->ret = *image;
  return 1;
}

bool allocs_os_find_loaded(uintptr_t address, struct allocs_os_image *ret) {
  if (!_dl_find_object)
    return allocs_os_each_image(holds, &(struct wanted){address, ret}) != 0;
  int saved = errno;
  bool found = image_from_loader(address, ret);
  errno = saved;
  return found;
}

bool allocs_os_is_loaded(uintptr_t begin, const void *handle) {
  struct dl_find_object found;
  return !_dl_find_object || (!_dl_find_object((void *)begin, &found) && found.dlfo_link_map == handle);
}

/* getauxval() is in every C library that there is; in a static program it has no file of its own. */
bool allocs_os_find_libc(struct allocs_os_image *ret) {
  return _dl_find_object && allocs_os_find_loaded((uintptr_t)getauxval, ret) && ret->name[0];
}

/* Without the loader's lock, if the headers are where they mostly are: mapped with the first segment. */
bool allocs_os_find_image(uintptr_t address, struct allocs_os_image *ret) {
  if (!allocs_os_find_loaded(address, ret))
    return false;
  if (!_dl_find_object || image_find_phdrs(ret))
    return true;
  return allocs_os_each_image(holds, &(struct wanted){address, ret}) != 0;
}
