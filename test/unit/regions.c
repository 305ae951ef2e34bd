// Regions are those of a plain list of pages, over 10^5 random changes; readers meanwhile, and children forked at any instruction, find what stays, and no record half rewritten.
// RUN: %cc -O2 -Wall -Wextra -Werror -DALLOCS_CHECK=2 -iquote %src/runtime %s %src/runtime/mapping/map_turns.c %src/runtime/mapping/map_regions.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -pthread -o %t && %t
// RUN: %if tsan %{ %cc -O1 -g -fsanitize=thread -iquote %src/runtime %s %src/runtime/mapping/map_turns.c %src/runtime/mapping/map_regions.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -pthread -o %t-tsan && %t-tsan threads %}

#define _GNU_SOURCE
#include "arch/arch.h"
#include "mapping/map_regions.h"
#include "check.h"
#include "step.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_PAGES = 3000, N_STEPS = 100000, THREADS = 3, ROUNDS = 20000 };

/* The pages lie around the end of a leaf, and of what two bits of the highest level stand for. */
static const uintptr_t origin = ((uintptr_t)5 << 42) - 1000 * 4096ul;
/* Of each page, which region it is in: the page that it begins with, and which change made it. */
static struct {
  int begin, made;
  uint64_t offset;
} pages[N_PAGES];

static uint64_t state = 88172645463325252u;
static uintptr_t rnd(uint64_t below) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state % below;
}

static void renumber(int from, int made) {
  for (int at = from; at < N_PAGES && pages[at].made == made; at++)
    pages[at].begin = from;
}

static void change(int step) {
  int begin = (int)rnd(N_PAGES), end = begin + 1 + (int)rnd(rnd(4) ? 10 : N_PAGES);
  bool add = rnd(3);
  end = end > N_PAGES ? N_PAGES : end;
  int after = end < N_PAGES ? pages[end].made : 0;
  if (end < N_PAGES && after && pages[end].begin < end)
    renumber(end, after);
  for (int i = begin; i < end; i++) {
    pages[i].begin = begin;
    pages[i].made = add ? step : 0;
    pages[i].offset = (uint64_t)(i - begin) * 4096 + (uint64_t)step * 4096;
  }
  uintptr_t low = origin + (uintptr_t)begin * 4096, high = origin + (uintptr_t)end * 4096;
  if (add)
    allocs_map_regions_add(&(struct allocs_region){.base = low,
                                               .size = high - low,
                                               .offset = (uint64_t)step * 4096,
                                               .site = (const void *)(uintptr_t)step,
                                               .kind = ALLOCS_REGION_FILE});
  else
    allocs_map_regions_remove(low, high);
}

static void ask(int page) {
  struct allocs_region region;
  bool found = allocs_map_regions_find(origin + (uintptr_t)page * 4096 + rnd(4096), &region);
  int begin = page, end = page + 1;
  CHECK(found == (pages[page].made != 0));
  while (begin && pages[begin - 1].made == pages[page].made && (!found || pages[begin - 1].begin == pages[page].begin))
    begin--;
  while (end < N_PAGES && pages[end].made == pages[page].made && (!found || pages[end].begin == pages[page].begin))
    end++;
  if (found) {
    CHECK((uintptr_t)region.site == (uintptr_t)pages[page].made && region.offset == pages[begin].offset);
    CHECK(region.kind == ALLOCS_REGION_FILE);
  }
  CHECK(region.base == (begin || found ? origin + (uintptr_t)begin * 4096 : 0));
  CHECK(region.base + region.size == (end < N_PAGES || found ? origin + (uintptr_t)end * 4096 : ALLOCS_ARCH_ADDRESS_END));
}

static void far_apart(void) {
  struct allocs_region region;
  uintptr_t huge = (uintptr_t)1 << 45, last = ALLOCS_ARCH_ADDRESS_END - 4096;
  allocs_map_regions_add(&(struct allocs_region){.base = huge, .size = (uint64_t)1 << 43});
  allocs_map_regions_add(&(struct allocs_region){.base = last, .size = 4096});
  CHECK(allocs_map_regions_find(huge + ((uintptr_t)1 << 43) - 1, &region) && region.base == huge);
  CHECK(!allocs_map_regions_find(huge + ((uintptr_t)1 << 43), &region) && region.base + region.size == last);
  CHECK(allocs_map_regions_find(last, &region) && region.base == last);
  CHECK(!allocs_map_regions_find(ALLOCS_ARCH_ADDRESS_END, &region));
  CHECK(allocs_map_regions_set_type(huge, (const void *)&state) && !allocs_map_regions_set_type(huge + 4096, NULL));
  CHECK(allocs_map_regions_find(huge + 5, &region) && region.type == (const void *)&state);
  allocs_map_regions_remove(huge + 4096, huge + 8192);
  CHECK(allocs_map_regions_find(huge, &region) && region.size == 4096 && !region.type);
  CHECK(allocs_map_regions_find(huge + 8192, &region) && region.size == ((uint64_t)1 << 43) - 8192);
  allocs_map_regions_remove(0, ALLOCS_ARCH_ADDRESS_END);
  CHECK(!allocs_map_regions_find(huge, &region) && !region.base && region.size == ALLOCS_ARCH_ADDRESS_END);
}

