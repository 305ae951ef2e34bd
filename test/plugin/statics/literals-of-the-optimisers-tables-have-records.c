// String literals that are reached only through a table the optimiser made, which it replaces later, have records.
// RUN: %allocs-cc -O2 -fPIC -c %s -o %t.o && %typegen --dump %t.o | %filecheck %s
// RUN: %allocs-cc -O2 -fPIE -ffunction-sections -fdata-sections -c %s -o %t-s.o && %typegen --dump %t-s.o | %filecheck %s
const char *name(unsigned n) {
  switch (n) {
  case 0: return "zero"; // CHECK-DAG: literal char[5] = "zero";
  case 1: return "one";
  case 2: return "two";
  case 3: return "three"; // CHECK-DAG: literal char[6] = "three";
  case 4: return "four";
  default: return "many"; // CHECK-DAG: literal char[5] = "many";
  }
}
