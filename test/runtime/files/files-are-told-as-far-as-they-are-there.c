// Of a library without records: all symbols; stripped, what it exports, and sections; without section headers, deleted or replaced on disk, what it exports, and segments.
// RUN: %clang -DLIBRARY -O0 -fPIC -shared %s -o %t.so && %clang -DLIBRARY -DOTHER -O0 -fPIC -shared %s -o %t.other
// RUN: llvm-strip %t.so -o %t.stripped.so && %python %S/Inputs/headless.py %t.so %t.headless.so
// RUN: cp %t.so %t.deleted.so && cp %t.so %t.replaced.so && cp %t.so %t.known.so
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t
// RUN: %t %t.so static static keep && %t %t.stripped.so static-section static-section keep
// RUN: %t %t.headless.so static-segment static-segment keep
// RUN: %t %t.deleted.so static-segment static-segment delete && %t %t.replaced.so static-segment static-segment %t.other
// RUN: cp %t.so %t.known.so && %t %t.known.so static static delete-after
#ifdef LIBRARY
#ifdef OTHER
static char other[4000];
#endif
static int hidden[10];
int shown[5] = {1};
static int function(int x) { return hidden[x]; }
int *get_hidden(void) { return hidden; }
void *get_function(void) { return (void *)function; }
#ifdef OTHER
void *get_other(void) { return other; }
#endif
#else
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

static void check(void *p, const char *kind, const char *name) {
  struct alloc_info info;
  struct alloc_pos chain[8];
  char got[100];
  CHECK(alloc_get_info(p, &info) == ALLOC_OK);
  CHECK_STRING(info.allocator->name, kind);
  unsigned n = alloc_get_chain(p, chain, 8);
  CHECK(n >= 3 && n <= 8 && chain[n - 1].allocator == &alloc_mmap && chain[n - 2].allocator == &alloc_static_file);
  CHECK(n >= 3 && chain[n - 3].allocator == &alloc_static_segment);
  if (!strcmp(kind, "static"))
    CHECK_STRING(alloc_get_name(p, got, sizeof got), name);
}

static void check_all(void *library, const char *data, const char *code) {
  int *(*get_hidden)(void);
  void *(*get_function)(void);
  *(void **)&get_hidden = dlsym(library, "get_hidden");
  *(void **)&get_function = dlsym(library, "get_function");
  check(&get_hidden()[9], data, "hidden");
  check(get_function(), code, "function");
  check((char *)dlsym(library, "shown") + 19, "static", "shown");
  check((void *)get_hidden, "static", "get_hidden");
}

int main(int argc, char **argv) {
  CHECK(argc == 5);
  void *library = dlopen(argv[1], RTLD_NOW);
  const char *how = argv[4];
  if (!strcmp(how, "delete-after"))
    check_all(library, argv[2], argv[3]);
  if (!strncmp(how, "delete", 6))
    CHECK(unlink(argv[1]) == 0);
  else if (strcmp(how, "keep") != 0)
    CHECK(rename(how, argv[1]) == 0);
  check_all(library, argv[2], argv[3]);
  return check_failed;
}
#endif
