// `go tool pprof` reads the exported profile: blocks and bytes by function, with types as tags.
// REQUIRES: go
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %python %S/Inputs/exported.py %inspect %t %t.files
// RUN: env PPROF_TMPDIR=%t.files go tool pprof -top %t.files/pprof 2>&1 | %filecheck %s --check-prefix=TOP
// RUN: env PPROF_TMPDIR=%t.files go tool pprof -top -sample_index=inuse_objects %t.files/pprof 2>&1 | %filecheck %s --check-prefix=OBJECTS
// RUN: env PPROF_TMPDIR=%t.files go tool pprof -tags %t.files/pprof 2>&1 | %filecheck %s --check-prefix=TAGS
// TOP:      Type: inuse_space
// TOP:      432B 54.55% {{.*}} make_node
// TOP-NEXT: 360B 45.45% {{.*}} make_leaf
// OBJECTS:      9 60.00% {{.*}} make_leaf
// OBJECTS-NEXT: 6 40.00% {{.*}} make_node
// TAGS:      type: Total 792
// TAGS-NEXT: 432{{.*}}: struct node
// TAGS-NEXT: 360{{.*}}: struct leaf

#include "Inputs/named.h"
