// What would go with an object is what it holds alone, with a type what its objects hold together; a suspect is told with where it hangs together.
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect retained TARGET | %filecheck --match-full-lines %s --check-prefix=OBJECTS
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect retained TARGET -d type | %filecheck --match-full-lines %s --check-prefix=TYPES
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect retained TARGET -d site --top 1 | %filecheck --match-full-lines %s --check-prefix=SITES
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect retained TARGET --format json > %t.json
// RUN: %python -c "import json, sys; j = json.load(open(sys.argv[1])); s = j['suspects'][0]; print(j['blocks'], j['bytes'], len(j['objects']), s['at']['blocks'], s['mostly']['blocks'])" %t.json | grep -x "106 11048 5 101 100"
// RUN: %python %S/Inputs/why.py %inspect %t retained | %filecheck --match-full-lines %s --check-prefix=ASKED
// RUN: not %inspect retained 1 -d size 2>&1 | grep "wrong or missing value of -d" && not %inspect retained 999999999 x 2>&1 | grep "no such process"

// OBJECTS:      allocs: what would go with an object, of process {{[0-9]+}}
// OBJECTS-NEXT:       blocks           bytes   share  what
// OBJECTS-NEXT:          102           10416   94.3 %  static struct cache * cache ({{.*}}.c:[[#]])
// OBJECTS-NEXT:            1             400    3.6 %  struct shared, {{.*}}.c:[[#]] make malloc, 0x{{[0-9a-f]+}}
// OBJECTS-NEXT:            1             200    1.8 %  (leaked)
// OBJECTS-NEXT:            1              16    0.1 %  static struct holder * {{one|other}} ({{.*}}.c:[[#]])
// OBJECTS-NEXT:            1              16    0.1 %  static struct holder * {{one|other}} ({{.*}}.c:[[#]])
// OBJECTS-NEXT: suspects:
// OBJECTS-NEXT:       blocks           bytes   share  what
// OBJECTS-NEXT:          102           10416   94.3 %  static struct cache * cache ({{.*}}.c:[[#]])
// OBJECTS-NEXT:     by struct table, {{.*}}.c:[[#]] make malloc, 0x{{[0-9a-f]+}}, which holds 101 blocks, 10400 bytes
// OBJECTS-NEXT:     mostly struct entry, {{.*}}.c:[[#]] make malloc: 100 blocks, 9600 bytes
// OBJECTS-NEXT: in all: 106 blocks, 11048 bytes

// TYPES:      allocs: what would go with all of a type, of process {{[0-9]+}}
// TYPES-NEXT:       blocks           bytes   held blocks      held bytes   share  type
// TYPES-NEXT:            1              16           101           10400   94.3 %  struct cache
// TYPES-NEXT:            1             800           100            9600   94.1 %  struct table
// TYPES-NEXT:          100            9600             0               0   86.9 %  struct entry
// TYPES-NEXT:            2              32             1             400    3.9 %  struct holder
// TYPES-NEXT:            1             400             0               0    3.6 %  struct shared
// TYPES-NEXT:            1             200             0               0    1.8 %  struct lost
// TYPES-NOT:  {{.}}

// SITES:      allocs: what would go with all of a site, of process {{[0-9]+}}
// SITES-NEXT:       blocks           bytes   held blocks      held bytes   share  site
// SITES-NEXT:            1              16           101           10400   94.3 %  {{.*}}.c:[[#]] make malloc
// SITES-NEXT: (5 others)
// SITES-NOT:  {{.}}

// ASKED:      0x{{[0-9a-f]+}}:
// ASKED-NEXT:            1              96    0.9 %  struct entry, {{.*}}.c:[[#]] make malloc, 0x{{[0-9a-f]+}}
// ASKED-NEXT: held by:
// ASKED-NEXT:          101           10400   94.1 %  struct table, {{.*}}.c:[[#]] make malloc, 0x{{[0-9a-f]+}}
// ASKED-NEXT:          102           10416   94.3 %  struct cache, {{.*}}.c:[[#]] make malloc, 0x{{[0-9a-f]+}}
// ASKED-NEXT:          102           10416   94.3 %  static struct cache * cache ({{.*}}.c:[[#]])
// ASKED-NEXT: 0x{{[0-9a-f]+}}:
// ASKED-NEXT:            1             400    3.6 %  struct shared, {{.*}}.c:[[#]] make malloc, 0x{{[0-9a-f]+}}
// ASKED-NEXT: held by: no one object
// ASKED-NOT:  {{.}}

#include "Inputs/heap.h"

struct entry {
  long bytes[12];
};
struct table {
  struct entry *entries[100];
};
struct cache {
  struct table *table;
  long size;
};
struct shared {
  long all[50];
};
struct holder {
  struct shared *shared;
  long value;
};
struct lost {
  long all[25];
};

static struct cache *cache;
static struct holder *one, *other;

static struct holder *make_holder(struct shared *shared) {
  struct holder *holder = malloc(sizeof *holder);
  *holder = (struct holder){shared, 0};
  return holder;
}

static void make(void) {
  cache = malloc(sizeof *cache);
  cache->table = malloc(sizeof *cache->table);
  memset(cache->table, 0, sizeof *cache->table);
  for (int i = 0; i < 100; i++)
    cache->table->entries[i] = memset(malloc(sizeof(struct entry)), 0, sizeof(struct entry));
  struct shared *shared = memset(malloc(sizeof *shared), 0, sizeof *shared);
  one = make_holder(shared);
  other = make_holder(shared);
  printf("%p\n%p\n", (void *)&cache->table->entries[50]->bytes[5], (void *)shared);
  memset(malloc(sizeof(struct lost)), 0, sizeof(struct lost));
}

/* Where pointers were is overwritten. */
static void wipe(void) {
  volatile char stack[30000];
  memset((char *)stack, 0, sizeof stack);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  make();
  wipe();
  return be_ready();
}
