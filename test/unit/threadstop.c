// A thread that stands still is told as it said, whole and of one time, until it goes on; its stops nest, those of a left function end, and their places are used again.
// RUN: %cc -O2 -Wall -Wextra -Werror -fsanitize=bounds -fsanitize-trap=all -I%src/runtime %s -o %t && %t

#define _GNU_SOURCE
#include "stack/thread_stop.c"
#include "check.h"
#include "step.h"

static int process = 7;
static struct allocs_stop memory[6];
static unsigned n_made;
static bool is_short, has_frame, has_caller, has_stack, is_own, has_ended;
static uintptr_t sp, stack_end, own_begin; /* of who stops */

int allocs_os_process(void) { return process; }
int allocs_os_thread(void) { return 70; }
bool allocs_os_is_thread(int id) { return CHECK(id == 70), !has_ended; }
void *allocs_store_alloc(size_t size) { return CHECK(size == sizeof *memory), is_short ? NULL : &memory[n_made++]; }
void allocs_unwind_capture(uintptr_t *regs) {
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    regs[i] = 0x100 + i;
  regs[ALLOCS_ARCH_SP] = sp;
}
bool allocs_unwind_frame(struct allocs_cursor *cursor) { return cursor->cfa = cursor->regs[ALLOCS_ARCH_SP] + 0x20, has_frame; }
bool allocs_unwind_up(struct allocs_cursor *cursor) { return cursor->regs[ALLOCS_ARCH_SP] = cursor->cfa, has_caller; }
bool allocs_unwind_stack(struct allocs_cursor *cursor) {
  CHECK(!cursor->begin && !cursor->end && !cursor->foreign);
  cursor->begin = sp - 8, cursor->end = sp + 8, cursor->own = is_own;
  return has_stack;
}
void allocs_unwind_own(uintptr_t *begin, uintptr_t *end) { *begin = own_begin, *end = stack_end; }

static void begin(void) {
  allocs_thread_stop_exit();
  is_short = has_ended = false, has_frame = has_caller = has_stack = is_own = true, process = 7;
  sp = 0x1000, own_begin = 0x800, stack_end = 0x9000;
}
static enum alloc_status stop_at(uintptr_t at) { return sp = at, alloc_thread_stop(NULL); }
/* Where the stack pointers of those are that stand still, by address, less 0x20, which is the callers'. */
static const char *standing(void) {
  static char text[100];
  unsigned char n[0x90] = {0};
  struct allocs_stopped at = {.stop = NULL};
  text[0] = 0;
  while (allocs_thread_stop_next(&at))
    CHECK(allocs_thread_stop_holds(&at)), n[(at.cursor.regs[ALLOCS_ARCH_SP] - 0x20) >> 8]++;
  for (unsigned i = 0; i < sizeof n; i++)
    while (n[i]--)
      sprintf(text + strlen(text), "%x00 ", i);
  return text;
}
static const char *after(uintptr_t at) { return CHECK(stop_at(at) == ALLOC_OK), standing(); }
static const char *after_go(void) { return alloc_thread_go(), standing(); }

static void fails(void) {
  begin(), alloc_thread_go(); /* nothing to end */
  has_frame = false, CHECK(stop_at(0x1000) == ALLOC_UNKNOWN);
  begin(), has_caller = false, CHECK(stop_at(0x1000) == ALLOC_UNKNOWN);
  begin(), has_stack = false, CHECK(stop_at(0x1000) == ALLOC_UNKNOWN);
  begin(), is_short = true, CHECK(stop_at(0x1000) == ALLOC_NO_MEMORY && !innermost);
  CHECK(!allocs_thread_stop_any && !n_made), CHECK_STRING(standing(), "");
}

static void nests(void) {
  begin();
  CHECK_STRING(after(0x3000), "3000 "), CHECK_STRING(after(0x2000), "2000 3000 "), CHECK(allocs_thread_stop_any);
  CHECK_STRING(after(0x2000), "2000 2000 3000 "), CHECK(n_made == 3);
  CHECK_STRING(after_go(), "2000 3000 "), CHECK_STRING(after(0x1000), "1000 2000 3000 "), CHECK(n_made == 3);
  /* Left by a longjmp. */
  CHECK_STRING(after(0x2100), "2100 3000 "), CHECK_STRING(after_go(), "3000 "), CHECK_STRING(after_go(), "");
  alloc_thread_go(), after(0x2000), CHECK_STRING(after(0x2001), "2000 ");
  alloc_thread_go(), after(0x2000), is_own = false, CHECK_STRING(after(0x3000), "2000 3000 ");
  is_own = true, CHECK_STRING(after(0x5000), "2000 3000 5000 "), alloc_thread_go(), alloc_thread_go();
  stack_end++, CHECK_STRING(after(0x4000), "2000 4000 "), allocs_thread_stop_exit(); /* of other bounds */
  CHECK_STRING(standing(), ""), CHECK(!innermost && n_made == 3);
  /* Another thread's, by what this one has of a fork, is not this one's to end. */
  begin(), after(0x2000), innermost->thread++, CHECK_STRING(after(0x3000), "2000 3000 ");
  CHECK_STRING(after_go(), "2000 "), CHECK_STRING(after_go(), "2000 "), CHECK(!innermost);
  struct allocs_stopped at = {.stop = NULL};
  CHECK(allocs_thread_stop_next(&at)), release(at.stop), CHECK(!allocs_thread_stop_holds(&at));
  for (int i = 0; i < 4; i++) {
    begin(), after(0x2000), at.stop = NULL, CHECK(allocs_thread_stop_next(&at) && allocs_thread_stop_holds(&at));
    alloc_thread_go(), CHECK(!allocs_thread_stop_holds(&at)), after(0x2000), CHECK(!allocs_thread_stop_holds(&at));
  }
  begin(), process = 1, after(0x2000), alloc_thread_go(), after(0x2000), alloc_thread_go(), CHECK(n_made == 3);
  CHECK_STRING(standing(), "");
}

