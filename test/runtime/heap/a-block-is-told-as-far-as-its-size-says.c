// A type is told of exactly the bytes that the size says are of it: of all, of a front, of an array before a rest, or of none.
// RUN: %allocs-cc -w -O0 -I%src/test/unit %s -o %t && %t
// RUN: %allocs-cc -w -O2 -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>

struct A { long a; };
struct B { short b[6]; };
struct hdr { int n; };
struct pkt { char head[16]; };
static volatile unsigned long vary = 5;
static void *volatile sink;
static __attribute__((noinline)) struct pkt *packet(unsigned long total) { return malloc(total); }

static int is_bytes(const void *p) { return !strcmp(UNIQTYPE_NAME(alloc_get_innermost_type(p)), "__uninterpreted_byte"); }
#define TYPE(p, T) (sink = (p), alloc_get_innermost_type(p) == alloc_typeof(T))
#define WHOLE(p, T) (sink = (p), alloc_get_type(p) == alloc_typeof(T))
#define BYTES(p) (sink = (p), is_bytes(p) && is_bytes((char *)(p) + alloc_get_size(p) - 1))

static void nothing_is_told(unsigned long n, const char *s, int c) {
  char **table = malloc(n * sizeof *table + strlen(s) + 1);
  double **matrix = malloc(n * sizeof(double *) + n * 3 * sizeof(double));
  struct hdr *stride = calloc(2, sizeof *stride + 8);
  int *and_bytes = malloc(n * sizeof(int) + n);
  char *digits = malloc(3 * sizeof(int) + 2), *few = malloc(3 * sizeof(int));
  struct A *either = malloc(c ? n * sizeof(struct A) : n * sizeof(struct B));
  struct A *wrong = malloc(n * sizeof(struct B));
  void *any = malloc(sizeof(struct A) + sizeof(struct B));
  unsigned long size = n * sizeof(struct A);
  if (c)
    size += n;
  struct A *under = malloc(size);
  size = 0;
  for (int i = 0; i < 3; i++)
    size += sizeof(struct A) + sizeof(struct B);
  struct A *looped = malloc(size);
  double *rounded = malloc((n * sizeof(double) + 63) & ~63ul);
  CHECK(BYTES(table) && BYTES(matrix) && BYTES(stride) && BYTES(and_bytes) && BYTES(digits) && BYTES(few));
  CHECK(BYTES(either) && BYTES(wrong) && BYTES(any) && BYTES(under) && BYTES(looped) && BYTES(rounded));
  CHECK(BYTES(packet(100)) && BYTES(packet(96)) && WHOLE(packet(16), struct pkt));
}

static void a_front_is_told(unsigned long n, const char *s, int c) {
  struct A *second = malloc(sizeof(struct B) + sizeof(struct A));
  CHECK(TYPE(&second->a, long) && TYPE((char *)second + sizeof(struct A), short));
  struct hdr *mixed = malloc(sizeof *mixed + n * sizeof(struct A) + n * sizeof(int));
  CHECK(TYPE(&mixed->n, int) && is_bytes(mixed + 1));
  struct hdr *text = malloc(sizeof *text + strlen(s) + 1);
  CHECK(TYPE(&text->n, int) && TYPE((char *)(text + 1) + strlen(s), char));
  unsigned long size = sizeof(struct hdr);
  for (unsigned long i = 0; i < n; i++)
    size += i;
  struct hdr *grown = malloc(size);
  CHECK(TYPE(&grown->n, int) && is_bytes(grown + 1));
  size = sizeof(struct hdr);
  if (c)
    size += n;
  grown = malloc(size);
  CHECK(TYPE(&grown->n, int) && is_bytes(grown + 1));
}

static void a_front_without_a_rest_is_whole(int c) {
  unsigned long size = sizeof(struct A);
  if (!c)
    size += 5;
  struct A *alone = malloc(size), *masked = malloc(sizeof(struct A) & ~7ul);
  CHECK(WHOLE(alone, struct A) && WHOLE(masked, struct A));
}

static void an_array_and_a_rest_are_told(unsigned long n) {
  struct alloc_array array;
  char **table = malloc(n * sizeof *table + 24);
  CHECK(TYPE(table + n - 1, char *) && is_bytes(table + n) && is_bytes((char *)table + 8 * n + 23));
  CHECK(alloc_get_array(table + 2, &array) == ALLOC_OK && array.base == table && array.count == n && array.index == 2);
}

static void all_is_told(unsigned long n, const char *s, int c) {
  struct A *one = malloc(sizeof *one), *some = malloc(n * sizeof *some), *swapped = calloc(sizeof *swapped, n);
  CHECK(WHOLE(one, struct A) && WHOLE(some, struct A[5]) && WHOLE(swapped, struct A[5]));
  int (*rows)[4] = malloc(n * sizeof *rows);
  CHECK(WHOLE(rows, int[5][4]) && TYPE(&rows[1][2], int));
  struct alloc_array array;
  CHECK(alloc_get_array(&rows[1][2], &array) == ALLOC_OK && array.count == 4 && array.index == 2 && array.base == rows[1]);
  char buf[14], *copies = malloc(n * sizeof buf), *text = malloc(strlen(s) + 1);
  CHECK(WHOLE(copies, char[70]) && WHOLE(text, char[4]));
  unsigned long size = 0;
  for (unsigned long i = 0; i < n; i++)
    size += sizeof(struct B);
  struct B *counted = malloc(size), *chosen = malloc(c ? n * sizeof(struct B) : sizeof(struct B));
  CHECK(WHOLE(counted, struct B[5]) && WHOLE(chosen, struct B[5]));
  struct pkt *outer = (struct pkt *)(char *)malloc(16 * n);
  CHECK(WHOLE(outer, struct pkt[5]));
}

int main(void) {
  nothing_is_told(vary, "abc", 1);
  a_front_is_told(vary, "abc", 1);
  a_front_without_a_rest_is_whole(1);
  an_array_and_a_rest_are_told(vary);
  all_is_told(vary, "abc", 1);
  return check_failed;
}
