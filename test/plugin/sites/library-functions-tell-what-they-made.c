// A block that a library function made has its site and type; one that it only used, or did not make, has what it had.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// RUN: %allocs-cc -O2 -fexceptions %s -o %t && %t
// RUN: %allocs-cc -O2 -static %s -o %t && %t
// RUN: %allocs-cc -O2 -flto -fuse-ld=lld %s -o %t && %t
// RUN: %allocs-cc -O2 -flto=thin -fuse-ld=lld %s -o %t && %t

#define _GNU_SOURCE
#include "../../unit/check.h"
#include <allocs.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

struct node { long a; double b; };
static size_t n = 3;

static int is(const void *block, const char *type, const char *callee, unsigned line) {
  struct alloc_site_info site = {0};
  char text[100];
  return alloc_get_site_info(block, &site) == ALLOC_OK && site.line == line && !strcmp(site.callee, callee) &&
         !strcmp(uniqtype_c_name(alloc_get_type(block), text, sizeof text), type);
}
#define IS(block, type, callee) CHECK(is(block, type, callee, __LINE__ - 1))

static void check_returned(void) {
  void *p = aligned_alloc(64, n * sizeof(struct node));
  IS(p, "struct node[3]", "aligned_alloc");
  p = memalign(64, n * sizeof(struct node));
  IS(p, "struct node[3]", "memalign");
  p = memalign(64, n);
  IS(p, "__uninterpreted_byte[3]", "memalign");
  p = valloc(n * sizeof(struct node));
  IS(p, "struct node[3]", "valloc");
  p = pvalloc(sizeof(char[4096]));
  IS(p, "char[4096]", "pvalloc");
  p = strdup("text");
  IS(p, "char[5]", "strdup");
  p = strndup("text", n);
  IS(p, "char[4]", "strndup");
  p = wcsdup(L"text");
  IS(p, "int[5]", "wcsdup");
  p = realpath("/.", NULL);
  IS(p, "char[2]", "realpath");
  p = canonicalize_file_name("/.");
  IS(p, "char[2]", "canonicalize_file_name");
  CHECK(!chdir("/"));
  p = getcwd(NULL, 20);
  IS(p, "char[20]", "getcwd");
  p = getcwd(NULL, 0);
  IS(p, "char[2]", "getcwd");
  p = get_current_dir_name();
  IS(p, "char[2]", "get_current_dir_name");
  p = tempnam("/tmp", "x");
  CHECK(alloc_get_size(p) > 6);
}

static void check_reallocarray(void) {
  void *p = reallocarray(NULL, n, sizeof(struct node));
  IS(p, "struct node[3]", "reallocarray");
  size_t size = sizeof(struct node);
  p = reallocarray(p, n + 1, size * (n - 2));
  CHECK(alloc_get_size(p) == 64 && is(p, "struct node[4]", "reallocarray", __LINE__ - 1));
  void *none = reallocarray(p, SIZE_MAX, size);
  CHECK(!none && errno == ENOMEM && is(p, "struct node[4]", "reallocarray", __LINE__ - 3));
}

static int format(char **ret, const char *text, ...) {
  va_list arguments;
  va_start(arguments, text);
  enum { LINE = __LINE__ + 1 };
  int length = vasprintf(ret, text, arguments);
  CHECK(length < 0 || is(*ret, "char[6]", "vasprintf", LINE));
  va_end(arguments);
  return length;
}

static void check_stored(void) {
  void *p = NULL;
  char *s = NULL;
  CHECK(!posix_memalign(&p, 64, n * sizeof(struct node)));
  IS(p, "struct node[3]", "posix_memalign");
  CHECK(asprintf(&s, "%zu", n) == 1);
  IS(s, "char[2]", "asprintf");
  CHECK(format(&s, "%zu%s", n, "four") == 5);
}

