// A heap is a file that other programs read: Chrome's heap snapshot, with the sizes that are retained, pprof's profile, and collapsed stacks; names are escaped as each has it.
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %python %S/Inputs/exported.py %inspect %t %t.files
// RUN: %python %S/Inputs/heapsnapshot.py %t.files > %t.edges && %filecheck --match-full-lines --check-prefix=EDGES %s < %t.edges
// RUN: %python %S/Inputs/pprof.py %t.files | %filecheck --match-full-lines --check-prefix=PPROF %s
// RUN: %filecheck --match-full-lines --check-prefix=COLLAPSED %s < %t.files/collapsed
//
// Of a snapshot the same; of one without contents what is counted. What is wrong is said.
// RUN: %inspect export %t.files/snapshot --format collapsed -o %t.again && cmp %t.again %t.files/collapsed
// RUN: %inspect export %t.files/snapshot --format heapsnapshot -o %t.again && cmp %t.again %t.files/heapsnapshot
// RUN: %inspect export %t.files/counts --format pprof -o %t.again && cmp %t.again %t.files/pprof
// RUN: not %inspect export %t.files/counts --format heapsnapshot -o %t.again 2>&1 | grep "allocs: .*counts: "
// RUN: not %inspect export %t.files/snapshot --format pprof -o /nowhere/at/all 2>&1 | grep "/nowhere/at/all: No such file"
// RUN: not %inspect export 1 -o x 2>&1 | grep "say --format FORMAT" && not %inspect export 1 --format pdf -o x 2>&1 | grep "value of --format"
// RUN: not %inspect export 1 --format html 2>&1 | grep "say -o FILE"

// EDGES-DAG: struct node -property next-> struct node
// EDGES-DAG: struct node -property leaf-> struct leaf
// EDGES-DAG: struct node -internal guessed-> struct leaf
// EDGES-DAG: struct node -property inner[1].leaves[2]-> struct leaf
// EDGES-DAG: static struct node * list ({{.*}}) -property list-> struct node
// EDGES-DAG: static struct node *[4] table ({{.*}}) -element 2-> struct node

// PPROF:      inuse_objects/count inuse_space/bytes
// PPROF-NEXT: make_leaf|{{.*}}a"b\</script><b>;c.c|100|struct leaf|9|360
// PPROF-NEXT: make_node|{{.*}}a"b\</script><b>;c.c|101|struct node|6|432
// PPROF-NOT:  {{.}}

// COLLAPSED:      make_leaf;{{.*}}a"b\</script><b>,c.c:100;struct leaf 360
// COLLAPSED-NEXT: make_node;{{.*}}a"b\</script><b>,c.c:101;struct node 432
// COLLAPSED-NOT:  {{.}}

#include "Inputs/named.h"
