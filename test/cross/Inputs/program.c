#include "allocs.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct point {
  int x, y;
};
static struct point where[3];
static _Thread_local struct point mine;
static signed char small[2];
static long double wide;

static void show(const char *what, const void *p) {
  char text[400];
  alloc_describe(p, text, sizeof text);
  printf("%s: %s\n", what, text);
}

/* Nothing at all is asked that may crash: of each of these there is an answer, or there is none. */
static void ask_everywhere(uintptr_t around) {
  struct alloc_info info;
  for (uintptr_t at = around - 100000; at < around + 100000; at += 997)
    alloc_get_info((const void *)at, &info);
  for (unsigned bit = 0; bit < 64; bit++)
    alloc_get_info((const void *)((uintptr_t)1 << bit), &info);
}

static void on_signal(int number, siginfo_t *info, void *context) {
  int here;
  (void)number, (void)info;
  show("signal local", &here);
  printf("stopped: %d\n", alloc_thread_stop(context) == ALLOC_OK);
  alloc_thread_go();
}

static int count(const struct alloc_pos *pos, void *arg) {
  ++*(int *)arg;
  if (pos->name && !strcmp(pos->name, "where"))
    printf("walk: %s of %zu bytes\n", pos->name, pos->size);
  return ALLOC_WALK_ON;
}

static void *run(void *arg) {
  struct point local;
  show("thread local", &local);
  show("thread tls", &mine);
  show("thread heap", arg);
  ask_everywhere((uintptr_t)&local);
  ask_everywhere((uintptr_t)&mine);
  return NULL;
}

int main(int argc, char **argv) {
  struct point *one = malloc(sizeof *one), *many = calloc(5, sizeof *many), local;
  char *large = malloc(1 << 20), *block = __builtin_alloca(40 * argc);
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
  pthread_t thread;
  int n = 0;
  show("one", &one->y);
  show("many", &many[3].y);
  show("large", large + 7777);
  show("static", &where[1].y);
  show("signed char", small);
  show("long double", &wide);
  show("literal", "some text");
  show("function", (const void *)main);
  show("argument", argv[0]);
  show("local", &local);
  show("block", block);
  show("tls", &mine);
  one = realloc(one, 3 * sizeof *one);
  show("grown", one + 2);
  free(one);
  show("freed", one);
  ask_everywhere((uintptr_t)&local);
  ask_everywhere((uintptr_t)&mine);
  ask_everywhere((uintptr_t)many);
  if (alloc_thread_stop(NULL) == ALLOC_OK)
    puts("stopped without registers");
  sigaction(SIGUSR1, &action, NULL);
  raise(SIGUSR1);
  alloc_walk_tree(NULL, NULL, count, &n);
  printf("walk: %s\n", n > 1000 ? "much" : "little");
  pthread_create(&thread, NULL, run, many);
  pthread_join(thread, NULL);
  puts("end");
}
