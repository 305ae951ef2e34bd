// Whichever linker makes a file, and however it lays out notes, the runtime and typegen find the tables by the note.
// RUN: %allocs-cc -fuse-ld=bfd -Wl,--build-id %s -o %t && %t | %filecheck %s && %typegen --check %t
// RUN: %if lld %{ %allocs-cc -fuse-ld=lld -Wl,--build-id %s -o %t && %t | %filecheck %s && %typegen --check %t %}
// RUN: %if gold %{ %allocs-cc -fuse-ld=gold -Wl,--build-id %s -o %t && %t | %filecheck %s && %typegen --check %t %}
// RUN: %if mold %{ %allocs-cc -fuse-ld=mold -Wl,--build-id %s -o %t && %t | %filecheck %s && %typegen --check %t %}
// RUN: %if mold %{ llvm-readelf -lW %t | grep "NOTE .* 0x8$" && llvm-readelf -lW %t | not grep "NOTE .* 0x4$" %}
// RUN: %if mold %{ %allocs-cc -static -fuse-ld=mold %s -o %t && %t | %filecheck %s && %typegen --check %t %}
// RUN: %if mold %{ %cc -fuse-ld=mold -Wl,--build-id %src/test/typegen/Inputs/tables.s -o %t && %typegen --dump %t > %t.c && grep "^struct" %t.c %}

#include "allocs.h"
#include <stdio.h>
#include <stdlib.h>

static struct thing {
  int x;
} one;

int main(void) {
  char text[200];
  puts(alloc_describe(malloc(sizeof one), text, sizeof text)); // CHECK: heap struct thing from {{.*}}:[[@LINE]]
  puts(alloc_describe(&one, text, sizeof text));               // CHECK-NEXT: static struct thing one
}
