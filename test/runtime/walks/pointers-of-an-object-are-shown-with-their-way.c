// Each pointer of an object is shown once, with its type and way: flexible tails to the end of the block, each arm of a union marked, locals of a frame; what has no type is shown as bytes.
// RUN: %allocs-cc -O0 -Wall -Wextra -Werror -I%src/test/unit %s -pthread -o %t && %t
// RUN: %allocs-cc -O2 -static -Wall -Wextra -Werror -I%src/test/unit %s -pthread -o %t.static && %t.static
// RUN: %allocs-cc -O2 -fPIE -pie -Wall -Wextra -Werror -I%src/test/unit %s -pthread -o %t.pie && %t.pie

#include "check.h"
#include <allocs.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

struct node { int n; struct node *next; };
struct list { struct node head; char name[100]; void (*visit)(struct node *); struct node *const *const others[2]; };
struct flex { long n; struct { char *key; long value; } entries[]; };
struct __attribute__((packed)) tight { char c; void *p; };
struct either { int tag; union { struct node *node; long number; struct { double d; char *text; } pair; } u; };
struct only { union { struct node *node; } u; };
struct plain { int n; struct { double x[3]; } points[1000]; };
struct head { struct node *owner; };
static struct list list;
static _Thread_local struct either of_thread;
static struct plain plain[1000];
static struct { char *volatile first; struct plain plain[3]; char *last; } between;
static void *volatile sink;
static volatile unsigned long three = 3;
static char told[2000];
static const char *base;

static int tell(const struct alloc_pointer *pointer, void *arg) {
  char path[100], type[100], *end = told + strlen(told);
  (void)arg;
  CHECK(pointer->n_path && pointer->path[pointer->n_path - 1].offset == (unsigned long)((char *)pointer->at - (char *)pointer->in->base));
  snprintf(end, sizeof told - (size_t)(end - told), "%s+%td %s%s %lu", *told ? "; " : "", (char *)pointer->at - base,
           alloc_pointer_path(pointer, path, sizeof path), pointer->flags & ALLOC_POINTER_SHARED ? "?" : "", pointer->size);
  if (pointer->type)
    snprintf(end + strlen(end), 100, " %s", uniqtype_c_name(pointer->type, type, sizeof type));
  return ALLOC_WALK_ON;
}

static const char *pointers_of(const void *p) {
  struct alloc_pos pos;
  told[0] = '\0';
  CHECK(alloc_get_pos(p, &pos) == ALLOC_OK);
  base = pos.base;
  errno = 55;
  CHECK(alloc_walk_pointers(&pos, tell, NULL) == ALLOC_WALK_ON && errno == 55);
  return told;
}

static int count(const struct alloc_pointer *pointer, void *arg) { return (void)pointer, ++*(int *)arg == 3 ? ALLOC_WALK_STOP : ALLOC_WALK_SKIP; }

static void statics(void) {
  sink = &between;
  CHECK_STRING(pointers_of(&list), "+8 .head.next 8 struct node *; +120 .visit 8 void (*)(struct node *); +128 .others[0] 8 struct node **; +136 .others[1] 8 struct node **");
  CHECK_STRING(pointers_of(&of_thread), "+8 .u.node? 8 struct node *; +16 .u.pair.text? 8 char *");
  CHECK_STRING(pointers_of(&plain), "");
  CHECK_STRING(pointers_of((void *)statics), "");
  CHECK_STRING(pointers_of(&between), "+0 .first 8 char *; +72032 .last 8 char *");
}

static __attribute__((noinline)) void *untyped(unsigned long n) { return malloc(n); }

static void blocks(void) {
  struct node *nodes = malloc(three * sizeof *nodes), **array = malloc(three * sizeof *array);
  struct flex *flex = malloc(sizeof *flex + 2 * sizeof *flex->entries);
  struct tight *tight = malloc(sizeof *tight);
  struct only *only = malloc(sizeof *only);
  struct { struct head head; char rest[7]; } *with_text = malloc(sizeof *with_text);
  CHECK_STRING(pointers_of(&nodes[1]), "+8 [0].next 8 struct node *; +24 [1].next 8 struct node *; +40 [2].next 8 struct node *");
  CHECK_STRING(pointers_of(array), "+0 [0] 8 struct node *; +8 [1] 8 struct node *; +16 [2] 8 struct node *");
  CHECK_STRING(pointers_of(flex), "+8 .entries[0].key 8 char *; +24 .entries[1].key 8 char *");
  CHECK_STRING(pointers_of(tight), "+1 .p 8 void *");
  CHECK_STRING(pointers_of(only), "+0 .u.node 8 struct node *");
  CHECK_STRING(pointers_of(with_text), "+0 .head.owner 8 struct node *");
  CHECK_STRING(pointers_of(sink = untyped(24)), "+0  24");
  struct head *head = sink = malloc(sizeof *head + three * 10);
  CHECK_STRING(pointers_of(head), "+0 .owner 8 struct node *; +8  30");
  struct node **single = malloc(sizeof *single);
  CHECK_STRING(pointers_of(single), "+0  8 struct node *");
  int n = 0;
  struct alloc_pos pos, chain[8];
  CHECK(alloc_get_pos(nodes, &pos) == ALLOC_OK && alloc_walk_pointers(&pos, count, &n) == ALLOC_WALK_STOP && n == 3);
  /* A part of an object alone. */
  CHECK(alloc_get_leaf_chain(&flex->entries[1].value, chain, 8) == 4 && chain[1].level == ALLOC_LEVEL_SUBOBJECT);
  told[0] = '\0', base = (char *)flex;
  CHECK(alloc_walk_pointers(&chain[1], tell, NULL) == ALLOC_WALK_ON);
  CHECK_STRING(told, "+24 .key 8 char *");
}