static void forks(void) {
  struct allocs_stopped at = {.stop = NULL};
  begin(), after(0x3000), CHECK(allocs_thread_stop_next(&at)), process = 8, after(0x3000), CHECK(!allocs_thread_stop_holds(&at));
  begin(), after(0x3000), after(0x2000), process = 8;
  CHECK_STRING(standing(), ""), CHECK_STRING(after(0x1000), "1000 "), CHECK(n_made == 3 && !innermost->outer);
  process = 7, CHECK_STRING(standing(), "2000 "), process = 8;
  after(0x800), CHECK_STRING(after(0x700), "700 800 1000 "), CHECK(n_made == 3);
  CHECK_STRING(after(0x600), "600 700 800 1000 "), CHECK(n_made == 4);
  has_ended = true, CHECK_STRING(standing(), "");
  allocs_thread_stop_exit(), has_ended = false, CHECK_STRING(standing(), "");
  /* One that somebody else has by now. */
  begin(), after(0x3000), innermost->process = 9, alloc_thread_go(), CHECK(all->process == 9 && all->sequence & 1);
  all->process = 0, all->sequence++;
}

static char context[256];
static void all_the_same(uintptr_t value) {
  for (size_t i = 0; i < sizeof context; i += 8)
    memcpy(context + i, &value, 8);
  sp = stack_end = own_begin = value;
}
static void told(void) {
  struct allocs_stopped at;
  begin(), memset(&at, 0xff, sizeof at), at.stop = NULL, after(0x3000);
  CHECK(allocs_thread_stop_next(&at) && at.id == 70 && at.cursor.known == ALLOCS_ARCH_CAPTURED && !at.cursor.exact);
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    CHECK(at.cursor.regs[i] == (i == ALLOCS_ARCH_SP ? 0x3020 : 0x100 + i));
  CHECK(at.cursor.begin == 0x3000 - 8 && at.cursor.end == 0x3000 + 8 && at.cursor.own && !at.cursor.switches);
  CHECK(at.cursor.foreign == &at.foreign && at.foreign.begin == 0x800 && at.foreign.end == 0x9000);
  CHECK(!at.foreign.window.begin && !at.foreign.window.end);
  begin(), is_own = false, at.stop = NULL;
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    memcpy(context + allocs_arch_context_at[i], &(uintptr_t){0x500 + i}, 8);
  has_frame = has_caller = false; /* it is the frame itself */
  CHECK(alloc_thread_stop(context) == ALLOC_OK && allocs_thread_stop_next(&at) && at.cursor.exact && !at.cursor.own);
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    CHECK(at.cursor.regs[i] == 0x500 + i && at.cursor.known >> i & 1);
  CHECK(!(at.cursor.known >> ALLOCS_ARCH_N_REGS));
}

/* Stops of which all words have one value, seen by others at each instruction. */
static unsigned n_whole, n_looks, change_at;
static struct allocs_stopped seen;
static bool is_whole(const struct allocs_stopped *at) {
  uintptr_t value = at->foreign.begin;
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    if (at->cursor.regs[i] != value)
      return false;
  return at->cursor.begin == value - 8 && at->cursor.end == value + 8 && at->foreign.end == value;
}
static void stop(void) { CHECK(alloc_thread_stop(context) == ALLOC_OK); }
static void look(void) {
  struct allocs_stopped at = {.stop = NULL};
  while (allocs_thread_stop_next(&at))
    CHECK(is_whole(&at)), n_whole++;
  if (innermost) /* what a handler would find: each is whose it is, and the chain ends */
    CHECK(innermost->process == 7 && innermost->thread == allocs_arch_thread_pointer() && !innermost->outer);
}
static void read_it(void) {
  seen = (struct allocs_stopped){.stop = NULL};
  bool found = allocs_thread_stop_next(&seen);
  CHECK(!found || is_whole(&seen)), n_whole += found;
}
static void change(void) {
  if (n_looks++ != change_at)
    return;
  alloc_thread_go(), all_the_same(0x6666), stop();
}
static void one_by_one(void) {
  begin(), after(0x3000), after(0x2000), begin(), all_the_same(0x4444), stop(), alloc_thread_go();
  for (struct allocs_stop *each = all; each; each = each->next)
    each->thread = 1, each->outer = each->next; /* what was left there */
  all_the_same(0x5555);
  if (!step_through(stop, look))
    return; /* it may not trace */
  CHECK(n_whole > 2);
  step_through(alloc_thread_go, look), CHECK(!innermost);
  begin(), all_the_same(0x4444), process = 6, stop(), innermost = NULL, process = 7; /* it has a parent's place */
  all_the_same(0x5555), step_through(stop, look), step_through(alloc_thread_go, look), CHECK(!innermost);
  unsigned n = 9;
  for (n_whole = change_at = 0; change_at < n; change_at += 5) {
    begin(), all_the_same(0x5555), stop(), n_looks = 0;
    n = step_through(read_it, change);
  }
  CHECK(n > 50 && n_whole > 4 && n_whole < n / 5);
}

int main(void) {
  fails();
  nests();
  forks();
  told();
  one_by_one();
  return check_failed;
}
