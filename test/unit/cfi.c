// Unwind entries are found and run as they stand, and damaged ones give an answer or none but never read astray.
// RUN: %cc -O1 -iquote %src/runtime %s %src/runtime/bytes/segments.c %src/runtime/unwind/cfi.c %src/runtime/unwind/cfi_run.c %src/runtime/unwind/cfi_value.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t && %t

#define _GNU_SOURCE
#include "check.h"
#include "os/os.h"
#include "unwind/cfi_value.h"

#include <elf.h>
#include <sys/mman.h>

/* A copy of the loaded libc, its readable segments at the same distances, with nothing readable around it. */
struct copy {
  struct allocs_os_image image, original;
  unsigned char *bytes;
  size_t size;
};

static struct copy copy_of(uintptr_t code) {
  struct copy copy = {.bytes = NULL};
  CHECK(allocs_os_find_image(code, &copy.original));
  copy.image = copy.original;
  copy.size = copy.original.end - copy.original.begin;
  copy.bytes = mmap(NULL, copy.size + (2u << 20), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  copy.bytes += 1u << 20;
  const Elf64_Phdr *phdrs = copy.original.phdrs;
  for (size_t i = 0; i < copy.original.n_phdrs; i++)
    if (phdrs[i].p_type == PT_LOAD && phdrs[i].p_flags & PF_R) {
      unsigned char *page = copy.bytes + phdrs[i].p_vaddr / ALLOCS_PAGE * ALLOCS_PAGE;
      mprotect(page, phdrs[i].p_vaddr % ALLOCS_PAGE + phdrs[i].p_filesz, PROT_READ | PROT_WRITE);
      memcpy(copy.bytes + phdrs[i].p_vaddr, (void *)(copy.original.bias + phdrs[i].p_vaddr), phdrs[i].p_filesz);
    }
  copy.image.begin = copy.image.bias = (uintptr_t)copy.bytes;
  copy.image.end = copy.image.begin + copy.size;
  copy.image.eh_frame_hdr = copy.bytes + ((uintptr_t)copy.original.eh_frame_hdr - copy.original.begin);
  return copy;
}

static uint64_t seed = 1;
static uint64_t rnd(uint64_t n) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (seed >> 20) % n;
}

static bool find(const struct allocs_os_image *image, uintptr_t code, struct allocs_cfi_entry *ret) {
  struct allocs_segments segments = allocs_os_segments(image);
  return allocs_cfi_find(&segments, (uintptr_t)image->eh_frame_hdr, code, ret);
}

