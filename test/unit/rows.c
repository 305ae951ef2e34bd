// A snapshot that was written is read as it was, whatever its labels are made of; one that is cut off or damaged anywhere is refused, with the line; what was before is taken off as so many less.
// RUN: %cc -O1 -D_GNU_SOURCE -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover -I%src/runtime -I%src/typegen %s -o %t && %t %t.file

#include "inspect/rows.c"
#include "check.h"

#include <stdarg.h>

/* Whatever is kept or said here, is until the next. */
static char said[200];
bool allocs_diag_file(struct allocs_diag *diag, const char *format, ...) {
  va_list args;
  va_start(args, format), vsnprintf(said, sizeof said, format, args), va_end(args);
  return CHECK(diag), false;
}
void *allocs_new(size_t n, size_t size) { return calloc(n ? n : 1, size); }
void *allocs_grow(void *vector, size_t n, size_t *cap, size_t size) { return n < *cap ? vector : realloc(vector, (*cap = n + 4) * size); }
static char kept[4096], *next = kept;
const char *allocs_store_text(const char *text) { return CHECK(next + strlen(text) < kept + sizeof kept), text = strcpy(next, text), next += strlen(text) + 1, text; }
static bool has_contents;
bool allocs_snapshot_is(const char *file) { return file && has_contents; }
static const char *within;
char *allocs_snapshot_text(struct allocs_diag *diag, const char *file, size_t *ret) { return CHECK(diag && file), within ? *ret = strlen(within), strdup(within) : NULL; }
void allocs_census_count(struct allocs_count *ret) { ret->rows = calloc(2, sizeof *ret->rows), ret->n = 2, ret->rows[0].size = ret->rows[0].sum.blocks = 3, ret->rows[1].sum.bytes = 7; }
const char *allocs_label_of(enum allocs_label label, const struct allocs_heap_block *block) { return block->size == 3 && label == 0 ? "first" : "other"; }
bool allocs_label_is_typed(const struct allocs_heap_block *block) { return block->size == 3; }

static const char *name;
static struct allocs_diag diag;
static void put(const char *text, size_t n) {
  FILE *out = fopen(name, "w");
  fwrite(text, 1, n, out), fclose(out);
}
static bool reads(struct allocs_rows *ret) { return next = kept, said[0] = 0, allocs_rows_read(&diag, name, ret); }

