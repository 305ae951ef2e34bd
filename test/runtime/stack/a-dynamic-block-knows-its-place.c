// A dynamic block knows who made it: function, file, line and column, by which call, and the type as it was written.
// RUN: %allocs-cc -O1 %s -o %t && %t
// REQUIRES: llvm-at-least-17

#include "../../unit/check.h"
#include <alloca.h>
#include <allocs.h>
#include <allocs/allocator.h>

typedef struct {
  int key;
} entry;

static const char *const file = __FILE__;
static void is_made_at(void *block, unsigned line, unsigned column, const char *callee, const char *alias) {
  struct alloc_pos chain[8], leaf = {0};
  for (int i = (int)alloc_get_chain(block, chain, 8); i-- > 0;) /* the whole, not what is in it */
    leaf = chain[i].allocator == &alloc_alloca && !leaf.allocator ? chain[i] : leaf;
  CHECK(leaf.allocator && leaf.base == block);
  CHECK_STRING(leaf.function, "make");
  CHECK_STRING(leaf.file, file);
  CHECK(leaf.line == line && leaf.column == column && leaf.site);
  CHECK_STRING(leaf.callee ? leaf.callee : "-", callee);
  CHECK_STRING(leaf.alias ? leaf.alias : "-", alias);
  CHECK_STRING(leaf.rule ? leaf.rule : "-", "size");
}

__attribute__((noinline)) static void make(int n) {
  entry *entries = alloca(sizeof(entry) * (unsigned long)n); unsigned line = __LINE__;
  is_made_at(entries, line, 20, "alloca", "-");
  entry *one = alloca(sizeof(entry)); line = __LINE__;
  is_made_at(one, line, 16, "alloca", "entry");
}

int main(int argc, char **argv) {
  (void)argv;
  make(argc + 2);
  return check_failed;
}
