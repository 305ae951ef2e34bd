// What is loaded into a plain program can ask: blocks of the program and of libraries, interior pointers, variables, functions, mappings, threads' stacks.
// RUN: %cc -O1 -Wall -Werror -fPIC -shared %S/Inputs/asker.c -o %t.so
// RUN: %clang -O1 -fno-builtin -pthread %s -o %t %t.so -Wl,--unresolved-symbols=ignore-in-shared-libs
// RUN: %allocs-run %t | %filecheck %s
#include <pthread.h>
#include <stdlib.h>

void ask(const char *, const void *);
void ask_all(void);
char variable[50] = "x";

static void *thread(void *arg);

int main(void) {
  char *block = malloc(77);
  pthread_t id;
  ask("block", block + 76);       // CHECK: block: heap __uninterpreted_byte[77] from code at 0x{{[0-9a-f]+}} in main(), +76; 77 at +76
  ask("variable", variable + 49); // CHECK-NEXT: variable: static {{.*}}variable{{.*}}; 50 at +49
  ask("function", (const void *)main); // CHECK-NEXT: function: static {{.*}} main, +0
  pthread_create(&id, NULL, thread, NULL); // CHECK-NEXT: thread's local: stack of thread {{[0-9]+}}, {{.*}}; {{[0-9]+}} at +
  pthread_join(id, NULL);
  // CHECK-NEXT: library's block: heap __uninterpreted_byte[78] from {{.*}} in ask_all(), +70; 78 at +70
  // CHECK-NEXT: mapping: mapping {{.*}} by mmap() in ask_all(){{.*}}; 8192 at +5000
  // CHECK-NEXT: libc's function: static {{.*}} qsort, +1;
  // CHECK-NEXT: chain: 1
  // CHECK-NEXT: freed: 1
  ask_all();
  free(block);
  return 0;
}

static void *thread(void *arg) {
  char local[10];
  ask("thread's local", local);
  return arg;
}
