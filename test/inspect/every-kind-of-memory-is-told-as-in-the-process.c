// From outside, alive and as a core, an address of any kind of memory is described, and what encloses it told, to the mapping, as the process does itself.
// REQUIRES: gdb
// RUN: %allocs-cc -O0 -pthread %s -o %t
// RUN: %python %S/Inputs/same.py %inspect %t
// RUN: env CORE=gcore %python %S/Inputs/same.py %inspect %t
// RUN: %allocs-cc -O2 -static -pthread %s -o %t
// RUN: %python %S/Inputs/same.py %inspect %t
// RUN: %allocs-cc -O1 -no-pie -s -pthread %s -o %t
// RUN: %python %S/Inputs/same.py %inspect %t

#include "Inputs/heap.h"
#include <allocs/annotate.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>

struct pair {
  long a;
  short b[3];
};
struct large {
  struct pair pairs[6];
};
extern char **environ;
static __thread struct pair own_pair;
static __thread long own_zeroes[40];
static char texts[64] = "one\0two\0three";
static char arena_of_ours[512];
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static const char *const name_of_block = "literal";

/* What encloses an address, as `allocs chain` writes it. */
static void print_chain(const void *obj) {
  struct alloc_pos chain[24];
  char name[300];
  unsigned n = alloc_get_chain(obj, chain, 24);
  printf("%p:%s\n", obj, n ? "" : " unknown address");
  for (unsigned i = 0; i < n; i++) {
    const struct alloc_pos *pos = &chain[i];
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

static void ask(const void *obj) {
  char line[600];
  printf("D %p: %s\n", obj, alloc_describe(obj, line, sizeof line));
  print_chain(obj);
}

/* Of the frames of its callers, and of its own; there it waits. */
static __attribute__((noinline)) int ask_deep(struct large by_value, int n, struct pair *outer) {
  struct pair pair = {n, {1, 2, 3}};
  char vla[n * 10 + 1];
  memset(vla, 'v', sizeof vla);
  ask(vla), ask(&vla[n]), ask(&pair), ask(&by_value.pairs[n].b[1]), ask(outer), ask(&outer->b[2]);
  if (n)
    return ask_deep(by_value, n - 1, &pair) + by_value.pairs[0].b[0];
  ask(&own_pair), ask(&own_zeroes[30]), ask((char *)pthread_self() + 16), ask((char *)&own_zeroes + sizeof own_zeroes + 1);
  ask(__builtin_frame_address(0)), ask((char *)__builtin_frame_address(0) + 8), ask((char *)__builtin_frame_address(0) - 9000);
  fflush(stdout);
  return be_ready() + by_value.pairs[0].b[0];
}

/* Each thread tells of its own frames, and of its stack below them; then it waits where it is. */
static void *run(void *arg) {
  struct pair of_thread[3] = {{7, {1, 2, 3}}};
  pthread_mutex_lock(&turn);
  ask(&of_thread[1].b[1]), ask((char *)&of_thread - 50000), ask(&own_pair);
  (void)arg;
  pthread_mutex_unlock(&turn);
  for (;;)
    pause();
}

static void ask_mappings(void) {
  char *mapped = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *next = mmap(mapped - 3 * 4096, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ask(mapped + 5000), ask(next), ask(next + 8191), ask((char *)sbrk(0) - 1), ask(malloc(3));
  ask((void *)getauxval(AT_PHDR)), ask((void *)&printf), ask(&stdout), ask(stdout);
}

static void ask_arenas(void) {
  struct alloc_arena *arena = malloc(sizeof *arena), *within = malloc(sizeof *within);
  char *block = malloc(100);
  memcpy(block, "first\0second\0third", 19);
  *arena = (struct alloc_arena){&alloc_packed_texts, block, 19, NULL};
  *within = (struct alloc_arena){&alloc_packed_texts, texts, sizeof texts, NULL};
  alloc_arena_add(arena), alloc_arena_add(within);
  ask(block + 8), ask(block + 50), ask(texts + 5), ask(texts + 40);
  ask(arena_of_ours + 100), ask(name_of_block + 2);
}

static void ask_vectors(char **argv) {
  ask(argv), ask(argv[0]), ask(argv[0] + 3), ask(environ + 1), ask(environ[1]), ask((void *)getauxval(AT_RANDOM));
  ask((char *)environ[0] - 1);
}

int main(int argc, char **argv) {
  pthread_t threads[2];
  struct pair first = {argc, {0}};
  struct large large = {.pairs = {{1, {2, 3, 4}}}};
  make_heap();
  ask_vectors(argv);
  ask_mappings();
  ask_arenas();
  own_pair.a = 1;
  for (int i = 0; i < 2; i++)
    pthread_create(&threads[i], NULL, run, &threads[i]);
  usleep(200000);
  pthread_mutex_lock(&turn), pthread_mutex_unlock(&turn);
  ask(&large), ask(&argc), ask(&threads[1]);
  return ask_deep(large, 3, &first);
}
