// What an expression leads to from an address or a variable, through members, pointers and elements, is described; where it cannot go on is said; tags in pointers are left out.
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %python %S/Inputs/ways.py %inspect %t > %t.out
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect leaks TARGET | grep -x "leaked: 1 of [0-9]* blocks, 32 of [0-9]* bytes"
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect leaks TARGET --mask 0xff00000000000000 | grep -x "leaked: 0 of [0-9]* blocks, 0 of [0-9]* bytes"
// RUN: %filecheck --match-full-lines %s < %t.out

// CHECK:      table.buckets[1]: heap struct named from {{.*}} in make(), +0: .next (struct named *)
// CHECK-NEXT: &table.buckets[1]: static struct table table ({{.*}}), +16: .buckets[1] (struct named *)
// CHECK-NEXT: table.buckets[1]->next->name[3]: heap struct named from {{.*}} in make(), +11: .name[3] (char)
// CHECK-NEXT: table.buckets[1]->next->next: unknown address 0x0
// CHECK-NEXT: ADDR->next: heap struct named from {{.*}} in make(), +0: .next (struct named *)
// CHECK-NEXT: &ADDR->next->number: heap struct named from {{.*}} in make(), +24: .number (int)
// CHECK-NEXT: ADDR.number: heap struct named from {{.*}} in make(), +24: .number (int)
// CHECK-NEXT: table.data->pairs[2].b: heap struct pairs from {{.*}} in main(), +24: .pairs[2].b (int)
// CHECK-NEXT: table.rows[1].b: heap struct pair[3] from {{.*}} in main(), +12: [1].b (int)
// CHECK-NEXT: table.tagged->number: heap struct named from {{.*}} in make(), +27: .number (int)
// CHECK-NEXT: --mask 7 table.tagged->number: heap struct named from {{.*}} in make(), +24: .number (int)
// CHECK-NEXT: table.buckets[4]: table.buckets[4]: at '[4]': there is no such element
// CHECK-NEXT: table.buckets[0]->next: table.buckets[0]->next: at '->next': the pointer is NULL
// CHECK-NEXT: table.data->nothing: table.data->nothing: at '->nothing': nothing there has such a member
// CHECK-NEXT: table.buckets.next: table.buckets.next: at '.next': no such member
// CHECK-NEXT: table.buckets[1].next: table.buckets[1].next: at '.next': that is a pointer: say ->
// CHECK-NEXT: table.size->next: table.size->next: at '->next': that is no pointer
// CHECK-NEXT: table.bad->next: table.bad->next: at '->next': nothing there has such a member
// CHECK-NEXT: tabel: tabel: at 'tabel': there is no such variable
// CHECK-NEXT: table.buckets[1: table.buckets[1: at '[1': a number and ] are missing
// CHECK-NEXT: table!: table!: at '!': this is no ., -> or [

#include "Inputs/heap.h"

struct named {
  struct named *next;
  char name[16];
  int number;
};
struct pair {
  int a, b;
};
struct pairs {
  int n;
  struct pair pairs[];
};
static struct table {
  long size;
  struct named *buckets[4];
  void *data;
  struct pair *rows;
  struct named *tagged;
  void *bad;
} table;
static unsigned long high; /* a pointer, with a tag in its highest byte */

static struct named *make(struct named *next) {
  struct named *made = malloc(sizeof *made);
  *made = (struct named){next, "a name", 5};
  return made;
}

int main(void) {
  struct pairs *pairs = malloc(sizeof *pairs + 3 * sizeof(struct pair));
  pairs->n = 3;
  table.buckets[1] = make(make(NULL));
  table.data = pairs;
  table.rows = malloc(3 * sizeof(struct pair));
  table.tagged = (struct named *)((char *)make(NULL) + 3);
  table.bad = (void *)24;
  high = (unsigned long)make(NULL) | 7ul << 60;
  printf("%p\n", (void *)table.buckets[1]);
  fflush(stdout);
  return be_ready();
}
