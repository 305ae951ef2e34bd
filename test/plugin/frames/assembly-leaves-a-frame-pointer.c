// A function without frame pointer gets one for its frame, unless its inline assembly may need every register: at most 9 operands and clobbers.
// RUN: %allocs-cc -O2 -fomit-frame-pointer -c %s -o %t.o && %typegen --dump %t.o | %filecheck %s
void see(int *);
#define NINE(n) "r"(n), "r"(n + 1), "r"(n + 2), "r"(n + 3), "r"(n + 4), "r"(n + 5), "r"(n + 6), "r"(n + 7), "r"(n + 8)
void nine(long n) {
  int local9;
  see(&local9);
  __asm__ volatile("" : : NINE(n));
}
void clobbering(long n) {
  int local8;
  see(&local8);
  __asm__ volatile("" : : NINE(n) : "memory");
}
void ten(long n) {
  int local10;
  see(&local10);
  __asm__ volatile("" : : NINE(n), "m"(n));
}
// CHECK-NOT: {{local10|local8}}
// CHECK: local9
// CHECK-NOT: {{local10|local8}}
