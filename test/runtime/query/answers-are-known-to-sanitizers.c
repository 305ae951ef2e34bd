// What queries, walks and the calls of a program's own allocator write and pass is known to the memory sanitizer; the others have nothing to say either.
// RUN: %if msan %{ %allocs-cc -O0 -g -fsanitize=memory -I%src/test/unit %s -o %t && %t %}
// RUN: %if msan %{ %allocs-cc -O2 -g -fsanitize=memory -I%src/test/unit %s -o %t && %t %}
// RUN: %if asan %{ %allocs-cc -O1 -g -fsanitize=address,undefined -I%src/test/unit %s -o %t && %t %}
// RUN: %if tsan %{ %allocs-cc -O1 -g -fsanitize=thread -I%src/test/unit %s -o %t && %t %}

#include "check.h"
#include <allocs.h>
#include <sys/mman.h>

struct pair {
  int a;
  struct pair *next;
} pairs[4];

/* What is read decides what is done: else the sanitizer says nothing. */
static unsigned long seen;
static void look(const void *at, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (((const unsigned char *)at)[i])
      seen++;
}
#define LOOK(x) look(&(x), sizeof(x))

/* An allocator of one object that fills its arena, if asked at all. */
static unsigned finds, frees, resizes, allocates;
static int find_all(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  LOOK(*arena);
  LOOK(*ret);
  finds += address >= arena->begin;
  ret->base = arena->begin;
  ret->size = arena->size;
  return 1;
}
static enum alloc_status free_all(const struct alloc_arena *arena, const struct alloc_pos *pos) {
  LOOK(*arena);
  LOOK(*pos);
  frees += pos->base == arena->begin;
  return ALLOC_OK;
}
static enum alloc_status resize_all(const struct alloc_arena *arena, const struct alloc_pos *pos, unsigned long size) {
  LOOK(*arena);
  LOOK(*pos);
  resizes += pos->base == arena->begin && size == 5;
  return ALLOC_OK;
}
static void *allocate_in(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                         const struct uniqtype *type) {
  LOOK(*arena);
  allocates += size == 8 && alignment == 1 && !type;
  return NULL;
}
static const struct allocator own = {.name = "own",
                                     .find = find_all,
                                     .next = find_all,
                                     .free = free_all,
                                     .resize_in_place = resize_all,
                                     .allocate = allocate_in};

static int show(const struct alloc_pos *pos, void *arg) {
  LOOK(*pos);
  return *(unsigned *)arg += 1, ALLOC_WALK_SKIP;
}

static int show_pointer(const struct alloc_pointer *pointer, void *arg) {
  LOOK(*pointer);
  look(pointer->path, pointer->n_path * sizeof *pointer->path);
  return *(unsigned *)arg += 1, ALLOC_WALK_ON;
}

/* Registers are in a copy of the runtime's; what else is at the place is the program's. */
static int show_root(const struct alloc_root *root, void *arg) {
  LOOK(*root);
  if (root->kind == ALLOC_ROOT_REGISTERS)
    look(root->pos.base, root->pos.size);
  return *(unsigned *)arg += 1, ALLOC_WALK_ON;
}

static int count_type(const struct uniqtype *type, void *arg) {
  LOOK(*type);
  look(UNIQTYPE_NAME(type), strlen(UNIQTYPE_NAME(type)));
  return *(unsigned *)arg += 1, 0;
}

static void ask(void *at) {
  struct alloc_info info;
  struct alloc_site_info site;
  struct alloc_mapping mapping;
  struct alloc_array array;
  struct alloc_pos chain[8];
  char text[300];
  CHECK(alloc_get_info(at, &info) == ALLOC_OK);
  LOOK(info);
  CHECK(alloc_get_mapping(at, &mapping) == ALLOC_OK);
  LOOK(mapping.base);
  LOOK(mapping.file);
  if (alloc_get_site_info(at, &site) == ALLOC_OK)
    look(site.file, strlen(site.file));
  if (alloc_get_array(at, &array) == ALLOC_OK)
    LOOK(array);
  for (unsigned i = 0, n = alloc_get_chain(at, chain, 8); i < n && i < 8; i++)
    LOOK(chain[i]);
  for (unsigned i = 0, n = alloc_get_leaf_chain(at, chain, 8); i < n && i < 8; i++)
    LOOK(chain[i]);
  struct alloc_pos pos;
  CHECK(alloc_get_pos(at, &pos) == ALLOC_OK);
  LOOK(pos);
  if (alloc_is_a(at, alloc_typeof(struct pair)))
    seen++;
  look(text, strlen(alloc_describe(at, text, sizeof text)));
  look(text, strlen(uniqtype_c_name(alloc_get_type(at), text, sizeof text)));
  if (alloc_get_name(at, text, sizeof text))
    look(text, strlen(text));
  struct uniqtype_subobject parts[4];
  for (unsigned i = 0, n = uniqtype_subobjects(alloc_get_type(at), 0, parts, 4); i < n && i < 4; i++)
    LOOK(parts[i].type);
}

static __attribute__((noinline)) void dirty_the_stack(void) {
  volatile char unknown[1 << 16];
  __asm__ volatile("" : : "r"(unknown) : "memory");
}

int main(void) {
  struct pair local = {1, pairs};
  unsigned shown = 0, types = 0;
  struct alloc_pos chain[8];
  char *mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct alloc_arena arena = {.begin = mapped, .size = 4096, .allocator = &own};
  void *of_what[] = {pairs + 2, &local.next, &seen, (void *)ask, (char *)"hello", mapped + 5, malloc(50)};
  dirty_the_stack();
  CHECK(alloc_arena_add(&arena) == ALLOC_OK);
  for (size_t i = 0; i < sizeof of_what / sizeof *of_what; i++)
    ask(of_what[i]);
  alloc_walk(NULL, show, &shown);
  for (unsigned i = alloc_get_chain(pairs, chain, 8) - 1; i < 8; i--)
    if (chain[i].base == pairs && chain[i].level == ALLOC_LEVEL_ALLOCATION) {
      unsigned before = shown;
      dirty_the_stack();
      alloc_walk(&chain[i], show, &shown);
      CHECK(shown > before + 1);
    }
  unsigned pointers = 0, roots = 0;
  CHECK(alloc_get_pos(pairs, chain) == ALLOC_OK);
  dirty_the_stack();
  alloc_walk_pointers(chain, show_pointer, &pointers);
  dirty_the_stack();
  alloc_walk_roots(ALLOC_ROOT_ALL, show_root, &roots);
  CHECK(pointers == 4 && roots > 10);
  uniqtype_each(NULL, count_type, &types);
  dirty_the_stack();
  CHECK(alloc_resize_in_place(mapped, 5) == ALLOC_OK && resizes == 1);
  dirty_the_stack();
  CHECK(!alloc_allocate(&own, mapped, 8, 1, NULL) && allocates == 1);
  dirty_the_stack();
  CHECK(alloc_free(mapped) == ALLOC_OK && finds && frees && shown && types && seen);
  CHECK(alloc_get_size(of_what[6]) > 50); /* the sanitizer's malloc's mapping */
  free(of_what[6]);
  return check_failed;
}
