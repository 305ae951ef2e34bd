// Each instruction of an unwind entry changes the row as DWARF says, from its address on; what is cut off or not known gives no row.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -iquote %src/runtime %s %src/runtime/bytes/segments.c %src/runtime/unwind/cfi.c %src/runtime/unwind/cfi_run.c -o %t && %t

#include "check.h"
#include "unwind/cfi.h"

enum {
  BEGIN = 0x1000,
  SAVED = ALLOCS_CFI_AT_CFA,
  RA = ALLOCS_ARCH_RETURN_COLUMN,
  BEYOND = ALLOCS_ARCH_N_REGS,
  CFA = 100
};

/* The CIE: CFA is rsp + 8, the return address is below it; code is counted by 2, data by -8. */
static const unsigned char first[] = {0x0c, 7, 8, 0x80 | RA, 1};
static struct allocs_cfi_row row;

static bool run(const unsigned char *own, size_t n, uintptr_t at) {
  static unsigned char bytes[64]; /* what lies behind is not to be read: it would be taken for instructions */
  struct allocs_cfi_entry entry = {.begin = BEGIN, .end = BEGIN + 0x100000, .code_align = 2, .data_align = -8};
  memset(bytes, 0xff, sizeof bytes);
  memcpy(bytes, own, n);
  entry.shared = first, entry.shared_end = first + sizeof first;
  entry.own = bytes, entry.own_end = bytes + n;
  memset(&row, 0xee, sizeof row);
  return allocs_cfi_run(&entry, BEGIN + at, &row);
}
#define BYTES(...) (const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__})
#define RUN(at, ...) run(BYTES(__VA_ARGS__), at)

/* What a register's rule, or the CFA's, is; all others must be as the CIE has them. */
static bool is(unsigned reg, enum allocs_cfi_how how, unsigned in, int64_t n) {
  const struct allocs_cfi_rule *rule = reg == CFA ? &row.cfa : &row.regs[reg];
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    if (i != reg && (i == RA ? row.regs[i].how != SAVED || row.regs[i].u.n != -8 : row.regs[i].how != ALLOCS_CFI_UNSET))
      return false;
  if (reg != CFA && (row.cfa.how != ALLOCS_CFI_REGISTER || row.cfa.reg != 7 || row.cfa.u.n != 8))
    return false;
  bool is_expression = how == ALLOCS_CFI_VALUE || how == ALLOCS_CFI_AT_VALUE;
  return rule->how == how && (is_expression ? rule->length == n && rule->u.expression[0] == in : rule->u.n == n) &&
         (how != ALLOCS_CFI_REGISTER || rule->reg == in);
}

static void places(void) {
  CHECK(RUN(0, 0x41, 0x0e, 16) && is(CFA, ALLOCS_CFI_REGISTER, 7, 8));
  CHECK(RUN(1, 0x41, 0x0e, 16) && is(CFA, ALLOCS_CFI_REGISTER, 7, 8));
  CHECK(RUN(2, 0x41, 0x0e, 16) && is(CFA, ALLOCS_CFI_REGISTER, 7, 16));
  CHECK(RUN(125, 0x7f, 0x0e, 16) && is(CFA, ALLOCS_CFI_REGISTER, 7, 8) && RUN(126, 0x7f, 0x0e, 16) &&
        row.cfa.u.n == 16);
  CHECK(RUN(9, 0x02, 5, 0x0e, 16) && row.cfa.u.n == 8 && RUN(10, 0x02, 5, 0x0e, 16) && row.cfa.u.n == 16);
  CHECK(RUN(0x203, 0x03, 2, 1, 0x0e, 16) && row.cfa.u.n == 8 && RUN(0x204, 0x03, 2, 1, 0x0e, 16) && row.cfa.u.n == 16);
  CHECK(RUN(0x20003, 0x04, 2, 0, 1, 0, 0x0e, 16) && row.cfa.u.n == 8);
  CHECK(RUN(0x20004, 0x04, 2, 0, 1, 0, 0x0e, 16) && row.cfa.u.n == 16);
  CHECK(RUN(0x1f, 0x01, 0x20, 0x10, 0, 0, 0, 0, 0, 0, 0x0e, 16) && row.cfa.u.n == 8);
  CHECK(RUN(0x20, 0x01, 0x20, 0x10, 0, 0, 0, 0, 0, 0, 0x0e, 16) && row.cfa.u.n == 16);
  CHECK(RUN(4, 0x41, 0x0e, 16, 0x41, 0x0e, 24) && row.cfa.u.n == 24 && RUN(3, 0x41, 0x0e, 16, 0x41, 0x0e, 24) &&
        row.cfa.u.n == 16);
}

