// A block is told of the site in its entry, or behind its mark, once that is filled; by the type given last if that has the block's size; of no site, as what nothing is known of.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "heap/block_answer.h"
#include "check.h"

const struct allocator alloc_heap = {.name = "heap"};
static struct uniqtype own = {.size = 16}, array = {.size = 32}, nothing = {.size = 5};
static struct allocs_origin mark = {.is_mark = true}, *numbers[4] = {NULL, NULL, &mark};
struct allocs_origin **allocs_origin_table;
static struct allocs_known_site site;
static unsigned n_filled, n_types;
static char code;

void allocs_site_fill(struct allocs_known_site *it) {
  CHECK(it == &site), n_filled++;
  it->info = (struct alloc_site_info){.code = &code, .function = "function", .file = "file", .line = 7, .column = 8, .callee = "callee", .rule = "rule"};
  it->type = &own, it->alias = "alias", it->filled = 1;
}
const struct uniqtype *allocs_site_block_type(struct allocs_known_site *it, uint64_t size) {
  n_types++, CHECK(!it || it->filled);
  return !it ? &nothing : size == 16 ? &own : &array;
}
uint32_t allocs_block_marks_origin(uintptr_t base, uint32_t word) { return CHECK(base == 0x1000 && word == (ALLOCS_ORIGIN_TOP | 2 << ALLOCS_ORIGIN_AT)), ALLOCS_ORIGIN_TOP | 1 << ALLOCS_ORIGIN_AT; }

static struct alloc_pos told(uint64_t size, uint32_t number) {
  struct alloc_pos pos = {.line = 99, .alias = "none"};
  allocs_block_answer(&(struct allocs_heap_block){0x1000, size, ALLOCS_ORIGIN_TOP | number << ALLOCS_ORIGIN_AT}, &pos);
  CHECK(pos.allocator == &alloc_heap && (uintptr_t)pos.base == 0x1000 && pos.size == size);
  return pos;
}

int main(void) {
  struct alloc_pos pos = told(16, 1);
  CHECK(pos.type == &nothing && pos.line == 99 && !n_filled); /* before there is any origin */
  allocs_origin_table = numbers;
  pos = told(16, 0), CHECK(pos.type == &nothing && pos.line == 99);
  pos = told(16, 3), CHECK(pos.type == &nothing && pos.line == 99);
  numbers[1] = &site.origin;
  for (uint32_t number = 1; number <= 2; number++) {
    site = (struct allocs_known_site){.filled = 0}, n_filled = n_types = 0;
    pos = told(16, number);
    CHECK(n_filled == 1 && n_types == 1 && pos.type == &own && pos.site == &code && !strcmp(pos.function, "function") && !strcmp(pos.file, "file") && pos.line == 7 && pos.column == 8 && !strcmp(pos.callee, "callee") && !strcmp(pos.rule, "rule") && !strcmp(pos.alias, "alias"));
    pos = told(32, number), CHECK(n_filled == 1 && n_types == 2 && pos.type == &array && !strcmp(pos.alias, "none")); /* of an array the name is not */
    site.latest = &array, pos = told(32, number), CHECK(n_types == 2 && pos.type == &array);
    pos = told(16, number), CHECK(n_types == 3 && pos.type == &own && !strcmp(pos.alias, "alias"));
  }
  return check_failed;
}
