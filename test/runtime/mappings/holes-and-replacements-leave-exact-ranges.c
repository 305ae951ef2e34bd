// After any munmap, MAP_FIXED, mremap and mprotect, each page's mapping has the range that its call left.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t
// RUN: %allocs-cc -O1 -static -I%src/test/unit %s -o %t-static && %t-static

#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096, N_PAGES = 400, N_STEPS = 6000 };

/* Of each page: the step that mapped it, 0 if unmapped; pages of one step may be in several pieces. */
static int made[N_PAGES], piece[N_PAGES], n_pieces;
static const char *call[N_STEPS];
static char *arena;
static int n_moved;

static char *at(int page) { return arena + (size_t)page * PAGE; }

static void set(int begin, int end, int step) {
  n_pieces += 2;
  if (end < N_PAGES && begin && piece[end] == piece[begin - 1] && made[end]) /* a hole: the rest is a piece apart */
    for (int i = end, was = piece[end]; i < N_PAGES && piece[i] == was; i++)
      piece[i] = n_pieces;
  for (int i = begin; i < end; i++) {
    made[i] = step;
    piece[i] = n_pieces + 1;
  }
}

static void ask(int page) {
  struct alloc_mapping mapping;
  struct alloc_info info;
  int begin = page, end = page + 1;
  enum alloc_status status = alloc_get_mapping(at(page) + rand() % PAGE, &mapping);
  CHECK(status == (made[page] ? ALLOC_OK : ALLOC_UNKNOWN));
  CHECK(alloc_get_info(at(page), &info) == status);
  if (!made[page] || status)
    return;
  while (begin && made[begin - 1] && piece[begin - 1] == piece[page])
    begin--;
  while (end < N_PAGES && made[end] && piece[end] == piece[page])
    end++;
  CHECK(mapping.base == at(begin) && (char *)mapping.base + mapping.size == at(end));
  CHECK(info.base == mapping.base && info.size == mapping.size && info.site == mapping.site && info.site);
  CHECK(info.allocator == &alloc_mmap);
  CHECK_STRING(mapping.call, call[made[page]]);
}

static int free_range(int begin, int end) {
  for (int i = begin; i < end; i++)
    if (made[i])
      return 0;
  return 1;
}

static int one_piece(int begin, int end) {
  for (int i = begin; i < end; i++)
    if (!made[i] || piece[i] != piece[begin])
      return 0;
  return 1;
}

static void step(int number) {
  int begin = rand() % N_PAGES, end = begin + 1 + rand() % 20, to = rand() % N_PAGES;
  end = end > N_PAGES ? N_PAGES : end;
  switch (rand() % 5) {
  case 0:
    CHECK(!munmap(at(begin), (size_t)(end - begin) * PAGE - (rand() & 1)));
    set(begin, end, 0);
    break;
  case 1:
  case 2:
    CHECK(mmap(at(begin), (size_t)(end - begin) * PAGE, PROT_READ | PROT_WRITE,
               (rand() & 1 ? MAP_PRIVATE : MAP_SHARED) | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at(begin));
    set(begin, end, number);
    call[number] = "mmap";
    break;
  case 3:
    mprotect(at(begin), (size_t)(end - begin) * PAGE, rand() & 1 ? PROT_NONE : PROT_READ | PROT_WRITE);
    break;
  default:
    if (!one_piece(begin, end) || to + (end - begin) > N_PAGES || !free_range(to, to + end - begin))
      return;
    if (mremap(at(begin), (size_t)(end - begin) * PAGE, (size_t)(end - begin) * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
               at(to)) != at(to))
      return; /* of several kernel mappings: none is moved */
    set(begin, end, 0);
    set(to, to + end - begin, number);
    call[number] = "mremap";
    n_moved++;
  }
}

int main(void) {
  char *far = (char *)0x100000000000; /* where the kernel puts nothing by itself */
  char *all = mmap(far, (N_PAGES + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  arena = all + PAGE;
  munmap(arena, N_PAGES * PAGE);
  for (int number = 1; number < N_STEPS && !check_failed; number++) {
    step(number);
    for (int i = 0; i < 4; i++)
      ask(rand() % N_PAGES);
  }
  CHECK(n_moved > 20);
  CHECK(alloc_get_size(all) == PAGE && alloc_get_base(at(N_PAGES)) == at(N_PAGES));
  return check_failed;
}
