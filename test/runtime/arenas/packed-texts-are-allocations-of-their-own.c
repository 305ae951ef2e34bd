// Each text of a block that holds several is an allocation of its own: in a block like an environment's, in a static array, in a strdup()ed one.
// RUN: %allocs-cc -O1 %s -o %t
// RUN: %t | %filecheck %s

#include <allocs.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

static char names[] = "alpha\0\0beta\0gamma"; /* its last zero byte ends gamma */
static char no_end[5] = {'a', 0, 'b', 'c', 'd'};

static int see(const struct alloc_pos *pos, void *arg) {
  (void)arg;
  if (pos->level == ALLOC_LEVEL_ALLOCATION)
    printf("%s %s \"%s\"\n", pos->allocator->name, UNIQTYPE_NAME(pos->type), (char *)pos->base);
  return ALLOC_WALK_SKIP;
}

static void walk(void *obj) {
  struct alloc_pos chain[20];
  unsigned n = alloc_get_chain(obj, chain, 20), i = 0;
  while (i < n && (chain[i].level == ALLOC_LEVEL_SUBOBJECT || chain[i].allocator == &alloc_packed_texts))
    i++;
  assert(i < n);
  alloc_walk(&chain[i], see, NULL);
}

int main(void) {
  char text[200];
  struct alloc_arena arena = {&alloc_packed_texts, names, sizeof names, NULL};
  assert(!alloc_arena_add(&arena));
  // CHECK: packed-text __ARR6_signed_char$8 "alpha"
  // CHECK-NEXT: packed-text __ARR1_signed_char$8 ""
  // CHECK-NEXT: packed-text __ARR5_signed_char$8 "beta"
  // CHECK-NEXT: packed-text __ARR6_signed_char$8 "gamma"
  walk(names);
  // CHECK-NEXT: packed-text char[5], +2: [2] (char)
  puts(alloc_describe(names + 9, text, sizeof text));
  assert(alloc_get_base(names + 5) == names && alloc_get_base(names + 6) == names + 6);
  assert(alloc_get_base(names + 17) == names + 12 && alloc_get_base(names + 18) != names + 12);
  names[9] = 0; /* it is read each time */
  assert(alloc_get_size(names + 7) == 3 && alloc_get_base(names + 10) == names + 10);
  assert(alloc_free(names + 7) == ALLOC_NOT_SUPPORTED && !alloc_arena_remove(&arena));
  assert(alloc_get_base(names + 9) == names);

  struct alloc_arena loose = {&alloc_packed_texts, no_end, sizeof no_end, NULL};
  assert(!alloc_arena_add(&loose));
  assert(alloc_get_size(no_end) == 2 && alloc_get_base(no_end + 3) == no_end && alloc_get_size(no_end + 3) == 5);

  char *copy = strdup("one two three"), *blank = copy;
  struct alloc_arena words = {&alloc_packed_texts, copy, strlen(copy) + 1, NULL};
  while ((blank = strchr(blank, ' ')))
    *blank++ = 0;
  assert(!alloc_arena_add(&words));
  // CHECK-NEXT: packed-text __ARR4_signed_char$8 "one"
  // CHECK-NEXT: packed-text __ARR4_signed_char$8 "two"
  // CHECK-NEXT: packed-text __ARR6_signed_char$8 "three"
  walk(copy + 9);
  free(copy);
  assert(alloc_get_allocator(copy) != &alloc_packed_texts);

  static const char long_text[1000] = {[0 ... 998] = 'x'};
  char *environment = malloc(3000);
  char *end = stpcpy(environment, "HOME=/") + 1;
  end = stpcpy(end, long_text) + 1;
  end = stpcpy(end, "Z=") + 1;
  struct alloc_arena block = {&alloc_packed_texts, environment, (unsigned long)(end - environment), NULL};
  assert(!alloc_arena_add(&block));
  for (char *at = environment; at < end; at++) {
    char *base = at;
    while (base > environment && base[-1])
      base--;
    assert(alloc_get_base(at) == base && alloc_get_size(at) == strlen(base) + 1);
    struct alloc_pos pos = {0};
    assert(alloc_packed_texts.next(&block, at, &pos) && pos.base == base && pos.size == strlen(base) + 1);
  }
  struct alloc_pos pos = {0};
  assert(alloc_packed_texts.next(&block, environment - 100, &pos) && pos.base == environment && pos.size == 7);
  assert(alloc_get_base(end) == environment);
  free(environment);
}
