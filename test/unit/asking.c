// The executable holds no heap block if the malloc beneath is the C library's and the heap is kept track of; an address is on the own stack below the first frame.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "answers/asking.c"
#include "check.h"

static struct allocs_image executable = {.os = {.begin = 0x1000, .end = 0x3000}};
struct allocs_image *allocs_image_executable = &executable;
struct allocs_heap_map allocs_heap_map;
static bool is_libcs, has_libc, is_found;
static uintptr_t own_begin = 0x7000, own_end = 0x9000, first_frame = 0x8800;
static unsigned n_libc;

bool allocs_heap_is_libcs(void) { return is_libcs; }
bool allocs_os_find_libc(struct allocs_os_image *ret) { return n_libc++, ret && has_libc; }
bool allocs_statics_find(uintptr_t address, struct alloc_pos *ret) { return ret->base = (void *)address, is_found; }
void allocs_unwind_own(uintptr_t *begin, uintptr_t *end) { *begin = own_begin, *end = own_end; }
uintptr_t allocs_thread_first_frame(void) { return first_frame; }

static bool finds_out(void) {
  struct alloc_pos pos = {.size = 0};
  allocs_asking_heapless = (struct allocs_heapless){0, 0};
  CHECK(!allocs_asking_is_heapless(0x1000) && allocs_asking_executable(0x1234, &pos) == is_found && pos.base == (void *)0x1234);
  CHECK(allocs_asking_is_heapless(0x1000) == (allocs_asking_heapless.size != 0));
  return allocs_asking_heapless.size;
}

int main(void) {
  for (unsigned i = 0; i < 8; i++) {
    is_libcs = i & 1, has_libc = i & 2, allocs_heap_map.is_kept = i & 4, is_found = i & 1;
    CHECK(finds_out() == (i == 7));
  }
  CHECK(allocs_asking_is_heapless(0x2fff) && !allocs_asking_is_heapless(0x3000) && !allocs_asking_is_heapless(0xfff));
  struct alloc_pos pos;
  n_libc = 0, allocs_asking_executable(0x1000, &pos), CHECK(!n_libc); /* found out once */
  CHECK(allocs_asking_is_own_stack(0x7000) && allocs_asking_is_own_stack(0x87ff) && !allocs_asking_is_own_stack(0x8800) && !allocs_asking_is_own_stack(0x6fff));
  first_frame = UINTPTR_MAX, CHECK(allocs_asking_is_own_stack(0x8fff) && !allocs_asking_is_own_stack(0x9000)), first_frame = 0, CHECK(!allocs_asking_is_own_stack(0x8000));
  return check_failed;
}
