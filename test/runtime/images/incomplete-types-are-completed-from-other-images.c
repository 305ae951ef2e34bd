// A struct that one image only declares is the one complete type of that tag in the process; of two, it is neither.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -DLIBRARY -DOTHER -fPIC -shared %s -o %t.other.so
// RUN: %allocs-cc -I%src/test/unit %s %t.so -o %t && %t
// RUN: %allocs-cc -DBOTH -I%src/test/unit %s %t.so -Wl,--no-as-needed %t.other.so -o %t && %t

#ifdef LIBRARY
#ifndef OTHER
#define thing library_thing
#endif
struct opaque {
  int n;
#ifdef OTHER
  int m;
#endif
};
struct opaque thing;
#else
#include "check.h"
#include <allocs.h>

struct opaque;
extern char library_thing[];
struct opaque *handle;

int main(void) {
  const struct uniqtype *ours = UNIQTYPE_POINTEE_TYPE(alloc_get_type(&handle));
  const struct uniqtype *theirs = alloc_get_type(library_thing);
  CHECK_STRING(UNIQTYPE_NAME(ours), "opaque");
#ifdef BOTH
  CHECK(ours != theirs && UNIQTYPE_IS_INCOMPLETE(ours));
#else
  CHECK(ours == theirs && !UNIQTYPE_IS_INCOMPLETE(ours));
#endif
  return check_failed;
}
#endif
