// Reservations of hundreds of gigabytes and tens of thousands of mappings are told exactly, and in time.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t

#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <time.h>

enum { PAGE = 4096, QUESTIONS = 2000 };
#define GIANT ((size_t)300 << 30)

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Kernels before 6.11 are asked by a text, which is as long as there are mappings. */
static int how_many(void) {
  struct utsname name;
  int major = 0, minor = 0;
  uname(&name);
  sscanf(name.release, "%d.%d", &major, &minor);
  return major > 6 || (major == 6 && minor >= 11) ? 20000 : 300;
}

static double time_of_questions(const char *p, size_t step) {
  double begin = seconds();
  for (int i = 0; i < QUESTIONS; i++)
    CHECK(alloc_get_size(p + (size_t)i * step) != 0);
  return seconds() - begin;
}

static int count_inside(const struct alloc_pos *pos, void *arg) {
  static const char *last;
  char **range = arg;
  CHECK((const char *)pos->base >= last);
  last = (const char *)pos->base + pos->size;
  if ((char *)pos->base >= range[0] && (char *)pos->base < range[1])
    range[2]++;
  return ALLOC_WALK_SKIP;
}

int main(void) {
  char *giant = mmap(NULL, GIANT, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  CHECK(giant != MAP_FAILED && alloc_get_base(giant + GIANT - 1) == giant &&
        alloc_get_size(giant + GIANT / 2) == GIANT);
  mprotect(giant + GIANT / 2, 8 * PAGE, PROT_READ | PROT_WRITE);
  CHECK(alloc_get_base(giant + GIANT - 1) == giant && alloc_get_size(giant + GIANT / 2) == GIANT);
  munmap(giant + GIANT / 2, PAGE);
  CHECK(alloc_get_size(giant) == GIANT / 2 && !alloc_get_base(giant + GIANT / 2));
  CHECK(alloc_get_base(giant + GIANT - 1) == giant + GIANT / 2 + PAGE);
  double few = time_of_questions(giant, PAGE);

  int n_many = how_many();
  /* The kernel cannot join them: each second page is of another protection. */
  char *many = mmap(NULL, (size_t)n_many * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < n_many; i += 2)
    CHECK(mmap(many + (size_t)i * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
  for (int i = 0; i < n_many; i += 97)
    CHECK(alloc_get_base(many + (size_t)i * PAGE + 5) == many + (size_t)i * PAGE &&
          alloc_get_size(many + (size_t)i * PAGE) == PAGE);
  double more = time_of_questions(many, (size_t)n_many / QUESTIONS * PAGE);
  CHECK(more < 20 * few + 0.5);
  char *range[] = {many, many + (size_t)n_many * PAGE, NULL};
  double begin = seconds();
  alloc_walk(NULL, count_inside, range);
  CHECK(range[2] - (char *)NULL == n_many && seconds() - begin < 10);
  return check_failed;
}