/* Each writes in its own part; between the parts, and far below, there is a region that stays. */
static int working = THREADS;
static uintptr_t place(long part) { return origin + (uintptr_t)part * 4096 * 4097; }

static void *writer(void *arg) {
  uintptr_t begin = place((long)arg) + 4096;
  for (unsigned i = 0; i < ROUNDS; i++) {
    uintptr_t at = begin + i * 7919u % 4000 * 4096;
    allocs_map_regions_add(&(struct allocs_region){.base = at, .size = 4096 * (1 + i % 50)});
    allocs_map_regions_remove(at + 4096 * (i % 3), at + 4096 * 50);
  }
  __atomic_fetch_sub(&working, 1, __ATOMIC_RELEASE);
  return NULL;
}

static void look(int number) {
  struct allocs_region region;
  (void)number;
  for (long part = 0; part < THREADS; part++)
    if (!allocs_map_regions_find(place(part) + 17, &region) || region.base != place(part) || region.size != 4096)
      check_failed = 1;
}

/* Of a region that is put again, of another size, and cut, whatever is read is of one writing. */
static void rewrite_once(uint64_t pages, bool cut) {
  allocs_map_regions_add(&(struct allocs_region){.base = place(-20),
                                                 .size = pages * 4096,
                                                 .offset = pages * 4096,
                                                 .site = (const void *)(uintptr_t)pages,
                                                 .call = (const char *)(uintptr_t)pages,
                                                 .type = (const void *)(uintptr_t)pages,
                                                 .kind = ALLOCS_REGION_FILE});
  if (cut)
    allocs_map_regions_remove(place(-20) + (pages - 1) * 4096, place(-20) + pages * 4096);
}
static void rewrite(void) {
  for (uint64_t pages = 2; pages <= 4; pages++)
    rewrite_once(pages, true);
}

static unsigned seen;
static void look_at_rewritten(void) {
  struct allocs_region region;
  if (!allocs_map_regions_find(place(-20) + 5, &region))
    return;
  uintptr_t pages = (uintptr_t)region.site;
  seen++;
  CHECK(region.base == place(-20) && region.offset == pages * 4096 && region.kind == ALLOCS_REGION_FILE);
  CHECK((uintptr_t)region.call == pages && (region.type ? (uintptr_t)region.type == pages && region.size == pages * 4096
                                                        : region.size == (pages - 1) * 4096));
}

static void read_often(void) {
  for (int i = 0; i < 500; i++)
    look_at_rewritten();
}

/* Often enough to meet each instruction of a reader, and seldom enough for it to succeed at last. */
static void rewrite_sometimes(void) {
  static unsigned n;
  if (n++ % 97 == 0)
    rewrite_once(2 + n % 11, n % 2);
}

