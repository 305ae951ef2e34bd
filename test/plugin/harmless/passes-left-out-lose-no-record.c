// Where passes are left out, to find a fault of the compiler's, records are as complete, and no mark is left in the code.
// RUN: %allocs-cc -c -O2 %s -o %t.o && %typegen --dump %t.o | grep -v "^frame\|^  " > %t.all
// RUN: %allocs-cc -c -O2 -mllvm -opt-bisect-limit=0 %s -o %t-none.o 2> %t.said && %typegen --dump %t-none.o > %t.text
// RUN: grep -v "^frame\|^  " %t.text | diff %t.all - && grep -c "^site " %t.text | grep -x 2
// RUN: grep "^frame of main" %t.text && grep "  long numbers\[4\]; " %t.text && llvm-nm %t-none.o > %t.symbols
// RUN: grep __allocs_malloc %t.symbols && not grep "allocs\.\(site\|size\|local\)" %t.symbols
// RUN: %allocs-cc -O2 -mllvm -opt-bisect-limit=0 %s -o %t 2> %t.said && %t

#include <allocs.h>
#include <stdlib.h>
#include <string.h>

struct node {
  struct node *next;
  int value;
};
struct node *first;

int main(void) {
  long numbers[4] = {0};
  struct alloc_info info;
  first = malloc(sizeof *first);
  first->next = calloc(3, sizeof *first);
  if (alloc_get_info(&first->next[2].value, &info) || info.size != 48 || info.type->size != 48 || !info.site)
    return 1;
  if (alloc_get_info(&numbers[2], &info) || info.allocator != &alloc_stackframe)
    return 2;
  return alloc_get_innermost_type(&numbers[2]) != alloc_typeof(long);
}
