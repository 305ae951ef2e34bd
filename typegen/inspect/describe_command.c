/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* An address in the words of alloc_describe(), and its object's values; what encloses it, as alloc_get_chain() tells.
 */

#include "inspect/describe_command.h"
#include "answers/query.h"
#include "inspect/values.h"
#include "target/images.h"
#include <inttypes.h>

enum { LONGEST = 1024, MOST = 64 };

static const void *local(uint64_t address) { return (const void *)(uintptr_t)allocs_images_to_local(address); }

void allocs_describe_command(FILE *out, uint64_t address, bool values, unsigned depth) {
  char line[LONGEST];
  struct alloc_pos leaf;
  struct allocs_path path;
  fprintf(out, "0x%" PRIx64 ": %s\n", address, alloc_describe(local(address), line, sizeof line));
  if (!values || !allocs_query_path(local(address), &leaf, &path) || !leaf.size ||
      UNIQTYPE_IS_SUBPROGRAM_TYPE(leaf.type))
    return;
  allocs_values_print(out, leaf.type, leaf.size, (uintptr_t)leaf.base, depth, 2);
}

static void print_pos(FILE *out, const struct alloc_pos *pos) {
  char name[LONGEST];
  fprintf(out, "  0x%" PRIx64 " %10lu  ", allocs_images_to_target((uintptr_t)pos->base), pos->size);
  if (pos->level == ALLOC_LEVEL_SUBOBJECT && pos->name)
    fprintf(out, ".%s", pos->name);
  else if (pos->level == ALLOC_LEVEL_SUBOBJECT)
    fprintf(out, "[%lu]", pos->index);
  else
    fprintf(out, "%s%s%s", pos->allocator->name, pos->name ? " " : "", pos->name ? pos->name : "");
  if (pos->type)
    fprintf(out, ": %s", pos->alias ? pos->alias : uniqtype_c_name(pos->type, name, sizeof name));
  if (pos->level == ALLOC_LEVEL_ALLOCATION && pos->file)
    fprintf(out, ", %s:%u", pos->file, pos->line);
  if (pos->level == ALLOC_LEVEL_ALLOCATION && pos->function)
    fprintf(out, " in %s()", pos->function);
  fputc('\n', out);
}

void allocs_chain_command(FILE *out, uint64_t address) {
  struct alloc_pos chain[MOST];
  unsigned n = alloc_get_chain(local(address), chain, MOST);
  fprintf(out, "0x%" PRIx64 ":%s\n", address, n ? "" : " unknown address");
  for (unsigned i = 0; i < n && i < MOST; i++)
    print_pos(out, &chain[i]);
}
