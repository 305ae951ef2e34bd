// A static or local asked about while the complete type of its tag cannot be found, in a destructor, has it once it can be.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -DCOMPLETE -c %s -o %t.complete.o
// RUN: %allocs-cc -I%src/test/unit %s %t.complete.o -o %t && %t %t.so
#include <allocs.h>

#ifdef LIBRARY
void (*at_end)(void);
__attribute__((destructor)) static void end(void) { at_end(); }
#elif defined COMPLETE
struct opaque {
  int n;
} thing;
#else
#include "check.h"
#include <dlfcn.h>

struct opaque;
static struct opaque *handle;
static struct opaque **local;
static int asked;

static void ask(void) {
  const struct uniqtype *type = alloc_get_type(&handle);
  CHECK(type && UNIQTYPE_IS_INCOMPLETE(UNIQTYPE_POINTEE_TYPE(type)) && alloc_get_innermost_type(local));
  asked++;
}

int main(int argc, char **argv) {
  struct opaque *here = handle;
  void *library = dlopen(argv[argc - 1], RTLD_NOW);
  void (**at_end)(void) = dlsym(library, "at_end");
  local = &here;
  *at_end = ask;
  dlclose(library);
  CHECK(asked == 1);
  const struct uniqtype *type = alloc_get_type(&handle);
  CHECK(!UNIQTYPE_IS_INCOMPLETE(UNIQTYPE_POINTEE_TYPE(type)));
  CHECK(alloc_get_innermost_type(&here) == type);
  return check_failed;
}
#endif
