// While 8 threads allocate, map, load, fork and create threads, every answer about what stands still is exact.
// RUN: %allocs-cc -O2 -fPIC -shared %S/Inputs/library.c -o %t.so
// RUN: %allocs-cc -O2 -pthread %s -o %t && %t %t.so 200000 ALLOCS_STRESS
// RUN: %allocs-cc -O0 -pthread %s -o %t && %t %t.so 40000
#define _GNU_SOURCE
#include <allocs.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 8, SLOTS = 64, PINNED = 1000, PAGE = 4096 };
struct item { long a; struct item *next; char text[8]; };

// What a worker has: the oracle. Whoever holds `busy` may look at the slot, and nobody else changes it.
struct slot {
  atomic_flag busy;
  enum { EMPTY, CHARS, ITEMS, MAPPING, SHARED } kind;
  char *base;
  size_t size;
};
static struct slot slots[WORKERS][SLOTS];
static struct item *pinned[PINNED];
static const struct uniqtype *item_type, *char_type;
static const char *library;
static long rounds;
static atomic_int failures, running;
static atomic_long asked, walked;

static void fail(const char *what, const void *p) {
  char buf[300];
  if (failures++ < 20)
    printf("%s: %p is %s\n", what, p, alloc_describe(p, buf, sizeof buf));
}
#define EXPECT(c, p) ((c) ? (void)0 : fail(#c, (p)))

static unsigned rnd(unsigned *seed, unsigned n) { return (*seed = *seed * 1664525u + 1013904223u, (*seed >> 8) % n); }

static int is_kind(const struct alloc_info *info, const char *name) { return !strcmp(info->allocator->name, name); }

static void check(const struct slot *slot, unsigned *seed) {
  struct alloc_info info;
  if (slot->kind == EMPTY || !slot->size)
    return;
  char *p = slot->base + rnd(seed, (unsigned)slot->size);
  asked++;
  if (alloc_get_info(p, &info) != ALLOC_OK) {
    fail("known", p);
    return;
  }
  EXPECT(info.base == slot->base, p);
  EXPECT(info.size == slot->size, p);
  EXPECT(is_kind(&info, slot->kind == MAPPING ? "mmap" : "__default_lib_malloc"), p);
  if (slot->kind == CHARS)
    EXPECT(info.type == char_type || UNIQTYPE_ARRAY_ELEMENT_TYPE(info.type) == char_type, p);
  if (slot->kind == ITEMS)
    EXPECT(info.type == item_type || UNIQTYPE_ARRAY_ELEMENT_TYPE(info.type) == item_type, p);
  if (slot->kind == SHARED)
    EXPECT(!strcmp(UNIQTYPE_NAME(info.type), "shared"), p);
}

static void empty(struct slot *slot) {
  if (slot->kind == MAPPING)
    munmap(slot->base, slot->size);
  else if (slot->kind != EMPTY)
    free(slot->base);
  slot->kind = EMPTY;
}

static void fill_from_library(struct slot *slot) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  void *(*make)(void), *(*first)(void);
  EXPECT(handle, library);
  *(void **)&make = dlsym(handle, "shared_make");
  *(void **)&first = dlsym(handle, "shared_first");
  slot->base = make();
  slot->size = 16;
  slot->kind = SHARED;
  struct alloc_info info;
  void *of_library = first();
  EXPECT(alloc_get_info(of_library, &info) == ALLOC_OK && info.base == of_library && is_kind(&info, "static"),
         of_library);
  dlclose(handle);
}

static void *short_thread(void *arg) {
  int local[3] = {0};
  struct alloc_info info;
  EXPECT(alloc_get_info(&local[2], &info) == ALLOC_OK && is_kind(&info, "stackframe"), &local[2]);
  EXPECT(UNIQTYPE_SIZE_IN_BYTES(alloc_get_innermost_type(&local[2])) == sizeof(int), &local[2]);
  *(volatile int **)arg = local;
  return NULL;
}

static void run_thread(void) {
  pthread_t thread;
  int *gone;
  if (!pthread_create(&thread, NULL, short_thread, &gone))
    pthread_join(thread, NULL);
}

static void run_child(struct slot *slot, unsigned *seed) {
  pid_t child = fork();
  if (!child) {
    int before = failures;
    check(slot, seed);
    char *fresh = malloc(100);
    EXPECT(alloc_get_size(fresh + 99) == 100, fresh);
    free(fresh);
    _exit(failures != before);
  }
  int status = 0;
  if (child > 0) {
    waitpid(child, &status, 0);
    EXPECT(status == 0, slot->base);
  }
}

