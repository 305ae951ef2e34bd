// Whatever is damaged in a program's tables, queries about all it has do not crash, and at most one line is said.
// RUN: %allocs-cc -O1 -w %s -o %t && %t
// RUN: %python %S/Inputs/flip.py %t 120
#include <allocs.h>
#include <string.h>
#include <wchar.h>

enum colour { RED, GREEN = 7 };
union either { int i; float f; };
struct bits { unsigned a : 3; int b : 5; };
struct node {
  int v;
  enum colour colour;
  union either either;
  struct bits bits;
  struct node *next;
  int (*call)(int, char **);
  double m[3][2];
  struct { short q; } anonymous;
  char tail[];
};
struct opaque;
static struct node table[3];
const char *const names[] = {"one", "two", "three"};
struct opaque *opaque;
static _Thread_local int local_to_thread;
_Complex double complex;
int (*pointer)(struct node *, ...);

static void look_at(const struct uniqtype *type, int depth) {
  char line[200];
  if (!type || depth > 4)
    return;
  uniqtype_c_name(type, line, sizeof line);
  if (UNIQTYPE_IS_COMPOSITE_TYPE(type))
    for (unsigned i = 0; i < UNIQTYPE_COMPOSITE_MEMBER_COUNT(type) && i < 50; i++)
      look_at(UNIQTYPE_MEMBER_TYPE(type, i), depth + 1);
  else if (UNIQTYPE_IS_ARRAY_TYPE(type))
    look_at(UNIQTYPE_ARRAY_ELEMENT_TYPE(type), depth + 1);
  else if (UNIQTYPE_IS_POINTER_TYPE(type))
    look_at(UNIQTYPE_POINTEE_TYPE(type), depth + 1);
}

enum { MOST = 1000 };
static int see(const struct alloc_pointer *pointer, void *arg) {
  char line[200];
  alloc_pointer_path(pointer, line, sizeof line);
  return ++*(int *)arg < MOST ? ALLOC_WALK_ON : ALLOC_WALK_STOP;
}

static int see_root(const struct alloc_root *root, void *arg) {
  int n = 0;
  return ++*(int *)arg < MOST && root->pos.size ? (alloc_walk_pointers(&root->pos, see, &n), ALLOC_WALK_ON) : ALLOC_WALK_STOP;
}

static void ask(const void *p) {
  char line[300];
  struct alloc_site_info site;
  struct alloc_pos chain[8];
  int n = 0;
  if (alloc_get_pos(p, chain) == ALLOC_OK)
    alloc_walk_pointers(chain, see, &n);
  alloc_get_leaf_chain(p, chain, 8);
  alloc_is_a(p, alloc_typeof(struct node));
  alloc_is_a(p, alloc_get_innermost_type(p));
  for (unsigned skip = 0; skip < 5; skip++)
    look_at(alloc_get_inner_type(p, skip), 0);
  alloc_get_site_info(p, &site);
  alloc_get_name(p, line, sizeof line);
  alloc_describe(p, line, sizeof line);
}

static __attribute__((noinline)) int recurse(int n, struct node *above) {
  struct node here = {.v = n};
  double dynamic[n + 1];
  memset(dynamic, 0, sizeof dynamic);
  for (unsigned at = 0; at < sizeof here; at += 4)
    ask((char *)&here + at);
  ask(&dynamic[n]);
  ask(above);
  return n ? recurse(n - 1, &here) + here.v : 0;
}

int main(int argc, char **argv) {
  static int in_function[4];
  struct node *nodes = malloc(4 * sizeof *nodes), *flexible = malloc(sizeof *nodes + 20);
  char *text = strdup("abc");
  void *raw = malloc(33);
  nodes = realloc(nodes, 5 * sizeof *nodes);
  const void *all[] = {flexible,  flexible->tail, text,      raw, names,  names[1],     &opaque, &local_to_thread, &complex,
                       &pointer,  L"wide",        "lit" + 1, argv, argv[0], in_function, &argc,   (void *)main,     (void *)recurse};
  for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
    ask(all[i]);
  for (unsigned at = 0; at < 5 * sizeof *nodes; at += 3)
    ask((char *)nodes + at);
  for (char *p = (char *)table - 500; p < (char *)table + 1000; p += 13)
    ask(p);
  look_at(alloc_typeof(struct node *(*)(char)), 0);
  int n_roots = 0;
  alloc_walk_roots(ALLOC_ROOT_ALL, see_root, &n_roots);
  return recurse(3, table) < 0;
}
