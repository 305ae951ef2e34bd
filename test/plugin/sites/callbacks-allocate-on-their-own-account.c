// What is allocated while a library function that allocates runs has the site of its own call, or none: not that function's.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// RUN: %allocs-cc -O2 -static %s -o %t && %t
// RUN: %allocs-cc -O2 -flto -fuse-ld=lld %s -o %t && %t

#define _GNU_SOURCE
#include "../../unit/check.h"
#include <allocs.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

struct node { long a; double b; };
static void *(*volatile any)(size_t) = malloc;
static __attribute__((noinline)) void *through(int n) { return any((size_t)n); } /* no site */
static char *buffer;                               /* that getline() reads into */
static size_t size;

static int is(const void *block, const char *type, const char *callee, const char *function) {
  struct alloc_site_info site = {0};
  char text[100];
  return alloc_get_site_info(block, &site) == ALLOC_OK && !strcmp(site.callee, callee) &&
         !strcmp(site.function, function) && !strcmp(uniqtype_c_name(alloc_get_type(block), text, sizeof text), type);
}

static int is_bytes(const void *block, unsigned long wanted) {
  struct alloc_site_info site;
  char text[100], bytes[100];
  snprintf(bytes, sizeof bytes, "__uninterpreted_byte[%lu]", wanted);
  return alloc_get_site_info(block, &site) == ALLOC_NO_SITE && alloc_get_size(block) == wanted &&
         !strcmp(uniqtype_c_name(alloc_get_type(block), text, sizeof text), bytes);
}

/* What the reader of a stream does while getline() waits for it */
static void (*within)(void);
static unsigned n_within;
static ssize_t reader(void *cookie, char *to, size_t room) {
  (void)cookie;
  n_within++;
  if (within)
    within();
  return room < 3 ? -1 : (memcpy(to, "ab\n", 3), 3);
}
static FILE *stream(void) {
  FILE *made = fopencookie(NULL, "r", (cookie_io_functions_t){.read = reader});
  return made ? made : (perror("fopencookie"), exit(1), made);
}
static void read_line(void (*callback)(void)) {
  unsigned before = n_within;
  FILE *file = stream();
  free(buffer);
  buffer = NULL;
  within = callback;
  CHECK(getline(&buffer, &size, file) == 3 && !strcmp(buffer, "ab\n") && n_within > before);
  CHECK(is(buffer, "char[120]", "getline", "read_line"));
  within = NULL;
  fclose(file);
}

static void *blocks[6];
static FILE *opened;
static char *inner;
static void allocate(void) {
  blocks[0] = malloc(77);
  blocks[1] = malloc(3 * sizeof(struct node));
  blocks[2] = calloc(1, 77);
  blocks[3] = realloc(NULL, 77);
  blocks[4] = through(77);
  blocks[5] = strdup("five");
  CHECK(is(blocks[0], "__uninterpreted_byte[77]", "malloc", "allocate"));
  CHECK(is(blocks[1], "struct node[3]", "malloc", "allocate"));
  CHECK(is(blocks[2], "__uninterpreted_byte[77]", "calloc", "allocate"));
  CHECK(is(blocks[3], "__uninterpreted_byte[77]", "realloc", "allocate"));
  CHECK(is_bytes(blocks[4], 77));
  CHECK(is(blocks[5], "char[5]", "strdup", "allocate"));
  for (int i = 0; i < 6; i++)
    free(blocks[i]);
}
/* The C library allocates the stream, and its buffer later */
static void open_file(void) {
  struct alloc_site_info site;
  opened = fopen("/dev/zero", "r");
  CHECK(opened && getc(opened) == 0);
  CHECK(alloc_get_site_info(opened, &site) == ALLOC_NO_SITE && alloc_get_size(opened) >= sizeof(FILE));
  fclose(opened);
}
static void nest(void) {
  size_t room = 0;
  within = NULL;
  FILE *file = stream();
  CHECK(getdelim(&inner, &room, 'b', file) == 2 && is(inner, "char[120]", "getdelim", "nest"));
  CHECK(is_bytes(through(7), 7));
  fclose(file);
}

/* Left for good, or for a while */
static jmp_buf out;
static void jump(void) { longjmp(out, 1); }
static ucontext_t here, there;
static void leave(void) { swapcontext(&there, &here); }
static void coroutine(void) { read_line(leave); }
static void elsewhere(void) {
  CHECK(is_bytes(through(9), 9));
  void *typed = malloc(2 * sizeof(struct node)), *bytes = malloc(13);
  char *copy = strdup("x");
  CHECK(is(typed, "struct node[2]", "malloc", "elsewhere") && is(bytes, "__uninterpreted_byte[13]", "malloc", "elsewhere"));
  CHECK(is(copy, "char[2]", "strdup", "elsewhere"));
}
static void check_left(void) {
  static char stack[256 << 10];
  FILE *file = stream();
  char *volatile left = NULL;
  size_t room = 0;
  within = jump;
  if (!setjmp(out))
    CHECK(getline((char **)&left, &room, file) < 0);
  within = NULL;
  elsewhere();
  CHECK(left && is_bytes(left, 120)); /* nothing came back that could be told of */
  CHECK(getcontext(&there) == 0);
  there.uc_stack.ss_sp = stack;
  there.uc_stack.ss_size = sizeof stack;
  there.uc_link = &here;
  makecontext(&there, coroutine, 0);
  CHECK(swapcontext(&here, &there) == 0);
  elsewhere();
  CHECK(buffer && is_bytes(buffer, 120)); /* not yet told of */
  CHECK(swapcontext(&here, &there) == 0);
  CHECK(is(buffer, "char[120]", "getline", "read_line"));
}

/* A handler, in the middle of strdup(), whose text lies on a page that cannot be read at first */
static char *page;
static void *handled[2];
static void handler(int number) {
  (void)number;
  mprotect(page, 4096, PROT_READ);
  handled[0] = through(21);
  handled[1] = malloc(22);
}
static void check_handler(void) {
  page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  strcpy(page, "interrupted");
  mprotect(page, 4096, PROT_NONE);
  signal(SIGSEGV, handler);
  char *copy = strdup(page);
  signal(SIGSEGV, SIG_DFL);
  CHECK(is(copy, "char[12]", "strdup", "check_handler"));
  CHECK(handled[0] && is_bytes(handled[0], 21) && is(handled[1], "__uninterpreted_byte[22]", "malloc", "handler"));
}

/* And one whose thread ends in it */
static void end(void) { pthread_exit(NULL); }
static void *thread(void *unused) {
  read_line(end);
  return unused;
}

int main(void) {
  read_line(NULL);
  read_line(allocate);
  CHECK(blocks[5]);
  read_line(open_file);
  CHECK(opened);
  read_line(nest);
  CHECK(inner);
  check_left();
  check_handler();
  pthread_t made;
  CHECK(!pthread_create(&made, NULL, thread, NULL) && !pthread_join(made, NULL));
  elsewhere();
  return check_failed;
}
