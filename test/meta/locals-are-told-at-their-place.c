// Locals and parameters of functions that were not compiled with the plugin, by gcc and clang, optimised or not, with a frame pointer or without, are told exactly or not at all; callbacks through libc, too.
// REQUIRES: gcc
// RUN: %cc -O1 -fPIC -shared -w %S/Inputs/ask.c -o %t.so
// RUN: %clang -g -O0 -Wl,--build-id %s -o %t %t.so -Wl,--unresolved-symbols=ignore-in-shared-libs && %typegen %t -o %t.allocs && %allocs-run %t | %filecheck %s 
// RUN: gcc -g -O0 -Wl,--build-id %s -o %t %t.so -Wl,--unresolved-symbols=ignore-in-shared-libs && %typegen %t -o %t.allocs && %allocs-run %t | %filecheck %s 
// RUN: %clang -g -O2 -Wl,--build-id %s -o %t %t.so -Wl,--unresolved-symbols=ignore-in-shared-libs && %typegen %t -o %t.allocs && %allocs-run %t > %t.out && grep -q 'local by_value' %t.out
// RUN: not grep -vE '^(stack of|local by_value in .* struct big, .16: [.]d|local here in .* struct point\[2\], .24: \[1\][.]y|local both in .* int\[2\], .4: \[1\]|local numbers in .* int\[10\], .16: \[4\])' %t.out
// RUN: gcc -g -O2 -fomit-frame-pointer -Wl,--build-id %s -o %t %t.so -Wl,--unresolved-symbols=ignore-in-shared-libs && %typegen %t -o %t.allocs && %allocs-run %t > %t.out && grep -c 'local by_value\|local here\|local numbers' %t.out | grep -x 3
// RUN: not grep -vE '^(stack of|local by_value in .* struct big, .16: [.]d|local here in .* struct point\[2\], .24: \[1\][.]y|local both in .* int\[2\], .4: \[1\]|local numbers in .* int\[10\], .16: \[4\])' %t.out
#include <stdlib.h>

struct point { double x, y; };
struct big { double d[5]; };
void ask(const void *);

static __attribute__((noinline)) void passed(struct big by_value) {
  ask(&by_value.d[2]); // CHECK: local by_value in passed() at {{.*}}:[[#@LINE-1]]: struct big, +16: .d[2] (double)
}

static __attribute__((noinline)) int inner(int n) {
  struct point here[2] = {{1, 2}, {3, n}};
  ask(&here[1].y); // CHECK-NEXT: local here in inner() at {{.*}}:[[#@LINE-2]]: struct point[2], +24: [1].y (double)
  return (int)here[1].y;
}

static int compare(const void *a, const void *b) {
  static int n_asked;
  int both[2] = {*(const int *)a, *(const int *)b};
  if (!n_asked++)
    ask(&both[1]); // CHECK-NEXT: local both in compare() at {{.*}}:[[#@LINE-4]]: int[2], +4: [1] (int)
  return both[0] - both[1];
}

int main(void) {
  int numbers[10] = {3, 1, 2};
  struct big big = {{1}};
  passed(big);
  numbers[0] = inner(7);
  qsort(numbers, 10, sizeof *numbers, compare);
  ask(&numbers[4]); // CHECK-NEXT: local numbers in main() at {{.*}}:[[#@LINE-6]]: int[10], +16: [4] (int)
  return 0;
}
