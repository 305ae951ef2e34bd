// For hundreds of random pointers of each kind, the answers equal what the program itself knows.
// RUN: %allocs-cc -O0 -Wall -Wextra -Werror %s -o %t-0 && %t-0 one two
// RUN: %allocs-cc -O2 -Wall -Wextra -Werror %s -o %t-2 && %t-2 one two
// RUN: %allocs-cc -O3 -fPIE -pie -ffunction-sections -fdata-sections -Wl,--gc-sections %s -o %t-3 && %t-3 one two
// RUN: %allocs-cc -O2 -fno-pie -no-pie %s -o %t-n && %t-n one two
// RUN: %if lld %{ %allocs-cc -O2 -flto -fuse-ld=lld %s -o %t-l && %t-l one two %}
// RUN: %if lld %{ %allocs-cc -O2 -flto=thin -fuse-ld=lld %s -o %t-h && %t-h one two %}
// RUN: %if lld %{ %allocs-cc -O0 -flto -fuse-ld=lld %s -o %t-0l && %t-0l one two %}
// RUN: %allocs-cc -O2 -static %s -o %t-s && %t-s one two
#define _GNU_SOURCE
#include <allocs.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct inner { short s; char text[7]; };
struct outer { int head; struct inner in[3]; double d; struct outer *next; };
struct tail { long n; struct inner items[]; };

static int failures;
static unsigned seed = 42;
static unsigned rnd(unsigned n) { return (seed = seed * 1664525u + 1013904223u, (seed >> 8) % n); }

static void expect(int ok, const char *what, const void *p, int line) {
  char buf[300];
  if (ok || failures++ > 20)
    return;
  printf("%d: %s: %p is %s\n", line, what, p, alloc_describe(p, buf, sizeof buf));
}

// One pointer somewhere into [base, base + size), allocated as `kind` with type `type`.
static void check(const char *kind, const void *base, size_t size, const struct uniqtype *type, int line) {
  const char *p = (const char *)base + rnd((unsigned)size);
  struct alloc_info info;
  int ok = alloc_get_info(p, &info) == ALLOC_OK;
  expect(ok, "info", p, line);
  if (!ok)
    return;
  expect(!strcmp(info.allocator->name, kind), "allocator", p, line);
  expect(info.base == base && alloc_get_base(p) == base, "base", p, line);
  expect(info.size == size && alloc_get_size(p) == size, "size", p, line);
  expect((char *)alloc_get_limit(p) == (const char *)base + size, "limit", p, line);
  expect(!type || info.type == type, "type", p, line);
  expect(info.type == alloc_get_type(p), "same type", p, line);
}

// What the innermost type at a byte of a struct outer must be.
static const struct uniqtype *innermost(size_t offset) {
  if (offset < sizeof(int))
    return alloc_typeof(int);
  if (offset >= offsetof(struct outer, next))
    return alloc_typeof(struct outer *);
  if (offset >= offsetof(struct outer, d))
    return alloc_typeof(double);
  if (offset >= offsetof(struct outer, in) + sizeof(struct inner[3]))
    return alloc_typeof(struct outer); // padding
  offset = (offset - offsetof(struct outer, in)) % sizeof(struct inner);
  if (offset < sizeof(short))
    return alloc_typeof(short);
  return offset < 9 ? alloc_typeof(char) : alloc_typeof(struct inner);
}

static struct outer a_static[5];
struct outer exported;
static char bytes[1000] = "x";

static void check_heap(void) {
  enum { N = 300 };
  static struct outer *blocks[N];
  static unsigned counts[N];
  for (int i = 0; i < N; i++) {
    counts[i] = 1 + rnd(i % 10 == 0 ? 20000 : 40);
    blocks[i] = malloc(counts[i] * sizeof(struct outer));
  }
  for (int i = 0; i < N; i += 3)
    free(blocks[i]);
  for (int round = 0; round < 1000; round++) {
    int i = (int)rnd(N);
    if (i % 3 == 0)
      continue;
    const struct uniqtype *t = alloc_get_type(blocks[i]);
    check("__default_lib_malloc", blocks[i], counts[i] * sizeof(struct outer), t, __LINE__);
    expect(UNIQTYPE_IS_ARRAY_TYPE(t) && UNIQTYPE_ARRAY_LENGTH(t) == counts[i] &&
               UNIQTYPE_ARRAY_ELEMENT_TYPE(t) == alloc_typeof(struct outer), "array", blocks[i], __LINE__);
    size_t at = rnd((unsigned)(counts[i] * sizeof(struct outer)));
    const char *p = (char *)blocks[i] + at;
    expect(alloc_get_innermost_type(p) == innermost(at % sizeof(struct outer)), "innermost", p, __LINE__);
  }
  for (size_t n = 1; n < 300; n++) {
    char *p = malloc(n);
    check("__default_lib_malloc", p, n, NULL, __LINE__);
    expect(alloc_get_base(p + n) != (void *)p, "one past the end", p, __LINE__);
    memset(p, 0xff, n);
    p = realloc(p, n * 3);
    check("__default_lib_malloc", p, n * 3, NULL, __LINE__);
    free(p);
    struct alloc_info info;
    expect(alloc_get_info(p, &info) != ALLOC_OK || strcmp(info.allocator->name, "__default_lib_malloc"), "freed", p,
           __LINE__);
  }
  struct outer *one = calloc(1, sizeof *one);
  check("__default_lib_malloc", one, sizeof *one, alloc_typeof(struct outer), __LINE__);
  struct tail *flex = malloc(sizeof(struct tail) + 4 * sizeof(struct inner));
  check("__default_lib_malloc", flex, sizeof(struct tail) + 4 * sizeof(struct inner), NULL, __LINE__);
  expect(!strcmp(UNIQTYPE_NAME(alloc_get_type(flex)), "tail"), "flexible", flex, __LINE__);
  expect(alloc_get_innermost_type(&flex->items[3].s) == alloc_typeof(short), "flexible tail", flex, __LINE__);
  char *text; /* not by strdup(), which an allocator underneath may have of its own */
  if (asprintf(&text, "some %s", "text") == 9)
    check("__default_lib_malloc", text, 10, alloc_typeof(char[10]), __LINE__);
  void *aligned;
  if (posix_memalign(&aligned, 256, 1000) == 0)
    check("__default_lib_malloc", aligned, 1000, NULL, __LINE__);
  free(aligned);
}

