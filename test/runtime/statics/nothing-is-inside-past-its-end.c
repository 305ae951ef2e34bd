// Of 4000 random bytes in and around static variables, each is in exactly the variable that the program says, or none.
// RUN: %allocs-cc -I%src/test/unit %s -o %t && %t
// RUN: %allocs-cc -O2 -fno-pie -no-pie -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>
#include <string.h>

#define VARS(V) V(char, a, [1]) V(int, b, [7]) V(double, c, ) V(char, d, [4097]) V(struct odd, e, [5]) V(short, f, [3])
struct odd {
  char bytes[3];
};
#define DEFINE(type, name, dim) type name dim;
VARS(DEFINE)
static const char constant[9] = "constant";

static const struct {
  const void *begin;
  unsigned long size;
  const char *name;
} vars[] = {
#define ENTRY(type, name, dim) {&name, sizeof name, #name},
    VARS(ENTRY){constant, sizeof constant, "constant"}};
enum { N_VARS = sizeof vars / sizeof *vars };

static void check_byte(const char *p) {
  char name[32];
  for (unsigned i = 0; i < N_VARS; i++)
    if ((unsigned long)(p - (const char *)vars[i].begin) < vars[i].size) {
      CHECK(alloc_get_base(p) == vars[i].begin);
      CHECK(alloc_get_size(p) == vars[i].size);
      CHECK(alloc_get_limit(p) == (const char *)vars[i].begin + vars[i].size);
      CHECK_STRING(alloc_get_name(p, name, sizeof name), vars[i].name);
      return;
    }
  const char *base = alloc_get_base(p);
  for (unsigned i = 0; i < N_VARS; i++)
    CHECK(base != vars[i].begin);
}

int main(void) {
  for (unsigned i = 0; i < N_VARS; i++)
    for (int j = -2; j < 600; j++) {
      check_byte((const char *)vars[i].begin + j);
      check_byte((const char *)vars[i].begin + vars[i].size + j % 3);
    }
  return check_failed;
}
