/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* All that is in memory, or in the core, by what it is for. Each range of pages is cut into pieces, each of which is
   one of: a heap block; what the runtime keeps of the heap; a stack, as far as it is used, and below that; of a loaded
   file its code, its variables, or what is only read; what lies between blocks; another mapping. Nothing is left over.
 */

#include "inspect/resident_census.h"
#include "allocs.h"
#include "ground/store.h"
#include "ground/text.h"
#include "heap/heap_index.h"
#include "image/statics.h"
#include "mapping/mapping.h"
#include "stack/thread.h"
#include "stack/thread_stack.h"
#include "state/heap_copy.h"
#include "target/images.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 1024, RED_ZONE = 128, SHORT = 1 << 17 };

struct row {
  const char *what; /* kept for good: the same text, the same pointer */
  uint64_t bytes;
};
struct stack {
  struct allocs_target_range range;
  uint64_t used; /* from there on; its begin if that is not known */
  const char *name;
};
struct count {
  const struct allocs_target *target;
  struct row *rows;
  size_t n, cap, last; /* last: the row that was added to */
  struct stack *stacks;
  size_t n_stacks, cap_stacks;
  size_t next_range; /* of the index */
  uint64_t sum;
};
struct piece {
  uint64_t end; /* at least behind its begin */
  const char *what;
};

static void add(struct count *count, const char *what, uint64_t bytes) {
  count->sum += bytes;
  size_t i = count->last < count->n && count->rows[count->last].what == what ? count->last : 0;
  while (i < count->n && count->rows[i].what != what)
    i++;
  if (i == count->n) {
    count->rows = allocs_grow(count->rows, count->n, &count->cap, sizeof *count->rows);
    count->rows[count->n++] = (struct row){.what = what};
  }
  count->rows[i].bytes += bytes;
  count->last = i;
}

static const char *text_of(const char *before, const char *name, const char *after) {
  char buf[LONGEST];
  snprintf(buf, sizeof buf, "%s%s%s", before, name, after);
  return allocs_store_text(buf);
}

static const struct allocs_target_thread *registers_of(const struct allocs_target *target, uint64_t control) {
  for (size_t i = 0; i < target->n_threads; i++)
    if (target->threads[i].words[ALLOCS_MACHINE_WORD_THREAD] == control)
      return &target->threads[i];
  return NULL;
}

static void find_stacks(struct count *count) {
  struct allocs_running at = {.thread = NULL};
  uintptr_t begin, end;
  while (allocs_thread_next(&at)) {
    const struct allocs_target_thread *thread = registers_of(count->target, at.control);
    struct alloc_pos pos = {.size = 0};
    if (!allocs_thread_stack_of(&at, &begin, &end) || !allocs_thread_stack_find(begin, &pos))
      continue;
    uint64_t sp = thread ? thread->words[ALLOCS_MACHINE_WORD_STACK] : 0;
    count->stacks = allocs_grow(count->stacks, count->n_stacks, &count->cap_stacks, sizeof *count->stacks);
    count->stacks[count->n_stacks++] =
        (struct stack){{begin, end}, sp >= begin + RED_ZONE && sp < end ? sp - RED_ZONE : begin, pos.name};
  }
}

/* Pieces of each kind that hold an address; else they limit what is there to where they begin. */

static bool find_block(uint64_t at, struct piece *ret) {
  struct allocs_heap_block block;
  if (allocs_heap_index_find(at, &block)) {
    uint64_t end = block.base + (block.size ? block.size : 1);
    *ret = (struct piece){end < ret->end ? end : ret->end, "heap blocks"};
    return true;
  }
  if (allocs_heap_index_next(at, &block) && block.base < ret->end)
    ret->end = block.base;
  return false;
}

/* Addresses are asked about in their order. */
static bool find_index(struct count *count, uint64_t at, struct piece *ret) {
  const struct allocs_target_range *range;
  while ((range = allocs_heap_copy_range(count->next_range)) != NULL && range->end <= at)
    count->next_range++;
  if (range && range->begin <= at) {
    *ret = (struct piece){range->end < ret->end ? range->end : ret->end, "index of the heap, by allocs"};
    return true;
  }
  if (range && range->begin < ret->end)
    ret->end = range->begin;
  return false;
}

static bool find_stack(const struct count *count, uint64_t at, struct piece *ret) {
  for (size_t i = 0; i < count->n_stacks; i++) {
    const struct stack *stack = &count->stacks[i];
    if (at >= stack->range.begin && at < stack->range.end) {
      uint64_t end = at < stack->used ? stack->used : stack->range.end;
      *ret = (struct piece){end < ret->end ? end : ret->end,
                            text_of("stack of ", stack->name, at < stack->used ? ", below what is in use" : "")};
      return true;
    }
    if (stack->range.begin > at && stack->range.begin < ret->end)
      ret->end = stack->range.begin;
  }
  return false;
}

/* Whether the C library has it, which takes memory for short blocks from the break, or from mappings of its own. */
static bool is_heaps(const struct allocs_target_mapping *mapping) {
  struct allocs_heap_block block;
  if (!strcmp(mapping->name, "[heap]"))
    return true;
  for (uint64_t at = mapping->begin; allocs_heap_index_next(at, &block) && block.base < mapping->end;
       at = block.base + 1)
    if (block.size < SHORT)
      return true;
  return false;
}

