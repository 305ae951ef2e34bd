// Eight threads that allocate, reallocate and free at once keep contents, and right answers for what each holds.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -Wl,-u,__allocs_hooks_next,-u,__allocs_runtime %allocs-rt -pthread -o %t
// RUN: %t

#include "Inputs/heap-test.h"

#include <pthread.h>

enum { N_THREADS = 8, N_BLOCKS = 200, N_STEPS = 60000 };

static void *handed[N_THREADS]; /* blocks that another thread frees */

static uint64_t next(uint64_t *state) {
  *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
  return *state >> 8;
}

static void *work(void *arg) {
  uint64_t state = 88172645463325252u + (uintptr_t)arg;
  struct {
    unsigned char *at;
    size_t n;
    unsigned char fill;
  } blocks[N_BLOCKS] = {0}, *block;
  for (int step = 0; step < N_STEPS && !check_failed; step++) {
    block = &blocks[next(&state) % N_BLOCKS];
    size_t n = next(&state) % (step % 100 ? 600 : 300000) + 1;
    if (!block->at || next(&state) % 3 == 0) {
      unsigned char *old = __atomic_exchange_n(&handed[next(&state) % N_THREADS], block->at, __ATOMIC_ACQ_REL);
      free(old);
      block->at = step % 2 ? malloc(n) : calloc(n, 1);
    } else {
      CHECK(is_block((char *)block->at, block->n));
      CHECK(block->at[0] == block->fill && block->at[block->n - 1] == block->fill);
      block->at = realloc(block->at, n);
      CHECK(block->at[0] == block->fill);
    }
    block->n = n;
    block->fill = (unsigned char)step;
    memset(block->at, block->fill, n);
    CHECK(is_block((char *)block->at, n));
    heap_answer((char *)block->at + (next(&state) % (1 << 20))); /* anyone's: must only not crash */
  }
  for (int i = 0; i < N_BLOCKS; i++)
    free(blocks[i].at);
  return NULL;
}

int main(void) {
  pthread_t threads[N_THREADS];
  for (uintptr_t i = 0; i < N_THREADS; i++)
    pthread_create(&threads[i], NULL, work, (void *)i);
  for (int i = 0; i < N_THREADS; i++)
    pthread_join(threads[i], NULL);
  return check_failed;
}
