// Each call that maps goes to the room that knows it, between the two questions what it takes away: of what, as whole pages, and whether it did; what moves the break is noted if it did.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s -o %t && %t

#include "doors/hook_next_map.c"
#include "check.h"

static char log[400]; /* what is done, in order */
#define LOG(...) sprintf(log + strlen(log), __VA_ARGS__)
#define P(address) ((void *)(uintptr_t)(address))
static bool fails, takes, has_break;
static unsigned n_started;
static int result(void) { return fails ? -1 : 0; }
static void *mapped(void) { return fails ? MAP_FAILED : P(0x9000); }

bool allocs_take_away_begin(uintptr_t begin, uintptr_t end) { return LOG("take %lx-%lx ", begin, end), takes; }
void allocs_take_away_end(uintptr_t begin, uintptr_t end, bool found, bool is_done, bool for_good) { LOG("taken %lx-%lx %d%d%d ", begin, end, found, is_done, for_good); }
void allocs_os_show(uintptr_t begin, uintptr_t end) { LOG("show %lx-%lx ", begin, end); }
uintptr_t allocs_os_break(void) { return 0x777; }
void *allocs_map_calls_mmap(void *begin, size_t size, int protection, int flags, int fd, long offset, const void *caller) {
  return CHECK(caller), LOG("mmap %lx %zx %d %x %d %lx ", (long)begin, size, protection, flags, fd, offset), mapped();
}
int allocs_map_calls_munmap(void *begin, size_t size) { return LOG("munmap %lx %zx ", (long)begin, size), result(); }
int allocs_map_calls_mprotect(void *begin, size_t size, int protection) { return LOG("mprotect %lx %zx %d ", (long)begin, size, protection), result(); }
void *allocs_map_calls_mremap(void *old, size_t old_size, size_t size, int flags, void *begin, const void *caller) {
  return CHECK(caller), LOG("mremap %lx %zx %zx %x %lx ", (long)old, old_size, size, flags, (long)begin), mapped();
}
void *allocs_map_calls_shmat(int id, const void *begin, int flags, const void *caller) { return CHECK(caller), LOG("shmat %d %lx %d ", id, (long)begin, flags), mapped(); }
int allocs_map_calls_shmdt(const void *begin) { return LOG("shmdt %lx ", (long)begin), result(); }
void allocs_map_calls_moved_break(uintptr_t before, const char *call, const void *caller) { CHECK(caller), LOG("moved %lx %s ", before, call); }
void allocs_map_calls_start(const struct allocs_map_calls_real *real) { n_started++, CHECK((void *)real->mmap == P(8) && (void *)real->munmap == P(8) && (void *)real->shmdt == P(8)); }
static int own_brk(void *to) { return LOG("brk %lx ", (long)to), result(); }
static void *own_sbrk(intptr_t by) { return LOG("sbrk %ld ", (long)by), mapped(); }
void *allocs_hook_next_find(void **known, const char *name) {
  void *found = !strcmp(name, "brk") ? (void *)own_brk : !strcmp(name, "sbrk") ? (void *)own_sbrk : P(8);
  return *known = has_break || found == P(8) ? found : NULL;
}
static void did(const char *wanted) { CHECK_STRING(log, wanted), log[0] = 0; }

static void maps(void) {
  CHECK(hook_mmap(P(0x1000), 0x1001, 3, MAP_PRIVATE, 5, 0x2000) == P(0x9000)), did("take 1000-1000 mmap 1000 1001 3 2 5 2000 taken 1000-1000 011 "), takes = true;
  hook_mmap64(P(0x1000), 0x1001, 3, MAP_FIXED, 5, 0x2000), did("take 1000-3000 mmap 1000 1001 3 10 5 2000 taken 1000-3000 111 "), fails = true;
  CHECK(hook_mmap(P(0x1000), 0x1000, 3, MAP_FIXED, 5, 0) == MAP_FAILED), did("take 1000-2000 mmap 1000 1000 3 10 5 0 taken 1000-2000 101 ");
  CHECK(hook_munmap(P(0x1000), 1) == -1), did("take 1000-2000 munmap 1000 1 taken 1000-2000 101 "), fails = takes = false;
  CHECK(!hook_munmap(P(0x1000), ~0ul)), did("take 1000-0 munmap 1000 ffffffffffffffff taken 1000-0 011 "), hook_munmap(P(0x1000), 0), did("take 1000-1000 munmap 1000 0 taken 1000-1000 011 ");
}

static void protects(void) {
  CHECK(!hook_mprotect(P(0x1000), 1, PROT_READ | PROT_WRITE)), did("mprotect 1000 1 3 show 1000-2000 "), CHECK(!hook_mprotect(P(0x1000), 1, PROT_WRITE));
  did("take 1000-2000 mprotect 1000 1 2 taken 1000-2000 010 "), takes = true, hook_mprotect(P(0x1000), 1, 0), did("take 1000-2000 mprotect 1000 1 0 taken 1000-2000 110 ");
  fails = true, CHECK(hook_mprotect(P(0x1000), 1, 0) == -1), did("take 1000-2000 mprotect 1000 1 0 taken 1000-2000 100 "), hook_mprotect(P(0x1000), 1, PROT_READ), did("mprotect 1000 1 1 "), fails = takes = false;
}

static void moves(void) {
  CHECK(hook_mremap(P(0x1000), 1, 0x2000, 1, P(0x8000)) == P(0x9000)), did("take 1000-2000 take 8000-8000 mremap 1000 1 2000 1 8000 taken 8000-8000 011 taken 1000-2000 011 "), takes = true;
  hook_mremap(P(0x1000), 1, 0x2000, MREMAP_FIXED, P(0x8000)), did("take 1000-2000 take 8000-a000 mremap 1000 1 2000 2 8000 taken 8000-a000 111 taken 1000-2000 111 "), fails = true;
  CHECK(hook_mremap(P(0x1000), 1, 0x2000, MREMAP_FIXED, P(0x8000)) == MAP_FAILED), did("take 1000-2000 take 8000-a000 mremap 1000 1 2000 2 8000 taken 8000-a000 101 taken 1000-2000 101 "), fails = takes = false;
  CHECK(hook_shmat(1, P(0x1000), 2) == P(0x9000) && !hook_shmdt(P(0x1000))), did("shmat 1 1000 2 shmdt 1000 ");
}

static void moves_the_break(void) {
  CHECK(hook_brk(P(0x10)) == -1 && hook_sbrk(5) == MAP_FAILED), did(""), has_break = true, allocs_hook_next_map_start(), CHECK(n_started == 1 && (void *)real_brk == (void *)own_brk && (void *)real_sbrk == (void *)own_sbrk);
  CHECK(!hook_brk(P(0x10)) && hook_sbrk(5) == P(0x9000)), did("brk 10 moved 777 brk sbrk 5 moved 777 sbrk "), hook_sbrk(0), did("sbrk 0 ");
  fails = true, CHECK(hook_brk(P(0x10)) == -1 && hook_sbrk(5) == MAP_FAILED), did("brk 10 sbrk 5 "), fails = false;
}

int main(void) {
  maps();
  protects();
  moves();
  moves_the_break();
  return check_failed;
}
