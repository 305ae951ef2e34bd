// uniqtype_each shows each type of the file that an address lies in, once; of all files if there is none; and ends when it is told to.
// RUN: %allocs-cc -DLIBRARY -O1 -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -O1 -I%src/test/unit %s %t.so -o %t && %t

#include <allocs.h>
struct of_library {
  short s;
};
#ifdef LIBRARY
struct of_library library_object[3];
#else
#include "check.h"
struct of_program {
  struct of_program *next;
};
struct of_program program_object;
extern struct of_library library_object[];

static struct seen {
  const struct uniqtype *types[3000];
  unsigned n, program, library, stop;
} seen;

static int see(const struct uniqtype *type, void *arg) {
  struct seen *all = arg;
  for (unsigned i = 0; i < all->n; i++)
    CHECK(all->types[i] != type);
  if (all->n < 3000)
    all->types[all->n++] = type;
  all->program += !strcmp(UNIQTYPE_NAME(type), "of_program");
  all->library += !strcmp(UNIQTYPE_NAME(type), "of_library");
  return all->n == all->stop ? 7 : 0;
}

static int each(const void *address, unsigned stop) {
  memset(&seen, 0, sizeof seen);
  seen.stop = stop;
  return uniqtype_each(address, see, &seen);
}

int main(void) {
  const struct uniqtype *array = alloc_get_type(library_object);
  CHECK(!each(library_object, 0) && seen.library == 1 && seen.program == 0 && seen.n >= 3 && seen.n < 20);
  unsigned n = 0;
  for (unsigned i = 0; i < seen.n; i++)
    n += seen.types[i] == array || seen.types[i] == alloc_typeof(struct of_library) ||
         seen.types[i] == alloc_typeof(short);
  CHECK(n == 3);
  n = seen.n;
  for (unsigned stop = 1; stop <= n; stop++)
    CHECK(each(library_object, stop) == 7 && seen.n == stop);
  CHECK(!each(&program_object, 0) && seen.program == 1 && seen.n > 3);
  unsigned of_program = seen.n;
  CHECK(!each((void *)main, 0) && seen.n == of_program);
  CHECK(!each(NULL, 0) && seen.program == 1 && seen.library == 1 && seen.n >= of_program);
  CHECK(each(NULL, 2) == 7 && seen.n == 2);
  int local = 0;
  CHECK(!each(&local, 0) && seen.n == 0 && !each((void *)8, 0) && seen.n == 0);
  return check_failed;
}
#endif
