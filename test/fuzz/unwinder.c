// Unwind entries of hostile bytes are found, run and evaluated without a read beyond them.
// REQUIRES: fuzzer
// RUN: %cc -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I%src/runtime %s \
// RUN:   %src/runtime/bytes/segments.c %src/runtime/unwind/cfi.c %src/runtime/unwind/cfi_run.c %src/runtime/unwind/cfi_value.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t -runs=0 %S/Inputs/unwinder

/* The input is an image of one segment, which begins with its .eh_frame_hdr. Asked for are the addresses its table
   names, one past each, and the address in the last 8 bytes. */

#include "unwind/cfi_value.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum { ASKED_MAX = 64, TABLE = 12 };

static void run(const struct allocs_segments *image, uintptr_t code) {
  static uintptr_t stack[64];
  uintptr_t regs[ALLOCS_ARCH_N_REGS], value, cfa = (uintptr_t)(stack + 8);
  struct allocs_cfi_entry entry;
  struct allocs_cfi_row row;
  if (!allocs_cfi_find(image, image->home, code, &entry))
    return;
  if (code < entry.begin || code >= entry.end)
    abort();
  if (!allocs_cfi_run(&entry, code, &row))
    return;
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    regs[i] = (uintptr_t)(stack + i);
  struct allocs_cfi_state state = {regs, 0x1ffff, (uintptr_t)stack, (uintptr_t)(stack + 64), NULL};
  if (row.cfa.how == ALLOCS_CFI_VALUE)
    allocs_cfi_value_evaluate(&state, &row.cfa, NULL, &value);
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    if (row.regs[i].how >= ALLOCS_CFI_AT_VALUE)
      allocs_cfi_value_evaluate(&state, &row.regs[i], &cfa, &value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unsigned char *bytes = malloc(size ? size : 1); /* nothing readable follows it */
  memcpy(bytes, data, size);
  Elf64_Phdr segment = {.p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = size, .p_memsz = size};
  uintptr_t begin = (uintptr_t)bytes;
  struct allocs_segments image = allocs_segments_loaded(&segment, 1, begin);
  for (size_t at = TABLE; at + 8 <= size && at < TABLE + 8 * ASKED_MAX; at += 8) {
    int32_t distance;
    memcpy(&distance, bytes + at, sizeof distance);
    run(&image, begin + (uintptr_t)(intptr_t)distance);
    run(&image, begin + (uintptr_t)(intptr_t)distance + 1);
  }
  if (size >= 8) {
    uint64_t offset;
    memcpy(&offset, bytes + size - 8, sizeof offset);
    run(&image, begin + offset);
  }
  free(bytes);
  return 0;
}
