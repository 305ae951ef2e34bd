// Of a program that was not compiled with the plugin, a meta file tells variables, functions and thread-locals with types, members and place, also where it is position-dependent.
// RUN: %cc -O1 -fPIC -shared -w %S/Inputs/ask.c -o %t.so
// RUN: %clang -g -O0 -Wl,--build-id %s -o %t %t.so -Wl,--unresolved-symbols=ignore-in-shared-libs && %typegen %t -o %t.allocs
// RUN: %allocs-run %t | %filecheck %s
// RUN: %clang -g -O2 -no-pie -fno-pic -Wl,--build-id %s -o %t %t.so -Wl,--unresolved-symbols=ignore-in-shared-libs && %typegen %t -o %t.allocs
// RUN: %allocs-run %t | %filecheck %s
// RUN: llvm-strip %t && %allocs-run %t | %filecheck %s
// RUN: rm %t.allocs && %allocs-run %t | not %filecheck %s
struct point { double x, y; };
struct shape { const char *name; struct point *corners; struct shape *next; };
struct shape table[3] = {{"square", 0, 0}};
static int counter = 5;
_Thread_local short local_to_thread;
void ask(const void *);
static int function(char c) { return c; }
int (*volatile called)(char) = function;

int main(void) {
  static struct point inside[2];
  ask(&table[1].corners); // CHECK: static struct shape[3] table ({{.*}}variables{{.*}}.c:[[#@LINE-9]]), +32: [1].corners (struct point *)
  ask(&counter);          // CHECK-NEXT: static int counter ({{.*}}variables{{.*}}.c:[[#@LINE-9]]), +0
  ask(&local_to_thread);  // CHECK-NEXT: thread-local short local_to_thread ({{.*}}variables{{.*}}.c:[[#@LINE-9]]), +0
  ask(&inside[1].y);      // CHECK-NEXT: static struct point[2] inside in main() ({{.*}}:[[#@LINE-4]]), +24: [1].y (double)
  ask(main);              // CHECK-NEXT: function main, +0: int (void)
  ask(called);            // CHECK-NEXT: function function, +0: int (char)
  return counter - 5;
}
