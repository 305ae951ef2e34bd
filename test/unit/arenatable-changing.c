// Who comes to a table while it is changed is told nothing of it, however long the change takes; afterwards, what is in it.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/ground/store.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#include "arenas/arena_table.c"
#include "check.h"

static bool find(uintptr_t address, bool after) {
  struct allocs_arena_node found, *where;
  return allocs_arena_table_look_up(0, address, after, &found, &where) && found.arena.size == 48;
}

int main(void) {
  struct allocs_arena_node like = {.arena = {NULL, (void *)4096, 48, NULL}};
  allocs_arena_table_take_turn();
  CHECK(allocs_arena_table_reserve());
  allocs_arena_table_replace(0, 0, allocs_arena_table_new_node(&like));
  CHECK(find(4096, false) && find(1, true) && !find(1, false));
  /* As a writer leaves it meanwhile, where a reader has chosen it before that began */
  struct allocs_arena_table *table = current();
  table->version++;
  CHECK(!find(4096, false) && !find(1, true));
  table->version++;
  CHECK(find(4096, false) && find(1, true));
  allocs_arena_table_end_turn();
  return check_failed;
}
