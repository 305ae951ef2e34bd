// Each call that maps is passed on as it is, with its errno, and what is known of the memory follows what it did; what fails leaves all as it was.
// RUN: %cc -O1 -Wall -Wextra -Werror -Wno-macro-redefined -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#define _GNU_SOURCE
#include "check.h"
#include "heap/caller_origins.h"
#define allocs_caller_origins_site(caller) ((void)(caller), (void *)(caller))
/* The kernel is this one. */
#define ALLOCS_OS_KERNEL_H
#include <errno.h>
#include <sys/syscall.h>

static char log[400]; /* what was done, in order */
#define LOG(...) snprintf(log + strlen(log), sizeof log - strlen(log), __VA_ARGS__)
static long answer, segment_size;
static bool no_segment;
static long kernel(long call, long a, long b, long c, long d, long e, long f) {
  LOG("%s(%lx %lx %lx %lx %lx %lx) ", call == SYS_mmap ? "mmap" : call == SYS_mremap ? "mremap" : "?", a, b, c, d, e, f);
  return answer;
}
static long kernel3(long call, long a, long b, long c);
#include "mapping/map_calls.c"

static long kernel3(long call, long a, long b, long c) {
  if (call == SYS_shmctl) {
    CHECK(b == IPC_STAT);
    ((struct shmid_ds *)c)->shm_segsz = (size_t)segment_size;
    return no_segment ? -EINVAL : 0;
  }
  LOG("%s(%lx %lx %lx) ",
      call == SYS_munmap     ? "munmap"
      : call == SYS_mprotect ? "mprotect"
      : call == SYS_shmat    ? "shmat"
      : call == SYS_shmdt    ? "shmdt"
                             : "?",
      a, b, c);
  return answer;
}

/* What is known already, and what the kernel has. */
bool allocs_arenas_any;
static struct allocs_region known;
static struct allocs_os_mapping mapping;
static bool is_known, is_mapped;
void allocs_arenas_end(uintptr_t begin, uintptr_t end) { LOG("end %lx-%lx ", begin, end); }
void allocs_map_regions_add(const struct allocs_region *it) {
  LOG("add %s %lx+%lx @%lx %u %lx ", it->call, it->base, it->size, it->offset, it->kind, (long)it->site);
}
void allocs_map_regions_remove(uintptr_t begin, uintptr_t end) { LOG("remove %lx-%lx ", begin, end); }
bool allocs_map_regions_find(uintptr_t address, struct allocs_region *ret) {
  *ret = known;
  return is_known && address - known.base < known.size;
}
bool allocs_map_regions_set_type(uintptr_t base, const struct uniqtype *type) { return LOG("type %lx ", base), type; }
void allocs_map_regions_move_break(uintptr_t before, uintptr_t now, const char *call, const void *site) {
  LOG("break %lx %lx %s %lx ", before, now, call, (long)site);
}
uintptr_t allocs_os_break(void) { return 0x777; }
bool allocs_os_find_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  *ret = mapping;
  return is_mapped && address - mapping.begin < mapping.end - mapping.begin;
}

static void begin(uintptr_t base, uint64_t size) {
  known = (struct allocs_region){.base = base, .size = size, .offset = 0x9000, .call = "mmap", .kind = ALLOCS_REGION_FILE};
  is_known = size, is_mapped = no_segment = allocs_arenas_any = false, log[0] = 0, answer = 0, errno = 0;
}
static void did(const char *wanted) {
  CHECK_STRING(log, wanted);
  log[0] = 0;
}
#define P(address) ((void *)(uintptr_t)(address))
#define CALLER P(0xca)
#define MMAP(flags, offset) allocs_map_calls_mmap(P(0x1000), 0x1001, 3, flags, 5, offset, CALLER)

