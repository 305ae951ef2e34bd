// A walk shows what has a record and what only the symbol table knows, each once and in order, wherever the linker put them.
// RUN: %clang -DPLAIN=1 -O1 -c %s -o %t.1.o && %clang -DPLAIN=2 -O1 -c %s -o %t.2.o
// RUN: %allocs-cc -O1 -I%src/test/unit %t.1.o %s %t.2.o -o %t && %t

#ifdef PLAIN
#define NAME2(a, b) a##b
#define NAME(a, b) NAME2(a, b)
long NAME(plain_, PLAIN)[5] = {PLAIN};
static int NAME(hidden_, PLAIN) = 7;
int *NAME(get_, PLAIN)(void);
int *NAME(get_, PLAIN)(void) { return &NAME(hidden_, PLAIN); }
#else
#include "check.h"
#include <allocs.h>

long recorded_1[3] = {1}, recorded_2[4] = {2};
int *get_1(void), *get_2(void);

static const char *const names[] = {"plain_1", "hidden_1", "recorded_1", "recorded_2", "plain_2", "hidden_2", "main", "get_1", "get_2"};
enum { N = sizeof names / sizeof *names };
static int seen[N];
static char *end;

static int see(const struct alloc_pos *pos, void *arg) {
  (void)arg;
  if (pos->allocator != &alloc_static || pos->level != ALLOC_LEVEL_ALLOCATION)
    return ALLOC_WALK_ON;
  CHECK((char *)pos->base >= end);
  end = (char *)pos->base + pos->size;
  for (int i = 0; i < N; i++)
    seen[i] += pos->name && !strcmp(pos->name, names[i]);
  return ALLOC_WALK_SKIP;
}

int main(void) {
  struct alloc_pos chain[20];
  CHECK(*get_1() == 7 && *get_2() == 7 && recorded_1[0] + recorded_2[0] == 3);
  unsigned n = alloc_get_chain(recorded_1, chain, 20), i = 0;
  while (i < n && chain[i].allocator != &alloc_static_file)
    i++;
  CHECK(i < n);
  alloc_walk_tree(&chain[i], NULL, see, NULL);
  for (i = 0; i < N; i++)
    if (seen[i] != 1)
      fprintf(stderr, "%s seen %d times\n", names[i], seen[i]), check_failed = 1;
  return check_failed;
}
#endif
