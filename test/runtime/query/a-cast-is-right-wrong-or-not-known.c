// Whether a cast is right is told of each kind of memory, by the declared type of what ends in a flexible array, each arm of a union, headers and tags; what has no type is no wrong cast.
// RUN: %allocs-cc -O0 -Wall -Wextra -Werror -I%src/test/unit %s -pthread -o %t && %t
// RUN: %allocs-cc -O2 -fPIE -pie -Wall -Wextra -Werror -I%src/test/unit %s -pthread -o %t.pie && %t.pie
// RUN: %allocs-cc -O2 -static -Wall -Wextra -Werror -I%src/test/unit %s -pthread -o %t.static && %t.static

#include "check.h"
#include <allocs.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>

struct link { struct link *next; };
struct node { int key; struct link link; union { double real; struct { int low, high; } pair; } value; };
struct same { int key; struct link link; union { double real; struct { int low, high; } pair; } value; };
struct flex { int n; struct link links[]; };
struct head { long kind; };
struct opaque;
static struct node one, table[3];
static struct flex fixed = {2, {{NULL}, {NULL}}};
static _Thread_local struct node of_thread;
static void *volatile sink;
static volatile unsigned long five = 5;

#define IS(p, T) (alloc_is_a(p, alloc_typeof(T)) == ALLOC_YES)
#define IS_NOT(p, T) (alloc_is_a(p, alloc_typeof(T)) == ALLOC_NO)
#define IS_UNKNOWN(p, T) (alloc_is_a(p, alloc_typeof(T)) == ALLOC_MAYBE)

static void check_node(struct node *p) {
  CHECK(IS(p, struct node) && IS(p, int) && IS(&p->link, struct link) && IS(&p->link, struct link *));
  CHECK(IS(&p->value, double) && IS(&p->value.pair.low, int) && IS(&p->value.pair.high, int));
  CHECK(IS_NOT(p, struct link) && IS_NOT(p, struct same) && IS_NOT(p, unsigned) && IS_NOT(p, float) && IS_NOT(p, void *));
  CHECK(IS_NOT(&p->link, struct node *) && IS_NOT(&p->value.pair.high, double) && IS_NOT((char *)p + 1, int));
  CHECK(IS_NOT((char *)p + 4, int)); /* padding */
  CHECK(IS((char *)&p->link - offsetof(struct node, link), struct node)); /* to what contains it */
}

static void in_heap(void) {
  struct node *many = malloc(five * sizeof *many), *single = calloc(1, sizeof *single);
  struct flex *flex = malloc(sizeof *flex + five * sizeof *flex->links);
  struct head *head = malloc(sizeof *head + five);
  struct { struct head head; struct node node; } *pair = malloc(sizeof *pair);
  char *bytes = malloc(five), *freed = malloc(100000);
  sink = bytes;
  check_node(single), check_node(&many[0]), check_node(&many[4]), check_node(&pair->node);
  CHECK(IS(&many[2], struct node[3]) && IS_NOT(&many[3], struct node[3]) && IS(single, struct node[1]) && IS_NOT(single, struct node[2]));
  CHECK(IS(flex, struct flex) && IS(&flex->links[4], struct link) && IS(&flex->links[3], struct link[2]) && IS_NOT(&flex->links[4], struct link[2]));
  CHECK(IS(flex, int) && IS_NOT(flex, struct link) && IS_NOT(&flex->links[1], struct flex));
  CHECK(IS(head, struct head) && IS(pair, struct head) && IS(&pair->node, struct node) && IS_NOT(head, struct node));
  CHECK(IS(single, struct node) && alloc_add_type(single, alloc_typeof(struct same)) == ALLOC_OK);
  CHECK(IS(single, struct node) && IS(single, struct same) && IS_NOT(single, struct flex));
  free(freed);
  CHECK(IS_UNKNOWN(freed, char) && IS_UNKNOWN(malloc(0), struct node));
  CHECK(IS(bytes, char) && IS_NOT(bytes, int));
}

static __attribute__((noinline)) void *untyped(int n) { return malloc(n); }

static void unknown(void) {
  char *p = sink = untyped((int)five * 8);
  CHECK(IS_UNKNOWN(p, struct node) && IS_UNKNOWN(p + 8, int) && IS_UNKNOWN(NULL, struct node) && IS_UNKNOWN((void *)16, int));
  void *pages = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(IS_UNKNOWN(pages, int) && !munmap(pages, 4096) && IS_UNKNOWN(pages, int));
  CHECK(alloc_is_a(&one, NULL) == ALLOC_MAYBE);
  CHECK(alloc_set_type(p, uniqtype_unbounded_array(alloc_typeof(long))) == ALLOC_OK && IS(p + 8, long) && IS_NOT(p + 4, long));
}

static __attribute__((noinline)) void in_frame(int n) {
  struct node local, locals[2];
  struct flex *block = __builtin_alloca(sizeof *block + (unsigned)n * sizeof *block->links);
  struct node vla[n];
  sink = &local, sink = locals, sink = block, sink = vla;
  check_node(&local), check_node(&locals[1]), check_node(&vla[n - 1]);
  CHECK(IS(block, struct flex) && IS(&block->links[n - 1], struct link) && IS_NOT(&block->links[n - 1], int));
  CHECK(!IS(__builtin_frame_address(0), struct node)); /* what is kept there is nobody's */
}

static int handled;
static void handle(int number) {
  (void)number;
  errno = 66;
  check_node(&one), check_node(&of_thread);
  handled = errno == 66;
}

static void *in_thread(void *arg) {
  struct node local;
  sink = &local;
  check_node(&of_thread), check_node(&local), check_node(arg), in_frame(2);
  raise(SIGUSR1);
  return NULL;
}

int main(int argc, char **argv) {
  (void)argc;
  pthread_t thread;
  check_node(&one), check_node(&table[2]), check_node(&of_thread), in_heap(), unknown(), in_frame(3);
  CHECK(IS(&fixed, struct flex) && IS(&fixed.links[1], struct link) && IS_NOT(&fixed.links[1], struct flex));
  CHECK(IS((void *)in_heap, void(void)) && IS_NOT((void *)in_heap, int(void)) && IS_NOT((char *)in_heap + 1, void(void)));
  CHECK(IS("text", char) && IS(&"text"[1], char[4]) && IS_NOT("text", struct node) && IS(argv, char *) && IS_NOT(argv, int *));
  /* What a program keeps in an array of characters is characters. */
  static _Alignas(16) char room[sizeof(struct node)];
  sink = room;
  CHECK(IS_NOT(room, struct node) && IS(room, char));
  /* Of a tag that is not complete here: none of these is one. */
  CHECK(IS_NOT(&one, struct opaque));
  signal(SIGUSR1, handle);
  CHECK(!pthread_create(&thread, NULL, in_thread, &table[1]) && !pthread_join(thread, NULL) && handled);
  return check_failed;
}
