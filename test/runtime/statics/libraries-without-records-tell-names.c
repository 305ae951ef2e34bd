// Of a library built without the plugin, exported variables and functions tell name and exact size, and bytes for a type.
// RUN: %clang -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -I%src/test/unit %s %t.so -o %t && %t

#ifdef LIBRARY
struct pair {
  long a, b;
};
struct pair exported[3] = {{1, 2}};
__attribute__((visibility("hidden"))) long hidden[64] = {1};
long *where_hidden(void) { return hidden; }
struct pair *where_exported(void) { return exported; }
#else
#include "check.h"
#include <allocs.h>

extern long *where_hidden(void);
extern char *where_exported(void);

int main(void) {
  char name[32];
  CHECK_STRING(alloc_get_allocator(where_exported())->name, "static");
  CHECK(alloc_get_base(where_exported() + 47) == where_exported() && alloc_get_size(where_exported()) == 48);
  CHECK_STRING(alloc_get_name(where_exported(), name, sizeof name), "exported");
  CHECK_STRING(UNIQTYPE_NAME(alloc_get_type(where_exported())), "__ARR48___uninterpreted_byte");
  CHECK(alloc_get_base(where_exported() + 48) != where_exported());
  CHECK(alloc_get_base(&where_hidden()[5]) == where_hidden() && alloc_get_name(where_hidden(), name, sizeof name));
  CHECK(alloc_get_name((void *)where_hidden, name, sizeof name) && alloc_get_size((void *)where_hidden) > 0);
  return check_failed;
}
#endif
