// The cache of unwind rules gives, at each instruction of a change, what is so of the address asked about, or nothing; and nothing that was forgotten.
// RUN: %cc -O1 -Wall -Wextra -Werror -iquote %src/runtime %s %src/runtime/bytes/segments.c %src/runtime/unwind/unwind_rule.c %src/runtime/unwind/cfi.c %src/runtime/unwind/cfi_run.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t && %t

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

/* Functions of one byte, each with what is said of it. */
#define SAYS(name, ...) "cfi_" #name ":\n.cfi_startproc\n" __VA_ARGS__ "\nret\n.cfi_endproc\n"
__asm__(".text\n" SAYS(plain, "")
            SAYS(kept, ".cfi_def_cfa_offset 48\n.cfi_offset rbx,-16\n.cfi_offset r12,-24\n.cfi_offset r15,-512")
                SAYS(fp, ".cfi_def_cfa rbp,16\n.cfi_offset rbp,-16\n.cfi_offset r13,-40\n.cfi_same_value r14")
                    SAYS(last, ".cfi_undefined rip") SAYS(wide, ".cfi_def_cfa_offset 0xffffff")
                        SAYS(wider, ".cfi_def_cfa_offset 0x1000000") SAYS(r12, ".cfi_def_cfa r12,8")
                            SAYS(other, ".cfi_offset rdi,-16") SAYS(far, ".cfi_offset rbx,-520")
                                SAYS(above, ".cfi_offset rbx,-8") SAYS(moved, ".cfi_register rbx,rax")
                                    SAYS(address, ".cfi_offset rip,-16") SAYS(signal, ".cfi_signal_frame"));

static uint64_t word_of(const char *code) {
  struct allocs_cfi_row row = {.cfa.how = ALLOCS_CFI_UNSET};
  struct allocs_unwind_rule rule;
  CHECK(allocs_unwind_rule_find((uintptr_t)code, &rule, &row));
  CHECK(rule.begin == (uintptr_t)code && rule.end == rule.begin + 1);
  CHECK((rule.rule && rule.rule != ALLOCS_RULE_SIGNAL) || row.cfa.how == ALLOCS_CFI_REGISTER);
  return rule.rule;
}
#define WORD(name)                                                                                                     \
  ({                                                                                                                   \
    extern const char cfi_##name[];                                                                                    \
    word_of(cfi_##name);                                                                                               \
  })
#define SLOT(kept, n) ((uint64_t)(n) << (ALLOCS_RULE_SLOTS + 6 * (kept)))
#define SIMPLE(offset) (ALLOCS_RULE_SIMPLE | (uint64_t)(offset) << ALLOCS_RULE_OFFSET)

static void by_hand(void) {
  CHECK(WORD(plain) == SIMPLE(8) && WORD(kept) == (SIMPLE(48) | SLOT(1, 1) | SLOT(2, 2) | SLOT(5, 63)));
  CHECK(WORD(fp) == (SIMPLE(16) | ALLOCS_RULE_FP | SLOT(0, 1) | SLOT(3, 4)) &&
        WORD(last) == (SIMPLE(8) | ALLOCS_RULE_END));
  CHECK(WORD(wide) == SIMPLE(0xffffff) && !WORD(wider) && !WORD(r12) && !WORD(other) && !WORD(far));
  CHECK(!WORD(above) && !WORD(moved) && !WORD(address) && WORD(signal) == ALLOCS_RULE_SIGNAL);
}

int main(void) {
  by_hand();
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
