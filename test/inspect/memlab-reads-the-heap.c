// memlab reads the exported heap, and finds the sizes that are retained.
// REQUIRES: memlab
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %python %S/Inputs/exported.py %inspect %t %t.files
// RUN: env NODE_PATH=%memlab node %S/Inputs/memlab.js %t.files/heapsnapshot > %t.out && %filecheck %s < %t.out
// CHECK-DAG: object struct leaf 40 retains 40
// CHECK-DAG: native static struct node * list {{.*}} 0 retains 640
// CHECK-DAG: synthetic (leaked) 0 retains 40
// CHECK-DAG: synthetic (GC roots) 0 retains 752

#include "Inputs/named.h"
