// Threads are listed while they run, their places taken again when they have ended, and a forked child has its own alone.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s -o %t && %t

#include "stack/thread.c"
#include "check.h"

static int process = 7, id = 70;
static unsigned n_made, n_exits;
static struct allocs_thread memory[4];
static bool is_short, has_gone;
int allocs_os_process(void) { return process; }
int allocs_os_thread(void) { return id; }
bool allocs_os_is_thread(int which) { return CHECK(which >= 70), !has_gone; }
void *allocs_store_alloc(size_t size) { return CHECK(size == sizeof *memory), is_short ? NULL : &memory[n_made++]; }
void allocs_thread_stop_exit(void) { n_exits++; }
static unsigned n_firsts;
void allocs_unwind_first_thread(void) { n_firsts++; }

/* The ids of those that run, as a number in the order of the list. */
static long listed(void) {
  struct allocs_running at = {.thread = NULL};
  long ids = 0;
  while (allocs_thread_next(&at)) {
    CHECK(at.is_first == (at.thread == &allocs_thread_list.first) && at.life & 1 && at.control == at.thread->control);
    CHECK(at.is_asker && allocs_thread_is_running(&at)); /* all are this thread's */
    ids = ids * 100 + at.id;
  }
  return ids;
}
static int n_being_made(void) {
  int n = 0;
  for (const struct allocs_thread *at = NULL; (at = allocs_thread_next_made(at));)
    n++;
  return n;
}

static void places(void) {
  struct allocs_thread *one = allocs_thread_take(), *two = allocs_thread_take();
  CHECK(one == &memory[0] && two == &memory[1] && n_being_made() == 2 && listed() == 70);
  id = 71, allocs_thread_begin(one);
  CHECK(listed() == 7170 && n_being_made() == 1 && allocs_thread_first_frame() && allocs_thread_first_frame() != UINTPTR_MAX);
  CHECK(one->sp == allocs_thread_first_frame() && one->process == 7);
  id = 72, allocs_thread_begin(two);
  CHECK(listed() == 727170 && !n_being_made());
  struct allocs_running at = {.thread = one, .life = one->life, .is_asker = true};
  one->begin = one->end = one->size = 99;
  allocs_thread_end(one);
  CHECK(listed() == 7270 && !allocs_thread_is_running(&at) && n_exits == 1 && !n_being_made());
  id = 99; /* nobody's: who runs keeps his number */
  struct allocs_thread *again = allocs_thread_take();
  CHECK(again == one && !one->begin && !one->end && !one->size && n_made == 2 && n_being_made() == 1);
  allocs_thread_end(again); /* it never came to be */
  CHECK(n_exits == 1 && !n_being_made() && !allocs_thread_is_running(&at) && listed() == 7270);
  is_short = true;
  CHECK(allocs_thread_take() == one && !allocs_thread_take() && n_made == 2);
  /* What is in use is not looked at, however much there is of it; what is taken is passed over. */
  two->taken = 0;
  CHECK(!allocs_thread_take());
  two->taken = 1, is_short = false;
  struct allocs_thread *three = allocs_thread_take();
  allocs_thread_end(one), allocs_thread_end(three), is_short = true;
  three->taken = 1;
  CHECK(three == &memory[2] && allocs_thread_take() == one && !allocs_thread_take());
  allocs_thread_end(one), allocs_thread_end(three), is_short = false;
}

/* Of a parent's threads a child has the one that forked, under its own numbers. */
static void forks(void) {
  allocs_thread_list.first.control = memory[0].control = 1; /* other threads' */
  process = 8, id = 80;
  CHECK(listed() == 80 && memory[1].process == 7 && memory[1].id == 72);
  struct allocs_thread *made = allocs_thread_take();
  CHECK(memory[1].process == 8 && memory[1].id == 80 && made && n_being_made() == 1);
  allocs_thread_end(made);
  /* Of another's it is asked whether it still runs. */
  memory[1].control = 2;
  struct allocs_running at = {.thread = NULL};
  CHECK(allocs_thread_next(&at) && at.id == 80 && !at.is_asker && allocs_thread_is_running(&at));
  has_gone = true;
  CHECK(!allocs_thread_is_running(&at) && !allocs_thread_next(&at));
}

int main(void) {
  CHECK(!listed() && !n_being_made() && !allocs_thread_first_frame());
  allocs_thread_init();
  CHECK(listed() == 70 && allocs_thread_first_frame() == UINTPTR_MAX && !n_being_made() && n_firsts == 1);
  places();
  forks();
  return check_failed;
}
