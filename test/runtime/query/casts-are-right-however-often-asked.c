// What was found of a cast is kept, and by many threads at once: each of thousands of questions has its own answer, first and last.
// RUN: %allocs-cc -O2 -pthread %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <pthread.h>
#include <stdlib.h>

struct pair {
  int first;
  float second;
};
union either {
  struct pair pairs[2];
  double number;
  char text[16];
};
struct many {
  long head;
  union either eithers[30];
  struct pair pairs[30];
  short tail;
};
enum { ROUNDS = 20000, THREADS = 4 };

/* What begins where, from the declarations. */
static int expected(size_t offset, const struct uniqtype *type) {
  if (offset >= offsetof(struct many, pairs)) {
    size_t in = (offset - offsetof(struct many, pairs)) % sizeof(struct pair);
    return type == (in ? alloc_typeof(float) : alloc_typeof(int)) || (!in && type == alloc_typeof(struct pair));
  }
  size_t in = (offset - offsetof(struct many, eithers)) % sizeof(union either);
  if (type == alloc_typeof(char))
    return 1;
  if (in % 8)
    return type == alloc_typeof(float);
  return type == alloc_typeof(int) || type == alloc_typeof(struct pair) ||
         (!in && (type == alloc_typeof(double) || type == alloc_typeof(union either)));
}

static struct many *block;
static struct many variable;

static void *ask(void *seed) {
  const struct uniqtype *types[] = {alloc_typeof(int),         alloc_typeof(float), alloc_typeof(double),      alloc_typeof(short),
                                    alloc_typeof(struct pair), alloc_typeof(char),  alloc_typeof(union either)};
  unsigned state = (unsigned)(unsigned long)seed;
  unsigned long wrong = 0;
  struct many local;
  for (int i = 0; i < ROUNDS; i++) {
    size_t offset = offsetof(struct many, eithers) + (size_t)(rand_r(&state) % 180) * 4;
    const struct uniqtype *type = types[rand_r(&state) % 7];
    char *base = i % 3 == 0 ? (char *)&local : i % 3 == 1 ? (char *)block : (char *)&variable;
    wrong += (unsigned long)((int)alloc_is_a(base + offset, type) != expected(offset, type));
  }
  return (void *)wrong;
}

int main(void) {
  pthread_t threads[THREADS];
  void *wrong;
  CHECK(sizeof(struct many) >= offsetof(struct many, eithers) + 180 * 4);
  block = malloc(sizeof *block);
  for (unsigned long i = 0; i < THREADS; i++)
    CHECK(!pthread_create(&threads[i], NULL, ask, (void *)(i + 1)));
  for (int i = 0; i < THREADS; i++)
    CHECK(!pthread_join(threads[i], &wrong) && !wrong);
  return check_failed;
}
