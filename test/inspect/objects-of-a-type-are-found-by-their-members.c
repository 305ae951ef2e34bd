// Objects of a type are found in blocks and variables, alone and in arrays, by what their members are.
// RUN: %allocs-cc -O1 %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect find TARGET "struct item" > %t.out
// RUN: grep -v ready %t.in | diff - %t.out
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect find TARGET "struct item" --where "kind == GREEN" --where "n >= -1" | grep -x "found: 3"
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect find TARGET "struct item" --where "next != NULL" | grep -x "found: 1"
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect find TARGET "struct item" --where "name == \"two\"" | grep -x "found: 1"
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect find TARGET "struct item" --where "text == \"any\"" | grep -x "found: 2"
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect find TARGET "struct item" --where "at[1].x == 7" --top 1 | grep -c "0x" | grep -x 1
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect find TARGET "struct item" --where "inner < 0" | grep -x "found: 0"
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect find TARGET "struct none" | grep -x "found: 0"
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect find TARGET "struct item" --where "nope == 1" 2>&1 | grep "nope == 1: no such member"
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect find TARGET "struct item" --where "n = 1" 2>&1 | grep "no relation"
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect find TARGET "struct item" --where "n == x" 2>&1 | grep "no value of"

#include "Inputs/heap.h"

enum kind { RED, GREEN };
struct item {
  struct item *next;
  int n;
  enum kind kind;
  char name[8];
  const char *text;
  union {
    int inner;
    unsigned outer;
  };
  struct {
    int x;
  } at[2];
};
static struct item alone = {NULL, 4, GREEN, "four", NULL, {0}, {{0}, {7}}};
static struct item rows[2][2] = {{{NULL, -5, GREEN, "", NULL, {0}, {{0}, {7}}}}};

int main(void) {
  struct item *one = calloc(1, sizeof *one), *some = calloc(3, sizeof *some);
  char line[300];
  *one = (struct item){some, 1, GREEN, "one", "any", {1}, {{0}, {0}}};
  some[1] = (struct item){NULL, 2, RED, "two", strdup("any"), {2}, {{0}, {0}}};
  some[2].kind = GREEN;
  struct item *all[] = {one, some, some + 1, some + 2, &alone, &rows[0][0], &rows[0][1], &rows[1][0], &rows[1][1]};
  if (&alone > &rows[0][0]) {
    memmove(all + 4, all + 5, 4 * sizeof *all);
    all[8] = &alone;
  }
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
    printf("%p: %s\n", (void *)all[i], alloc_describe(all[i], line, sizeof line));
  puts("found: 9");
  fflush(stdout);
  return be_ready();
}
