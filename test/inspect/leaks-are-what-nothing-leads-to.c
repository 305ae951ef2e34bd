// What no pointer leads to is told, with what it holds, and nothing else; of what one leads to, the way.
// REQUIRES: gdb
// RUN: %allocs-cc -O0 -pthread %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect leaks TARGET > %t.out
// RUN: %filecheck --match-full-lines --check-prefix=LEAKS %s < %t.out
// RUN: env CORE=gcore %python %S/Inputs/beside.py %t %t.in %inspect leaks TARGET > %t.out
// RUN: %filecheck --match-full-lines --check-prefix=LEAKS %s < %t.out
// RUN: %allocs-cc -O0 -static -pthread %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect leaks TARGET > %t.out
// RUN: %filecheck --match-full-lines --check-prefix=LEAKS %s < %t.out
// RUN: %python %S/Inputs/why.py %inspect %t | %filecheck --match-full-lines --check-prefix=WHY %s

// LEAKS:      allocs: what nothing leads to, of process {{[0-9]+}}
// LEAKS-NEXT:       blocks           bytes   held blocks      held bytes  type, site, the first
// LEAKS-NEXT:            1          300000             0               0  struct big, {{.*}}.c:[[#]] leak malloc, 0x{{[0-9a-f]+}}
// LEAKS-NEXT:            2              96             2              96  struct pair, {{.*}}.c:[[#]] make_pair malloc, 0x{{[0-9a-f]+}}
// LEAKS-NEXT:            1              16             4              64  struct node, {{.*}}.c:[[#]] make malloc, 0x{{[0-9a-f]+}}
// LEAKS-NEXT: leaked: 10 of {{[0-9]+}} blocks, 300272 of {{[0-9]+}} bytes
// LEAKS-NOT:  {{.}}

// WHY:      0x{{[0-9a-f]+}}: heap struct node from {{.*}} in make(), +0: .next (struct node *)
// WHY-NEXT:   0x{{[0-9a-f]+}}: static struct node *[16] table ({{.*}}), +24: [3] (struct node *)
// WHY-NEXT:   0x{{[0-9a-f]+}}: heap struct node from {{.*}} in make(), +0: .next (struct node *)
// WHY-NEXT:   0x{{[0-9a-f]+}}: heap struct node from {{.*}} in make(), +0: .next (struct node *)
// WHY-NEXT: 0x{{[0-9a-f]+}}: heap struct node from {{.*}} in make(), +0: .next (struct node *)
// WHY-NEXT:   nothing leads to it
// WHY-NOT:  {{.}}

#include "Inputs/heap.h"
#include <pthread.h>
#include <sys/mman.h>

struct pair {
  struct pair *other;
  char text[40];
};
struct big {
  char bytes[300000];
};
struct embedded {
  long value;
  struct node link;
};
static struct node *table[16], *inner;
static char *end_of_it;
static __thread struct node *local;

static struct node *make(struct node *next, int value) {
  struct node *node = malloc(sizeof *node);
  *node = (struct node){next, value};
  return node;
}

static struct pair *make_pair(void) { return malloc(sizeof(struct pair)); }

/* A list, a circle, a block that leads to itself, and a large one. */
static void leak(void) {
  struct node *list = NULL;
  for (int i = 0; i < 5; i++)
    list = make(list, i);
  printf("%p\n", (void *)list);
  struct pair *a = make_pair(), *b = make_pair(), *c = make_pair(), *d = make_pair();
  a->other = b;
  b->other = a;
  c->other = c;
  d->other = c;
  memset(malloc(sizeof(struct big)), 0, sizeof(struct big));
}

/* Where pointers were is overwritten. */
static void wipe(void) {
  volatile char stack[30000];
  memset((char *)stack, 0, sizeof stack);
}

/* Held by its stack, its thread-local variable, and a register at most. */
static void *run(void *arg) {
  struct node *volatile own = make(make(NULL, 1), 2);
  (void)arg;
  local = make(own, 3);
  while (own->value)
    be_ready();
  return NULL;
}

/* By a middle, by an embedded node, by a mapping, by a large block, by the last byte, by a thread-local variable. */
static void hold(void) {
  struct embedded *embedded = malloc(sizeof *embedded);
  struct big *big = malloc(sizeof *big);
  void **mapped = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  embedded->link = (struct node){NULL, 0};
  inner = &embedded->link;
  memset(big, 0, sizeof *big);
  *(void **)(big->bytes + 200000) = make(NULL, 4);
  mapped[4000] = big;
  mapped[5000] = make(NULL, 5);
  end_of_it = (char *)malloc(100) + 99;
  local = make(NULL, 6);
}

int main(void) {
  pthread_t thread;
  for (int i = 0; i < 16; i++)
    for (int j = 0; j < 5; j++)
      table[i] = make(table[i], j);
  printf("%p\n", (void *)table[3]->next->next);
  hold();
  leak();
  fflush(stdout);
  wipe();
  pthread_create(&thread, NULL, run, NULL);
  return pthread_join(thread, NULL);
}