int main(int argc, char **argv) {
  static const char *const texts[] = {"plain", "", "tab\tand\nline", "back\\slash\\101", "\x01\x1f \x7f\xff", "a"};
  struct allocs_row all[6] = {0};
  struct allocs_rows rows = {.process = 42, .all = all, .n = 6}, got;
  name = argv[argc - 1];
  for (unsigned i = 0; i < 6; i++) {
    for (unsigned label = 0; label < ALLOCS_N_LABELS; label++)
      all[i].labels[label] = texts[(i + label) % 6];
    all[i].is_typed = i % 2, all[i].sum = (struct allocs_sum){i ? UINT64_MAX - i : 0, 1000 * i};
  }
  CHECK(allocs_rows_write(&diag, name, &rows) && allocs_rows_is_snapshot(name) && reads(&got) && got.n == 6 && got.process == 42);
  for (unsigned i = 0; i < got.n; i++) {
    CHECK(got.all[i].is_typed == all[i].is_typed && got.all[i].sum.blocks == all[i].sum.blocks && got.all[i].sum.bytes == all[i].sum.bytes);
    for (unsigned label = 0; label < ALLOCS_N_LABELS; label++)
      CHECK_STRING(got.all[i].labels[label], all[i].labels[label]);
  }
  free(got.all);
  /* Within another file; and of what has none. */
  char *text;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  allocs_rows_print(out, &rows), fclose(out);
  has_contents = true, CHECK(!reads(&got) && !got.n), within = text, CHECK(reads(&got) && got.n == 6 && got.process == 42), free(got.all), has_contents = false;
  /* Cut anywhere, and with any byte made another that it may not be. */
  for (size_t n = 0; n < size; n++) {
    put(text, n), CHECK(!reads(&got) && said[0]), free(got.all);
    CHECK(n < strlen(HEAD) || strstr(said, "cut off") || strstr(said, "damaged in line"));
  }
  for (size_t n = strlen(HEAD "42\n"); n < size; n++) {
    char *damaged = strndup(text, size);
    damaged[n] = 0, put(damaged, size);
    CHECK(!reads(&got)), free(got.all), free(damaged);
  }
  /* Lines that are none, as the second of two. */
  char row[200] = "", sound[200] = "";
  for (unsigned label = 0; label < ALLOCS_N_LABELS; label++)
    strcat(sound, "\tl");
  static const struct { const char *begin, *last; bool is_sound; } each[] = {{"1\t2\t1", "", true}, {"1\t2\t0", "\\101", true}, {"1\t2\t2", "", false}, {"-1\t2\t1", "", false}, {"1\t+2\t1", "", false}, {" 1\t2\t1", "", false}, {"1\t2", "", false}, {"18446744073709551616\t2\t1", "", false},
                                                                           {"18446744073709551615\t2\t1", "", true}, {"1\t2\t1", "\t", false}, {"1\t2\t1", "\\10", false}, {"1\t2\t1", "\\000", false}, {"1\t2\t1", "\\400", false}, {"1\t2\t1", "\\377", true}, {"1\t2\t1", "\\18", false}, {"1\t2\t1", "\\108", false}, {"x\t2\t1", "", false}};
  for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
    snprintf(row, sizeof row, HEAD "7\n1\t1\t1%s\n%s%s%s\n" END "2\n", sound, each[i].begin, sound, each[i].last), put(row, strlen(row));
    CHECK(reads(&got) == each[i].is_sound && (each[i].is_sound || !strcmp(said, "the snapshot is damaged in line 3"))), free(got.all);
  }
  static const char *const ends[] = {END "1\n", END "3\n", END "2", END "2x\n", END "\n", ""};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    snprintf(row, sizeof row, HEAD "7\n1\t1\t1%s\n1\t1\t1%s\n%s", sound, sound, ends[i]), put(row, strlen(row)), CHECK(!reads(&got) && !strcmp(said, "the snapshot is cut off")), free(got.all);
  put("allocs snapshot 2 of process 1\n", 31), CHECK(!reads(&got) && strstr(said, "another version") && allocs_rows_is_snapshot(name)), free(got.all);
  put("allocs snapshop", 15), CHECK(!allocs_rows_is_snapshot(name)), put("allocs", 6), CHECK(!allocs_rows_is_snapshot(name) && !allocs_rows_is_snapshot("/nowhere") && !allocs_rows_read(&diag, "/nowhere", &got));
  CHECK(!allocs_rows_write(&diag, "/nowhere/at/all", &rows) && strstr(said, "/nowhere") && !allocs_rows_write(&diag, "/dev/full", &rows));
  /* Of the heap, and what was before taken off. */
  struct allocs_rows heap, none = {.n = 0};
  allocs_rows_of_heap(&heap), CHECK(heap.n == 2 && heap.all[0].is_typed && !heap.all[1].is_typed && !strcmp(heap.all[0].labels[0], "first") && !strcmp(heap.all[1].labels[0], "other") && heap.all[1].sum.bytes == 7 && heap.all[0].sum.blocks == 3);
  allocs_rows_subtract(&heap, &rows), CHECK(heap.n == 8 && heap.all[0].sum.blocks == 3 && heap.all[3].sum.blocks == 2 && heap.all[3].sum.bytes == (uint64_t)-1000 && heap.all[3].labels[0] == all[1].labels[0]);
  allocs_rows_subtract(&none, &heap), CHECK(none.n == 8 && none.all[0].sum.blocks == (uint64_t)-3), free(none.all), free(heap.all), free(text);
  remove(name);
  return check_failed;
}