static __attribute__((noinline)) void frame(int n) {
  struct node local = {n, &local}, *pointer = &local;
  struct { int i; struct node *volatile p; } locals[2] = {{n, &local}};
  sink = &pointer, sink = locals;
  const char *all = pointers_of(&local);
  CHECK(strstr(all, " .local.next 8 struct node *") && strstr(all, " .pointer 8 struct node *"));
  CHECK(strstr(all, " .locals[0].p 8 struct node *") && strstr(all, " .locals[1].p 8 struct node *") && !strchr(all, '?'));
  sink = pointer;
}

/* Two ways in each of thirty unions: too many to go them all, and it ends. */
#define U(n, m) union u##n { union u##m a, b; };
union u0 { int i; float f; };
U(1, 0) U(2, 1) U(3, 2) U(4, 3) U(5, 4) U(6, 5) U(7, 6) U(8, 7) U(9, 8) U(10, 9) U(11, 10) U(12, 11) U(13, 12) U(14, 13)
U(15, 14) U(16, 15) U(17, 16) U(18, 17) U(19, 18) U(20, 19) U(21, 20) U(22, 21) U(23, 22) U(24, 23) U(25, 24) U(26, 25)
U(27, 26) U(28, 27) U(29, 28) U(30, 29)
static union u30 ways;
static int see_bytes(const struct alloc_pointer *pointer, void *arg) {
  CHECK(!pointer->type && pointer->size == 4 && pointer->flags & ALLOC_POINTER_SHARED);
  return ++*(int *)arg, ALLOC_WALK_ON;
}

static void many_ways(void) {
  struct alloc_pos pos;
  int n = 0;
  CHECK(alloc_get_pos(&ways, &pos) == ALLOC_OK && pos.type == alloc_typeof(union u30));
  CHECK(alloc_walk_pointers(&pos, see_bytes, &n) == ALLOC_WALK_ON && n > 0 && n < 100);
}

/* A position as a frame gives it, in which locals share a slot. */
static void shared_slots(void) {
  const struct uniqtype *pointer = alloc_typeof(char *), *integer = alloc_typeof(long);
  struct uniqtype_member locals[] = {{pointer, "a", NULL, 0}, {integer, "b", NULL, 0}, {pointer, "c", NULL, 8}, {pointer, "d", NULL, 16}, {alloc_typeof(int), "e", NULL, 20}};
  struct alloc_pos pos = {.allocator = &alloc_stackframe, .base = &list, .size = 24, .type = uniqtype_struct("shared", 24, locals, 5)};
  told[0] = '\0', base = (char *)&list;
  CHECK(alloc_walk_pointers(&pos, tell, NULL) == ALLOC_WALK_ON);
  CHECK_STRING(told, "+0 .a? 8 char *; +8 .c 8 char *; +16 .d? 8 char *");
}

/* What holds none takes no time, however much there is. */
static void much_without(void) {
  struct alloc_pos pos = {.allocator = &alloc_mmap, .base = &list, .size = sizeof(struct plain) << 30, .type = uniqtype_unbounded_array(alloc_typeof(struct plain))};
  told[0] = '\0';
  CHECK(alloc_walk_pointers(&pos, tell, NULL) == ALLOC_WALK_ON && !*told);
}

static void handle(int number) { (void)number, CHECK_STRING(pointers_of(&of_thread), "+8 .u.node? 8 struct node *; +16 .u.pair.text? 8 char *"); }

static void *in_thread(void *arg) {
  enum { STACK = 24 << 10 };
  char *pages = mmap(NULL, STACK + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(pages + 4096, STACK, PROT_READ | PROT_WRITE);
  CHECK(!sigaltstack(&(stack_t){.ss_sp = pages + 4096, .ss_size = STACK}, NULL));
  sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handle, .sa_flags = SA_ONSTACK}, NULL);
  raise(SIGUSR1);
  frame(4), blocks();
  return arg;
}

int main(void) {
  pthread_t thread;
  statics(), blocks(), frame(3), many_ways(), shared_slots(), much_without();
  CHECK(!pthread_create(&thread, NULL, in_thread, NULL) && !pthread_join(thread, NULL));
  return check_failed;
}
