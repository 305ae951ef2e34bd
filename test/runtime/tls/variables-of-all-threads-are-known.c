// Thread-local variables of the executable and of a library opened later have type and name in every thread, and are never made by asking.
// RUN: %allocs-cc -O1 -fPIC -shared %S/Inputs/library.c -o %t.so
// RUN: %clang -O1 -fPIC -shared %S/Inputs/library.c -o %t-plain.so
// RUN: %allocs-cc -I%src/test/unit -O0 -pthread %s -o %t && %t %t.so && %t %t-plain.so plain
// RUN: %allocs-cc -I%src/test/unit -O2 -pthread %s -o %t && %t %t.so
// RUN: %allocs-cc -I%src/test/unit -O2 -pthread -static -DSTATIC %s -o %t && %t
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <string.h>

struct pair { int a, b[3]; };
_Thread_local struct pair global = {1, {2, 3, 4}};
static _Thread_local double file_wide[3];
static pthread_barrier_t barrier;
static void *(*variable)(void), *(*hidden)(void);
static int is_plain;

struct seen { void *global, *file_wide, *inner, *error, *variable, *hidden; };

static void look(struct seen *seen) {
  static _Thread_local char inner[9];
  *seen = (struct seen){&global, file_wide, inner, &errno, variable ? variable() : NULL, hidden ? hidden() : NULL};
}

static void check_one(void *at, size_t size, const char *name, const struct uniqtype *type) {
  struct alloc_info info;
  char text[100];
  CHECK(alloc_get_info((char *)at + size - 1, &info) == ALLOC_OK && info.allocator == &alloc_tls);
  CHECK(info.base == at && info.size == size && (!type || info.type == type));
  CHECK_STRING(alloc_get_name(at, text, sizeof text), name);
  CHECK(alloc_get_info((char *)at + size, &info) != ALLOC_OK || info.base != at || info.size != size);
}

static void check_all(const struct seen *seen) {
  struct alloc_pos chain[16];
  unsigned n;
  check_one(seen->global, sizeof(struct pair), "global", alloc_typeof(struct pair));
  check_one(seen->file_wide, 3 * sizeof(double), "file_wide", alloc_typeof(double[3]));
  check_one(seen->inner, 9, "inner", alloc_typeof(char[9]));
  CHECK(alloc_get_innermost_type(&((struct pair *)seen->global)->b[1]) == alloc_typeof(int));
#ifndef STATIC
  check_one(seen->error, sizeof(int), "errno", NULL);
#endif
  if (seen->variable)
    check_one(seen->variable, 32, "of_library", is_plain ? NULL : uniqtype_by_name("in_library"));
  if (seen->hidden && !is_plain)
    check_one(seen->hidden, 10, "hidden", alloc_typeof(short[5]));
  n = alloc_get_chain(seen->global, chain, 16);
  CHECK(n > 2 && chain[n - 1].allocator == &alloc_mmap);
  CHECK(chain[n - 2].allocator == &alloc_tls_block || chain[n - 3].allocator == &alloc_tls_block);
}

static void *run(void *arg) {
  pthread_barrier_wait(&barrier); /* the library is opened while this thread runs */
  pthread_barrier_wait(&barrier);
  look(arg);
  pthread_barrier_wait(&barrier); /* nobody has asked about the library's yet */
  pthread_barrier_wait(&barrier);
  check_all(arg);
  return NULL;
}

int main(int argc, char **argv) {
  struct seen mine, theirs;
  pthread_t thread;
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&thread, NULL, run, &theirs);
  pthread_barrier_wait(&barrier);
#ifndef STATIC
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  *(void **)&variable = dlsym(library, "library_variable");
  *(void **)&hidden = dlsym(library, "library_hidden");
#endif
  is_plain = argc > 2 && argv[2];
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  size_t before = mallinfo2().uordblks;
  CHECK(theirs.global != &global);
  check_all(&theirs); /* this thread has no block of the library yet */
  CHECK(is_plain || mallinfo2().uordblks == before);
  look(&mine);
  check_all(&mine);
  check_all(&theirs);
  pthread_barrier_wait(&barrier);
  pthread_join(thread, NULL);
  CHECK(alloc_get_allocator(theirs.global) != &alloc_tls && alloc_get_allocator(theirs.inner) != &alloc_tls);
#ifndef STATIC
  CHECK(dlclose(library) == 0 && alloc_get_allocator(mine.variable) != &alloc_tls);
#endif
  return check_failed;
}
