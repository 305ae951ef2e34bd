// A local that is aligned to more than the stack is a block of its own, with its name; the others in its function are in the frame.
// RUN: %allocs-cc -w -O0 %s -o %t && %t
// RUN: %allocs-cc -w -O2 -g %s -o %t && %t
// RUN: %allocs-cc -w -O3 -mavx2 -fomit-frame-pointer %s -o %t && %t
// RUN: %if lld %{ %allocs-cc -w -O2 -flto -fuse-ld=lld %s -o %t && %t %}

#include "../../unit/check.h"
#include <allocs.h>
#include <stdint.h>
struct wide {
  _Alignas(64) int at;
  char rest[5];
};
typedef float vec __attribute__((vector_size(32)));
static volatile int four = 4;
static int asked;

__attribute__((noinline)) static void is(const void *p, const struct uniqtype *type, const char *name, unsigned align) {
  char told[32];
  CHECK((uintptr_t)p % align == 0 && alloc_get_allocator(p) == &alloc_alloca);
  CHECK(alloc_get_type(p) == type && alloc_get_base(p) == p && alloc_get_size(p) == type->size);
  CHECK_STRING(alloc_get_name(p, told, sizeof told), name);
  asked++;
}

__attribute__((noinline)) static void in_frame(const void *p, const struct uniqtype *type, const char *name) {
  char told[32];
  CHECK(alloc_get_allocator(p) == &alloc_stackframe && alloc_get_innermost_type(p) == type);
  CHECK_STRING(alloc_get_name(p, told, sizeof told), name);
  asked++;
}

__attribute__((noinline)) static void aligned(int n) {
  _Alignas(64) long numbers[8] = {1};
  _Alignas(4096) char page[30];
  _Alignas(32) double never_asked[4] = {n};
  struct wide wide = {2};
  vec vector = {1, 2, 3};
  long beside = 2;
  for (int i = 0; i < 4; i++)
    never_asked[i & n] += i;
  is(numbers, alloc_typeof(long[8]), "numbers", 64);
  is(page, alloc_typeof(char[30]), "page", 4096);
  is(&wide, alloc_typeof(struct wide), "wide", 64);
  is(&vector, alloc_typeof(vec), "vector", 32);
  in_frame(&beside, alloc_typeof(long), "beside");
  CHECK(numbers[0] == 1 && wide.at == 2 && vector[2] == 3 && beside == 2 && never_asked[n & 3] == n + 6);
}

__attribute__((noinline)) static void dynamic(int n) {
  _Alignas(128) int varying[n][n + 1];
  for (int i = 0; i < 2; i++) {
    _Alignas(64) short in_loop[9];
    void *alloca = __builtin_alloca_with_align(24, 1024);
    is(in_loop, alloc_typeof(short[9]), "in_loop", 64);
    is(varying, alloc_typeof(int[4][5]), "varying", 128);
    CHECK(alloc_get_size(alloca) == 24 && alloc_get_base(alloca) == alloca && (uintptr_t)alloca % 128 == 0);
  }
}

/* From everywhere on the stack. */
__attribute__((noinline)) static void deeper(int n, int left) {
  char shift[n];
  is(shift, alloc_get_type(shift), "shift", 16);
  in_frame(&n, alloc_typeof(int), "n");
  aligned(four);
  dynamic(four);
  if (left)
    deeper(n + 16, left - 1);
}

int main(void) {
  deeper(16, 9);
  CHECK(asked == 10 * (2 + 5 + 4));
  _Alignas(64) long typed[2];
  CHECK(alloc_set_type(typed, alloc_typeof(double[2])) == ALLOC_OK && alloc_get_type(typed) == alloc_typeof(double[2]));
  return check_failed;
}
