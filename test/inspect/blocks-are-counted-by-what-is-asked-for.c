// A census counts by the sources that are asked for, one in the other, filtered, sorted and cut; as text and as JSON.
// RUN: %allocs-cc -O1 %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect census TARGET -d type,size --filter "^struct [ab]" | %filecheck --match-full-lines %s --check-prefix=NESTED
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect census TARGET -d site --filter "site=make_[ab]" --sort blocks --top 1 | %filecheck --match-full-lines %s --check-prefix=TOP
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect census TARGET -d size --filter "^struct" --sort name | %filecheck --match-full-lines %s --check-prefix=NAME
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect census TARGET -d allocator,type --filter "^struct" --format json > %t.json
// RUN: %python -c "import json, sys; j = json.load(open(sys.argv[1])); print(j['blocks'], j['typed']['bytes'], j['sources'], [r for r in j['rows'] if r['type'] == 'struct a[]'])" %t.json | grep -xF "11 1480 ['allocator', 'type'] [{'allocator': '__default_lib_malloc', 'type': 'struct a[]', 'blocks': 6, 'bytes': 480}]"

#include "Inputs/heap.h"
struct a {
  long first, second;
};
struct b {
  long all[25];
};

__attribute__((noinline)) static void make_a(int n) { keep(malloc(n * sizeof(struct a))); }
__attribute__((noinline)) static void make_b(void) { keep(malloc(sizeof(struct b))); }

int main(void) {
  for (int i = 0; i < 6; i++)
    make_a(i % 2 ? 4 : 6);
  for (int i = 0; i < 5; i++)
    make_b();
  return be_ready();
}

// NESTED:      allocs: the live heap by type, size, of process {{[0-9]+}}
// NESTED-NEXT:       blocks           bytes   share  type
// NESTED-NEXT:            5            1000   67.6 %  struct b
// NESTED-NEXT:            5            1000   67.6 %    200
// NESTED-NEXT:            6             480   32.4 %  struct a[]
// NESTED-NEXT:            3             288   19.5 %    96
// NESTED-NEXT:            3             192   13.0 %    64
// NESTED-NEXT: typed: 11 of 11 blocks (100.0 %), 1480 of 1480 bytes (100.0 %)
// NESTED-NOT:  {{.}}

// TOP:      allocs: the live heap by site, of process {{[0-9]+}}
// TOP:                 6             480   32.4 %  {{.*}}.c:[[#]] make_a malloc
// TOP-NEXT:            5            1000   67.6 %  (1 others)
// TOP-NEXT: typed: {{.*}}

// NAME:                 5            1000   67.6 %  200
// NAME-NEXT:            3             192   13.0 %  64
// NAME-NEXT:            3             288   19.5 %  96
