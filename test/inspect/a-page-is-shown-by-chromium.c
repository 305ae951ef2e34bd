// Chromium shows the page of a heap, as a picture, in light and dark; a click on a tile goes into its type.
// REQUIRES: chromium
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %python %S/Inputs/exported.py %inspect %t %t.files
// RUN: %python %S/Inputs/browse.py %t.files/html %t.browsed | %filecheck --match-full-lines %s
// CHECK:      tiles: 2
// CHECK-NEXT: first: struct node
// CHECK-NEXT: into: {{.*}}a"b\</script><b>;c.c:101 make_node malloc
// CHECK-NEXT: sorted: struct leaf
// CHECK-NEXT: colours: 2

#include "Inputs/named.h"