/* All that can be asked of an entry. */
static int exercise(const struct allocs_os_image *image, uintptr_t code, struct allocs_cfi_entry *entry) {
  static uintptr_t regs[ALLOCS_ARCH_N_REGS], stack[64];
  struct allocs_cfi_row row;
  if (!find(image, code, entry))
    return 0;
  if (!allocs_cfi_run(entry, code, &row))
    return 1;
  for (int i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    regs[i] = (uintptr_t)&stack[rnd(64)];
  struct allocs_cfi_state state = {regs, 0x1ffff, (uintptr_t)stack, (uintptr_t)(stack + 64)};
  uintptr_t value, cfa = regs[ALLOCS_ARCH_SP];
  if (row.cfa.how == ALLOCS_CFI_VALUE)
    allocs_cfi_value_evaluate(&state, &row.cfa, NULL, &value);
  for (int i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    if (row.regs[i].how >= ALLOCS_CFI_AT_VALUE)
      allocs_cfi_value_evaluate(&state, &row.regs[i], &cfa, &value);
  return 2;
}

static void damaged(struct copy *copy) {
  const Elf64_Phdr *phdrs = copy->image.phdrs;
  uintptr_t header = (uintptr_t)copy->image.eh_frame_hdr;
  size_t tables = 0, answered = 0;
  for (size_t i = 0; i < copy->image.n_phdrs; i++)
    if (phdrs[i].p_type == PT_LOAD && header - copy->image.begin - phdrs[i].p_vaddr < phdrs[i].p_filesz)
      tables = copy->image.begin + phdrs[i].p_vaddr + phdrs[i].p_filesz - header;
  for (int round = 0; round < 30000; round++) {
    struct allocs_cfi_entry entry, again;
    uintptr_t code = copy->image.begin + rnd(copy->size);
    unsigned char *at, saved[8];
    if (exercise(&copy->image, code, &entry) && rnd(8)) /* its instructions, its header, or anything near the tables */
      at = (unsigned char *)entry.own + rnd((size_t)(entry.own_end - entry.own) + 1) - rnd(3) * 8;
    else
      at = (unsigned char *)header + rnd(rnd(2) ? 16 : tables - 8);
    memcpy(saved, at, sizeof saved);
    for (uint64_t n = 1 + rnd(3); n; n--)
      at[rnd(8)] = (unsigned char)(rnd(2) ? rnd(256) : rnd(2) * 255);
    answered += exercise(&copy->image, code, &again) != 0;
    memcpy(at, saved, sizeof saved);
  }
  CHECK(answered > 1000);
}

static uintptr_t value_of(const unsigned char *expression, size_t length, bool *ok) {
  static uintptr_t memory[2] = {0x1122334455667788, 7}, regs[ALLOCS_ARCH_N_REGS];
  struct allocs_cfi_rule rule = {.how = ALLOCS_CFI_VALUE, .length = (uint32_t)length};
  struct allocs_cfi_state state = {regs, 1u << ALLOCS_ARCH_SP, (uintptr_t)memory, (uintptr_t)(memory + 2)};
  uintptr_t ret = 0;
  rule.u.expression = expression;
  regs[ALLOCS_ARCH_SP] = (uintptr_t)memory;
  *ok = allocs_cfi_value_evaluate(&state, &rule, NULL, &ret);
  return ret;
}

static void expressions(void) {
  bool ok;
#define VALUE(...) value_of((const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__}), &ok)
  CHECK(VALUE(0x31, 0x34, 0x22) == 5 && ok); /* 1 + 4 */
  CHECK(VALUE(0x34, 0x31, 0x1c) == 3 && ok); /* 4 - 1 */
  CHECK(VALUE(0x08, 0xff) == 255 && VALUE(0x09, 0xff) == ~(uintptr_t)0);
  CHECK(VALUE(0x0b, 0xfe, 0xff) == (uintptr_t)-2 && VALUE(0x11, 0x7f) == (uintptr_t)-1);
  CHECK(VALUE(0x77, 8, 0x06) == 7 && ok); /* *(rsp + 8) */
  CHECK(VALUE(0x77, 0, 0x94, 2) == 0x7788 && ok);
  CHECK(VALUE(0x31, 0x32, 0x16, 0x1c) == 1 && ok);                   /* swap: 2 - 1 */
  CHECK(VALUE(0x33, 0x12, 0x1e, 0x23, 0x81, 0x01) == 9 + 129 && ok); /* dup, mul, plus_uconst */
  CHECK(VALUE(0x3b, 0x33, 0x1a, 0x3b, 0x2a, 0x33, 0x24) == 0 && ok); /* ((11 & 3) >= 11) << 3 */
  CHECK(VALUE(0x31, 0x32, 0x14) == 1 && VALUE(0x31, 0x32, 0x33, 0x17, 0x13) == 1 && ok);
  CHECK(VALUE(0x0a, 0xfe, 0xff) == 0xfffe && VALUE(0x0c, 1, 2, 3, 0xff) == 0xff030201 && ok);
  CHECK(VALUE(0x0d, 1, 2, 3, 0xff) == (uintptr_t)(int32_t)0xff030201 && VALUE(0x10, 0xff, 0x7f) == 0x3fff && ok);
  CHECK(VALUE(0x0e, 1, 2, 3, 4, 5, 6, 7, 8) == 0x0807060504030201 &&
        VALUE(0x0f, 1, 0, 0, 0, 0, 0, 0, 0xff) == 0xff00000000000001);
  CHECK(VALUE(0x11, 0xbf, 0x7f) == (uintptr_t)-65 && VALUE(0x11, 0x3f) == 63 && VALUE(0x11, 0x40) == (uintptr_t)-64 &&
        ok);
  CHECK(VALUE(0x4f) == 31 && VALUE(0x30) == 0 && VALUE(0x96, 0x35, 0x96) == 5 && ok);
  CHECK(VALUE(0x3a, 0x36, 0x21) == 14 && VALUE(0x3a, 0x36, 0x27) == 12 && VALUE(0x3a, 0x36, 0x1a) == 2 &&
        ok); /* or, xor, and */
  CHECK(VALUE(0x35, 0x1f) == (uintptr_t)-5 && VALUE(0x35, 0x20) == ~(uintptr_t)5 &&
        VALUE(0x35, 0x1f, 0x31, 0x26) == (uintptr_t)-3 && ok);
  CHECK(VALUE(0x35, 0x1f, 0x08, 60, 0x25) == 15 && VALUE(0x31, 0x08, 63, 0x24) == (uintptr_t)1 << 63 && ok);
  CHECK(VALUE(0x35, 0x1f, 0x08, 64, 0x25) == 0 && VALUE(0x31, 0x08, 64, 0x24) == 0 &&
        VALUE(0x35, 0x1f, 0x08, 64, 0x26) == ~(uintptr_t)0);
  for (int a = -1; a <= 1; a++) { /* eq, ge, gt, le, lt, ne, of signed values: a and 0 */
    const unsigned char low = (unsigned char)a;
    CHECK(VALUE(0x09, low, 0x30, 0x29) == (a == 0) && VALUE(0x09, low, 0x30, 0x2a) == (a >= 0) && ok);
    CHECK(VALUE(0x09, low, 0x30, 0x2b) == (a > 0) && VALUE(0x09, low, 0x30, 0x2c) == (a <= 0) && ok);
    CHECK(VALUE(0x09, low, 0x30, 0x2d) == (a < 0) && VALUE(0x09, low, 0x30, 0x2e) == (a != 0) && ok);
  }
  CHECK(VALUE(0x31, 0x32, 0x33, 0x15, 2) == 1 && VALUE(0x31, 0x32, 0x33, 0x15, 0) == 3 &&
        VALUE(0x31, 0x32, 0x33, 0x13) == 2 && ok);
  CHECK(VALUE(0x31, 0x32, 0x33, 0x17) == 2 && VALUE(0x31, 0x32, 0x33, 0x17, 0x13) == 1 &&
        VALUE(0x31, 0x32, 0x33, 0x17, 0x13, 0x13) == 3);
  CHECK(VALUE(0x92, 7, 8, 0x06) == 7 && ok && VALUE(0x77, 8, 0x94, 8) == 7 && VALUE(0x77, 1, 0x94, 1) == 0x77 && ok);
  VALUE(0x92, 17, 0), CHECK(!ok);      /* no such register */
  VALUE(0x31, 0x15, 1), CHECK(!ok);    /* deeper than there is */
  VALUE(0x77, 0, 0x94, 9), CHECK(!ok); /* more than a word */
  VALUE(0x13), CHECK(!ok);
  VALUE(0x77, 0x7f, 0x06), CHECK(!ok); /* before the memory */
  VALUE(0x77, 15, 0x94, 1), CHECK(ok);
  VALUE(0x77, 16, 0x94, 1), CHECK(!ok);
  CHECK(VALUE(0x31, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12) == 1 &&
        ok);
  VALUE(0x77, 16, 0x06), CHECK(!ok); /* beyond the memory */
  VALUE(0x77, 9, 0x06), CHECK(!ok);  /* half beyond */
  VALUE(0x30, 0x06), CHECK(!ok);     /* NULL */
  VALUE(0x70, 0), CHECK(!ok);        /* a register not known */
  VALUE(0x22), CHECK(!ok);           /* nothing to add */
  VALUE(0x2f, 0, 0), CHECK(!ok);     /* a jump */
  VALUE(0x10, 0x80), CHECK(!ok);     /* cut off */
  VALUE(0x31, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12),
      CHECK(!ok);
}

int main(void) {
  struct copy copy = copy_of((uintptr_t)&fopen);
  unsigned found = 0, run = 0;
  for (uintptr_t code = 0; code < copy.size; code += 97) {
    struct allocs_cfi_entry theirs, ours;
    bool a = find(&copy.original, copy.original.begin + code, &theirs);
    bool b = find(&copy.image, copy.image.begin + code, &ours);
    CHECK(a == b && (!a || theirs.begin - copy.original.begin == ours.begin - copy.image.begin));
    CHECK(!a || (theirs.begin <= copy.original.begin + code && copy.original.begin + code < theirs.end));
    found += a;
    run += exercise(&copy.image, copy.image.begin + code, &ours) == 2;
  }
  CHECK(found > 1000 && run == found);
  /* Without a usable table: by scanning. */
  struct allocs_cfi_entry by_table, by_scan;
  uintptr_t code = (uintptr_t)&fopen - copy.original.begin + copy.image.begin;
  CHECK(find(&copy.image, code, &by_table));
  unsigned char *encoding = (unsigned char *)copy.image.eh_frame_hdr + 3, saved = *encoding;
  *encoding = 0xff;
  CHECK(find(&copy.image, code, &by_scan) && by_scan.begin == by_table.begin && by_scan.own == by_table.own);
  *encoding = saved;
  expressions();
  damaged(&copy);
  return check_failed;
}