/* Of ten pages, a hole is made in the middle, then two of those behind it are replaced. */
enum { HOLE = 3, HOLE_END = 5, REPLACED = 6, REPLACED_END = 8, TEN = 10 };
static uintptr_t ten(int page) { return place(-40) + (uintptr_t)page * 4096; }
static void add_known(int begin, int end, uintptr_t site) {
  allocs_map_regions_add(&(struct allocs_region){
      .base = ten(begin), .size = ten(end) - ten(begin), .site = (const void *)site, .kind = ALLOCS_REGION_FILE});
}
static void change_some(void) {
  allocs_map_regions_remove(ten(HOLE), ten(HOLE_END));
  add_known(REPLACED, REPLACED_END, 2);
}
static uintptr_t site_at(int page) {
  struct allocs_region region;
  return allocs_map_regions_find(ten(page), &region) ? (uintptr_t)region.site : 0;
}
/* The first time as it was left, the second when what was begun has been finished. */
static bool knows_ten(bool is_finished) {
  struct allocs_region rest;
  bool stays = site_at(0) == 1 && site_at(HOLE - 1) == 1 && site_at(HOLE_END) == 1 && site_at(TEN - 1) == 1;
  bool is_whole = site_at(HOLE) == site_at(HOLE_END - 1) && site_at(REPLACED) && site_at(REPLACED) == site_at(REPLACED_END - 1);
  bool has_rest = site_at(REPLACED) == 1 || (allocs_map_regions_find(ten(TEN - 1), &rest) && rest.base == ten(REPLACED_END) &&
                                             rest.size == 8192 && rest.offset == ten(REPLACED_END) - ten(0));
  return stays && (!is_finished || (is_whole && has_rest));
}
static void fork_there(void) {
  int status = 1;
  pid_t child = fork();
  if (!child) {
    bool before = knows_ten(false);
    allocs_map_regions_add(&(struct allocs_region){.base = place(-60), .size = 4096});
    _exit(!before || !knows_ten(true));
  }
  waitpid(child, &status, 0);
  CHECK(!status);
}

/* A handler that interrupts a change makes one of its own: it is made when the other has been. */
static unsigned step_at, handler_at;
static void change_there(void) {
  if (step_at++ != handler_at)
    return;
  struct allocs_region region;
  allocs_map_regions_remove(ten(1), ten(2));
  add_known(REPLACED_END, TEN, 3);
  CHECK(!allocs_map_regions_find(ten(1), &region) && region.base <= ten(1) && region.base + region.size >= ten(2));
  CHECK(allocs_map_regions_find(ten(REPLACED_END), &region) && (uintptr_t)region.site == 3 && region.size == 8192);
  CHECK(site_at(0) == 1 && allocs_map_regions_find(ten(0), &region) && region.size == 4096);
  CHECK(site_at(2) == 1 && allocs_map_regions_find(ten(2), &region) && region.base == ten(2));
}
static void handlers_change(void) {
  unsigned n = 500;
  for (handler_at = 0; handler_at < n; handler_at += 5) {
    allocs_map_regions_remove(ten(0), ten(TEN));
    add_known(0, TEN, 1);
    step_at = 0;
    n = step_through(change_some, change_there);
    CHECK(n > 500 && site_at(0) == 1 && !site_at(1) && site_at(2) == 1 && !site_at(HOLE) && site_at(HOLE_END) == 1);
    CHECK(site_at(REPLACED) == 2 && site_at(REPLACED_END) == 3 && site_at(TEN - 1) == 3);
  }
  /* More than there is room for, as where it was left for good: what comes after is known again. */
  CHECK(step_through(change_some, change_some) > 100);
  add_known(0, TEN, 4);
  CHECK(site_at(0) == 4 && site_at(TEN - 1) == 4);
}

static void threads(bool forking) {
  pthread_t ids[THREADS];
  for (long part = 0; part < THREADS; part++)
    allocs_map_regions_add(&(struct allocs_region){.base = place(part), .size = 4096});
  for (long part = 0; part < THREADS; part++)
    pthread_create(&ids[part], NULL, writer, (void *)part);
  for (unsigned i = 0; __atomic_load_n(&working, __ATOMIC_ACQUIRE); i++) {
    look(0);
    pthread_kill(ids[i % THREADS], SIGUSR1);
    if (forking && i % 1000 == 0 && !fork()) { /* a child goes on, whatever its parent's threads were doing */
      struct allocs_region region;
      allocs_map_regions_add(&(struct allocs_region){.base = place(-5), .size = 8192});
      _exit(!allocs_map_regions_find(place(-5), &region) || region.size != 8192);
    }
  }
  for (int i = 0; i < THREADS; i++)
    pthread_join(ids[i], NULL);
  for (int status; wait(&status) > 0;)
    CHECK(!status);
}

int main(int argc, char **argv) {
  (void)argv;
  signal(SIGUSR1, look);
  if (argc == 1) {
    for (int step = 1; step < N_STEPS; step++) {
      change(step);
      for (int i = 0; i < 3; i++)
        ask((int)rnd(N_PAGES));
    }
    far_apart();
  }
  threads(argc == 1);
  if (argc == 1) {
    CHECK(step_through(rewrite, look_at_rewritten) > 500 && seen > 100);
    seen = 0;
    add_known(0, TEN, 1);
    CHECK(step_through(change_some, fork_there) > 500);
    handlers_change();
    CHECK(step_through(read_often, rewrite_sometimes) > 10000 && seen > 100);
  }
  return check_failed;
}
