// A query takes at most 4 KiB of stack, a walk or census 16 KiB besides what it calls, the first of its kind included.
// RUN: env ALLOCS_RUNTIME=%allocs-rt %allocs-cc -O2 -pthread %s -o %t && env LD_BIND_NOW=1 %t
// RUN: env ALLOCS_RUNTIME=%allocs-rt %allocs-cc -O0 -no-pie -pthread %s -o %t-0 && env LD_BIND_NOW=1 %t-0
#define _GNU_SOURCE
#include <allocs.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { SIZE = 1 << 17, MOST = 4 << 10, MOST_WALK = 16 << 10 };

// How much of a painted stack a call used.
static unsigned char *room;
static ucontext_t here, there;
static void (*question)(const void *);
static const void *about;
static void ask(void) { question(about); }
static void handler(int sig) { (void)sig, ask(); }
static size_t used(void (*what)(const void *), const void *address, int in_handler) {
  size_t i = 0;
  memset(room, 0xa5, SIZE);
  question = what;
  about = address;
  if (in_handler) {
    sigaltstack(&(stack_t){.ss_sp = room, .ss_size = SIZE}, NULL);
    raise(SIGUSR1);
    sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
    while (i < SIZE && room[i] == 0xa5)
      i++;
    return SIZE - i;
  }
  getcontext(&there);
  there.uc_stack.ss_sp = room;
  there.uc_stack.ss_size = SIZE;
  there.uc_link = &here;
  makecontext(&there, ask, 0);
  swapcontext(&here, &there);
  while (i < SIZE && room[i] == 0xa5)
    i++;
  return SIZE - i;
}

static int nowhere;
static char text[500];
static struct alloc_pos chain[64];
static void nothing(const void *p) { (void)p; }
static void get_info(const void *p) { alloc_get_info(p, &(struct alloc_info){0}); }
static void get_type(const void *p) { alloc_get_type(p); }
static void get_site(const void *p) { alloc_get_site(p); }
static void get_inner_type(const void *p) { alloc_get_inner_type(p, 0); }
static void get_name(const void *p) { alloc_get_name(p, text, sizeof text); }
static void get_chain(const void *p) { alloc_get_chain(p, chain, 64); }
static void get_short_chain(const void *p) { alloc_get_chain(p, chain, 1); }
static void get_leaf_chain(const void *p) { alloc_get_leaf_chain(p, chain, 64); }
static void get_mapping(const void *p) { alloc_get_mapping(p, &(struct alloc_mapping){0}); }
static void get_array(const void *p) { alloc_get_array(p, &(struct alloc_array){0}); }
static void describe(const void *p) { alloc_describe(p, text, sizeof text); }
static void describe_site(const void *p) { alloc_get_site_info(p, &(struct alloc_site_info){0}); }
static void is_a(const void *p) { alloc_is_a(p, alloc_get_type(&p)); }
static void get_by_name(const void *p) { (void)p, uniqtype_by_name("struct node"); }
static int any(const struct alloc_pos *pos, void *arg) { return (void)pos, (void)arg, ALLOC_WALK_ON; }
static int any_pointer(const struct alloc_pointer *pointer, void *arg) { return (void)pointer, (void)arg, ALLOC_WALK_ON; }
static int any_root(const struct alloc_root *root, void *arg) { return (void)root, (void)arg, ALLOC_WALK_ON; }
static void walk(const void *p) {
  if (alloc_get_leaf_chain(p, chain, 64))
    alloc_walk_tree(&chain[0], NULL, any, NULL);
}
static void walk_all(const void *p) { (void)p, alloc_walk_tree(NULL, NULL, any, NULL); }
static void walk_pointers(const void *p) {
  if (alloc_get_leaf_chain(p, chain, 64))
    alloc_walk_pointers(&chain[0], any_pointer, NULL);
}
static void walk_roots(const void *p) { (void)p, alloc_walk_roots(ALLOC_ROOT_ALL, any_root, NULL); }
static void count_live(const void *p) { (void)p, alloc_census(nowhere); }
static const struct {
  const char *name;
  void (*ask)(const void *);
  size_t most;
} questions[] = {
    {"alloc_get_info", get_info, MOST},
    {"alloc_get_type", get_type, MOST},
    {"alloc_get_site", get_site, MOST},
    {"alloc_get_inner_type", get_inner_type, MOST},
    {"alloc_get_name", get_name, MOST},
    {"alloc_get_chain", get_chain, MOST},
    {"alloc_get_chain, 1", get_short_chain, MOST},
    {"alloc_get_leaf_chain", get_leaf_chain, MOST},
    {"alloc_get_mapping", get_mapping, MOST},
    {"alloc_get_array", get_array, MOST},
    {"uniqtype_by_name", get_by_name, MOST},
    {"alloc_describe", describe, MOST},
    {"alloc_get_site_info", describe_site, MOST},
    {"alloc_is_a", is_a, MOST},
    {"alloc_walk_tree", walk, MOST_WALK},
    {"alloc_walk_pointers", walk_pointers, MOST_WALK},
};

struct node {
  struct node *next;
  union {
    struct {
      char a;
      short b;
    } in[3];
    long words[2];
  };
};
static struct node variable;
static _Thread_local struct node own;
static struct node *volatile others;
static void *other_thread(void *arg) {
  struct node local = {0};
  if (alloc_thread_stop(NULL) == ALLOC_OK)
    others = &local;
  for (;;)
    pause();
  return arg;
}

static void (*const of_all[])(const void *) = {walk_all, walk_roots, count_live};

int main(int argc, char **argv) {
  int bad = 0;
  pthread_t thread;
  struct node local = {0}, *heap = malloc(10 * sizeof *heap),
              *varying = __builtin_alloca((size_t)argc * sizeof *varying);
  room = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pthread_create(&thread, NULL, other_thread, NULL);
  while (!others)
    usleep(100);
  const void *addresses[] = {
      heap,           &heap[3].in[1].b, &variable,  &own,        &local.in[1], varying,         (void *)main,
      stdout,         "a literal",      argv,       argv[0],     room,         room + SIZE - 8, others,
      (void *)printf, (void *)8,        (void *)-5, opendir("/")};
  nowhere = open("/dev/null", O_WRONLY);
  sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_ONSTACK}, NULL);
  for (int in_handler = 0; in_handler < 2; in_handler++) {
    size_t base = used(nothing, NULL, in_handler);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
      for (size_t j = 0; j < 2 * sizeof addresses / sizeof *addresses; j++) {
        size_t n = used(questions[i].ask, addresses[j / 2], in_handler) - base;
        if (n > questions[i].most)
          bad = printf("%d: %s of address %zu: %zu bytes%s\n", in_handler, questions[i].name, j / 2, n, j % 2 ? " again" : "");
      }
    for (size_t i = 0; i < sizeof of_all / sizeof *of_all; i++) {
      size_t n = used(of_all[i], NULL, in_handler) - base;
      if (n > MOST_WALK)
        bad = printf("%d: of all, %zu: %zu bytes\n", in_handler, i, n);
    }
  }
  return bad != 0;
}
