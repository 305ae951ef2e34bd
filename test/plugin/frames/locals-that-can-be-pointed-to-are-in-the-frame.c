// A frame has the locals and parameters whose address is taken, with their types, and no others.
// RUN: %allocs-cc -O0 -c %s -o %t.o && %typegen --dump %t.o > %t.text && %filecheck %s --check-prefixes=CHECK,O0 < %t.text
// RUN: not grep -E "register_only|unused|frame of quiet" %t.text && grep "^frame of" %t.text | count 3
// RUN: %allocs-cc -O2 -c %s -o %t-2.o && %typegen --dump %t-2.o > %t.text && %filecheck %s --check-prefixes=CHECK,O2 < %t.text
// RUN: not grep -E "register_only|unused|frame of quiet" %t.text && grep "^frame of" %t.text | count 2
struct s { int a, b; };
void use(const void *);
static inline void inlined(void) {
  short deep = 1;
  use(&deep);
}
int f(int parameter, int unused) { // CHECK-LABEL: frame of f:
  int register_only = unused;
  struct s aggregate = {1, 2};     // CHECK-DAG: struct s aggregate; /* rbp-
  char buffer[30];                 // CHECK-DAG: char buffer[30]; /* rbp-
  use(&aggregate);
  use(buffer);
  use(&parameter);                 // CHECK-DAG: int parameter; /* rbp-
  return register_only + parameter;
}
// O0-LABEL: frame of inlined:
// O0-NEXT: short deep; /* rbp-
int quiet(int x) { return x; }
void outer(int n) { // CHECK-LABEL: frame of outer:
  double vla[n];
  use(vla); // CHECK-DAG: dynamic blocks; /* newest at rbp-
  inlined(); // O2-DAG: short deep; /* rbp-{{.*}} inlined from inlined() */
}
