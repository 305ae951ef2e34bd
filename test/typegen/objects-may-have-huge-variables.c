// A variable of more than 2 GiB in an object hides none beside it, as long as a linker could join them.
// RUN: %allocs-cc -c %s -o %t.o && %typegen --check %t.o && %typegen --dump %t.o | %filecheck %s
// RUN: %allocs-cc -c -fdata-sections %s -o %t.o && %typegen --check %t.o && %typegen --dump %t.o | %filecheck %s

// CHECK-DAG: static struct pair pair;
struct pair { int x, y; } pair = {1, 2};
// CHECK-DAG: static char huge[3221225472];
char huge[3ul << 30];
// CHECK-DAG: static char text[4];
static char text[] = "abc";

void *places(int i) { return i == 2 ? text : i ? huge : (char *)&pair; }
