// The cache of unwind rules gives, at each instruction of a change, what is so of the address asked about, or nothing; and nothing that was forgotten.
// RUN: %cc -O1 -Wall -Wextra -Werror -iquote %src/runtime %s %src/runtime/bytes/segments.c %src/runtime/unwind/unwind_rule.c %src/runtime/unwind/cfi.c %src/runtime/unwind/cfi_run.c %src/runtime/os/os_linux.c -o %t && %t

#define _GNU_SOURCE
#include "check.h"
#include "step.h"
#include "unwind/unwind_rule.h"

#include <stdlib.h>

/* Addresses of one slot, in functions of which different things are known. */
enum { N = 3 };
static uintptr_t codes[N];
static struct allocs_unwind_rule rules[N];
static const void *notes[N] = {&codes[0], &codes[1], &codes[2]};
static unsigned n_known, n_noted;

static bool same(const struct allocs_unwind_rule *a, const struct allocs_unwind_rule *b) {
  return a->begin == b->begin && a->end == b->end && a->rule == b->rule;
}

/* From libc's functions on. */
static void choose(void) {
  struct allocs_cfi_row row;
  struct allocs_unwind_rule rule;
  unsigned n = 0;
  for (uintptr_t code = (uintptr_t)&qsort; n < N; code++)
    if ((!n || allocs_unwind_rule_slot(code) == allocs_unwind_rule_slot(codes[0])) &&
        allocs_unwind_rule_find(code, &rule, &row) && rule.rule && (!n || rule.begin != rules[n - 1].begin)) {
      CHECK(code >= rule.begin && code < rule.end);
      codes[n] = code, rules[n++] = rule;
    }
}

static void look(void) {
  struct allocs_unwind_rule rule;
  const void *note;
  for (unsigned i = 0; i < N; i++) {
    uint64_t word = allocs_unwind_rule_noted(codes[i], &note);
    CHECK(!word || (word == rules[i].rule && (!note || note == notes[i])));
    bool known = allocs_unwind_rule_known(codes[i], &rule);
    CHECK(!known || same(&rule, &rules[i]));
    n_known += known, n_noted += word && note;
  }
}

static void change(void) {
  struct allocs_cfi_row row;
  struct allocs_unwind_rule rule;
  for (unsigned i = 0; i < N; i++) {
    allocs_unwind_rule_find(codes[i], &rule, &row);
    allocs_unwind_rule_note(codes[i], notes[i]);
    allocs_unwind_rule_note(codes[(i + 1) % N], notes[(i + 1) % N]); /* is not there any more */
  }
}

int main(void) {
  struct allocs_cfi_row row;
  struct allocs_unwind_rule rule;
  const void *note;
  choose();
  CHECK(step_through(change, look) > 1000 && n_known > 100 && n_noted > 100);
  for (unsigned i = 0; i < N; i++) {
    CHECK(allocs_unwind_rule_find(codes[i], &rule, &row) && same(&rule, &rules[i]));
    CHECK(allocs_unwind_rule_known(codes[i], &rule) && same(&rule, &rules[i]));
    CHECK(allocs_unwind_rule_noted(codes[i], &note) == rules[i].rule && !note);
    allocs_unwind_rule_note(codes[i], notes[i]);
    CHECK(allocs_unwind_rule_noted(codes[i], &note) == rules[i].rule && note == notes[i]);
    CHECK(!allocs_unwind_rule_known(codes[(i + 1) % N], &rule));
  }
  allocs_unwind_rule_forget();
  for (unsigned i = 0; i < N; i++)
    CHECK(!allocs_unwind_rule_known(codes[i], &rule) && !allocs_unwind_rule_noted(codes[i], &note));
  CHECK(!allocs_unwind_rule_find((uintptr_t)&codes, &rule, &row) && !allocs_unwind_rule_find(8, &rule, &row));
  return check_failed;
}
