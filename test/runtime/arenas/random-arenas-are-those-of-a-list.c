// Over thousands of random additions, removals and ends of what they lie in, the arenas found, walked and refused are those of a plain list.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { N = 150, SIZE = 4096, STEPS = 6000, N_PLACES = 3 };

/* Memory of zeroes: in it each byte is a text. */
static _Alignas(4096) char variable[SIZE];
static char *places[N_PLACES];
static struct alloc_arena arenas[N];
static struct {
  int place, is_live;
  unsigned begin, end;
} list[N];
static int n_refused, n_added, n_removed;

static void begin_place(int i) {
  places[i] = i == 0   ? variable
              : i == 1 ? calloc(1, SIZE)
                       : mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void end_place(int place) {
  if (place == 0)
    return;
  if (place == 1)
    free(places[place]);
  else
    munmap(places[place], SIZE);
  for (int i = 0; i < N; i++)
    list[i].is_live &= list[i].place != place;
  begin_place(place);
}

static void add(int i) {
  int place = rand() % N_PLACES, fits = 1;
  unsigned begin = (unsigned)(rand() % SIZE), size = 2 + (unsigned)(rand() % (rand() % 4 ? 60 : 2000)),
           end = begin + size;
  if (list[i].is_live && rand() % 2) /* again: it would have to lie in one of its own texts */
    place = list[i].place, begin = list[i].begin, end = list[i].end;
  for (int j = 0; j < N; j++)
    if (list[j].is_live && list[j].place == place && list[j].begin < end && begin < list[j].end)
      fits = 0;
  if (list[i].is_live && !(place == list[i].place && begin == list[i].begin && end == list[i].end))
    return;
  arenas[i] = (struct alloc_arena){&alloc_packed_texts, places[place] + begin, end - begin, NULL};
  enum alloc_status status = alloc_arena_add(&arenas[i]);
  CHECK(status == (fits && end <= SIZE ? ALLOC_OK : ALLOC_BAD_ARGUMENT));
  n_added += !status, n_refused += status != ALLOC_OK;
  if (status == ALLOC_OK)
    list[i].place = place, list[i].begin = begin, list[i].end = end, list[i].is_live = 1;
}

static void take(int i) {
  enum alloc_status status = alloc_arena_remove(&arenas[i]);
  CHECK(status == (list[i].is_live ? ALLOC_OK : ALLOC_UNKNOWN));
  n_removed += !status;
  list[i].is_live = 0;
}

static int is_in_one(int place, unsigned at) {
  for (int i = 0; i < N; i++)
    if (list[i].is_live && list[i].place == place && at >= list[i].begin && at < list[i].end)
      return 1;
  return 0;
}

static void ask(int place, unsigned at) {
  struct alloc_info info;
  int wanted = is_in_one(place, at);
  CHECK(!alloc_get_info(places[place] + at, &info) && (info.allocator == &alloc_packed_texts) == wanted);
  CHECK(!wanted || (info.base == places[place] + at && info.size == 1));
}

static unsigned n_shown;
static char *last;
static int see(const struct alloc_pos *pos, void *arg) {
  char *base = pos->base;
  if (pos->allocator != &alloc_packed_texts || pos->level != ALLOC_LEVEL_ALLOCATION)
    return ALLOC_WALK_ON;
  CHECK(base > last && is_in_one((int)(long)arg, (unsigned)(base - places[(long)arg])));
  last = base;
  n_shown++;
  return ALLOC_WALK_SKIP;
}

static void walk(int place) {
  struct alloc_pos chain[20];
  unsigned n = alloc_get_chain(places[place], chain, 20), i = 0, wanted = 0;
  while (i < n && (chain[i].allocator == &alloc_packed_texts || chain[i].level != ALLOC_LEVEL_ALLOCATION))
    i++;
  n_shown = 0, last = NULL;
  CHECK(i < n && chain[i].base == places[place]);
  alloc_walk(&chain[i], see, (void *)(long)place);
  for (int j = 0; j < N; j++)
    wanted += list[j].is_live && list[j].place == place ? list[j].end - list[j].begin : 0;
  CHECK(n_shown == wanted);
}

int main(void) {
  for (int i = 0; i < N_PLACES; i++)
    begin_place(i);
  for (int step = 0; step < STEPS && !check_failed; step++) {
    int i = rand() % N;
    if (rand() % 3)
      add(i);
    else
      take(i);
    if (step % 200 == 199)
      end_place(rand() % N_PLACES);
    for (int j = 0; j < 6; j++)
      ask(rand() % N_PLACES, (unsigned)(rand() % SIZE));
    for (int j = 0; j < N_PLACES && list[i].is_live; j++) /* and around its ends */
      if (list[i].place == j)
        ask(j, list[i].begin), ask(j, list[i].end - 1), ask(j, list[i].end % SIZE),
            ask(j, (list[i].begin + SIZE - 1) % SIZE);
    if (step % 500 == 0)
      walk(rand() % N_PLACES);
  }
  CHECK(n_added > 500 && n_refused > 300 && n_removed > 300);
  return check_failed;
}
