// Null, unmapped, kernel and non-canonical addresses are unknown to every query; errno stays.
// RUN: %allocs-cc -I%src/test/unit %s -o %t && %t | %filecheck %s

#include "check.h"
#include <allocs.h>
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

static void check_unknown(const void *p) {
  struct alloc_info info = {.size = 77};
  struct alloc_site_info site = {.line = 77};
  char name[16] = "stale", line[80];
  CHECK(alloc_get_info(p, &info) == ALLOC_UNKNOWN && info.size == 77);
  CHECK(alloc_get_site_info(p, &site) == ALLOC_UNKNOWN && site.line == 77);
  CHECK(!alloc_get_allocator(p) && !alloc_get_type(p) && !alloc_get_innermost_type(p));
  CHECK(!alloc_get_inner_type(p, 0) && !alloc_get_inner_type(p, 1) && !alloc_get_type_inside(p, NULL));
  CHECK(!alloc_get_base(p) && !alloc_get_limit(p) && !alloc_get_size(p) && !alloc_get_site(p));
  CHECK(!alloc_get_name(p, name, sizeof name) && !name[0]);
  puts(alloc_describe(p, line, sizeof line));
  CHECK(errno == 1234);
}

int main(void) {
  char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page, 4096);
  setvbuf(stdout, NULL, _IOFBF, 4096);
  errno = 1234;
  check_unknown(NULL); // CHECK: unknown address 0x0
  check_unknown((void *)8); // CHECK-NEXT: unknown address 0x8
  check_unknown(page); // CHECK-NEXT: unknown address 0x7
  check_unknown((void *)INTPTR_MAX); // CHECK-NEXT: unknown address 0x7fffffffffffffff
  check_unknown((void *)0x800000000000); // CHECK-NEXT: unknown address 0x800000000000
  check_unknown((void *)0xffffffff80000000); // CHECK-NEXT: unknown address 0xffffffff80000000
  check_unknown((void *)UINTPTR_MAX); // CHECK-NEXT: unknown address 0xffffffffffffffff
  char one[1] = {'x'};
  CHECK(alloc_describe(NULL, one, 1) == one && !one[0]);
  CHECK(alloc_describe(NULL, NULL, 0) == NULL);
  return check_failed;
}