static void registers(void) {
  CHECK(RUN(0, 0x83, 2) && is(3, SAVED, 0, -16));
  CHECK(RUN(0, 0x05, 3, 2) && is(3, SAVED, 0, -16) && RUN(0, 0x11, 3, 0x7e) && is(3, SAVED, 0, 16));
  CHECK(RUN(0, 0x2f, 3, 2) && is(3, SAVED, 0, 16));
  CHECK(RUN(0, 0x14, 3, 2) && is(3, ALLOCS_CFI_CFA, 0, -16) && RUN(0, 0x15, 3, 0x7e) && is(3, ALLOCS_CFI_CFA, 0, 16));
  CHECK(RUN(0, 0x07, 3) && is(3, ALLOCS_CFI_UNDEFINED, 0, 0) && RUN(0, 0x08, 3) && is(3, ALLOCS_CFI_SAME, 0, 0));
  CHECK(RUN(0, 0x07, 0) && is(0, ALLOCS_CFI_UNDEFINED, 0, 0) && RUN(0, 0x07, RA) && is(RA, ALLOCS_CFI_UNDEFINED, 0, 0));
  CHECK(RUN(0, 0x09, 3, 12) && is(3, ALLOCS_CFI_REGISTER, 12, 0) && RUN(0, 0x09, 3, RA) &&
        is(3, ALLOCS_CFI_REGISTER, RA, 0));
  CHECK(RUN(0, 0x10, 3, 2, 0x76, 1) && is(3, ALLOCS_CFI_AT_VALUE, 0x76, 2));
  CHECK(RUN(0, 0x16, 3, 2, 0x77, 1) && is(3, ALLOCS_CFI_VALUE, 0x77, 2));
  /* back to what the CIE says */
  CHECK(RUN(0, 0x83, 2, 0xc3) && is(3, ALLOCS_CFI_UNSET, 0, 0) && RUN(0, 0x83, 2, 0x06, 3) &&
        is(3, ALLOCS_CFI_UNSET, 0, 0));
  CHECK(RUN(0, 0x07, RA, 0xc0 | RA) && is(RA, SAVED, 0, -8) && RUN(0, 0x07, RA, 0x06, RA) && is(RA, SAVED, 0, -8));
  /* those beyond are read over */
  CHECK(RUN(0, 0x80 | BEYOND, 2, 0x83, 2) && is(3, SAVED, 0, -16) && RUN(0, 0x07, BEYOND, 0x83, 2) &&
        is(3, SAVED, 0, -16));
  CHECK(RUN(0, 0xc0 | BEYOND, 0x06, BEYOND, 0x83, 2) && is(3, SAVED, 0, -16));
  CHECK(RUN(0, 0x09, BEYOND, 3, 0x83, 2) && is(3, SAVED, 0, -16) && RUN(0, 0x09, 3, BEYOND) &&
        row.regs[3].how == ALLOCS_CFI_UNDEFINED);
  CHECK(RUN(0, 0x10, BEYOND, 1, 0x96, 0x83, 2) && is(3, SAVED, 0, -16));
}

static void frames(void) {
  CHECK(RUN(0, 0x0c, 6, 16) && is(CFA, ALLOCS_CFI_REGISTER, 6, 16) && RUN(0, 0x12, 6, 0x7e) &&
        is(CFA, ALLOCS_CFI_REGISTER, 6, 16));
  CHECK(RUN(0, 0x0d, 6) && is(CFA, ALLOCS_CFI_REGISTER, 6, 8) && RUN(0, 0x0e, 0x90, 1) &&
        is(CFA, ALLOCS_CFI_REGISTER, 7, 144));
  CHECK(RUN(0, 0x13, 0x7d) && is(CFA, ALLOCS_CFI_REGISTER, 7, 24));
  CHECK(RUN(0, 0x0f, 2, 0x75, 3) && is(CFA, ALLOCS_CFI_VALUE, 0x75, 2));
  CHECK(RUN(0, 0x0f, 1, 0x30, 0x0d, 6) && is(CFA, ALLOCS_CFI_REGISTER, 6, 0));
  CHECK(!RUN(0, 0x0f, 1, 0x30, 0x0e, 16) && !RUN(0, 0x0f, 1, 0x30, 0x13, 0x7d));
  CHECK(RUN(0, 0x0d, RA) && !RUN(0, 0x0d, BEYOND) && !RUN(0, 0x0c, BEYOND, 8) && !RUN(0, 0x12, BEYOND, 1));
}

