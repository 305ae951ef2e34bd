// From outside, alive and as a core, an address is described, and what encloses it told, in the words of the process.
// RUN: %allocs-cc -O2 %s -o %t
// RUN: %python %S/Inputs/ask.py %inspect %t %t.in %t.out
// RUN: diff %t.in %t.out
// RUN: %allocs-cc -O0 -static %s -o %t
// RUN: %python %S/Inputs/ask.py %inspect %t %t.in %t.out
// RUN: diff %t.in %t.out
// RUN: %allocs-cc -O1 -no-pie -s %s -o %t
// RUN: %python %S/Inputs/ask.py %inspect %t %t.in %t.out
// RUN: diff %t.in %t.out
// RUN: grep -c ": heap struct node" %t.in | grep -x 5 && grep -q "string literal" %t.in && grep -q "function main" %t.in && grep -q "\[1\]: struct pair" %t.in

#include "Inputs/heap.h"

struct pair {
  long a;
  short b[3];
};
static struct pair pairs[2];

/* As `allocs chain` writes it; mappings are told by the kernel's names from outside. */
static void print_chain(const void *obj) {
  struct alloc_pos chain[16];
  char name[200];
  unsigned n = alloc_get_chain(obj, chain, 16);
  printf("%p:\n", obj);
  for (unsigned i = 0; i < n; i++) {
    const struct alloc_pos *pos = &chain[i];
    if (pos->allocator == &alloc_mmap || pos->allocator == &alloc_brk)
      break;
    printf("  %p %10lu  ", pos->base, pos->size);
    if (pos->level == ALLOC_LEVEL_SUBOBJECT && pos->name)
      printf(".%s", pos->name);
    else if (pos->level == ALLOC_LEVEL_SUBOBJECT)
      printf("[%lu]", pos->index);
    else
      printf("%s%s%s", pos->allocator->name, pos->name ? " " : "", pos->name ? pos->name : "");
    if (pos->type)
      printf(": %s", pos->alias ? pos->alias : uniqtype_c_name(pos->type, name, sizeof name));
    if (pos->level == ALLOC_LEVEL_ALLOCATION && pos->file)
      printf(", %s:%u", pos->file, pos->line);
    if (pos->level == ALLOC_LEVEL_ALLOCATION && pos->function)
      printf(" in %s()", pos->function);
    puts("");
  }
}

int main(void) {
  static int counter[3];
  const char *text = "a \"literal\"\n";
  char line[300];
  make_heap();
  const void *asked[] = {head,       &head->value, (char *)head + 13,  kept[1], (char *)kept[2] + 30, (char *)kept[7] + 4000000,
                         kept[8],    kept[9],      (char *)kept[10] + 700, kept[11], kept[12],            kept[13],
                         kept[14],   kept[15],     kept[16],           &counter[1], &pairs[1].b[2],       (char *)&pairs[1] + 15,
                         text + 3,   (void *)main, (char *)main + 3,   (char *)make_heap + 5, &head,      (void *)printf,
                         stdout,     (void *)8,    kept + 3};
  for (unsigned i = 0; i < sizeof asked / sizeof *asked; i++)
    printf("%p: %s\n", asked[i], alloc_describe(asked[i], line, sizeof line));
  for (unsigned i = 0; i < sizeof asked / sizeof *asked; i++)
    if ((unsigned long)asked[i] > 8)
      print_chain(asked[i]);
  fflush(stdout);
  return be_ready();
}
