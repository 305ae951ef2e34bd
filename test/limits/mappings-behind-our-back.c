// Mappings by system calls reach as far as the kernel joins them, without cause; one remapped alike passes for the old.
// RUN: %allocs-cc -O1 %s -o %t && %t

#define _GNU_SOURCE
#include "../unit/check.h"
#include <allocs.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS };

static void raw_map(char *at) { syscall(SYS_mmap, at, (long)PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0L); }

int main(void) {
  char *far = (char *)0x100000000000;
  struct alloc_mapping mapping;
  void *block = malloc(100);
  raw_map(far);
  raw_map(far + PAGE);
  CHECK(alloc_get_mapping(far + PAGE, &mapping) == ALLOC_OK);
  CHECK(mapping.base == far && mapping.size == 2 * PAGE && !mapping.call && !mapping.site);
  mmap(far, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0);
  CHECK(alloc_get_mapping(far + PAGE, &mapping) == ALLOC_OK && mapping.base == far + PAGE && mapping.size == PAGE);

  syscall(SYS_munmap, far, (long)PAGE);
  raw_map(far);
  CHECK(alloc_get_mapping(far, &mapping) == ALLOC_OK && mapping.call);

  /* Who can open no file cannot ask the kernel. */
  setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, 0});
  CHECK(alloc_get_mapping(far, &mapping) == ALLOC_UNKNOWN && !alloc_get_base(far));
  CHECK(alloc_get_base(block) == block && alloc_get_base((void *)main) == (void *)main); /* nor need be */
  return check_failed;
}