/* What was there before keeps what it was: allocated here, told of there. */
static void check_failures(void) {
  struct node *node = malloc(n * sizeof *node);
  unsigned line = __LINE__ - 1;
  void *volatile p = node;
  CHECK(posix_memalign((void **)&p, 3, 10) == EINVAL && posix_memalign((void **)&p, 64, SIZE_MAX / 2) == ENOMEM);
  int (*volatile nowhere)(void) = NULL;
  void **none = (void **)(size_t)nowhere; /* read by none of them, so nor may we */
  CHECK(posix_memalign(none, 3, 10) == EINVAL);
  char *s = (char *)node;
  CHECK(asprintf(&s, "%*d%*d", INT_MAX, 1, INT_MAX, 2) < 0);
  CHECK(p == node && is(node, "struct node[3]", "malloc", line));
  CHECK(!realpath("/nowhere/at/all", NULL) && !getcwd((char *)node, 1) && errno == ERANGE);
  CHECK(is(node, "struct node[3]", "malloc", line));
}

static void check_given(void) {
  char *room = malloc(PATH_MAX * sizeof(char));
  unsigned line = __LINE__ - 1;
  char type[30];
  snprintf(type, sizeof type, "char[%d]", PATH_MAX);
  CHECK(realpath("/.", room) == room && getcwd(room, PATH_MAX) == room && is(room, type, "malloc", line));
}

static void check_lines(void) {
  char text[1000], *line = NULL, *none = NULL;
  size_t room, zero = 0;
  memset(text, 'x', sizeof text);
  text[100] = text[200] = text[950] = '\n';
  FILE *file = fmemopen(text, sizeof text, "r");
  CHECK(file && getline(NULL, &zero, file) == -1 && errno == EINVAL && getline(&line, NULL, file) == -1);
  clearerr(file); /* which newer libraries take these for */
  CHECK(!line && getline(&line, &room, file) == 101);
  IS(line, "char[120]", "getline");
  CHECK(getdelim(&line, &room, '\n', file) == 100 && is(line, "char[120]", "getline", __LINE__ - 2)); /* suffices */
  CHECK(getdelim(&line, &room, '\n', file) == 750 && room > 750);
  unsigned last = __LINE__ - 1;
  CHECK(alloc_get_size(line) == room && is(line, room == 751 ? "char[751]" : "char[960]", "getdelim", last));
  unsigned char *own = malloc(n * 100 * sizeof(unsigned char));
  unsigned place = __LINE__ - 1;
  char *volatile user = (char *)own;
  room = 300;
  CHECK(getline((char **)&user, &room, file) == 49 && user == (char *)own);
  CHECK(is(own, "unsigned char[300]", "malloc", place));
  CHECK(getline((char **)&user, &room, file) == -1 && is(own, "unsigned char[300]", "malloc", place));
  CHECK(getline(&none, &zero, file) == -1 && none);
  IS(none, "char[120]", "getline");
  fclose(file);
}

static void freed(char **block) { free(*block); }
static void check_in_scope(void) { /* with -fexceptions, the call is left in two ways */
  __attribute__((cleanup(freed))) char *line = NULL;
  size_t room = 0;
  char text[] = "a\nb\n";
  FILE *file = fmemopen(text, 4, "r");
  for (int i = 0; i < 2; i++)
    CHECK(getline(&line, &room, file) == 2 && is(line, "char[120]", "getline", __LINE__));
  fclose(file);
}

__attribute__((noinline)) static char *last_of_all(const char *text) { __attribute__((musttail)) return strdup(text); }
enum { LAST = __LINE__ - 1 };
__attribute__((noinline)) static void *last_malloc(size_t size) { __attribute__((musttail)) return malloc(size); }
__attribute__((noinline)) static void *last(int size) { return last_malloc((size_t)size); }

int main(void) {
  check_returned();
  check_reallocarray();
  check_stored();
  check_failures();
  check_given();
  check_lines();
  check_in_scope();
  CHECK(is(last_of_all("last"), "char[5]", "strdup", LAST));
  CHECK(is(last(5), "__uninterpreted_byte[5]", "malloc", LAST + 2));
  return check_failed;
}
