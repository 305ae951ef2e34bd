// Copies, fills and comparisons are the C library's, for each length, place and overlap; the bytes beside stay as they are.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/bytes/memory.c -o %t && %t

#include "check.h"

void *allocs_memory_copy(void *to, const void *from, size_t n);
void *allocs_memory_move(void *to, const void *from, size_t n);
void *allocs_memory_fill(void *to, int byte, size_t n);
int allocs_memory_compare(const void *a, const void *b, size_t n);

enum { ROOM = 80, MOST = 35 };
static unsigned char ours[ROOM], theirs[ROOM], source[ROOM];

static void begin(void) {
  for (int i = 0; i < ROOM; i++)
    ours[i] = theirs[i] = (unsigned char)(i + 1), source[i] = (unsigned char)(200 - i);
}

static int sign(int n) { return (n > 0) - (n < 0); }

int main(void) {
  for (size_t n = 0; n < MOST; n++)
    for (size_t to = 0; to < 40; to++) {
      begin();
      CHECK(allocs_memory_copy(ours + to, source + 3, n) == ours + to);
      memcpy(theirs + to, source + 3, n);
      CHECK(!memcmp(ours, theirs, ROOM));
      begin();
      CHECK(allocs_memory_fill(ours + to, 0x1f3, n) == ours + to);
      memset(theirs + to, 0x1f3, n);
      CHECK(!memcmp(ours, theirs, ROOM));
      begin();
      CHECK(allocs_memory_move(ours + to, ours + 20, n) == ours + to);
      memmove(theirs + to, theirs + 20, n);
      CHECK(!memcmp(ours, theirs, ROOM));
    }
  for (size_t n = 1; n < MOST; n++)
    for (size_t at = 0; at < n; at++) {
      begin();
      CHECK(!allocs_memory_compare(ours, theirs, n));
      ours[at] = 0xff, ours[n] = 0;
      CHECK(sign(allocs_memory_compare(ours, theirs, n)) == 1 && sign(allocs_memory_compare(theirs, ours, n)) == -1);
      CHECK(!allocs_memory_compare(ours, theirs, at));
    }
  return check_failed;
}