static void maps(void) {
  begin(0, 0), answer = 0x4000;
  CHECK(MMAP(MAP_PRIVATE, 0x2000) == P(0x4000));
  did("mmap(1000 1001 3 2 5 2000) add mmap 4000+2000 @2000 1 ca ");
  MMAP(MAP_PRIVATE | MAP_ANONYMOUS, 0x2000), did("mmap(1000 1001 3 22 5 2000) add mmap 4000+2000 @0 0 ca ");
  MMAP(MAP_SHARED | MAP_ANONYMOUS, 0), did("mmap(1000 1001 3 21 5 0) add mmap 4000+2000 @0 3 ca ");
  MMAP(MAP_SHARED, 0x1000), did("mmap(1000 1001 3 1 5 1000) add mmap 4000+2000 @1000 3 ca ");
  MMAP(MAP_SHARED_VALIDATE, 0x1000), did("mmap(1000 1001 3 3 5 1000) add mmap 4000+2000 @1000 3 ca ");
  MMAP(MAP_PRIVATE | MAP_HUGETLB, 0), did("mmap(1000 1001 3 40002 5 0) remove 4000-6000 ");
  MMAP(MAP_PRIVATE | MAP_GROWSDOWN, 0), did("mmap(1000 1001 3 102 5 0) remove 4000-6000 ");
  allocs_arenas_any = true, MMAP(MAP_PRIVATE, 0);
  did("mmap(1000 1001 3 2 5 0) end 4000-6000 add mmap 4000+2000 @0 1 ca ");
  answer = -ENOMEM;
  CHECK(MMAP(MAP_PRIVATE, 0) == MAP_FAILED && errno == ENOMEM);
  did("mmap(1000 1001 3 2 5 0) ");
  answer = -4095;
  CHECK(MMAP(MAP_PRIVATE, 0) == MAP_FAILED && errno == 4095);
  errno = 7, answer = -4096; /* an address */
  CHECK(MMAP(MAP_PRIVATE | MAP_HUGETLB, 0) == P(-4096l) && errno == 7);
}

static void unmaps(void) {
  begin(0x1000, 0x4000);
  CHECK(!allocs_map_calls_munmap(P(0x2000), 0x1001));
  did("remove 2000-4000 munmap(2000 1001 0) ");
  answer = -EINVAL, allocs_arenas_any = true;
  CHECK(allocs_map_calls_munmap(P(0x2000), 0x3000) == -1 && errno == EINVAL);
  did("remove 2000-5000 end 2000-5000 munmap(2000 3000 0) add mmap 1000+4000 @9000 1 0 ");
  allocs_arenas_any = false;
  CHECK(allocs_map_calls_munmap(P(0x2000), 0x3001) == -1); /* not in one */
  did("remove 2000-6000 munmap(2000 3001 0) ");
  CHECK(allocs_map_calls_munmap(P(0x2000), (size_t)PTRDIFF_MAX + 1) == -1);
  did("remove 2000-2000 munmap(2000 8000000000000000 0) add mmap 1000+4000 @9000 1 0 ");
  answer = 0;
  CHECK(!allocs_map_calls_mprotect(P(0x1000), 0x2000, 1));
  did("mprotect(1000 2000 1) ");
}

static void *mremap_of(size_t old, size_t size, int flags) {
  return allocs_map_calls_mremap(P(0x2000), old, size, flags, P(0x8000), CALLER);
}

