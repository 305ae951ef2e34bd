/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* An address in the words of alloc_describe(), and its object's values; what encloses it, as alloc_get_chain() tells.
 */

#include "inspect/describe_command.h"
#include "answers/query.h"
#include "inspect/values.h"
#include "target/images.h"
#include <inttypes.h>
#include <stdlib.h>

enum { LONGEST = 1024, MOST = 64 };

static const void *local(uint64_t address) { return (const void *)(uintptr_t)allocs_images_to_local(address); }

/* What both tell of a position; what is not known is left out. */
static void put_pos(struct allocs_json *json, const struct alloc_pos *pos) {
  char type[LONGEST];
  allocs_json_address(json, "base", allocs_images_to_target((uintptr_t)pos->base));
  allocs_json_number(json, "bytes", (int64_t)pos->size);
  if (pos->level != ALLOC_LEVEL_SUBOBJECT)
    allocs_json_text(json, "kind", pos->allocator->name);
  else if (!pos->name)
    allocs_json_number(json, "index", (int64_t)pos->index);
  if (pos->name)
    allocs_json_text(json, "name", pos->name);
  if (pos->type)
    allocs_json_text(json, "type", pos->alias ? pos->alias : uniqtype_c_name(pos->type, type, sizeof type));
  if (pos->level != ALLOC_LEVEL_SUBOBJECT && pos->function)
    allocs_json_text(json, "function", pos->function);
  if (pos->level != ALLOC_LEVEL_SUBOBJECT && pos->file) {
    allocs_json_text(json, "file", pos->file);
    allocs_json_number(json, "line", pos->line);
  }
}

static void put_values(struct allocs_json *json, const struct alloc_pos *leaf, unsigned depth) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (!out)
    return;
  allocs_values_print(out, leaf->type, leaf->size, (uintptr_t)leaf->base, depth, 2);
  fclose(out);
  allocs_json_text(json, "values", text);
  free(text);
}

static void put_description(struct allocs_json *json, uint64_t address, bool values, unsigned depth) {
  char line[LONGEST];
  struct alloc_pos leaf;
  struct allocs_path path;
  allocs_json_open(json, NULL, '{');
  allocs_json_address(json, "address", address);
  allocs_json_text(json, "text", alloc_describe(local(address), line, sizeof line));
  if (allocs_query_path(local(address), &leaf, &path)) {
    put_pos(json, &leaf);
    if (values && leaf.size && !UNIQTYPE_IS_SUBPROGRAM_TYPE(leaf.type))
      put_values(json, &leaf, depth);
    allocs_query_end(&leaf);
  }
  allocs_json_close(json, '}');
}

void allocs_describe_command(FILE *out, struct allocs_json *json, uint64_t address, bool values, unsigned depth) {
  char line[LONGEST];
  struct alloc_pos leaf;
  struct allocs_path path;
  if (json) {
    put_description(json, address, values, depth);
    return;
  }
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

static void put_chain(struct allocs_json *json, uint64_t address, const struct alloc_pos *chain, unsigned n) {
  allocs_json_open(json, NULL, '{');
  allocs_json_address(json, "address", address);
  allocs_json_open(json, "chain", '[');
  for (unsigned i = 0; i < n && i < MOST; i++) {
    allocs_json_open(json, NULL, '{');
    put_pos(json, &chain[i]);
    allocs_json_close(json, '}');
  }
  allocs_json_close(json, ']');
  allocs_json_close(json, '}');
}

void allocs_chain_command(FILE *out, struct allocs_json *json, uint64_t address) {
  struct alloc_pos chain[MOST];
  unsigned n = alloc_get_chain(local(address), chain, MOST);
  if (json) {
    put_chain(json, address, chain, n);
    return;
  }
  fprintf(out, "0x%" PRIx64 ":%s\n", address, n ? "" : " unknown address");
  for (unsigned i = 0; i < n && i < MOST; i++)
    print_pos(out, &chain[i]);
}
