// A variable that the linker copied from a library into the executable has the type that the library's record tells.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -fno-pie -no-pie -I%src/test/unit %s %t.so -o %t && %t
// RUN: llvm-readelf -r %t | grep -q "R_X86_64_COPY .* exported"

#ifdef LIBRARY
struct pair {
  long a, b;
};
struct pair exported[3] = {{1, 2}};
#else
#include "check.h"
#include <allocs.h>

struct pair;
extern char exported[48];

int main(void) {
  char line[200];
  struct alloc_site_info info;
  CHECK(alloc_get_base(exported + 20) == exported && alloc_get_size(exported) == 48);
  CHECK_STRING(UNIQTYPE_NAME(alloc_get_type(exported)), "__ARR3_pair");
  CHECK(strstr(alloc_describe(exported + 24, line, sizeof line), "struct pair[3] exported") != NULL);
  CHECK(strstr(line, "[1].b (long)") != NULL);
  CHECK(alloc_get_site_info(exported, &info) == ALLOC_OK && info.line == 10);
  return check_failed;
}
#endif
