// What comes through functions that nobody named as allocating is of the type and place of the call that told its size.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O1 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// RUN: %allocs-cc -O2 -flto -fuse-ld=lld %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <setjmp.h>
#include <signal.h>

#define NOINLINE __attribute__((noinline))
struct node { struct node *next; long value; };
struct text { size_t length; char bytes[]; };
static void *volatile sink;
static volatile size_t vary = 3;

/* Wrappers: plain, in layers, inline, that count, with a header, that round up, through pointers, that grow */
static NOINLINE void *plain(size_t size) { void *block = malloc(size); return block ? block : (exit(2), NULL); }
static inline void *inlined(size_t size) { void *block = malloc(size); return block ? block : (exit(2), NULL); }
static NOINLINE void *layered(size_t size) { void *block = plain(size); sink = block; return block; }
static NOINLINE void *counted(size_t n, size_t size) { return memset(plain(n * size), 0, n * size); }
struct header { long magic, size; };
static NOINLINE void *headed(size_t size) {
  struct header *header = malloc(sizeof *header + size);
  header->size = (long)size;
  return header + 1;
}
static NOINLINE void *numbered(size_t size) {
  size_t *header = malloc(size + 32);
  *header = size;
  return (char *)header + 32;
}
static NOINLINE void *rounded(size_t size) { return sink = malloc((size + 15) / 16 * 16); }
static NOINLINE void *logged(size_t size) {
  void *block = malloc(size), *line = malloc(5);
  free(line);
  return block;
}
struct hooks { void *(*allocate)(void *context, size_t size); };
static NOINLINE void *by_context(void *context, size_t size) { return context ? context : malloc(size); }
static struct hooks hooks = {by_context};
static NOINLINE void *resized(void *block, size_t old, size_t size) {
  (void)old;
  return size ? realloc(block, size) : (free(block), NULL);
}
static NOINLINE void *grown(void *block, size_t *room, size_t size) {
  *room = *room ? *room * 2 : 4;
  return realloc(block, *room * size);
}

static int is(const void *p, const char *type, const char *function, unsigned line, const char *callee) {
  struct alloc_site_info site = {0};
  char text[200];
  const char *told = uniqtype_c_name(alloc_get_type(p), text, sizeof text);
  if (alloc_get_site_info(p, &site) == ALLOC_OK && site.line == line && !strcmp(site.function, function) &&
      !strcmp(site.callee, callee) && !strcmp(told, type))
    return 1;
  fprintf(stderr, "%s from %s:%u by %s\n", told, site.function, site.line, site.callee);
  return 0;
}

static NOINLINE void check_wrappers(void) {
  size_t n = vary;
  struct node *one = plain(sizeof *one);
  CHECK(is(one, "struct node", "check_wrappers", __LINE__ - 1, "plain"));
  struct node *in = inlined(sizeof *in);
  CHECK(is(in, "struct node", "check_wrappers", __LINE__ - 1, "inlined"));
  struct node *many = layered(n * sizeof *many);
  CHECK(is(many, "struct node[3]", "check_wrappers", __LINE__ - 1, "layered"));
  struct node *zeroed = counted(n, sizeof *zeroed);
  CHECK(is(zeroed, "struct node[3]", "check_wrappers", __LINE__ - 1, "counted"));
  struct node *two = logged(2 * sizeof *two);
  CHECK(is(two, "struct node[2]", "check_wrappers", __LINE__ - 1, "logged"));
  struct text *text = plain(sizeof *text + n);
  CHECK(is(text, "struct text", "check_wrappers", __LINE__ - 1, "plain") && alloc_get_size(text) == 8 + n);
  struct node *through = hooks.allocate(NULL, sizeof *through);
  CHECK(is(through, "struct node", "check_wrappers", __LINE__ - 1, "allocate"));
  size_t size = n * sizeof(struct node);
  void *flowed = plain(size);
  CHECK(is(flowed, "struct node[3]", "check_wrappers", __LINE__ - 1, "plain"));
  struct node *by_pointer_alone = plain(vary * 0 + 16);
  CHECK(is(by_pointer_alone, "struct node", "check_wrappers", __LINE__ - 1, "plain"));
  char *string = plain(strlen("string") + 1);
  CHECK(is(string, "char[7]", "check_wrappers", __LINE__ - 1, "plain"));
  void *nothing = plain(vary);
  CHECK(is(nothing, "__uninterpreted_byte[3]", "check_wrappers", __LINE__ - 1, "plain"));
}

/* The header and what was rounded up to are the wrapper's */
static NOINLINE void check_parts(void) {
  struct node *behind = headed(2 * sizeof *behind);
  unsigned line = __LINE__ - 1;
  struct alloc_site_info site;
  CHECK(alloc_get_base(behind) == (char *)behind - 16 && alloc_get_site_info(behind, &site) == ALLOC_OK && site.line == line);
  CHECK(alloc_is_a(behind, alloc_typeof(struct node)) == ALLOC_YES && alloc_is_a(behind + 1, alloc_typeof(struct node)) == ALLOC_YES);
  CHECK(alloc_get_innermost_type(&behind[1].value) == alloc_typeof(long));
  CHECK(alloc_is_a((char *)behind - 16, alloc_typeof(struct node)) != ALLOC_YES);
  struct node *far = numbered(sizeof *far);
  CHECK(alloc_is_a(far, alloc_typeof(struct node)) == ALLOC_YES && alloc_is_a((char *)far - 16, alloc_typeof(struct node)) != ALLOC_YES);
  int *up = rounded(3 * sizeof *up);
  CHECK(alloc_get_size(up) == 16 && alloc_get_innermost_type(&up[2]) == alloc_typeof(int) && alloc_get_innermost_type(&up[3]) != alloc_typeof(int));
}

