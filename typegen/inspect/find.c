/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Finding: goes over all heap blocks, then over the variables of each image, in the order of their addresses. The type
   is found with the first object of it, and the conditions are read then. */

#include "inspect/find.h"
#include "answers/memory_kinds.h"
#include "heap/block_answer.h"
#include "inspect/conditions.h"
#include "target/images.h"
#include <inttypes.h>
#include <string.h>

enum { LONGEST = 1024, MOST_CONDITIONS = 8 };

struct finding {
  FILE *out;
  struct allocs_json *json;
  struct allocs_target *target;
  const char *name;
  const char *const *where;
  unsigned n_where;
  struct allocs_condition conditions[MOST_CONDITIONS];
  const struct uniqtype *type; /* NULL: not met yet */
  uint64_t n, top;
  bool is_wrong;
};

/* Whether a type is the one that is asked for. */
static bool is_wanted(struct finding *finding, const struct uniqtype *type) {
  char name[LONGEST];
  if (finding->type || !type || type->size == UNIQTYPE_SIZE_UNKNOWN ||
      strcmp(uniqtype_c_name(type, name, sizeof name), finding->name) != 0)
    return finding->type && type == finding->type;
  finding->type = type;
  for (unsigned i = 0; i < finding->n_where; i++) {
    const char *wrong = allocs_condition_read(finding->where[i], type, &finding->conditions[i]);
    if (wrong && !finding->is_wrong)
      finding->is_wrong = !allocs_diag_file(&finding->target->diag, "%s: %s", finding->where[i], wrong);
  }
  return true;
}

static void print(struct finding *finding, uint64_t address) {
  char line[LONGEST];
  const char *text = alloc_describe((const void *)(uintptr_t)address, line, sizeof line);
  if (!finding->json) {
    fprintf(finding->out, "0x%" PRIx64 ": %s\n", allocs_images_to_target(address), text);
    return;
  }
  allocs_json_open(finding->json, NULL, '{');
  allocs_json_address(finding->json, "address", allocs_images_to_target(address));
  allocs_json_text(finding->json, "text", text);
  allocs_json_close(finding->json, '}');
}

static void look_at(struct finding *finding, uint64_t address) {
  for (unsigned i = 0; i < finding->n_where; i++)
    if (finding->is_wrong || !allocs_condition_holds(&finding->conditions[i], address))
      return;
  if (!finding->top || finding->n < finding->top)
    print(finding, address);
  finding->n++;
}

/* The allocation itself, or the elements of an array. */
static void look_into(struct finding *finding, const struct alloc_pos *pos) {
  const struct uniqtype *type = pos->type;
  uint64_t base = (uintptr_t)pos->base;
  if (!type || !pos->size)
    return;
  if (is_wanted(finding, type)) {
    look_at(finding, base);
    return;
  }
  uint64_t n = 1;
  while (UNIQTYPE_IS_ARRAY_TYPE(type) && UNIQTYPE_HAS_KNOWN_LENGTH(type)) {
    n *= UNIQTYPE_ARRAY_LENGTH(type);
    type = UNIQTYPE_ARRAY_ELEMENT_TYPE(type);
    if (!is_wanted(finding, type))
      continue;
    for (uint64_t i = 0; i < n && type->size && !finding->is_wrong; i++)
      look_at(finding, base + i * type->size);
    return;
  }
}

static void look_in_heap(struct finding *finding) {
  struct allocs_heap_block block;
  for (uint64_t at = 0; !finding->is_wrong && allocs_heap_index_next(at, &block); at = block.base + 1) {
    struct alloc_pos pos = {.size = 0};
    allocs_block_answer(&block, &pos);
    pos.base = (void *)(uintptr_t)allocs_images_to_local(block.base);
    look_into(finding, &pos);
  }
}

static void look_in_image(struct finding *finding, const struct allocs_os_image *os) {
  struct alloc_arena arena = {.begin = (void *)os->begin, .size = os->end - os->begin};
  struct alloc_pos pos = {.size = 0};
  for (const char *at = arena.begin; !finding->is_wrong && alloc_static.next(&arena, at, &pos);
       at = (const char *)pos.base + (pos.size ? pos.size : 1)) {
    if (!pos.type || !UNIQTYPE_IS_SUBPROGRAM_TYPE(pos.type))
      look_into(finding, &pos);
    pos = (struct alloc_pos){.base = pos.base, .size = pos.size};
  }
}

bool allocs_find(FILE *out, struct allocs_json *json, struct allocs_target *target, const char *type,
                 const char *const *where, unsigned n_where, uint64_t top) {
  struct finding finding = {
      .out = out, .json = json, .target = target, .name = type, .where = where, .n_where = n_where, .top = top};
  if (n_where > MOST_CONDITIONS)
    return allocs_diag_file(&target->diag, "too many conditions");
  look_in_heap(&finding);
  for (size_t i = 0; allocs_images_at(i); i++)
    look_in_image(&finding, &allocs_images_at(i)->os);
  if (!finding.is_wrong && !json)
    fprintf(out, "found: %" PRIu64 "\n", finding.n);
  return !finding.is_wrong;
}
