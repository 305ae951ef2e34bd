// Each byte of packed texts is in the text whose zero ends it; what no zero ends is none, and nothing outside the arena is looked at.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t && %t

#include "arenas/packed_texts.c"
#include "check.h"

/* Types: of an array only the length is looked at. */
static struct uniqtype type;
const struct uniqtype *allocs_type_char(void) { return &type; }
const struct uniqtype *allocs_type_table_closed_array(const struct uniqtype *of, uint64_t n) {
  CHECK(of == &type);
  type.size = n;
  return &type;
}

/* Around the arena lie letters, of which none may be taken. */
static const char bytes[] = "xyab\0c\0\0defgh";
static struct alloc_arena arena = {.begin = (void *)(uintptr_t)(bytes + 2)};
static struct alloc_pos pos;

/* As "offset size"; "-" for none. */
static const char *answer(int found) {
  static char buf[40];
  snprintf(buf, sizeof buf, "%d %lu", (int)((const char *)pos.base - bytes) - 2, pos.size);
  CHECK(!found || (pos.type == &type && type.size == pos.size));
  return found ? buf : "-";
}
static const char *at(int offset) { return answer(alloc_packed_texts.find(&arena, bytes + 2 + offset, &pos)); }
static const char *from(const char *address) { return answer(alloc_packed_texts.next(&arena, address, &pos)); }

int main(void) {
  static const char *const all[] = {"0 3", "0 3", "0 3", "3 2", "3 2", "5 1", "-", "-", "-"};
  arena.size = 9; /* up to "def" */
  for (int i = 0; i < 9; i++) {
    CHECK_STRING(at(i), all[i]);
    CHECK_STRING(from(bytes + 2 + i), all[i]);
  }
  CHECK_STRING(from(bytes), "0 3"); /* what begins before the arena */
  CHECK_STRING(from(NULL), "0 3");
  CHECK_STRING(from(bytes + 2 + 9), "-");
  CHECK_STRING(from(bytes + 2 + 10), "-");
  arena.size = 3;
  CHECK_STRING(at(0), "0 3");
  CHECK_STRING(from(bytes + 2), "0 3");
  CHECK_STRING(from(bytes + 2 + 3), "-");
  arena.size = 2; /* its zero is outside */
  CHECK_STRING(at(0), "-");
  CHECK_STRING(at(1), "-");
  CHECK_STRING(from(bytes + 2), "-");
  CHECK_STRING(alloc_packed_texts.name, "packed-text");
  return check_failed;
}
