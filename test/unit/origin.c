// Origins have numbers of their own until there are no more; after that they are of nothing known, and so are callers. Those of a library go with it, at any moment, and come back with it.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/heap/origin.c %src/runtime/heap/caller_origins.c %src/runtime/ground/store.c %src/runtime/ground/text.c %src/runtime/os/os_sanitizer.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#include "heap/caller_origins.h"
#include "check.h"

#include "ground/readers.h"
#include "image/image.h"
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* One library at a time. */
static struct allocs_image *loaded;
static bool unloading;
struct allocs_image *allocs_image_executable;
struct allocs_image *allocs_image_find(uintptr_t address) {
  return loaded && address >= loaded->os.begin && address < loaded->os.end ? loaded : NULL;
}
bool allocs_readers_is_unloading(void) { return unloading; }
uint32_t allocs_site_begin_filling(void) { return 0; }
void allocs_site_end_filling(uint32_t begun) { (void)begun; }
void allocs_site_fill(struct allocs_known_site *site) { site->filled = true; }
void allocs_site_set_code(struct allocs_known_site *site, const void *code) { site->info.code = code; }

static struct allocs_origin all[ALLOCS_ORIGINS];

static struct allocs_known_site *site_of_caller(uintptr_t caller) {
  return (struct allocs_known_site *)allocs_origin_of(allocs_caller_origins_of((const void *)caller));
}

/* Memory that is refused at first does not leave what asked then without a number for good. */
static void check_without_memory(void) {
  struct rlimit limit, none;
  getrlimit(RLIMIT_AS, &limit);
  none = (struct rlimit){0, limit.rlim_max};
  setrlimit(RLIMIT_AS, &none);
  CHECK(!allocs_origin_is_left() && allocs_caller_origins_find(0x1234) == ALLOCS_ORIGIN_NONE);
  setrlimit(RLIMIT_AS, &limit);
}

static const struct allocs_known_site *call(uintptr_t caller) {
  const struct allocs_known_site *site = site_of_caller(caller);
  CHECK((uintptr_t)site->info.code == caller);
  return site;
}

static void check_libraries(void) {
  enum { BEGIN = 0x7f0000000, ELSEWHERE = 0x7e0000000, SIZE = 0x10000, OLD = 0x123, NEW = 0x234 };
  struct allocs_os_image here = {.begin = BEGIN, .end = BEGIN + SIZE, .bias = BEGIN, .name = "one.so"}, there = here;
  there.begin = there.bias = ELSEWHERE, there.end = ELSEWHERE + SIZE;
  struct allocs_image one = {.os = here, .prints = {1, 2}}, two = {.os = here, .prints = {1, 3}};
  struct allocs_image back = {.os = there, .prints = {1, 2}};
  loaded = &one;
  const struct allocs_known_site *old = call(BEGIN + OLD), *new;
  unloading = true;
  allocs_caller_origins_note();
  CHECK(call(BEGIN + OLD) == old);
  new = call(BEGIN + NEW);
  loaded = &two; /* before anybody has noticed */
  const struct allocs_known_site *other = call(BEGIN + OLD);
  CHECK(other != old && !old->info.code && !strcmp(old->gone, "one.so+0x123") && new->info.code);
  allocs_caller_origins_forget(&one);
  unloading = false;
  CHECK(!new->info.code && !strcmp(new->gone, "one.so+0x234") && call(BEGIN + OLD) == other && call(BEGIN + NEW) != new);
  loaded = &back;
  CHECK(call(ELSEWHERE + OLD) == old && call(ELSEWHERE + NEW) == new && call(ELSEWHERE + OLD + 1) != old);
  loaded = NULL;
}

/* Nothing can be written behind the table from here on. */
static void guard_table(void) {
  size_t size = ALLOCS_ORIGINS * sizeof *allocs_origin_table;
  char *room = mmap(NULL, size + ALLOCS_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(room != MAP_FAILED && !mprotect(room + size, ALLOCS_PAGE, PROT_NONE));
  allocs_origin_table = memcpy(room, allocs_origin_table, size);
}

int main(void) {
  check_without_memory();
  check_libraries();
  CHECK(!allocs_origin_of(ALLOCS_ORIGIN_NONE) && !allocs_origin_of(UINT32_MAX) && allocs_origin_is_left());
  CHECK(allocs_caller_origins_of(NULL) == ALLOCS_ORIGIN_NONE && allocs_caller_origins_find(~(uintptr_t)0) == ALLOCS_ORIGIN_NONE);
  for (int round = 0; round < 2; round++) /* more than there is room for in the cache, and of one place in it */
    for (uintptr_t i = 1; i <= 3000; i++) {
      const struct allocs_known_site *site = site_of_caller(i << 34 | (i & 1 ? i : 7));
      CHECK(site && (uintptr_t)site->info.code == (i << 34 | (i & 1 ? i : 7)) && !site->filled && !site->origin.is_mark);
    }
  CHECK(site_of_caller(0x7fffffffffff) && (uintptr_t)site_of_caller(0x7fffffffffff)->info.code == 0x7fffffffffff);
  uint32_t before = 0, n = 0;
  while (allocs_origin_is_left()) {
    allocs_origin_add(&all[n]);
    CHECK(allocs_origin_of(all[n].word) == &all[n] && all[n].word > before);
    CHECK(allocs_origin_of(all[n].word | 0x3fff) == &all[n]); /* as it stands in an entry */
    before = all[n++].word;
  }
  CHECK(n == ALLOCS_ORIGINS - 1 - 3001 - 5);
  guard_table();
  allocs_origin_add(&all[n]);
  CHECK(all[n].word == ALLOCS_ORIGIN_NONE);
  CHECK(allocs_caller_origins_of((const void *)0x123456) == ALLOCS_ORIGIN_NONE && site_of_caller((uintptr_t)3 << 34 | 3));
  return check_failed;
}
