/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Census: what is live in the heap, by type, and where that came from whose type is not known.

     1 count the blocks by origin and shape, while other threads go on
     2 sum the typed ones by type, the others by place in the source: a call that was inlined has several sites
     3 sort
     4 print

   All memory is mapped for the purpose and given back. */

#include "answers/census.h"
#include "answers/places.h"
#include "arenas/arenas.h"
#include "arenas/pools.h"
#include "ground/text.h"
#include "heap/blocks.h"
#include "heap/heap.h"
#include "os/os.h"
#include "types/type.h"

#include <errno.h>

/* Types and sites are aligned to more than a byte, so that an odd number is none's address, and the low bit is free. */
enum { SMALLEST_TABLE = 1 << 10, ARRAY = 1, NO_TYPE = 1, NO_SITE = 1 };

/* Rows by key, in a hash table with open addressing; key 0 is an empty row. */
struct row {
  uint64_t key;
  uint64_t blocks, bytes;
};
struct table {
  struct row *rows;
  size_t n, cap; /* cap is a power of two, or 0 */
};

static uint64_t mix(uint64_t key) { return key * 0x9e3779b97f4a7c15u; }

/* The row of this key, or the empty one where it goes: there always is one, since the table is half empty at least. */
static struct row *row_in(struct row *rows, size_t cap, uint64_t key) {
  size_t i = (size_t)(mix(key) >> 32) & (cap - 1);
  while (rows[i].key && rows[i].key != key)
    i = (i + 1) & (cap - 1);
  return &rows[i];
}

/* False if memory is short; then the table is as it was. */
static bool table_grow(struct table *table) {
  size_t cap = table->cap ? 2 * table->cap : SMALLEST_TABLE;
  struct row *rows = allocs_os_map(cap * sizeof *rows);
  if (!rows)
    return false;
  for (size_t i = 0; i < table->cap; i++)
    if (table->rows[i].key)
      *row_in(rows, cap, table->rows[i].key) = table->rows[i];
  if (table->rows)
    allocs_os_unmap(table->rows, table->cap * sizeof *rows);
  table->rows = rows;
  table->cap = cap;
  return true;
}

static bool table_add(struct table *table, uint64_t key, uint64_t blocks, uint64_t bytes) {
  if (table->n * 2 >= table->cap && !table_grow(table))
    return false;
  struct row *row = row_in(table->rows, table->cap, key);
  table->n += !row->key;
  row->key = key;
  row->blocks += blocks;
  row->bytes += bytes;
  return true;
}

static void table_fini(struct table *table) {
  if (table->rows)
    allocs_os_unmap(table->rows, table->cap * sizeof *table->rows);
}

/* The last comparison makes the order total, so that one heap gives one output as far as keys are the same. */
static bool before(const struct row *a, const struct row *b) {
  if (a->bytes != b->bytes)
    return a->bytes > b->bytes;
  return a->blocks != b->blocks ? a->blocks > b->blocks : a->key < b->key;
}

static void swap(struct row *a, struct row *b) {
  struct row c = *a;
  *a = *b;
  *b = c;
}

/* Restores the heap below i, in which no child comes after its parent. */
static void sift(struct row *rows, size_t i, size_t n) {
  for (size_t child; (child = 2 * i + 1) < n; i = child) {
    if (child + 1 < n && before(&rows[child], &rows[child + 1]))
      child++;
    if (!before(&rows[i], &rows[child]))
      return;
    swap(&rows[i], &rows[child]);
  }
}

/* Heap sort, most bytes first; from then on the table is a list of n rows. */
static void table_sort(struct table *table) {
  size_t n = 0;
  for (size_t i = 0; i < table->cap; i++)
    if (table->rows[i].key)
      swap(&table->rows[n++], &table->rows[i]);
  for (size_t i = n / 2; i-- > 0;)
    sift(table->rows, i, n);
  for (size_t i = n; i-- > 1;) {
    swap(&table->rows[0], &table->rows[i]);
    sift(table->rows, 0, i);
  }
}

struct census {
  struct table types;    /* key: struct uniqtype *, + ARRAY for arrays of it; NO_TYPE */
  struct table untyped;  /* key: struct allocs_known_site *; NO_SITE */
  struct row all, typed; /* no key */
  bool complete;
};

/* 0 if nothing is known. Blocks of arrays count as one type, whatever their lengths: "struct point[]". */
static uint64_t type_key(struct allocs_known_site *site, uint64_t size) {
  uint64_t count;
  switch (allocs_site_block_shape(site, size, &count)) {
  case ALLOCS_SHAPE_ARRAY:
    return (uintptr_t)site->type + ARRAY;
  case ALLOCS_SHAPE_NONE:
    return 0;
  default:
    return (uintptr_t)allocs_site_asked_type(site, size);
  }
}