static void check_static(void) {
  static struct inner local_static[9];
  for (int i = 0; i < 300; i++) {
    check("static", a_static, sizeof a_static, alloc_typeof(struct outer[5]), __LINE__);
    check("static", &exported, sizeof exported, alloc_typeof(struct outer), __LINE__);
    check("static", bytes, sizeof bytes, alloc_typeof(char[1000]), __LINE__);
    check("static", local_static, sizeof local_static, alloc_typeof(struct inner[9]), __LINE__);
    check("static", "a literal", 10, alloc_typeof(char[10]), __LINE__);
    size_t at = rnd(sizeof a_static);
    expect(alloc_get_innermost_type((char *)a_static + at) == innermost(at % sizeof(struct outer)), "innermost",
           (char *)a_static + at, __LINE__);
  }
  expect(alloc_get_type((void *)check_static) == alloc_typeof(__typeof__(check_static)), "function", 0, __LINE__);
}

static int compare(const void *a, const void *b) {
  const struct inner *x = a, *y = b;
  expect(alloc_get_innermost_type(&x->s) == alloc_typeof(short), "through qsort", x, __LINE__);
  expect(!strcmp(alloc_get_allocator(x)->name, "stackframe"), "through qsort", x, __LINE__);
  return x->s - y->s;
}

static int __attribute__((noinline)) check_stack(int depth, struct outer *above) {
  struct outer here;
  struct inner list[4];
  char name[50];
  memset(&here, 0, sizeof here);
  here.next = above;
  for (int i = 0; i < 4; i++)
    list[i].s = (short)rnd(100);
  qsort(list, 4, sizeof list[0], compare);
  for (struct outer *o = &here; o; o = o->next)
    for (int i = 0; i < 5; i++) {
      size_t at = rnd(sizeof here);
      expect(alloc_get_innermost_type((char *)o + at) == innermost(at), "local", (char *)o + at, __LINE__);
      expect(!strcmp(alloc_get_name(&o->d, name, sizeof name) ? name : "", "here"), "name of local", o, __LINE__);
    }
  return depth ? check_stack(depth - 1, &here) + list[0].s : list[1].s;
}

static void __attribute__((noinline)) check_dynamic(unsigned n) {
  double vla[n];
  int *block = __builtin_alloca(n * sizeof(int));
  memset(vla, 0, sizeof vla);
  memset(block, 0, n * sizeof(int));
  check("alloca", vla, n * sizeof(double), NULL, __LINE__);
  check("alloca", block, n * sizeof(int), NULL, __LINE__);
  expect(alloc_get_innermost_type(&vla[n - 1]) == alloc_typeof(double), "vla", vla, __LINE__);
  expect(alloc_get_innermost_type(&block[n - 1]) == alloc_typeof(int), "alloca", block, __LINE__);
}

static void check_arguments(int argc, char **argv) {
  for (int i = 0; i < 100; i++) {
    check("auxv", argv, 8 * (size_t)(argc + 1), alloc_typeof(char *[4]), __LINE__);
    int k = (int)rnd((unsigned)argc);
    check("auxv", argv[k], strlen(argv[k]) + 1, NULL, __LINE__);
  }
}

static void check_nothing(void) {
  char buf[100];
  const uintptr_t wild[] = {0, 1, 4095, (uintptr_t)1 << 47, ~(uintptr_t)0, (uintptr_t)1 << 63, 0xffff800000000000u};
  for (size_t i = 0; i < sizeof wild / sizeof wild[0]; i++) {
    const void *p = (const void *)wild[i];
    struct alloc_info info;
    expect(alloc_get_info(p, &info) != ALLOC_OK && !alloc_get_base(p) && !alloc_get_type(p) && !alloc_get_size(p) &&
               !alloc_get_allocator(p) && !alloc_get_name(p, buf, sizeof buf), "nothing", p, __LINE__);
  }
}

int main(int argc, char **argv) {
  check_heap();
  check_static();
  check_stack(30, NULL);
  for (unsigned n = 1; n < 200; n++)
    check_dynamic(n);
  check_arguments(argc, argv);
  check_nothing();
  printf("%d failures\n", failures);
  return failures != 0;
}