static void change(struct slot *slot, unsigned *seed) {
  unsigned what = rnd(seed, 10000), size = rnd(seed, 16) ? rnd(seed, 600) : rnd(seed, 300000);
  if (slot->kind == CHARS && what < 3000) {
    char *moved = realloc(slot->base, size + 1);
    slot->base = moved;
    slot->size = size + 1;
    return;
  }
  empty(slot);
  if (what < 6000) {
    slot->base = malloc(size * sizeof(char));
    slot->size = size;
    slot->kind = CHARS;
  } else if (what < 9700) {
    slot->size = (1 + size % 20) * sizeof(struct item);
    slot->base = malloc((1 + size % 20) * sizeof(struct item));
    slot->kind = ITEMS;
  } else if (what < 9900) {
    slot->size = (1 + size % 30) * PAGE;
    slot->base = mmap(NULL, slot->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    slot->kind = slot->base == MAP_FAILED ? EMPTY : MAPPING;
  } else if (what < 9970) {
    fill_from_library(slot);
  } else if (what < 9990) {
    run_thread();
  } else if (what < 9993) {
    run_child(slot, seed);
  }
}

static void *worker(void *arg) {
  struct slot *mine = arg;
  unsigned seed = (unsigned)(uintptr_t)arg;
  for (long i = 0; i < rounds / WORKERS; i++) {
    struct slot *slot = &mine[rnd(&seed, SLOTS)];
    while (atomic_flag_test_and_set(&slot->busy))
      ;
    if (i % 16 == 0)
      check(slot, &seed);
    change(slot, &seed);
    atomic_flag_clear(&slot->busy);
  }
  running--;
  return NULL;
}

static void *asker(void *arg) {
  unsigned seed = (unsigned)(uintptr_t)arg;
  while (running) {
    struct slot *slot = &slots[rnd(&seed, WORKERS)][rnd(&seed, SLOTS)];
    struct alloc_info info;
    if (!atomic_flag_test_and_set(&slot->busy)) {
      check(slot, &seed);
      atomic_flag_clear(&slot->busy);
    }
    struct item *stays = pinned[rnd(&seed, PINNED)];
    EXPECT(alloc_get_innermost_type(&stays->text[3]) == char_type && alloc_get_base(&stays->next) == stays, stays);
    const char *wild = slot->base + seed % 100000; // may be anything by now
    if (alloc_get_info(wild, &info) == ALLOC_OK && info.size)
      EXPECT(wild >= (char *)info.base && wild < (char *)info.base + info.size, wild);
  }
  return NULL;
}

static int see(const struct alloc_pos *pos, void *arg) {
  int *seen = arg;
  struct item *item = pos->base;
  if (pos->size == sizeof *item && pos->type == item_type && !strcmp(pos->allocator->name, "__default_lib_malloc"))
    for (int i = 0; i < PINNED; i += 100)
      seen[i / 100] += pinned[i] == item;
  return ALLOC_WALK_ON;
}

static void *walker(void *arg) {
  while (running) {
    int seen[PINNED / 100] = {0};
    alloc_walk_tree(NULL, &(struct alloc_walk_options){.allocations_only = 1}, see, seen);
    for (int i = 0; i < PINNED / 100; i++)
      EXPECT(seen[i] == 1, pinned[i * 100]);
    walked++;
  }
  return arg;
}

int main(int argc, char **argv) {
  pthread_t threads[WORKERS + 3];
  int n = 0;
  library = argv[1];
  rounds = argc > 2 ? atol(argv[2]) : 10000;
  if (argc > 3 && getenv(argv[3]))
    rounds = atol(getenv(argv[3]));
  item_type = alloc_typeof(struct item);
  char_type = alloc_typeof(char);
  for (int i = 0; i < PINNED; i++)
    pinned[i] = malloc(sizeof *pinned[i]);
  running = WORKERS;
  for (int i = 0; i < WORKERS; i++)
    pthread_create(&threads[n++], NULL, worker, slots[i]);
  pthread_create(&threads[n++], NULL, asker, (void *)1);
  pthread_create(&threads[n++], NULL, asker, (void *)2);
  pthread_create(&threads[n++], NULL, walker, NULL);
  while (n)
    pthread_join(threads[--n], NULL);
  printf("%ld rounds, %ld answers checked, %ld walks, %d failures\n", rounds, (long)asked, (long)walked, failures);
  return failures || asked < rounds / 16 || !walked;
}
