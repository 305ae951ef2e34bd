// Each operation works for each kind of memory where it makes sense, and else says that it is not supported and does nothing.
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %t | %filecheck %s

#include <alloca.h>
#include <allocs.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>

struct pair {
  long a, b;
};
static int number;
static _Thread_local int local_number;
static char texts[] = "one\0two";

enum operation { TYPE, SET_TYPE, RESIZE, MIGRATE, FREE, N_OPERATIONS };

static const char *word(enum alloc_status status) {
  static const char *const words[] = {"yes", "unknown", "no-site", "-", "no-memory", "bad"};
  return words[status];
}

/* A fresh object for each. `make` gives one, of a size that it stores. */
static void try(const char *kind, void *(*make)(unsigned long *)) {
  setbuf(stdout, NULL);
  printf("%s:", kind);
  for (enum operation i = TYPE; i < N_OPERATIONS; i++) {
    unsigned long size, now;
    char *obj = make(&size);
    void *moved = NULL;
    enum alloc_status status = ALLOC_UNKNOWN;
    struct alloc_info info;
    if (alloc_get_info(obj, &info)) {
      printf(" unknown");
      continue;
    }
    assert(info.base == obj && info.size == size && info.allocator == alloc_get_allocator(obj));
    memset(obj, 'x', size - 1); /* texts keep their end */
    switch (i) {
    case TYPE:
      status = alloc_get_type(obj + size - 1) == info.type && info.type->size == size ? ALLOC_OK : ALLOC_UNKNOWN;
      break;
    case SET_TYPE:
      status = alloc_set_type(obj, uniqtype_unbounded_array(alloc_typeof(unsigned char)));
      assert(status || UNIQTYPE_ARRAY_ELEMENT_TYPE(alloc_get_type(obj)) == alloc_typeof(unsigned char));
      break;
    case RESIZE:
      now = size > 4096 ? 2 * 4096 : size - 3;
      assert(alloc_resize_in_place(obj + 1, now) == ALLOC_BAD_ARGUMENT ||
             alloc_resize_in_place(obj, now) == ALLOC_NOT_SUPPORTED);
      status = alloc_resize_in_place(obj, now);
      assert(alloc_get_size(obj) == (status ? size : now) && obj[0] == 'x');
      break;
    case MIGRATE:
      status = alloc_migrate(obj, &alloc_heap, NULL, &moved);
      if (!status) {
        assert(moved != obj && alloc_get_allocator(moved) == &alloc_heap && alloc_get_size(moved) == size);
        assert(((char *)moved)[size - 2] == 'x' && alloc_get_base(obj) != obj);
        free(moved);
      }
      break;
    default:
      status = alloc_free(obj + 1);
      assert(status == ALLOC_BAD_ARGUMENT || status == ALLOC_NOT_SUPPORTED);
      status = alloc_free(obj);
      assert(status ? alloc_get_base(obj) == obj : alloc_get_base(obj) != obj);
    }
    printf(" %s", word(status));
  }
  puts("");
}

