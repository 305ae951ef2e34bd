// A query takes at most 6 KiB of stack, the first of its kind included.
// RUN: env ALLOCS_RUNTIME=%allocs-rt %allocs-cc -O2 -pthread %s -o %t && env LD_BIND_NOW=1 %t
// RUN: env ALLOCS_RUNTIME=%allocs-rt %allocs-cc -O0 -no-pie -pthread %s -o %t-0 && env LD_BIND_NOW=1 %t-0
#define _GNU_SOURCE
#include <allocs.h>
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { SIZE = 1 << 17, MOST = 6 << 10 };

// How much of a painted stack a call used.
static unsigned char *room;
static ucontext_t here, there;
static void (*question)(const void *);
static const void *about;
static void ask(void) { question(about); }
static size_t used(void (*what)(const void *), const void *address) {
  size_t i = 0;
  memset(room, 0xa5, SIZE);
  getcontext(&there);
  there.uc_stack.ss_sp = room;
  there.uc_stack.ss_size = SIZE;
  there.uc_link = &here;
  question = what;
  about = address;
  makecontext(&there, ask, 0);
  swapcontext(&here, &there);
  while (i < SIZE && room[i] == 0xa5)
    i++;
  return SIZE - i;
}

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
static void get_by_name(const void *p) { (void)p, uniqtype_by_name("struct node"); }
static const struct {
  const char *name;
  void (*ask)(const void *);
} questions[] = {
    {"alloc_get_info", get_info},
    {"alloc_get_type", get_type},
    {"alloc_get_site", get_site},
    {"alloc_get_inner_type", get_inner_type},
    {"alloc_get_name", get_name},
    {"alloc_get_chain", get_chain},
    {"alloc_get_chain, 1", get_short_chain},
    {"alloc_get_leaf_chain", get_leaf_chain},
    {"alloc_get_mapping", get_mapping},
    {"alloc_get_array", get_array},
    {"uniqtype_by_name", get_by_name},
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
  others = &local;
  for (;;)
    pause();
  return arg;
}

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
  size_t base = used(nothing, NULL);
  for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
    for (int again = 0; again < 2; again++) {
      for (size_t j = 0; j < sizeof addresses / sizeof *addresses; j++) {
        size_t n = used(questions[i].ask, addresses[j]) - base;
        if (n > MOST)
          bad = printf("%s of address %zu: %zu bytes%s\n", questions[i].name, j, n, again ? " again" : "");
      }
    }
  return bad != 0;
}
