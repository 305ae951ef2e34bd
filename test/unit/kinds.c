// Each kind of memory is looked for right below those, and only those, that the table says it may lie in, and where that may hold any.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "answers/memory_kinds.c"
#include "check.h"

#define ALLOCS_MEMORY(kind, ...) const struct allocator alloc_##kind = {.name = #kind};
#include "answers/memory_kinds.def"
static const struct allocator own = {.name = "a program's"};

/* What is known of the allocation that is asked about. */
static bool frames_in;
bool allocs_thread_stack_anywhere;
bool allocs_stack_lies_in(uintptr_t begin, uintptr_t end) { return CHECK(begin == 4096 && end == 4096 + 64), frames_in; }
struct allocs_tls_loader allocs_tls_loader = {.size = 10};

#define K(kind) (1u << ALLOCS_MEMORY_##kind)
static uint32_t right_below(const struct allocator *allocator) {
  return allocs_memory_kinds_below(
      &(struct alloc_pos){.allocator = allocator, .base = (void *)4096, .size = 64, .site = (void *)77});
}

/* As documented in architecture.md. */
static void as_the_tree_has_it(bool frames) {
  uint32_t carved = frames ? K(stackframe) | K(alloca) : 0;
  frames_in = frames;
  CHECK(allocs_memory_kinds_below(NULL) == K(mmap));
  CHECK(right_below(&alloc_mmap) == (K(static_file) | K(brk) | K(heap) | K(stack) | K(tls_block) | carved));
  CHECK(right_below(&alloc_brk) == (K(heap) | K(tls_block) | carved));
  CHECK(right_below(&alloc_static_file) == K(static_segment));
  CHECK(right_below(&alloc_static_segment) == (K(static_section) | K(static) | carved));
  CHECK(right_below(&alloc_static_section) == (K(static) | carved));
  CHECK(right_below(&alloc_stack) == (K(stackframe) | K(alloca) | K(auxv) | K(tls_block)));
  CHECK(right_below(&alloc_tls_block) == K(tls) && !right_below(&alloc_tls) && !right_below(&alloc_auxv));
  CHECK(!right_below(&alloc_stackframe) && !right_below(&alloc_alloca) && right_below(&own) == carved);
}

/* Of a block or variable it depends. */
static void what_may_hold_any(void) {
  for (unsigned i = 0; i < 8; i++) {
    frames_in = i & 1, allocs_tls_loader.begin = i & 2 ? 70 : 100, allocs_thread_stack_anywhere = i & 4;
    uint32_t carved = frames_in ? K(stackframe) | K(alloca) : 0;
    CHECK(right_below(&alloc_static) == (frames_in || allocs_thread_stack_anywhere ? K(stack) | carved : 0));
    CHECK(right_below(&alloc_heap) == (i ? K(stack) | K(tls_block) | carved : 0));
  }
}

int main(void) {
  unsigned n = 0;
#define ALLOCS_MEMORY(kind, ...)                                                                                       \
  CHECK(allocs_memory_kinds_number(&alloc_##kind) == n && allocs_memory_kinds_allocator(n++) == &alloc_##kind);
#include "answers/memory_kinds.def"
  CHECK(n == ALLOCS_MEMORY_other && allocs_memory_kinds_number(&own) == ALLOCS_MEMORY_other);
  CHECK(allocs_memory_kinds_number(NULL) == ALLOCS_MEMORY_process);
  as_the_tree_has_it(false);
  as_the_tree_has_it(true);
  what_may_hold_any();
  CHECK(allocs_memory_kinds_has(&alloc_mmap, ALLOCS_MEMORY_MOVES) &&
        allocs_memory_kinds_has(&alloc_mmap, ALLOCS_MEMORY_ALLOCATES));
  CHECK(!allocs_memory_kinds_has(&alloc_mmap, ALLOCS_MEMORY_LOCALS) &&
        allocs_memory_kinds_has(&alloc_stackframe, ALLOCS_MEMORY_LOCALS));
  CHECK(!allocs_memory_kinds_has(&alloc_tls, ALLOCS_MEMORY_MOVES) &&
        !allocs_memory_kinds_has(&own, ALLOCS_MEMORY_MOVES) && !allocs_memory_kinds_has(NULL, ALLOCS_MEMORY_MOVES));
  return check_failed;
}
