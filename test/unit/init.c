// A program begins with all rooms that need it, hooks first and options before what they ask for, unless the runtime stands aside; its census is set up and printed only where it is asked for.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s -o %t && %t

/* Called by hand here. */
#define constructor unused
#define destructor unused
#include "doors/init.c"
#include "check.h"

static char log[300]; /* what is done, in order */
#define DOES(name) \
  void allocs_##name##_init(void) { strcat(log, #name " "); }
DOES(readers) DOES(map_turns) DOES(thread) DOES(tls) DOES(auxv) DOES(meta_file) DOES(image) DOES(options) DOES(census)
static struct allocs_options options;
const struct allocs_options *allocs_options(void) { return &options; }
void allocs_census_print(bool is_end) { strcat(log, is_end ? "print " : "print meanwhile "); }
const char __allocs_entry = 1;
static void start_hooks(void) { strcat(log, "hooks "); }
static bool find_none(struct allocs_real *ret) { return !ret; }
const struct allocs_hooks __allocs_hooks_next = {find_none, start_hooks};
static bool is_aside;
bool allocs_preload_stands_aside(void) { return is_aside; }
/* What is only referred to. */
__asm__(".globl alloc_arena_add, alloc_packed_texts, alloc_walk, alloc_walk_pointers, alloc_walk_roots, alloc_set_type, uniqtype_array, "
        "uniqtype_by_name, __allocs_root\n.hidden __allocs_root\n__allocs_root: alloc_arena_add: alloc_packed_texts: alloc_walk: alloc_walk_pointers: alloc_walk_roots: alloc_set_type: "
        "uniqtype_array: uniqtype_by_name: ret");
static void did(const char *wanted) { CHECK_STRING(log, wanted), log[0] = 0; }

int main(void) {
  CHECK(__allocs_runtime == &__allocs_entry);
  is_aside = true, start(), did("");
  is_aside = false, start(), did("hooks readers map_turns thread tls auxv meta_file image options ");
  options.census = true, start(), did("hooks readers map_turns thread tls auxv meta_file image options census ");
  finish(), did("print "), options.census = false, finish(), did("");
  return check_failed;
}
