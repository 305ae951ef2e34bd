/* Prints of each local where it is, from the CFA less 16 on: in functions of every shape. */
#include <alloca.h>
#include <stdio.h>
#include <string.h>

struct big { long a[10]; };
static char *frame_of_caller;

#define HERE ((char *)__builtin_dwarf_cfa() - 16)
#define TELL(local) tell(#local, (char *)&local - HERE)
__attribute__((noinline)) void tell(const char *name, long offset) { printf("%s %ld\n", name, offset); }

static inline __attribute__((always_inline)) int inlined(int n) {
  int in_inlined[4] = {n};
  TELL(in_inlined);
  return in_inlined[0];
}
__attribute__((noinline)) long by_value(struct big in_memory, int in_register) {
  TELL(in_memory);
  TELL(in_register);
  return in_memory.a[0] + in_register;
}
__attribute__((noinline)) int blocks(int n) {
  int outer = n;
  TELL(outer);
  {
    char first[20];
    TELL(first);
  }
  {
    long second[3];
    TELL(second);
  }
  return outer + inlined(n);
}
__attribute__((noinline)) long seven(int a, int b, int c, int d, int e, int f, long seventh) {
  long sum = a + b + c + d + e + f;
  TELL(seventh);
  TELL(sum);
  return sum + seventh;
}
__attribute__((noinline)) long pushes(long n) {
  long kept[2] = {n, n};
  TELL(kept);
  return seven(1, 2, 3, 4, 5, 6, kept[1]) + kept[0];
}
__attribute__((noinline)) int returns_early(int n) {
  struct big early = {{n}};
  if (n > 10)
    return 1;
  TELL(early);
  return (int)early.a[n & 1];
}
__attribute__((noinline)) int dynamic(int n) {
  int beside = n;
  char *block = alloca(n + 1);
  memset(block, n, n + 1);
  TELL(beside);
  return block[n] + beside;
}
__attribute__((noinline)) int aligned(int n) {
  _Alignas(64) int over_aligned[4] = {n};
  TELL(over_aligned);
  return over_aligned[n & 3];
}
int main(int argc, char **argv) {
  struct big big = {{argc}};
  return (int)(by_value(big, argc) + blocks(argc) + pushes(argc) + returns_early(argc) + dynamic(argc) + aligned(argc)) == 0;
}
