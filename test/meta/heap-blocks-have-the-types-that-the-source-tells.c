// Heap blocks of a program that gcc or clang compiled, optimised or not, have the types that its source tells, by allocscc --sites-only and typegen --sites, just as with the plugin; so in a library that has been closed, and if the program was compiled somewhere else.
// REQUIRES: gcc
// RUN: rm -rf %t && mkdir -p %t/build %t/other && cp %s %t/build/prog.c && cp %s %t/other/prog.c && cd %t
// RUN: %cc -O1 -fPIC -shared -w %S/Inputs/ask.c -o %t/libask.so
// RUN: cd build && %allocs-cc --sites-only=%t/sites -fsyntax-only prog.c && env ALLOCS_SITES=%t/of-lib %allocs-cc --sites-only -DLIBRARY -fPIC -shared -g prog.c -o lib.so && ls %t/sites %t/of-lib | grep -c 'prog-.*[.]sites' | grep -x 2
// RUN: gcc -O0 -fno-plt -g -Wl,--build-id -Wl,--unresolved-symbols=ignore-in-shared-libs prog.c ../libask.so -o prog && gcc -g -O1 -fPIC -shared -DLIBRARY -Wl,--build-id prog.c -o lib.so
// RUN: %typegen lib.so --sites %t/of-lib -o lib.so.allocs 2>&1 | grep -x 'lib.so: sites: 1 of 1 with a type told, at 1 calls' 
// RUN: %typegen --sites %t/sites prog -o prog.allocs 2>&1 | grep -x 'prog: sites: 10 of 10 with a type told, at 10 calls'
// RUN: %typegen --check prog.allocs && %allocs-run ./prog ./lib.so | %filecheck %s
// RUN: gcc -O2 -g -Wl,--build-id -Wl,--unresolved-symbols=ignore-in-shared-libs prog.c ../libask.so -o prog && %typegen prog --sites %t/sites -o prog.allocs && %allocs-run ./prog ./lib.so | %filecheck %s
// RUN: %clang -O2 -g -Wl,--build-id -Wl,--unresolved-symbols=ignore-in-shared-libs prog.c ../libask.so -o prog && %typegen prog --sites=%t/sites -o prog.allocs && %allocs-run ./prog ./lib.so | %filecheck %s
// RUN: %clang -O1 -g -gno-column-info -Wl,--build-id -Wl,--unresolved-symbols=ignore-in-shared-libs prog.c ../libask.so -o prog && %typegen prog --sites %t/sites -o prog.allocs && %allocs-run ./prog ./lib.so | %filecheck %s
// RUN: cd ../other && gcc -O2 -g -Wl,--build-id -Wl,--unresolved-symbols=ignore-in-shared-libs prog.c ../libask.so -o prog && %typegen prog --sites %t/sites -o prog.allocs && %allocs-run ./prog ../build/lib.so | %filecheck %s
// RUN: cd %t/other && %typegen prog -o prog.allocs 2>&1 | count 0 && %allocs-run ./prog ../build/lib.so | not grep 'heap struct.* in main()'
// RUN: env ALLOCS_RUNTIME=%allocs-rt %allocs-cc -O2 -I%src/include -include allocs.h -DPLUGIN prog.c -ldl -o plugin && ./plugin ../build/lib.so | %filecheck %s
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

struct node { struct node *next; int value; };
struct flexible { int n; double tail[]; };
struct header { long n; };
typedef struct node item;

#ifdef LIBRARY
void *in_library(void) {
  struct node *made = malloc(sizeof *made);
  return made ? &made->value : NULL;
}
#else
#ifdef PLUGIN
static void ask(const void *p) {
  char line[200];
  puts(alloc_describe(p, line, sizeof line));
}
#else
void ask(const void *);
#endif
static inline struct node *inlined(void) {
  return calloc(1, sizeof(struct node));
}

int main(int argc, char **argv) {
  struct node *p = malloc(sizeof *p), *q;
  ask(&p->value); // CHECK: heap struct node from {{.*}}prog.c:[[#@LINE-1]] in main(), +8: .value (int)
  struct node **table = malloc(argc * 5 * sizeof *table);
  ask(table + 2); // CHECK-NEXT: heap struct node *[10] from {{.*}}:[[#@LINE-1]] in main(), +16: [2] (struct node *)
  struct flexible *flexible = malloc(sizeof *flexible + 4 * sizeof(double));
  ask(&flexible->tail[2]); // CHECK-NEXT: heap struct flexible from {{.*}}:[[#@LINE-1]] in main(), +24: .tail[2] (double)
  q = inlined();
  ask(&q->next); // CHECK-NEXT: heap struct node from {{.*}}:[[#@LINE-11]] in inlined(), +0: .next (struct node *)
  int (*rows)[4] = malloc(3 * sizeof *rows);
  ask(&rows[1][2]); // CHECK-NEXT: heap int[3][4] from {{.*}}:[[#@LINE-1]] in main(), +24: [1][2] (int)
  char *text = malloc(argc + 20);
  ask(text + 3); // CHECK-NEXT: heap char[22] from {{.*}}:[[#@LINE-1]] in main(), +3: [3] (char)
  struct header *header = malloc(sizeof *header + argc * sizeof(item));
  ask(header + 1); // CHECK-NEXT: heap struct { struct header; struct node[]; } from {{.*}}:[[#@LINE-1]] in main(), +8: [0].next (struct node *)
  int (**calls)(struct node *, ...) = calloc(sizeof *calls, 2);
  ask(calls + 1); // CHECK-NEXT: heap int (*[2])(struct node *, ...) from {{.*}}:[[#@LINE-1]] in main(), +8: [1] (int (*)(struct node *, ...))
  void *aligned;
  item **to = (item **)&aligned;
  if (posix_memalign((void **)to, 64, sizeof(item)))
    return 1;
  ask(aligned); // CHECK-NEXT: heap item from {{.*}}:[[#@LINE-2]] in main(), +0: .next (struct node *)
  p = realloc(p, argc * 3 * sizeof *p);
  ask(&p[4].value); // CHECK-NEXT: heap struct node[6] from {{.*}}:[[#@LINE-1]] in main(), +72: [4].value (int)
  void *library = dlopen(argv[1], RTLD_NOW);
  p = ((void *(*)(void))dlsym(library, "in_library"))();
  dlclose(library);
  ask(p); // CHECK-NEXT: heap struct node from {{.*}}prog.c:{{[0-9]+}} in in_library(), +8: .value (int)
  return 0;
}
#endif
