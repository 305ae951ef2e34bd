// The table of arenas: while one thread adds, replaces and sweeps, what stays is found by the others, and what they find is whole.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/arenas/arena_table.c %src/runtime/ground/store.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t -pthread
// RUN: %t
// RUN: %if tsan %{ %cc -g -O1 -DROUNDS=20000 -fsanitize=thread -I%src/runtime %s %src/runtime/arenas/arena_table.c %src/runtime/ground/store.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t.tsan -pthread %}
// RUN: %if tsan %{ env TSAN_OPTIONS=halt_on_error=1 %t.tsan %}

#define _GNU_SOURCE
#include "arenas/arena_table.h"
#include "check.h"
#include "step.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#ifndef ROUNDS
#define ROUNDS 300000
#endif
enum { PLACES = 500, STEP = 64, SIZE = 48 };

/* At each place there is at most one, at depth i % 2; those at multiples of 10 stay. */
static struct allocs_arena_node *at[PLACES];
static _Atomic int done;
static struct alloc_arena ids[PLACES];

static uintptr_t place(int i) { return 4096 + (uintptr_t)i * STEP; }

static bool find(int i) {
  struct allocs_arena_node found, *where;
  uint32_t depth = (uint32_t)i % 2;
  bool is_there = allocs_arena_table_look_up(depth, place(i) + SIZE - 1, false, &found, &where) &&
                  allocs_arena_table_begin(&found) == place(i) && !(found.state & 1);
  CHECK(!is_there || (found.id == &ids[i] && found.arena.size == SIZE && found.depth == depth));
  return is_there;
}

/* The index of the node at a place, or where it would be. */
static size_t index_of(int i) {
  size_t n = allocs_arena_table_count_up_to((uint32_t)i % 2, place(i));
  return at[i] ? n - 1 : n;
}

static void put(int i) {
  struct allocs_arena_node like = {.depth = (uint32_t)i % 2, .id = &ids[i]};
  like.arena = (struct alloc_arena){NULL, (void *)place(i), SIZE, NULL};
  size_t n = index_of(i);
  CHECK(allocs_arena_table_reserve());
  struct allocs_arena_node *node = allocs_arena_table_new_node(&like);
  allocs_arena_table_replace(n, n + (at[i] != NULL), node);
  at[i] = node;
}

static void take(int i) {
  size_t n = index_of(i);
  if (at[i])
    allocs_arena_table_replace(n, n + 1, NULL);
  at[i] = NULL;
}

static bool is_even(const struct allocs_arena_node *node) { return (node->id - ids) % 10 != 5; }

static void *look(void *arg) {
  for (unsigned i = 0; !done; i++) {
    find((int)(i % PLACES));
    CHECK(find((int)(i % (PLACES / 10)) * 10));
  }
  return arg;
}

/* Interrupts the writer anywhere. */
static void on_signal(int number) {
  CHECK(find(10 * (number % 7)) && find(PLACES - 10));
}

/* At each instruction of a change, what stays is found, and what changes is whole. */
static void change_some(void) {
  for (int i = 1; i < 4; i++)
    put(i), take(i), put(i), put(i);
}
static void look_at_some(void) {
  for (int i = 1; i < 4; i++)
    find(i);
  CHECK(find(0) && find(10) && find(PLACES - 10));
}

int main(void) {
  pthread_t readers[2];
  unsigned seed = 1;
  allocs_arena_table_take_turn();
  for (int i = 0; i < PLACES; i++)
    put((i * 7) % PLACES);
  CHECK(allocs_arena_table_count() == PLACES && allocs_arena_table_depths() == 2);
  signal(SIGALRM, on_signal);
  for (int i = 0; i < 2; i++)
    pthread_create(&readers[i], NULL, look, NULL);
  for (int round = 0; round < ROUNDS; round++) {
    int i = rand_r(&seed) % PLACES;
    if (round % 16 == 0)
      raise(SIGALRM);
    if (i % 10 == 0)
      continue;
    bool add = rand_r(&seed) % 3;
    if (add)
      put(i);
    else
      take(i);
    CHECK(find(i) == add);
    if (round % 10000 == 9999) {
      allocs_arena_table_sweep(is_even);
      for (i = 5; i < PLACES; i += 10) {
        at[i] = NULL;
        CHECK(!find(i));
      }
    }
  }
  done = 1;
  for (int i = 0; i < 2; i++)
    pthread_join(readers[i], NULL);
  size_t n = 0;
  for (int i = 0; i < PLACES; i++) {
    CHECK(find(i) == (at[i] != NULL));
    n += at[i] != NULL;
  }
  CHECK(allocs_arena_table_count() == n);

#if !__has_feature(thread_sanitizer)
  CHECK(step_through(change_some, look_at_some) > 500);
#endif

  /* One that has ended is not alive, and a node that is another arena's by now does not end by mistake. */
  uint32_t state = at[0]->state;
  struct allocs_arena_node *node = at[0];
  allocs_arena_table_end_node(node, state);
  CHECK(!find(0));
  take(0);
  put(0);
  CHECK(at[0] == node && find(0));
  allocs_arena_table_end_node(node, state);
  CHECK(find(0));
  /* Those that are taken out together are all used again, when nothing else is free. */
  struct allocs_arena_node *taken[3];
  for (int i = 0; i < PLACES; i++)
    i == 2 || i == 4 || i == 6 ? put(i) : take(i);
  for (int i = 0; i < 3; i++)
    taken[i] = at[2 * i + 2];
  allocs_arena_table_state.free = NULL;
  size_t first = index_of(2);
  allocs_arena_table_replace(first, first + 3, NULL), at[2] = at[4] = at[6] = NULL;
  for (int i = 0; i < 3; i++)
    put(2 * i + 2), CHECK(at[2 * i + 2] == taken[0] || at[2 * i + 2] == taken[1] || at[2 * i + 2] == taken[2]);
  CHECK(at[2] != at[4] && at[4] != at[6] && at[2] != at[6] && find(2) && find(4) && find(6));
  allocs_arena_table_end_turn();
  return check_failed;
}
