// Only a file's first error is said, with a name that can be printed; vectors grow to hold one more, what is made is given back, and without memory typegen says so.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime -I%src/typegen %s %src/typegen/ground/diag.c %src/typegen/write/sink.c %src/typegen/model/model.c -Wl,--wrap=calloc,--wrap=realloc,--wrap=free -o %t
// RUN: %t 2> %t.err && %filecheck --match-full-lines %s < %t.err
// RUN: not %t new 2>&1 | %filecheck --check-prefix=NONE %s
// RUN: not %t grow 2>&1 | %filecheck --check-prefix=NONE %s
// RUN: not %t much 2>&1 | %filecheck --check-prefix=NONE %s
// NONE: {{^}}typegen: out of memory{{$}}

#include "ground/diag.h"
#include "check.h"
#include "model/model.h"
#include "write/sink.h"

#include <stdlib.h>

static bool fails;
static int n_blocks;
void *__real_calloc(size_t, size_t), *__real_realloc(void *, size_t), __real_free(void *);
void *__wrap_calloc(size_t n, size_t size) {
  CHECK(n && size);
  return fails ? NULL : (n_blocks++, __real_calloc(n, size));
}
void *__wrap_realloc(void *block, size_t size) { return fails ? NULL : (n_blocks += !block, __real_realloc(block, size)); }
void __wrap_free(void *block) { n_blocks -= block != NULL, __real_free(block); }

static void errors(void) {
  struct allocs_diag one = {.file = "one"}, two = {.file = "two"}, three = {.file = "three"};
  CHECK(!allocs_diag_at(&one, "a \x7f~\n\xc3", 0x1f, "%d wrong", 3) && one.failed && !two.failed);
  CHECK(!allocs_diag_at(&one, "again", 0, "not said") && !allocs_diag_file(&one, "not said"));
  CHECK(!allocs_diag_file(&two, "all %s", "wrong") && two.failed && !allocs_diag_file(&two, "not said"));
  CHECK(!allocs_diag_at(&two, "again", 0, "not said"));
  CHECK(!allocs_diag_at(&three, "", UINT64_MAX, "unnamed"));
}
// CHECK: one: a \x7f~\x0a\xc3+0x1f: 3 wrong
// CHECK-NEXT: two: all wrong
// CHECK-NEXT: three: (unnamed)+0xffffffffffffffff: unnamed
// CHECK-NOT: {{.}}

static void vectors(void) {
  size_t cap = 0, n = 0;
  int *vector = NULL;
  for (; n < 100; n++) {
    size_t before = cap;
    vector = allocs_grow(vector, n, &cap, sizeof *vector);
    CHECK(cap > n && (cap == before || (n == before && cap == (before ? 2 * before : 16))));
    vector[n] = (int)n;
  }
  for (size_t i = 0; i < n; i++)
    CHECK(vector[i] == (int)i);
  char *none = allocs_new(0, 8), *zero = allocs_new(3, 5);
  for (int i = 0; i < 15; i++)
    CHECK(none && !zero[i]);
  CHECK(n_blocks == 3);
  free(vector), free(none), free(zero);
}

static void sinks(void) {
  struct allocs_sink sink = {.bytes = NULL};
  static const char target[1];
  allocs_put_ref(&sink, target), allocs_put_ref(&sink, NULL), allocs_put_offset(&sink, -2);
  CHECK(sink.n_bytes == 12 && sink.n_fixups == 1 && !sink.fixups->at && sink.fixups->target == target);
  CHECK(!memcmp(sink.bytes, "\0\0\0\0\0\0\0\0\xfe\xff\xff\xff", 12));
  for (int i = 0; i < 200; i++)
    allocs_put_bytes(&sink, 0x0102, 2);
  allocs_put_ref(&sink, target + 1);
  allocs_sink_end_record(&sink, 8); /* two bytes before what stands behind the first references */
  CHECK(sink.n_bytes == 12 + 400 + 4 + 2 && sink.bytes[8] == (408 & 127 | 128) && sink.bytes[9] == 408 >> 7);
  CHECK(sink.bytes[10] == 0xfe && sink.bytes[14] == 2 && sink.bytes[15] == 1 && sink.bytes[413] == 1);
  CHECK(sink.n_fixups == 2 && sink.fixups[0].at == 0 && sink.fixups[1].at == 12 + 400 + 2);
  allocs_sink_end_record(&sink, 0);
  CHECK(sink.fixups[0].at == 2 && sink.fixups[1].at == 12 + 400 + 4 && n_blocks == 2);
  allocs_sink_fini(&sink);
}

static void models(void) {
  struct model model = {.n_types = 2, .n_frames = 2};
  model.types = allocs_new(3, sizeof *model.types), model.frames = allocs_new(3, sizeof *model.frames);
  for (int i = 0; i < 3; i++) { /* the last is not counted, and is not its own */
    model.types[i].entries = allocs_new(1, sizeof *model.types->entries);
    model.frames[i].locals = allocs_new(1, sizeof *model.frames->locals);
  }
  void *others[] = {model.types[2].entries, model.frames[2].locals};
  model.sites = allocs_new(1, 8), model.statics = allocs_new(1, 8), model.tls = allocs_new(1, 8);
  model.literals = allocs_new(1, 8);
  CHECK(n_blocks == 12);
  allocs_model_fini(&model);
  CHECK(n_blocks == 2);
  free(others[0]), free(others[1]);
}

int main(int argc, char **argv) {
  size_t cap = argc > 1 && !strcmp(argv[1], "much") ? (size_t)1 << 60 : 0;
  fails = argc > 1 && !cap;
  if (argc > 1) {
    void *got = argv[1][0] == 'n' ? allocs_new(1, 1) : allocs_grow(NULL, cap, &cap, 8);
    return (void)got, 0;
  }
  errors();
  vectors();
  CHECK(!n_blocks);
  sinks();
  CHECK(!n_blocks);
  models();
  return check_failed;
}
