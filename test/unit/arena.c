// The arena gives zeroed, aligned, disjoint memory, and one copy of each text, to many threads at once.
// RUN: %cc -Wall -Wextra -Werror -pthread -I%src/runtime %s %src/runtime/ground/store.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#include "ground/store.h"
#include "check.h"

#include <pthread.h>
#include <stdlib.h>

enum { N_THREADS = 4, N_BLOCKS = 4000, N_TEXTS = 20000 };

static const char *texts[N_THREADS][N_TEXTS];

static void *work(void *arg) {
  const char **mine = arg;
  unsigned char *blocks[N_BLOCKS];
  char text[32];
  for (int i = 0; i < N_BLOCKS; i++) {
    size_t n = (size_t)(i * 7 % 300);
    blocks[i] = allocs_store_alloc(n);
    CHECK(blocks[i] && (uintptr_t)blocks[i] % 16 == 0);
    for (size_t j = 0; j < n; j++)
      CHECK(blocks[i][j] == 0);
    memset(blocks[i], i % 255 + 1, n);
  }
  for (int i = 0; i < N_BLOCKS; i++)
    for (size_t j = 0; j < (size_t)(i * 7 % 300); j++)
      if (blocks[i][j] != i % 255 + 1)
        CHECK(!"blocks overlap");
  for (int i = 0; i < N_TEXTS; i++) {
    snprintf(text, sizeof text, "text %d", i);
    mine[i] = allocs_store_text(text);
    CHECK_STRING(mine[i], text);
    CHECK(mine[i] != text);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[N_THREADS];
  for (int i = 0; i < N_THREADS; i++)
    pthread_create(&threads[i], NULL, work, texts[i]);
  for (int i = 0; i < N_THREADS; i++)
    pthread_join(threads[i], NULL);
  for (int i = 0; i < N_TEXTS; i++)
    for (int j = 1; j < N_THREADS; j++)
      CHECK(texts[j][i] == texts[0][i]);

  char *large = allocs_store_alloc(3 << 20);
  CHECK(large && large[0] == 0 && large[(3 << 20) - 1] == 0);
  large[(3 << 20) - 1] = 1;
  CHECK(!allocs_store_alloc(SIZE_MAX) && !allocs_store_alloc(SIZE_MAX / 2));
  CHECK(!allocs_store_text(NULL));
  CHECK_STRING(allocs_store_text(""), "");
  CHECK(allocs_store_text("") == allocs_store_text(""));
  CHECK(allocs_store_text("ab") != allocs_store_text("abc"));
  return check_failed;
}
