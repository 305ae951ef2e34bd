// A caller's locals are found from callbacks through libc and through libraries without frame pointers, whoever built them.
// RUN: %clang -DLIBRARY -O2 -fomit-frame-pointer -fPIC -shared %s -o %t.1.so
// RUN: %allocs-cc -O0 -pthread %s %t.1.so -o %t && %t
// RUN: %allocs-cc -O2 -pthread %s %t.1.so -o %t && %t
// RUN: %clang -DLIBRARY -O0 -c %s -o %t.2.o
// RUN: %allocs-cc -O2 -pthread %s %t.2.o -o %t && %t
// RUN: %allocs-cc -DLIBRARY -O2 -c %s -o %t.3.o
// RUN: %allocs-cc -O2 -pthread %s %t.3.o -o %t && %t
// RUN: %if gcc %{ gcc -DLIBRARY -O2 -fomit-frame-pointer -fPIC -shared %s -o %t.4.so %}
// RUN: %if gcc %{ %allocs-cc -O2 -pthread %s %t.4.so -o %t && %t %}
// RUN: %if gcc %{ gcc -DLIBRARY -O3 -mavx2 -fno-asynchronous-unwind-tables -fexceptions -c %s -o %t.5.o %}
// RUN: %if gcc %{ %allocs-cc -O2 -pthread %s %t.5.o -o %t && %t %}

#define _GNU_SOURCE
typedef void callback(void *);

#ifdef LIBRARY
struct big {
  long words[40];
};
void through(int n, callback *then, void *arg, struct big by_value);

static __attribute__((noinline)) long busy(int n, callback *then, void *arg) {
  volatile long array[n + 1]; /* rsp moves by as much as only rbp or a register tells */
  for (int i = 0; i <= n; i++)
    array[i] = i;
  struct big big = {{n}};
  if (n)
    through(n - 1, then, arg, big);
  else
    then(arg);
  return array[n / 2];
}

/* A realigned frame. */
void through(int n, callback *then, void *arg, struct big by_value) {
  _Alignas(64) volatile char aligned[64] = {(char)by_value.words[3]};
  aligned[n & 63] = (char)busy(n, then, arg);
}
#else
#include "../../unit/check.h"
#include <allocs.h>
#include <ftw.h>
#include <glob.h>
#include <pthread.h>
#include <search.h>

struct big {
  long words[40];
};
void through(int n, callback *then, void *arg, struct big by_value);

static short *theirs;
static const char *frame;
static unsigned asked;

static void look(void) {
  struct alloc_info info;
  char name[16];
  double own = 1;
  CHECK(alloc_get_innermost_type(&own) == alloc_typeof(double));
  CHECK(alloc_get_info(theirs, &info) == ALLOC_OK);
  CHECK(info.allocator == &alloc_stackframe);
  CHECK_STRING(UNIQTYPE_NAME(info.type), frame);
  CHECK_STRING(alloc_get_name(theirs, name, sizeof name), "local");
  CHECK(alloc_get_innermost_type(theirs) == alloc_typeof(short));
  asked++;
}

static void in_callback(void *arg) {
  CHECK(arg == theirs);
  look();
}
static int in_comparison(const void *a, const void *b) {
  look();
  return a < b ? -1 : 1;
}
static int in_walk(const char *path, const struct stat *status, int flags, struct FTW *where) {
  (void)path, (void)status, (void)flags, (void)where;
  look();
  return 1;
}
static void in_once(void) { look(); }
static void in_tree(const void *node, VISIT order, int level) {
  (void)node, (void)order, (void)level;
  look();
}
static int in_glob(const char *path, int error) {
  (void)path, (void)error;
  look();
  return 1;
}
static void *in_thread(void *arg) {
  short local = 1;
  theirs = &local;
  frame = "__FRAME_in_thread";
  through(2, in_callback, &local, (struct big){{1}});
  return arg;
}
static void at_exit(void) {
  short local = 1;
  theirs = &local;
  frame = "__FRAME_at_exit";
  through(2, in_callback, &local, (struct big){{1}});
  if (check_failed)
    _Exit(1);
}

int main(void) {
  pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_t other;
  short local = 1;
  long key = 1, keys[4] = {0};
  void *root = NULL;
  glob_t found;
  theirs = &local;
  frame = "__FRAME_main";
  through(0, in_callback, &local, (struct big){{1}});
  through(30, in_callback, &local, (struct big){{1}});
  bsearch(&key, keys, 4, sizeof key, in_comparison);
  nftw("/", in_walk, 4, FTW_PHYS);
  pthread_once(&once, in_once);
  tsearch(&key, &root, in_comparison);
  tsearch(&keys[0], &root, in_comparison);
  twalk(root, in_tree);
  glob("/proc/self/maps/*/x", 0, in_glob, &found);
  CHECK(asked >= 7);
  atexit(at_exit);
  pthread_create(&other, NULL, in_thread, NULL);
  pthread_join(other, NULL);
  return check_failed;
}
#endif
