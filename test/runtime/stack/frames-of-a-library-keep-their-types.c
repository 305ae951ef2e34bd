// Locals of a library's function are answered for while it runs, and equal frames of two images have one type.
// RUN: %allocs-cc -O2 -DLIBRARY -shared -fPIC %s -o %t.so
// RUN: %allocs-cc -O2 %s -o %t -ldl && %t %t.so

#include <allocs.h>

struct shared {
  int a[3];
};
static const struct uniqtype *ask(const void *p) { return alloc_get_type(p); }

__attribute__((noinline)) static const struct uniqtype *twin(const void **inner) {
  struct shared local = {{1, 2, 3}};
  const struct uniqtype *type = ask(&local);
  *inner = alloc_get_inner_type(&local.a[1], 2);
  return type;
}

#ifdef LIBRARY
const struct uniqtype *library_twin(const void **inner) { return twin(inner); }
#else
#include "../../unit/check.h"
#include <dlfcn.h>

int main(int argc, char **argv) {
  const void *inner;
  const struct uniqtype *mine = twin(&inner), *again = NULL;
  CHECK(argc == 2);
  CHECK_STRING(UNIQTYPE_NAME(mine), "__FRAME_twin");
  CHECK(inner == alloc_typeof(struct shared));
  for (int i = 0; i < 3; i++) {
    void *library = dlopen(argv[1], RTLD_NOW);
    const struct uniqtype *(*theirs)(const void **) =
        (const struct uniqtype *(*)(const void **))dlsym(library, "library_twin");
    again = theirs(&inner);
    dlclose(library);
    CHECK(again == mine);
    CHECK(inner == alloc_typeof(struct shared));
  }
  return check_failed;
}
#endif
