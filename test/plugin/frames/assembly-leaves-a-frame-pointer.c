// A function without frame pointer gets one for its frame, unless its inline assembly names that or may take more than 12 general registers: two for memory, none for clobbered flags or vectors.
// RUN: %allocs-cc -O2 -fomit-frame-pointer -c %s -o %t.o && %typegen --dump %t.o | %filecheck %s
void see(int *);
#define NINE(n) "r"(n), "r"(n + 1), "r"(n + 2), "r"(n + 3), "r"(n + 4), "r"(n + 5), "r"(n + 6), "r"(n + 7), "r"(n + 8)
void twelve(long n) {
  int local12;
  see(&local12);
  __asm__ volatile("" : : NINE(n), "r"(n + 9), "m"(local12), "i"(4), "x"(1.0) : "memory", "cc", "xmm2");
}
void with_tied(long n) {
  int local_tied;
  see(&local_tied);
  __asm__ volatile("" : "=r"(n) : NINE(n), "0"(n) : "rax", "r15");
}
void thirteen(long n) {
  int local13;
  see(&local13);
  __asm__ volatile("" : : NINE(n), "r"(n + 9), "r"(n + 10), "m"(local13));
}
void clobbering(long n) {
  int localC;
  see(&localC);
  __asm__ volatile("" : : NINE(n) : "rax", "rbx", "edx", "r15");
}
void naming(void) {
  int localN;
  see(&localN);
  __asm__ volatile("" : : : "rbp");
}
// CHECK-NOT: {{local13|localC|localN}}
// CHECK: local12
// CHECK-NOT: {{local13|localC|localN}}
// CHECK: local_tied
// CHECK-NOT: {{local13|localC|localN}}