static void *heap(unsigned long *size) { return malloc(*size = 48); }
static void *mapping(unsigned long *size) {
  return mmap(NULL, *size = 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static void *variable(unsigned long *size) { return *size = sizeof number, &number; }
static void *thread_local_variable(unsigned long *size) { return *size = sizeof local_number, &local_number; }
static void *text(unsigned long *size) { return *size = 4, texts + 4; }
static char *block;
static void *dynamic(unsigned long *size) { return *size = 48, block; }
static char **arguments;
static void *argument(unsigned long *size) { return *size = strlen(*arguments) + 1, *arguments; }

int main(int argc, char **argv) {
  struct pair pair = {1, 2};
  (void)argc;
  volatile int n_bytes = 48;
  block = alloca(n_bytes);
  arguments = argv;
  // CHECK: heap: yes yes yes yes yes
  try("heap", heap);
  // CHECK-NEXT: mapping: yes yes yes yes yes
  try("mapping", mapping);
  // CHECK-NEXT: static: yes - - - -
  try("static", variable);
  // CHECK-NEXT: tls: yes - - - -
  try("tls", thread_local_variable);
  // CHECK-NEXT: alloca: yes yes - - -
  try("alloca", dynamic);
  // CHECK-NEXT: auxv: yes - - - -
  try("auxv", argument);
  struct alloc_arena arena = {&alloc_packed_texts, texts, sizeof texts, NULL};
  assert(!alloc_arena_add(&arena));
  // CHECK-NEXT: static-text: yes - - - -
  try("static-text", text);
  assert(!alloc_arena_remove(&arena));

  /* A local, the frame it is in, code, the program break, the stack, the executable: none can be freed. */
  assert(alloc_free(&pair) == ALLOC_NOT_SUPPORTED && alloc_resize_in_place(&pair, 8) == ALLOC_NOT_SUPPORTED);
  assert(alloc_free((void *)main) == ALLOC_NOT_SUPPORTED && alloc_free(argv) == ALLOC_NOT_SUPPORTED);
  assert(alloc_free(NULL) == ALLOC_UNKNOWN && alloc_free((void *)8) == ALLOC_UNKNOWN);
  struct alloc_pos chain[20];
  void *on_heap = malloc(10);
  for (unsigned n = alloc_get_chain(on_heap, chain, 20), i = 1; i < n; i++)
    assert(alloc_free(chain[i].base) != ALLOC_OK && chain[i].base != on_heap);
  free(on_heap);

  /* Allocation: of which kinds, at what alignment, of what type. */
  for (unsigned long alignment = 1; alignment <= 4096; alignment *= 2) {
    const struct uniqtype *type = uniqtype_array(alloc_typeof(struct pair), 3);
    struct pair *several[8]; /* one alone may be aligned by luck, or all where they follow each other */
    for (int i = 0; i < 8; i++) {
      assert(malloc(40));
      struct pair *pairs = several[i] = alloc_allocate_zero(&alloc_heap, NULL, 3 * sizeof *pairs, alignment, type);
      assert(pairs && (unsigned long)pairs % alignment == 0 && !pairs[2].b);
      assert(alloc_get_size(pairs) == 48 && alloc_get_innermost_type(&pairs[1].b) == alloc_typeof(long));
    }
    for (int i = 0; i < 8; i++)
      assert(alloc_get_type(several[i]) == type && !alloc_free(several[i]));
  }
  struct alloc_mapping mapping;
  char *page = alloc_allocate(&alloc_mmap, NULL, 96, 4096, uniqtype_array(alloc_typeof(long), 12));
  assert(page && alloc_get_size(page) == 4096 &&
         alloc_get_innermost_type(page) != alloc_typeof(long)); /* does not fill it */
  assert(!alloc_resize_in_place(page, 4090) && !alloc_get_mapping(page, &mapping) && !strcmp(mapping.call, "mmap"));
  assert(alloc_resize_in_place(page, -1ul) == ALLOC_NO_MEMORY && alloc_get_size(page) == 4096 && !alloc_free(page));
  assert(!alloc_allocate(&alloc_mmap, NULL, 8192, 8192, NULL));
  int id = shmget(IPC_PRIVATE, 4096, 0600);
  page = shmat(id, NULL, 0);
  assert(alloc_resize_in_place(page, 8192) == ALLOC_NOT_SUPPORTED &&
         alloc_resize_in_place(page, 4096) == ALLOC_NOT_SUPPORTED);
  assert(!alloc_set_type(page, uniqtype_array(alloc_typeof(long), 512)) &&
         alloc_get_innermost_type(page + 8) == alloc_typeof(long));
  assert(!alloc_free(page) && !alloc_get_base(page) && !shmctl(id, IPC_RMID, NULL));
  char *pages = alloc_allocate(&alloc_mmap, NULL, 8192, 4096, uniqtype_array(alloc_typeof(long), 1024));
  assert(pages && alloc_get_allocator(pages) == &alloc_mmap && alloc_get_size(pages + 5000) == 8192);
  assert(alloc_get_innermost_type(pages + 4096) == alloc_typeof(long) && !alloc_free(pages) && !alloc_get_base(pages));
  assert(!alloc_allocate(&alloc_heap, NULL, 48, 3, NULL) &&
         !alloc_allocate(&alloc_heap, NULL, 48, 8, alloc_typeof(long)));
  assert(!alloc_allocate(&alloc_static, NULL, 8, 8, NULL) && !alloc_allocate(&alloc_packed_texts, NULL, 8, 8, NULL));
  assert(!alloc_allocate(&alloc_heap, NULL, -64ul, 8, NULL) && !alloc_allocate(&alloc_mmap, NULL, -64ul, 8, NULL));
}