/* What cannot be entered is in the sums all the same, and `complete` tells. */
static void count_block(struct census *census, const struct allocs_heap_block *block) {
  struct allocs_known_site *site = (struct allocs_known_site *)allocs_origin_of(block->origin);
  uint64_t type = site ? type_key(site, block->size) : 0;
  census->all.blocks++;
  census->all.bytes += block->size;
  if (type) {
    census->typed.blocks++;
    census->typed.bytes += block->size;
    census->complete &= table_add(&census->types, type, 1, block->size);
  } else {
    census->complete &= table_add(&census->types, NO_TYPE, 1, block->size);
    census->complete &= table_add(&census->untyped, site ? (uintptr_t)site : NO_SITE, 1, block->size);
  }
}

/* The parts that a pool has handed out of the block, each as a block; how many bytes that is. */
static uint64_t count_parts(struct census *census, const struct allocs_heap_block *block) {
  struct allocs_part part;
  uintptr_t end = block->base + block->size;
  uint64_t bytes = 0;
  if (ALLOCS_LIKELY(!allocs_arenas_any) || !allocs_pools_has(block->base, block->size))
    return 0;
  for (uintptr_t at = block->base; allocs_part_index_next(at, end, &part) && part.size <= end - part.base;
       at = part.base + 1) {
    count_block(census, &(const struct allocs_heap_block){.base = part.base, .size = part.size, .origin = part.origin});
    bytes += part.size;
  }
  return bytes;
}

/* What lies between parts is of no type, whatever is said of the whole. */
static void count_rest(struct census *census, const struct allocs_heap_block *block, uint64_t parts) {
  struct allocs_origin *site = allocs_origin_of(block->origin);
  uint64_t rest = parts < block->size ? block->size - parts : 0;
  census->all.blocks++;
  census->all.bytes += rest;
  census->complete &= table_add(&census->types, NO_TYPE, 1, rest);
  census->complete &= table_add(&census->untyped, site ? (uintptr_t)site : NO_SITE, 1, rest);
}

/* By address: what is allocated behind us is not counted, what is freed before us neither; none at one address twice.
 */
static void count(struct census *census) {
  struct allocs_heap_block block;
  for (uintptr_t at = 0; allocs_blocks_next(at, &block); at = block.base + 1) {
    uint64_t parts = count_parts(census, &block);
    if (ALLOCS_UNLIKELY(parts))
      count_rest(census, &block, parts);
    else
      count_block(census, &block);
  }
}

static const struct alloc_site_info *place_of(uint64_t key) {
  return key == NO_SITE ? NULL : &((const struct allocs_known_site *)(uintptr_t)key)->info;
}

/* Texts are kept once. */
static bool is_same_place(const struct alloc_site_info *a, const struct alloc_site_info *b) {
  return a && b && a->file && a->file == b->file && a->line == b->line && a->function == b->function &&
         a->callee == b->callee;
}

/* Adds each to the first of its place, in a table by place. */
static void merge_places(struct census *census) {
  struct table *table = &census->untyped;
  size_t size = table->cap * sizeof(struct row *);
  struct row **firsts = size ? allocs_os_map(size) : NULL;
  for (size_t i = 0; firsts && i < table->cap; i++) {
    struct row *row = &table->rows[i];
    const struct alloc_site_info *place = row->key ? place_of(row->key) : NULL;
    if (!place || !place->file)
      continue;
    size_t at = (size_t)(mix((uintptr_t)place->file + mix(place->line)) >> 32) & (table->cap - 1);
    while (firsts[at] && !is_same_place(place_of(firsts[at]->key), place))
      at = (at + 1) & (table->cap - 1);
    if (!firsts[at]) {
      firsts[at] = row;
      continue;
    }
    firsts[at]->blocks += row->blocks;
    firsts[at]->bytes += row->bytes;
    *row = (struct row){.key = 0};
    table->n--;
  }
  if (firsts)
    allocs_os_unmap(firsts, size);
}

/* Output: lines are put together in `line` and written one by one. */

static struct allocs_os_kept standard_error = {.fd = -1, .copy = -1};
/* Of which process the memory is, or PRINTED. The kernel zeroes it in a forked child, which has a copy, and not in one
   by vfork(). */
static int *process_here;
enum { PRINTED = -1 };

/* Programs close standard error before they end; a copy of it is kept out of their way. */
void allocs_census_init(void) {
  standard_error = allocs_os_keep(2);
  process_here = allocs_os_map(ALLOCS_PAGE);
  if (process_here && allocs_os_wipe_on_fork(process_here, ALLOCS_PAGE))
    *process_here = allocs_os_process();
}

struct out {
  int fd, error; /* of the first line that could not be written; after it none is */
  struct allocs_text text;
  char line[1024];
};

static void out_begin(struct out *out) { allocs_text_init(&out->text, out->line, sizeof out->line - 1); }

/* Two bytes less than there are: for the end of the line, and the zero that texts end with. Written at once, so that
   lines of several processes do not mix. */
