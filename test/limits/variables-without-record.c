// A common symbol of a shared library has a name and a size, and no type; the executable's has all.
// RUN: %allocs-cc -O1 -fPIC -fcommon -shared -DLIBRARY %s -o %t.so
// RUN: %allocs-cc -O1 -fcommon %s %t.so -o %t && %t

#ifdef LIBRARY
long of_library[5];
void *library(void);
void *library(void) { return of_library; }
#else
#include "../unit/check.h"
#include <allocs.h>

void *library(void);
long of_executable[5];

int main(void) {
  struct alloc_info info;
  char text[40];
  CHECK(alloc_get_info(library(), &info) == ALLOC_OK && info.allocator == &alloc_static && info.size == 40);
  CHECK(info.type != alloc_typeof(long[5]));
  CHECK_STRING(alloc_get_name(library(), text, sizeof text), "of_library");
  CHECK(alloc_get_type(of_executable) == alloc_typeof(long[5]));
  return check_failed;
}
#endif
