// Of each thread, alive and in a core, the functions are told that it is in, newest first, with the lines that DWARF has, and with -v the values of locals; through signal handlers, too.
// REQUIRES: gdb
// RUN: %allocs-cc -O0 -g -pthread %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect threads TARGET -v --depth 1 > %t.out 2> %t.err
// RUN: %filecheck --check-prefixes=ALL,LINES %s < %t.out
// RUN: env CORE=gcore %python %S/Inputs/beside.py %t %t.in %inspect threads TARGET -v --depth 1 > %t.out
// RUN: %filecheck --check-prefixes=ALL,LINES %s < %t.out
// RUN: %allocs-cc -O0 -static -pthread %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect threads TARGET -v --depth 1 > %t.out
// RUN: %filecheck --check-prefix=ALL %s < %t.out
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect threads TARGET > %t.out && not grep "struct" %t.out

// ALL:        thread {{[0-9]+}}, the first
// ALL:          #{{[0-9]+}} 0x{{[0-9a-f]+}} handle
// LINES-SAME:   , {{.*}}.c:47
// ALL-NEXT:       {
// ALL-NEXT:         int number = 10
// ALL-NEXT:       }
// ALL-NEXT:     #{{[0-9]+}} 0x{{[0-9a-f]+}} (a signal handler was called)
// ALL:          #{{[0-9]+}} 0x{{[0-9a-f]+}} down
// LINES-SAME:   , {{.*}}.c:59
// ALL-NEXT:       {
// ALL-NEXT:         struct pair pair = {
// ALL-NEXT:           long a = 0
// ALL-NEXT:           long b = 2
// ALL-NEXT:         }
// ALL-NEXT:         int n = 0
// ALL-NEXT:       }
// ALL-NEXT:       char[1] row, 0x{{[0-9a-f]+}}:
// ALL:          #{{[0-9]+}} 0x{{[0-9a-f]+}} down
// LINES-SAME:   , {{.*}}.c:59
// ALL:            int n = 1
// ALL:          char[11] row, 0x{{[0-9a-f]+}}:
// ALL:          #{{[0-9]+}} 0x{{[0-9a-f]+}} main
// LINES-SAME:   , {{.*}}.c:80
// ALL:        thread {{[0-9]+}}
// ALL:          #{{[0-9]+}} 0x{{[0-9a-f]+}} run
// ALL:            struct pair *held = 0x{{[0-9a-f]+}} -> heap struct pair from {{.*}} in run(), +0: .a (long)

#include "Inputs/heap.h"
#include <pthread.h>
#include <signal.h>

static void handle(int number) {
  volatile int *address = &number;
  if (*address == SIGUSR1)
    be_ready();
}

struct pair {
  long a, b;
};
static void *volatile touched;
static void touch(void *local) { touched = local; }
static __attribute__((noinline)) long down(int n) {
  struct pair pair = {n, 2};
  char row[n * 10 + 1];
  memset(row, 'x', sizeof row), touch(row), touch(&pair), touch(&n);
  return n ? down(n - 1) + *(volatile long *)&pair.b + *(volatile int *)&n : raise(SIGUSR1) + *(volatile long *)&pair.a + row[0];
}

static pthread_barrier_t barrier;

static void *run(void *arg) {
  struct pair *held = malloc(sizeof *held);
  *held = (struct pair){3, 4};
  touch(&held);
  pthread_barrier_wait(&barrier);
  for (;;)
    pause();
  return arg;
}

int main(void) {
  pthread_t thread;
  signal(SIGUSR1, handle);
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&thread, NULL, run, NULL);
  pthread_barrier_wait(&barrier);
  return (int)down(2);
}
