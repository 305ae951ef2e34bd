/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Origins: a table of addresses, by number, of what the store of the target has: sites and marks, which tell which they
   are. Of a site whose record is there, all is taken from the record, as in the process; of others, what they say
   themselves, of which texts and types are copied. */

#include "state/site_copy.h"
#include "heap/block_marks.h"
#include "heap/site.h"
#include "image/image.h"
#include "os/os.h"
#include "state/type_copy.h"
#include "target/copies.h"
#include "target/images.h"
#include <stdlib.h>
#include <string.h>

struct copied {
  const void *there;
  struct allocs_origin head;
  struct allocs_known_site site;  /* the target's, as it is */
  struct allocs_known_site *here; /* NULL if it is a mark */
};

static int compare(const void *a, const void *b) {
  const struct copied *x = a, *y = b;
  return (x->there > y->there) - (x->there < y->there);
}

/* By its address in the target. */
static struct allocs_known_site *find(const struct copied *all, size_t n, const void *there) {
  struct copied key = {.there = there};
  const struct copied *found = there ? bsearch(&key, all, n, sizeof *all, compare) : NULL;
  return found ? found->here : NULL;
}

/* A record of the table of sites of an image; NULL if it is none. */
static const struct allocs_site *record_of(const struct allocs_site *there) {
  const struct allocs_site *record = allocs_images_local(there);
  const struct allocs_image *image = there ? allocs_image_find((uintptr_t)record) : NULL;
  if (!image || image->damaged || !image->note)
    return NULL;
  struct allocs_bytes table = allocs_image_table(image, ALLOCS_TABLE_SITES);
  const char *at = (const char *)record;
  return at >= table.begin && at < table.end && (size_t)(table.end - at) >= sizeof *record && (uintptr_t)at % 4 == 0
             ? record
             : NULL;
}

static void take_itself(struct allocs_target *target, const struct allocs_known_site *from,
                        struct allocs_known_site *to) {
  to->type = allocs_type_copy(target, from->type);
  to->alias = allocs_text_copy(target, from->alias);
  to->info.file = allocs_text_copy(target, from->info.file);
  to->info.function = allocs_text_copy(target, from->info.function);
  to->info.callee = allocs_text_copy(target, from->info.callee);
  to->info.rule = allocs_text_copy(target, from->info.rule);
  to->info.line = from->info.line;
  to->info.column = from->info.column;
  to->info.code = allocs_images_local(from->info.code);
  to->gone = allocs_text_copy(target, from->gone);
  to->filled = 1;
  if (from->shape > ALLOCS_SHAPE_EXACT || (from->type && !to->type))
    to->shape = ALLOCS_SHAPE_NONE;
}

/* What it is made of has been made before. */
static void take(struct allocs_target *target, const struct copied *all, size_t n, const struct copied *copied) {
  const struct allocs_known_site *from = &copied->site;
  struct allocs_known_site *to = copied->here;
  to->shape = from->shape;
  to->rule = from->rule;
  to->rest = from->rest;
  to->head = from->head;
  to->tail = from->tail;
  to->original = find(all, n, from->original);
  to->what = find(all, n, from->what);
  to->record = from->original ? NULL : record_of(from->record);
  if (to->original && to->what)
    return;                                          /* filled of the two */
  bool is_caller = !from->record && !from->original; /* which may not have been asked yet what is told of it */
  if (to->record)
    return;
  if (from->filled || is_caller) {
    take_itself(target, from, to);
    to->filled = from->filled;
  } else
    to->shape = ALLOCS_SHAPE_NONE, to->filled = 1;
}

/* Of those that are what the table says; false if any is something else. One that was about to have its number has no
   block yet. */
static bool read_heads(struct allocs_target *target, void *const *table, struct copied *all, size_t *n) {
  struct allocs_piece *pieces = allocs_new(ALLOCS_ORIGINS, sizeof *pieces);
  bool ok = true;
  *n = 0;
  for (size_t i = 1; i < ALLOCS_ORIGINS; i++) {
    if (!table[i])
      continue;
    all[*n].there = table[i];
    all[*n].head.word = ALLOCS_ORIGIN_TOP | (uint32_t)i << ALLOCS_ORIGIN_AT;
    pieces[*n] = (struct allocs_piece){.address = (uintptr_t)table[i], .to = &all[*n].site, .n = sizeof all->head};
    ++*n;
  }
  allocs_target_read_pieces(target, pieces, *n);
  for (size_t i = 0; i < *n; i++) {
    struct allocs_origin head = {.word = 0};
    memcpy(&head.word, &all[i].site, sizeof head.word);
    bool is_new = !head.word || head.word == ALLOCS_ORIGIN_NONE;
    ok &= pieces[i].is_read && (is_new || head.word == all[i].head.word);
    all[i].head.is_mark = ((const char *)&all[i].site)[offsetof(struct allocs_origin, is_mark)] != 0;
    pieces[i].n = all[i].head.is_mark ? sizeof(struct allocs_mark) : sizeof all->site;
  }
  allocs_target_read_pieces(target, pieces, *n);
  for (size_t i = 0; i < *n; i++)
    ok &= pieces[i].is_read;
  free(pieces);
  return ok;
}

/* Gives each its place here. */
static void make_all(struct copied *all, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint32_t number = (all[i].head.word & ~ALLOCS_ORIGIN_TOP) >> ALLOCS_ORIGIN_AT;
    struct allocs_mark *mark = all[i].head.is_mark ? allocs_new(1, sizeof *mark) : NULL;
    if (mark) {
      memcpy(mark, &all[i].site, sizeof *mark);
      mark->origin = all[i].head;
      mark->next = NULL;
      allocs_origin_table[number] = &mark->origin;
      continue;
    }
    all[i].here = allocs_new(1, sizeof *all[i].here);
    all[i].here->origin = all[i].head;
    allocs_copies_add((uintptr_t)all[i].there, all[i].here);
    allocs_origin_table[number] = &all[i].here->origin;
  }
}

bool allocs_site_copy(struct allocs_target *target, const struct allocs_root *root) {
  const void *at = NULL;
  size_t size = ALLOCS_ORIGINS * sizeof(void *), n;
  if (!allocs_images_read(allocs_images_to_local((uintptr_t)root->origins), &at, sizeof at))
    return allocs_diag_file(&target->diag, "its origins are damaged");
  if (!at)
    return true;
  void **table = allocs_new(ALLOCS_ORIGINS, sizeof *table);
  struct copied *all = allocs_new(ALLOCS_ORIGINS, sizeof *all);
  allocs_origin_table = allocs_new(1, size);
  bool ok = allocs_target_read(target, (uintptr_t)at, table, size) && read_heads(target, table, all, &n);
  if (ok) {
    make_all(all, n);
    qsort(all, n, sizeof *all, compare);
    for (size_t i = 0; i < n; i++)
      if (all[i].here)
        take(target, all, n, &all[i]);
  }
  free(table);
  free(all);
  return ok || allocs_diag_file(&target->diag, "its origins are damaged");
}