static void remaps(void) {
  static const struct uniqtype type;
  begin(0x1000, 0x4000), answer = 0x6000;
  CHECK(mremap_of(0x3000, 0x1001, MREMAP_MAYMOVE) == P(0x6000));
  did("remove 2000-5000 mremap(2000 3000 1001 1 8000 0) add mremap 6000+2000 @a000 1 ca ");
  known.kind = ALLOCS_REGION_SHARED, mremap_of(0x3000, 0x1000, 1);
  did("remove 2000-5000 mremap(2000 3000 1000 1 8000 0) add mremap 6000+1000 @0 2 ca ");
  /* What stays is not forgotten. */
  mremap_of(0, 0x1000, 1), did("mremap(2000 0 1000 1 8000 0) add mremap 6000+1000 @0 2 ca ");
  mremap_of(0x3000, 0x3000, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
  did("mremap(2000 3000 3000 5 8000 0) add mremap 6000+3000 @0 2 ca ");
  /* Of more than one region the kernel is asked. */
  is_mapped = true, mapping = (struct allocs_os_mapping){.begin = 0x5000, .end = 0x9000, .offset = 0x100, .is_file = true};
  mremap_of(0x3001, 0x2000, 1);
  did("remove 2000-6000 mremap(2000 3001 2000 1 8000 0) add mremap 6000+2000 @1100 1 ca ");
  mapping.is_file = false, mremap_of(0x3001, 0x2000, MREMAP_DONTUNMAP);
  did("mremap(2000 3001 2000 4 8000 0) add mremap 6000+2000 @0 0 ca ");
  mapping.flags = ALLOCS_OS_SHARED, mremap_of(0x3001, 0x2000, 1);
  did("remove 2000-6000 mremap(2000 3001 2000 1 8000 0) add mremap 6000+2000 @0 2 ca ");
  is_mapped = false, mremap_of(0x3001, 0x2000, 1);
  did("remove 2000-6000 mremap(2000 3001 2000 1 8000 0) remove 6000-8000 ");
  /* The type goes along if it is the same memory. */
  begin(0x2000, 0x3000), known.type = &type, answer = 0x6000, mremap_of(0x3000, 0x2001, 1);
  did("remove 2000-5000 mremap(2000 3000 2001 1 8000 0) add mremap 6000+3000 @9000 1 ca type 6000 ");
  mremap_of(0x3000, 0x2000, 1);
  did("remove 2000-5000 mremap(2000 3000 2000 1 8000 0) add mremap 6000+2000 @9000 1 ca ");
  mremap_of(0x3000, 0x3000, MREMAP_DONTUNMAP);
  did("mremap(2000 3000 3000 4 8000 0) add mremap 6000+3000 @9000 1 ca ");
  known.base = 0x1000, known.size = 0x4000, mremap_of(0x1000, 0x4000, 1);
  did("remove 2000-3000 mremap(2000 1000 4000 1 8000 0) add mremap 6000+4000 @a000 1 ca ");
  answer = -EFAULT;
  CHECK(mremap_of(0x3000, 0x1000, 0) == MAP_FAILED && errno == EFAULT);
  did("remove 2000-5000 mremap(2000 3000 1000 0 8000 0) add mmap 1000+4000 @9000 1 0 ");
  CHECK(mremap_of(0, 0x1000, 0) == MAP_FAILED);
  did("mremap(2000 0 1000 0 8000 0) ");
}

static void system_v(void) {
  begin(0, 0), answer = 0x6000, segment_size = 0x1800;
  CHECK(allocs_map_calls_shmat(3, P(0x6000), 9, CALLER) == P(0x6000));
  did("shmat(3 6000 9) add shmat 6000+2000 @0 3 ca ");
  allocs_map_calls_shmat(0, NULL, 0, CALLER), did("shmat(0 0 0) add shmat 6000+2000 @0 2 ca ");
  no_segment = is_mapped = true, mapping = (struct allocs_os_mapping){.begin = 0x6000, .end = 0x9000};
  allocs_map_calls_shmat(3, NULL, 0, CALLER), did("shmat(3 0 0) add shmat 6000+3000 @0 0 ca ");
  answer = -EACCES;
  CHECK(allocs_map_calls_shmat(3, NULL, 0, CALLER) == MAP_FAILED && errno == EACCES);
  did("shmat(3 0 0) ");
  begin(0x2000, 0x3000);
  CHECK(!allocs_map_calls_shmdt(P(0x2000)));
  did("shmdt(2000 0 0) "); /* no segment: the kernel will refuse */
  known.call = "shmat", allocs_arenas_any = true;
  CHECK(!allocs_map_calls_shmdt(P(0x2000)));
  did("remove 2000-5000 end 2000-5000 shmdt(2000 0 0) ");
  CHECK(!allocs_map_calls_shmdt(P(0x3000)));
  did("shmdt(3000 0 0) ");
  answer = -EINVAL;
  CHECK(allocs_map_calls_shmdt(P(0x2000)) == -1 && errno == EINVAL);
  did("remove 2000-5000 end 2000-5000 shmdt(2000 0 0) add shmat 2000+3000 @9000 1 0 ");
  is_known = false, allocs_map_calls_shmdt(P(0x2000)), did("shmdt(2000 0 0) ");
  allocs_map_calls_moved_break(0x666, "sbrk", CALLER), did("break 666 777 sbrk ca ");
}

static int own_munmap(void *begin, size_t size) { return LOG("own %lx %zx ", (uintptr_t)begin, size), 0; }

int main(void) {
  maps();
  unmaps();
  remaps();
  system_v();
  begin(0, 0);
  allocs_map_calls_start(&(struct allocs_map_calls_real){.munmap = own_munmap}); /* the others stay */
  CHECK(!allocs_map_calls_munmap(P(0x2000), 1) && !allocs_map_calls_mprotect(P(0x2000), 1, 2));
  did("remove 2000-3000 own 2000 1 mprotect(2000 1 2) ");
  return check_failed;
}
