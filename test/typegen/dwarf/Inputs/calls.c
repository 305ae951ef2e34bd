/* Prints of each call where it returns to, in the file, and its line and function: all of the functions here are called from one line each. */
#include <stdint.h>
#include <stdio.h>

extern const char __ehdr_start[];

__attribute__((noinline)) int here(int line, const char *function) {
  printf("%#lx %d %s\n", (uintptr_t)__builtin_return_address(0) - LOADED_FROM, line, function);
  return line;
}
#define HERE here(__LINE__, __func__)

static int (*volatile pointer)(int, const char *) = here;
static struct { char before[200]; int (*call)(int, const char *); } table = {.call = here}, *volatile far = &table;

static inline __attribute__((always_inline)) int inner(int n) {
  return n + HERE;
}
static inline __attribute__((always_inline)) int inlined(int n) {
  n += HERE;
  n += inner(n);
  return n + HERE;
}
__attribute__((noinline, cold)) int rarely(int n) {
  return HERE + n;
}
__attribute__((noinline)) int plain(int n) {
  int sum = HERE;
  if (n > 1)
    sum += HERE;

  sum += pointer(__LINE__, __func__);
  sum += far->call(__LINE__, __func__);
  sum += inlined(sum);
  return sum + inlined(sum) + HERE;
}
#include "calls.h"
int main(int argc, char **argv) {
  int sum = HERE + plain(argc) + in_header(argc);
  sum += rarely(argc);
  return sum + HERE == 0;
}