static void out_end(struct out *out) {
  size_t n = out->text.length < sizeof out->line - 2 ? out->text.length : sizeof out->line - 2;
  out->line[n] = '\n';
  if (!out->error)
    out->error = allocs_os_write(out->fd, out->line, n + 1);
}

static void out_line(struct out *out, const char *string) {
  out_begin(out);
  allocs_text_string(&out->text, string);
  out_end(out);
}

static void out_padding(struct out *out, uint64_t n, unsigned width) {
  unsigned digits = 1;
  for (uint64_t rest = n; rest >= 10; rest /= 10)
    digits++;
  for (; digits < width; digits++)
    allocs_text_char(&out->text, ' ');
}

static void out_number(struct out *out, uint64_t n, unsigned width) {
  out_padding(out, n, width);
  allocs_text_decimal(&out->text, n);
}

/* A share in percent, with one decimal. */
static void out_share(struct out *out, uint64_t part, uint64_t whole, unsigned width) {
  uint64_t tenths = whole ? (uint64_t)((double)part * 1000 / (double)whole + 0.5) : 0;
  out_number(out, tenths / 10, width);
  allocs_text_char(&out->text, '.');
  allocs_text_decimal(&out->text, tenths % 10);
  allocs_text_string(&out->text, " %");
}

static void out_row(struct out *out, const struct row *row, const struct row *all) {
  out_begin(out);
  out_number(out, row->blocks, 12);
  out_number(out, row->bytes, 16);
  out_share(out, row->bytes, all->bytes, 6);
  allocs_text_string(&out->text, "  ");
}

static void print_types(struct out *out, const struct census *census) {
  char name[512];
  out_begin(out);
  allocs_text_string(&out->text, "allocs: the live heap by type, of process ");
  allocs_text_decimal(&out->text, (uint64_t)allocs_os_process());
  out_end(out);
  out_line(out, "      blocks           bytes   share  type");
  for (size_t i = 0; i < census->types.n; i++) {
    const struct row *row = &census->types.rows[i];
    const struct uniqtype *type = (const struct uniqtype *)(uintptr_t)(row->key & ~(uint64_t)ARRAY);
    /* Of (no type) too, whose key has this bit: an array of nothing is no type, and not asked for its name. */
    if (row->key & ARRAY)
      type = allocs_type_array(type, UNIQTYPE_ARRAY_LENGTH_UNBOUNDED);
    out_row(out, row, &census->all);
    allocs_text_string(&out->text, row->key == NO_TYPE ? "(no type)" : uniqtype_c_name(type, name, sizeof name));
    out_end(out);
  }
}

static void print_typed(struct out *out, const struct census *census) {
  out_begin(out);
  allocs_text_string(&out->text, "typed: ");
  allocs_text_decimal(&out->text, census->typed.blocks);
  allocs_text_string(&out->text, " of ");
  allocs_text_decimal(&out->text, census->all.blocks);
  allocs_text_string(&out->text, " blocks (");
  out_share(out, census->typed.blocks, census->all.blocks, 0);
  allocs_text_string(&out->text, "), ");
  allocs_text_decimal(&out->text, census->typed.bytes);
  allocs_text_string(&out->text, " of ");
  allocs_text_decimal(&out->text, census->all.bytes);
  allocs_text_string(&out->text, " bytes (");
  out_share(out, census->typed.bytes, census->all.bytes, 0);
  allocs_text_char(&out->text, ')');
  out_end(out);
}

static void print_untyped(struct out *out, const struct census *census) {
  if (census->untyped.n)
    out_line(out, "untyped:\n      blocks           bytes   share  site");
  for (size_t i = 0; i < census->untyped.n; i++) {
    const struct row *row = &census->untyped.rows[i];
    const struct allocs_known_site *site =
        row->key == NO_SITE ? NULL : (const struct allocs_known_site *)(uintptr_t)row->key;
    out_row(out, row, &census->all);
    allocs_places_put(&out->text, site, (uintptr_t)allocs_site_code(site));
    out_end(out);
  }
}

/* Other threads may run, and this one hold any lock of libc's. So there is no malloc, and no stdio. */
int alloc_census(int fd) {
  struct census census = {.complete = true};
  struct out out;
  out.fd = fd;
  out.error = 0;
  count(&census);
  merge_places(&census);
  table_sort(&census.types);
  table_sort(&census.untyped);
  print_types(&out, &census);
  print_typed(&out, &census);
  print_untyped(&out, &census);
  if (!census.complete)
    out_line(&out, "allocs: the census is not complete: no memory for it");
  table_fini(&census.types);
  table_fini(&census.untyped);
  return out.error ? out.error : census.complete ? 0 : ENOMEM;
}

void allocs_census_print(bool is_last) {
  int process = allocs_os_process();
  if (process_here && *process_here && *process_here != process)
    return;
  alloc_census(allocs_os_kept(&standard_error));
  if (process_here)
    *process_here = is_last ? PRINTED : process;
}
