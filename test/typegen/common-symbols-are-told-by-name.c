// Common symbols, which have no place in their object yet, are told with their types and by their names.
// RUN: %allocs-cc -c -fcommon %s -o %t.o && %typegen --dump %t.o > %t.text && %filecheck %s < %t.text
// RUN: %typegen --dump --json %t.o | %filecheck %s --check-prefix=JSON && %typegen --check %t.o

// CHECK: static int common_number; /* 4 bytes, {{.*}}.c:[[@LINE+2]], at symbol common_number */
// JSON: {"name": "common_number", {{.*}}"address": "common_number"}
int common_number;
// CHECK-NEXT: static struct pair common_pair[3]; /* 24 bytes, {{.*}}.c:[[@LINE+4]], at symbol common_pair */
// JSON: {"name": "common_pair", {{.*}}"address": "common_pair"}
struct pair {
  int a, b;
} common_pair[3];
// CHECK-NEXT: static int own; /* 4 bytes, {{.*}}.c:[[@LINE+1]] */
static int own;
int *use(void) { return &own; }
