// An executable whose segments lie far apart is one file from its first byte to its last, whatever is asked first.
// RUN: %allocs-cc %s -Wl,-z,max-page-size=0x200000 -o %t && %t && %t begin && %t end

#include "allocs.h"
#include <stdlib.h>
#include <string.h>

static int variable[3] = {1};
extern char __ehdr_start[];

struct seen {
  int files, variables;
};

static int look(const struct alloc_pos *pos, void *arg) {
  struct seen *seen = arg;
  const char *begin = pos->base, *end = begin + pos->size;
  seen->files += pos->allocator == &alloc_static_file && begin == __ehdr_start && end > (char *)(variable + 3);
  seen->variables += pos->base == variable && pos->name && !strcmp(pos->name, "variable");
  return ALLOC_WALK_ON;
}

int main(int argc, char **argv) {
  struct alloc_walk_options options = {.allocations_only = 1};
  struct seen seen = {0, 0};
  if (argc > 1 && !alloc_get_base(argv[1][0] == 'b' ? (void *)__ehdr_start : variable))
    return 1;
  alloc_walk_tree(NULL, &options, look, &seen);
  return seen.files != 1 || seen.variables != 1;
}
