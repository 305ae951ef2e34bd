// While threads are created and end, detached ones too, others ask about their stacks and thread-locals without harm.
// RUN: %allocs-cc -I%src/test/unit -O1 -pthread %s -o %t && %t
#include "check.h"
#include <allocs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { ROUNDS = 1500 };
static _Thread_local int mine[4];
static char *_Atomic somewhere[64];
static atomic_int running, detached;

static void *run(void *arg) {
  char local[16] = {0};
  unsigned i = (unsigned)(uintptr_t)arg;
  somewhere[i % 64] = i & 1 ? local : (char *)mine;
  CHECK(alloc_get_allocator(local) == &alloc_stackframe && alloc_get_allocator(&mine[2]) == &alloc_tls);
  CHECK(alloc_get_base(&mine[2]) == mine);
  detached -= (i & 3) == 3;
  return local == somewhere[0] ? arg : NULL;
}

static void *make(void *arg) {
  for (uintptr_t i = 0; i < ROUNDS; i++) {
    pthread_t thread;
    detached += (i & 3) == 3;
    if (pthread_create(&thread, NULL, run, (void *)i))
      detached -= (i & 3) == 3;
    else if ((i & 3) == 3)
      pthread_detach(thread);
    else
      pthread_join(thread, NULL);
  }
  running--;
  return arg;
}

static void *ask(void *arg) {
  for (unsigned i = 0; running; i++) {
    struct alloc_info info;
    char *p = somewhere[i % 64], text[200];
    if (p && alloc_get_info(p, &info) == ALLOC_OK)
      CHECK(p >= (char *)info.base && p < (char *)info.base + info.size);
    alloc_describe(p, text, sizeof text);
  }
  return arg;
}

int main(void) {
  pthread_t threads[4];
  running = 2;
  for (int i = 0; i < 4; i++)
    pthread_create(&threads[i], NULL, i < 2 ? make : ask, NULL);
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], NULL);
  while (detached)
    ;
  return check_failed;
}