/* A wrapper that says characters, and a caller that says something else, of a size that is not the block's */
static NOINLINE void *guarded(size_t size) { char *block = malloc(size + 32); block[size] = 1; return block; }
static NOINLINE void check_contradictions(void) {
  struct node *node = guarded(sizeof *node);
  CHECK(is(node, "__uninterpreted_byte[48]", "check_contradictions", __LINE__ - 1, "guarded"));
  void *any = guarded(vary);
  CHECK(is(any, "char[35]", "check_contradictions", __LINE__ - 1, "guarded"));
}

/* An open tail goes on to the end, behind a header, too */
static NOINLINE void check_tails(void) {
  size_t n = vary;
  struct text *text = headed(sizeof *text + n);
  CHECK(alloc_is_a(text, alloc_typeof(struct text)) == ALLOC_YES && alloc_get_innermost_type(&text->bytes[n - 1]) == alloc_typeof(char));
  struct node *named = headed(3 * sizeof *named + n);
  char *name = (char *)(named + 3);
  struct alloc_pos chain[4];
  CHECK(alloc_get_innermost_type(&named[2].value) == alloc_typeof(long));
  CHECK(alloc_get_leaf_chain(name + 1, chain, 4) >= 1 && !UNIQTYPE_IS_COMPOSITE_TYPE(chain[0].type));
  struct text *up = rounded(sizeof *up + n);
  CHECK(alloc_is_a(up, alloc_typeof(struct text)) == ALLOC_YES && alloc_get_innermost_type(&up->bytes[n - 1]) == alloc_typeof(char));
}

static NOINLINE void check_growth(void) {
  size_t room = 0, n = vary;
  struct node *nodes = NULL;
  for (int i = 0; i < 3; i++)
    nodes = grown(nodes, &room, sizeof *nodes);
  CHECK(is(nodes, "struct node[16]", "check_growth", __LINE__ - 1, "grown"));
  nodes = resized(nodes, room * sizeof *nodes, n * sizeof *nodes);
  CHECK(is(nodes, "struct node[3]", "check_growth", __LINE__ - 1, "resized"));
  CHECK(!resized(nodes, n * sizeof *nodes, 0));
}

/* What was there before, or is typed by who made it, or is not what was asked for, stays what it is */
static void *kept;
static NOINLINE void *found(size_t size) { free(malloc(size)); return kept; }
static NOINLINE void *typed(size_t size) { return sink = calloc(size / 8, sizeof(double)); }
static NOINLINE void *table_for(size_t size) { (void)size; return sink = malloc(vary * 16 + 7); }
static NOINLINE void *filled(void *block, int byte, size_t size) { return sink = memset(block, byte, size); }
static NOINLINE void check_others(void) {
  kept = plain(vary * 0 + 16);
  unsigned line = __LINE__ - 1;
  void *again = found(sizeof(struct node));
  CHECK(is(again, "__uninterpreted_byte[16]", "check_others", line, "plain"));
  CHECK(filled(kept, 0, sizeof(struct node)) == kept && is(kept, "__uninterpreted_byte[16]", "check_others", line, "plain"));
  CHECK(alloc_get_type(typed(sizeof(struct node))) == alloc_typeof(double[2]));
  void *table = table_for(sizeof(struct node));
  CHECK(is(table, "__uninterpreted_byte[55]", "check_others", __LINE__ - 1, "table_for"));
}

/* Left in the middle; and a handler that allocates */
static jmp_buf out;
static void *left;
static NOINLINE void *leaving(size_t size) { left = malloc(size); longjmp(out, 1); return left; }
static void *handled;
static void handler(int number) { (void)number; handled = malloc(vary * 0 + 16); }
static NOINLINE void *interrupted(size_t size) { void *block = malloc(size); raise(SIGUSR1); return block; }
static NOINLINE void *interrupted_before(size_t size) { raise(SIGUSR1); return sink = handled ? kept : plain(size); }
static NOINLINE void check_left(void) {
  if (!setjmp(out))
    sink = leaving(sizeof(struct node));
  CHECK(alloc_get_type(left) != alloc_typeof(struct node));
  CHECK(alloc_get_type(found(sizeof(struct node))) != alloc_typeof(struct node));
  signal(SIGUSR1, handler);
  struct node *node = interrupted(sizeof *node);
  CHECK(is(node, "struct node", "check_left", __LINE__ - 1, "interrupted") && alloc_get_type(handled) != alloc_typeof(struct node));
  CHECK(interrupted_before(sizeof(struct node)) == kept && alloc_get_type(kept) != alloc_typeof(struct node));
}

int main(void) {
  check_wrappers();
  check_parts();
  check_contradictions();
  check_tails();
  check_growth();
  check_others();
  check_left();
  return check_failed;
}
