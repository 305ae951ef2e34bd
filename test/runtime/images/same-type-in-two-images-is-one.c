// A type that two images describe is one pointer, also when the library is opened later with RTLD_LOCAL.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -I%src/test/unit %s -o %t && %t %t.so

struct node {
  struct node *next;
  char name[12];
};
#ifdef LIBRARY
struct node in_library[2];
#else
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>

static struct node ours[2];

int main(int argc, char **argv) {
  const struct uniqtype *type = alloc_get_type(ours);
  void *library = dlopen(argv[argc - 1], RTLD_NOW | RTLD_LOCAL);
  CHECK(alloc_get_type(dlsym(library, "in_library")) == type);
  dlclose(library);
  CHECK(alloc_get_type(ours) == type);
  return check_failed;
}
#endif
