// Origins have numbers of their own until there are no more; after that they are of nothing known, and so are callers.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/heap/origin.c %src/runtime/heap/caller_origins.c %src/runtime/ground/store.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#include "heap/caller_origins.h"
#include "check.h"

#include <sys/resource.h>

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

int main(void) {
  check_without_memory();
  CHECK(!allocs_origin_of(ALLOCS_ORIGIN_NONE) && !allocs_origin_of(UINT32_MAX) && allocs_origin_is_left());
  CHECK(allocs_caller_origins_of(NULL) == ALLOCS_ORIGIN_NONE && allocs_caller_origins_find(~(uintptr_t)0) == ALLOCS_ORIGIN_NONE);
  for (int round = 0; round < 2; round++) /* more than there is room for in the cache, and of one place in it */
    for (uintptr_t i = 1; i <= 3000; i++) {
      const struct allocs_known_site *site = site_of_caller(i << 34 | (i & 1 ? i : 7));
      CHECK(site && (uintptr_t)site->info.code == (i << 34 | (i & 1 ? i : 7)) && site->filled && !site->origin.is_mark);
    }
  CHECK(site_of_caller(0x7fffffffffff) && (uintptr_t)site_of_caller(0x7fffffffffff)->info.code == 0x7fffffffffff);
  uint32_t before = 0, n = 0;
  while (allocs_origin_is_left()) {
    allocs_origin_add(&all[n]);
    CHECK(allocs_origin_of(all[n].word) == &all[n] && all[n].word > before);
    CHECK(allocs_origin_of(all[n].word | 0x3fff) == &all[n]); /* as it stands in an entry */
    before = all[n++].word;
  }
  CHECK(n == ALLOCS_ORIGINS - 1 - 3001);
  allocs_origin_add(&all[n]);
  CHECK(all[n].word == ALLOCS_ORIGIN_NONE);
  CHECK(allocs_caller_origins_of((const void *)0x123456) == ALLOCS_ORIGIN_NONE && site_of_caller((uintptr_t)3 << 34 | 3));
  return check_failed;
}