/* Less than a page beside a large block is what the allocator keeps of it. */
static bool is_beside_block(uint64_t begin, uint64_t end) {
  struct allocs_heap_block block;
  return end - begin < ALLOCS_PAGE &&
         (allocs_heap_index_find(begin - 1, &block) || allocs_heap_index_find(end, &block));
}

static const char *mapping_text(uint64_t at) {
  struct alloc_mapping mapping = {.size = 0};
  struct alloc_pos function = {.size = 0};
  char buf[LONGEST];
  if (alloc_get_mapping((const void *)(uintptr_t)at, &mapping) || (!mapping.call && !mapping.file))
    return "mappings without a name";
  int n = snprintf(buf, sizeof buf, "mapping %s", mapping.file ? mapping.file : "without a name");
  bool is_known = mapping.site && allocs_statics_find((uintptr_t)mapping.site - 1, &function) && function.name;
  if (mapping.call && n < (int)sizeof buf)
    snprintf(buf + n, sizeof buf - (size_t)n, ", by %s()%s%s%s", mapping.call, is_known ? " in " : "",
             is_known ? function.name : "", is_known ? "()" : "");
  return allocs_store_text(buf);
}

static const char *image_text(const struct allocs_copied_image *image, const struct allocs_target_mapping *mapping) {
  return text_of(image->name,
                 mapping->flags & ALLOCS_TARGET_EXEC    ? ": code"
                 : mapping->flags & ALLOCS_TARGET_WRITE ? ": variables"
                                                        : ": what is only read",
                 "");
}

/* Blocks may lie in variables, and in stacks no others. */
static struct piece piece_at(struct count *count, const struct allocs_target_mapping *mapping, bool is_heap,
                             uint64_t at, uint64_t end) {
  struct piece ret = {.end = end};
  const struct allocs_copied_image *image = allocs_images_of_target(at);
  if (find_block(at, &ret) || find_index(count, at, &ret) || find_stack(count, at, &ret))
    return ret;
  if (image) {
    ret.end = image->end < ret.end ? image->end : ret.end;
    ret.what = image_text(image, mapping);
  } else if (!mapping->is_file && (is_heap || is_beside_block(at, ret.end))) {
    ret.what = "heap, between blocks: free, or of the allocator";
  } else {
    uint64_t base, size;
    struct alloc_pos pos = {.size = 0};
    ret.what = mapping_text(at);
    base = allocs_mapping_find(at, &pos) ? (uintptr_t)pos.base : at, size = pos.size;
    if (base + size > at && base + size < ret.end)
      ret.end = base + size;
  }
  return ret;
}

static void count_range(struct count *count, const struct allocs_target_range *range) {
  uint64_t at = range->begin;
  while (at < range->end) {
    const struct allocs_target_mapping *mapping = allocs_target_mapping(count->target, at);
    if (!mapping || mapping->begin > at) {
      add(count, "what is in no mapping", range->end - at);
      return;
    }
    uint64_t end = mapping->end < range->end ? mapping->end : range->end;
    bool is_heap = !mapping->is_file && is_heaps(mapping);
    while (at < end) {
      struct piece piece = piece_at(count, mapping, is_heap, at, end);
      add(count, piece.what, piece.end - at);
      at = piece.end;
    }
  }
}

static int compare(const void *a, const void *b) {
  const struct row *x = a, *y = b;
  return x->bytes != y->bytes ? (x->bytes < y->bytes ? 1 : -1) : strcmp(x->what, y->what);
}

static void print(FILE *out, const struct count *count, uint64_t top) {
  uint64_t others = 0;
  fprintf(out, "allocs: what is in memory, of process %d\n           bytes   share  what\n", count->target->process);
  for (size_t i = 0; i < count->n; i++) {
    if (top && i >= top)
      others += count->rows[i].bytes;
    else
      fprintf(out, "%16" PRIu64 "%6.1f %%  %s\n", count->rows[i].bytes,
              100.0 * (double)count->rows[i].bytes / (double)count->sum, count->rows[i].what);
  }
  if (others)
    fprintf(out, "%16" PRIu64 "%6.1f %%  (%zu others)\n", others, 100.0 * (double)others / (double)count->sum,
            count->n - (size_t)top);
  fprintf(out, "sum: %" PRIu64 " bytes\n", count->sum);
}

static void print_json(FILE *out, const struct count *count) {
  fprintf(out, "{\n  \"process\": %d,\n  \"resident\": %" PRIu64 ",\n  \"rows\": [", count->target->process,
          count->sum);
  for (size_t i = 0; i < count->n; i++) {
    fprintf(out, "%s\n    {\"what\": \"", i ? "," : "");
    for (const char *c = count->rows[i].what; *c; c++)
      if (*c == '"' || *c == '\\')
        fprintf(out, "\\%c", *c);
      else
        fputc((unsigned char)*c < ' ' ? '?' : *c, out);
    fprintf(out, "\", \"bytes\": %" PRIu64 "}", count->rows[i].bytes);
  }
  fprintf(out, "\n  ]\n}\n");
}

void allocs_resident_census(FILE *out, const struct allocs_target *target, uint64_t top, bool json) {
  struct count count = {.target = target};
  find_stacks(&count);
  for (size_t i = 0; i < target->n_resident; i++)
    count_range(&count, &target->resident[i]);
  if (count.n)
    qsort(count.rows, count.n, sizeof *count.rows, compare);
  if (json)
    print_json(out, &count);
  else
    print(out, &count, top);
  free(count.rows);
  free(count.stacks);
}