static void states(void) {
  CHECK(RUN(0, 0x0a, 0x0e, 16, 0x83, 2, 0x0b) && is(3, ALLOCS_CFI_UNSET, 0, 0));
  CHECK(RUN(0, 0x0a, 0x0e, 16, 0x0a, 0x0e, 24, 0x0b) && row.cfa.u.n == 16);
  CHECK(RUN(0, 0x0a, 0x0e, 16, 0x0a, 0x0e, 24, 0x0b, 0x0b) && row.cfa.u.n == 8);
  CHECK(RUN(0, 0x0a, 0x0a, 0x0a, 0x0a, 0x0e, 16, 0x0b) && row.cfa.u.n == 8);
  CHECK(!RUN(0, 0x0a, 0x0a, 0x0a, 0x0a, 0x0a) && !RUN(0, 0x0b) && !RUN(0, 0x0a, 0x0b, 0x0b));
  /* What was kept is there again; a row that does not fit is none. */
  CHECK(RUN(0, 0x10, 3, 1, 0x30, 0x0a, 0x83, 2, 0x0b) && is(3, ALLOCS_CFI_AT_VALUE, 0x30, 1));
  CHECK(RUN(0, 0x14, 3, 0x7f, 0x0a, 0x83, 2, 0x0b) && is(3, ALLOCS_CFI_CFA, 0, -127 * 8));
  CHECK(!RUN(0, 0x0e, 0x80, 0x80, 0x80, 0x80, 0x08, 0x0a, 0x0b));
  CHECK(RUN(0, 0, 0x2e, 0x83, 0x01, 0x0e, 16) && is(CFA, ALLOCS_CFI_REGISTER, 7, 16));
}

/* Each instruction with operands, without the last byte of them; and what there is no instruction of. */
static void damaged(void) {
  static const unsigned char whole[][6] = {
      {3, 0x83, 0x82, 0x00}, {3, 0x05, 3, 2},       {3, 0x11, 3, 0x7e}, {3, 0x2f, 3, 2}, {3, 0x14, 3, 2},
      {3, 0x15, 3, 2},       {2, 0x06, 3},          {2, 0x07, 3},       {2, 0x08, 3},    {3, 0x09, 3, 12},
      {4, 0x10, 3, 1, 0x96}, {4, 0x16, 3, 1, 0x96}, {3, 0x0c, 6, 16},   {3, 0x12, 6, 1}, {2, 0x0d, 6},
      {2, 0x0e, 16},         {2, 0x13, 1},          {3, 0x0f, 1, 0x30}, {2, 0x2e, 1},    {2, 0x02, 1},
      {3, 0x03, 1, 0},       {5, 0x04, 1, 0, 0, 0}};
  for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
    CHECK(run(&whole[i][1], whole[i][0], 0) && !run(&whole[i][1], whole[i][0] - 1u, 0x40000));
  }
  static const unsigned char none[] = {0x17, 0x18, 0x1c, 0x2c, 0x2d, 0x30, 0x3f};
  for (size_t i = 0; i < sizeof none; i++)
    CHECK(!RUN(0, none[i], 3, 1));
}

static void without_cfa(void) {
  static const unsigned char nothing[] = {0, 0x0a, 0x0b};
  struct allocs_cfi_entry entry = {.begin = BEGIN, .end = BEGIN + 10, .code_align = 1, .data_align = -8};
  entry.shared = nothing, entry.shared_end = nothing + 1, entry.own = nothing, entry.own_end = nothing + 1;
  CHECK(!allocs_cfi_run(&entry, BEGIN, &row));
  entry.shared_end = nothing + 3; /* its own state is kept and taken back, too */
  CHECK(!allocs_cfi_run(&entry, BEGIN, &row));
  static const unsigned char later[] = {0x41, 0x0c, 7, 8, 0xc3}; /* of the CIE all counts, whatever address it is for */
  entry.shared = later, entry.shared_end = later + sizeof later;
  CHECK(allocs_cfi_run(&entry, BEGIN, &row) && row.cfa.u.n == 8 && row.regs[3].how == ALLOCS_CFI_UNSET);
  static const unsigned char kept[] = {0x0c, 7, 8, 0x0a}, taken[] = {0x0b, 0x0e, 16};
  entry.shared = kept, entry.shared_end = kept + 4, entry.own = taken, entry.own_end = taken + 3;
  CHECK(allocs_cfi_run(&entry, BEGIN, &row) && row.cfa.u.n == 16);
}

int main(void) {
  places();
  registers();
  frames();
  states();
  damaged();
  without_cfa();
  return check_failed;
}
