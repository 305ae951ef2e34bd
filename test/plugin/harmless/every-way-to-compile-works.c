// Precompiled headers, saved temporaries, IR output, preprocessing, every C standard and bare-metal flags work as without.
// RUN: %allocs-cc -x c-header %S/Inputs/header.h -o %t.pch && %allocs-cc -include-pch %t.pch %s -DPCH -o %t && %t
// RUN: rm -rf %t.d && mkdir %t.d && cd %t.d && %allocs-cc -O2 -save-temps -I%S/Inputs %s -o %t-saved && %t-saved
// RUN: %allocs-cc -O2 -I%S/Inputs -emit-llvm -c %s -o %t.bc && %allocs-cc %t.bc -o %t-bc && %t-bc
// RUN: %allocs-cc -I%S/Inputs -S %s -o %t.s && %allocs-cc %t.s -o %t-s && %t-s
// RUN: %allocs-cc -I%S/Inputs -fsyntax-only %s
// RUN: %allocs-cc -I%S/Inputs -E %s | grep -q 'int main'
// RUN: %allocs-cc -I%S/Inputs -std=c89 %s -o %t && %t
// RUN: %allocs-cc -I%S/Inputs -std=gnu99 -O1 %s -o %t && %t
// RUN: %allocs-cc -I%S/Inputs -std=c11 -Os %s -o %t && %t
// RUN: %allocs-cc -I%S/Inputs -std=c2x -O3 %s -o %t && %t
// RUN: %allocs-cc -I%S/Inputs -fcommon -fno-asynchronous-unwind-tables -fomit-frame-pointer -O2 %s -o %t && %t
// RUN: %allocs-cc -I%S/Inputs -mcmodel=large -fno-pie -no-pie %s -o %t && %t
// RUN: %clang -I%S/Inputs -I%src/include -fsanitize=hwaddress -O1 -c %s -o %t.o && %allocs-cc -I%S/Inputs -I%src/include -fsanitize=hwaddress -O1 -c %s -o %t.plain && cmp %t.o %t.plain
// RUN: %allocs-cc -I%S/Inputs -ffreestanding -nostdlib -c %s -o %t.o
#ifndef PCH
#include "header.h"
#endif
int main(void) {
  int *p = ints(4);
  int ok = p != 0;
  free(p);
  return !ok;
}
