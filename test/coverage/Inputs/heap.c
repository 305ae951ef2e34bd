/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Linked into a program that is compiled with the plugin: when it ends, appends what is told of its live heap to the
   file that HEAP_LOG names, a line for each: "block", size, rule ("-" without a type), type, place; and "pointer",
   whether what a pointer in a typed block leads to is of its type (as alloc_is_a has it; 3: it begins as one, or is an
   arm of it), in what, to what. */

#include <allocs.h>
#include <allocs/allocator.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *out;

static int has_members_of(const struct uniqtype *type, const struct uniqtype *first) {
  if (!UNIQTYPE_IS_COMPOSITE_TYPE(type) || type->n_entries < first->n_entries)
    return 0;
  for (unsigned i = 0; i < first->n_entries; i++)
    if (UNIQTYPE_MEMBER_TYPE(type, i) != UNIQTYPE_MEMBER_TYPE(first, i) ||
        UNIQTYPE_MEMBER_OFFSET(type, i) != UNIQTYPE_MEMBER_OFFSET(first, i))
      return 0;
  return 1;
}

/* As programs make objects of several kinds behind one pointer: structures that begin alike, or the arms of a union. */
static int is_variant(const void *target, const struct uniqtype *of) {
  struct alloc_pos chain[8];
  unsigned n = UNIQTYPE_IS_COMPOSITE_TYPE(of) && of->n_entries ? alloc_get_leaf_chain(target, chain, 8) : 0;
  for (unsigned i = 0; i < n && i < 8; i++) {
    if (chain[i].base != target || !chain[i].type)
      continue;
    if (!UNIQTYPE_IS_UNION_TYPE(of) && has_members_of(chain[i].type, of))
      return 1;
    for (unsigned arm = 0; UNIQTYPE_IS_UNION_TYPE(of) && arm < of->n_entries; arm++)
      if (alloc_is_a(target, UNIQTYPE_MEMBER_TYPE(of, arm)) == ALLOC_YES)
        return 1;
  }
  return 0;
}

static int show_pointer(const struct alloc_pointer *pointer, void *arg) {
  const struct alloc_pos *block = arg;
  const struct uniqtype *to = pointer->type ? UNIQTYPE_POINTEE_TYPE(pointer->type) : NULL;
  char in[100], wanted[100], text[300];
  void *target;
  int verdict;
  if (!to || pointer->flags & ALLOC_POINTER_SHARED || UNIQTYPE_IS_VOID_TYPE(to) || UNIQTYPE_IS_SUBPROGRAM_TYPE(to))
    return ALLOC_WALK_ON;
  memcpy(&target, pointer->at, sizeof target);
  if (!target)
    return ALLOC_WALK_ON;
  verdict = alloc_is_a(target, to);
  if (verdict == ALLOC_NO && is_variant(target, to))
    verdict = 3;
  fprintf(out, "pointer\t%d\t%s\t%s\t%s\n", verdict, uniqtype_c_name(block->type, in, sizeof in),
          uniqtype_c_name(to, wanted, sizeof wanted), alloc_describe(target, text, sizeof text));
  return ALLOC_WALK_ON;
}

static void print(const struct alloc_pos *pos, unsigned long size, const char *rule) {
  char name[200];
  fprintf(out, "block\t%lu\t%s\t%s\t%s:%u %s\n", size, rule, uniqtype_c_name(pos->type, name, sizeof name),
          pos->file ? pos->file : "?", pos->line, pos->function ? pos->function : "?");
}

static void show_typed(const struct alloc_pos *pos) {
  struct alloc_pos copy = *pos;
  print(pos, pos->size, pos->rule && pos->type ? pos->rule : "-");
  alloc_walk_pointers(&copy, show_pointer, &copy);
}

/* The block that was visited last, and what of it is no part that a pool has handed out: of that nothing is known. */
static struct alloc_pos last;
static unsigned long rest;

static void end_block(void) {
  if (last.allocator && rest == last.size)
    show_typed(&last);
  else if (rest)
    print(&last, rest, "-");
  last.allocator = NULL;
}

static int show_block(const struct alloc_pos *pos, void *unused) {
  (void)unused;
  if (pos->allocator == &alloc_pool && last.allocator &&
      (char *)pos->base - (char *)last.base < (long)last.size) {
    rest -= pos->size;
    show_typed(pos);
  } else if (pos->allocator == &alloc_heap) {
    end_block();
    last = *pos;
    rest = pos->size;
  }
  return ALLOC_WALK_ON;
}

__attribute__((destructor)) static void show(void) {
  const struct alloc_walk_options options = {.allocations_only = 1};
  const char *path = getenv("HEAP_LOG");
  if (path && (out = fopen(path, "a"))) {
    alloc_walk_tree(NULL, &options, show_block, NULL);
    end_block();
    fclose(out);
  }
}
