#include <allocs.h>
#include <allocs/allocator.h>
#include <stdio.h>
#include <string.h>
#include "shape-library.h"

struct tag { long of_program; int more[3]; };
static struct tag a_static = {1, {2}};
static int failures;

static void expect(const char *what, const void *p, const char *kind, const void *base, size_t size, const char *type) {
  struct alloc_info info = {0};
  char text[300], line[300];
  int known = alloc_get_info(p, &info) == ALLOC_OK;
  if (known && !strcmp(info.allocator->name, kind) && (!base || info.base == base) && (!size || info.size == size) &&
      (!type || !strcmp(uniqtype_c_name(info.type, text, sizeof text), type)))
    return;
  failures++;
  printf("%s: %s\n", what, alloc_describe(p, line, sizeof line));
}

static void visit(struct tag *local) {
  char text[100];
  int is_local = !strcmp(uniqtype_c_name(alloc_get_innermost_type(&local->more[1]), text, sizeof text), "int");
  expect("frame", local, "stackframe", NULL, 0, NULL);
  if (!is_local || strcmp(alloc_get_name(local, text, sizeof text), "local"))
    failures += printf("local: %s\n", alloc_describe(local, text, sizeof text)) > 0;
}

struct reached {
  const void *wanted[3];
  int times[3];
};
static int reach(const struct alloc_pos *pos, void *arg) {
  struct reached *reached = arg;
  for (int i = 0; i < 3; i++)
    reached->times[i] += pos->base == reached->wanted[i] && !strcmp(pos->allocator->name, "static");
  return 0;
}

int main(int argc, char **argv) {
  /* First of all: what is asked first must not decide how much is found. */
  struct reached reached = {{&a_static, &failures, (const void *)(size_t)main}, {0}};
  alloc_walk_tree(NULL, NULL, reach, &reached);
  for (int i = 0; i < 3; i++)
    if (!reached.times[i])
      failures += printf("static %d: no walk reached it\n", i) > 0;
  struct tag local = a_static, *one = malloc(sizeof *one), *many = malloc((size_t)(argc + 6) * sizeof *many);
  const char *literal = "a literal of the program";
  expect("one", &one->more, "__default_lib_malloc", one, sizeof *one, "struct tag");
  expect("many", &many[2].more[1], "__default_lib_malloc", many, 7 * sizeof *many, "struct tag[7]");
  expect("static", &a_static.more[1], "static", &a_static, sizeof a_static, "struct tag");
  expect("literal", literal + 3, "static", NULL, 0, "char[25]");
  expect("function", (const void *)(size_t)main, "static", (const void *)(size_t)main, 0, "int (int, char **)");
  expect("argv", argv[0], "auxv", argv[0], strlen(argv[0]) + 1, NULL);
#ifdef LIBRARY
  struct tag *theirs = library_make();
  expect("library's block", theirs, "__default_lib_malloc", theirs, LIBRARY_TAG_SIZE, LIBRARY_HAS_RECORDS ? "struct tag" : NULL);
  expect("library's static", library_static(), "static", library_static(), LIBRARY_TAG_SIZE, LIBRARY_HAS_RECORDS ? "struct tag" : NULL);
  if (LIBRARY_HAS_RECORDS && (alloc_get_type(theirs) == alloc_typeof(struct tag) ||
                              alloc_get_type(theirs) != alloc_get_type(library_static())))
    failures += printf("two types of one tag are one\n") > 0;
  free(theirs);
#endif
  visit(&local);
  free(one);
  free(many);
  return failures != 0;
}
