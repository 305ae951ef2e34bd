// After a longjmp() out of a C library function that allocates, what calls without a site allocate has that call's; others have their own.
// RUN: %allocs-cc -O1 %s -o %t && %t

#define _GNU_SOURCE
#include "../unit/check.h"
#include <allocs.h>
#include <setjmp.h>
#include <stdio.h>

static jmp_buf out;

static ssize_t jump(void *cookie, char *buffer, size_t size) {
  (void)cookie, (void)buffer, (void)size;
  longjmp(out, 1);
}

int main(void) {
  struct alloc_site_info site;
  void *(*volatile through)(size_t) = malloc;
  void *before = through(8);
  CHECK(alloc_get_site_info(before, &site) == ALLOC_NO_SITE);
  FILE *file = fopencookie(NULL, "r", (cookie_io_functions_t){.read = jump});
  char *line = NULL;
  size_t size = 0;
  if (!setjmp(out))
    CHECK(getdelim(&line, &size, ';', file) < 0);
  void *after = through(8);
  CHECK(alloc_get_site_info(after, &site) == ALLOC_OK && !strcmp(site.callee, "getdelim"));
  char *copy = strdup("x");
  after = through(8);
  CHECK(alloc_get_site_info(copy, &site) == ALLOC_OK && !strcmp(site.callee, "strdup"));
  CHECK(alloc_get_site_info(after, &site) == ALLOC_OK && !strcmp(site.callee, "getdelim"));
  return check_failed;
}
