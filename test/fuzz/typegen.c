// Files of hostile bytes are read by typegen, and printed if they are sound, without a read beyond them.
// REQUIRES: fuzzer
// RUN: %cc -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I%src/typegen -I%src/runtime %s \
// RUN:   %src/typegen/ground/*.c %src/typegen/elf/*.c %src/typegen/model/*.c %src/typegen/read/*.c %src/typegen/sites/*.c %src/typegen/dwarf/*.c %src/typegen/write/*.c \
// RUN:   %src/runtime/bytes/elf_headers.c %src/runtime/bytes/notes.c %src/runtime/bytes/record.c -ldw -lelf -o %t
// RUN: %t -runs=0 -close_fd_mask=2 %S/Inputs/typegen %S/Inputs/elf

/* The input is a file: an object, a linked file or an archive. */

#define _GNU_SOURCE
#include "elf/elf_file.h"
#include "read/read.h"
#include "write/dump.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static bool print(struct allocs_elf *elf, void *arg) {
  struct model model;
  bool ok = allocs_read_model(&model, elf);
  if (ok) {
    allocs_keys_check(&model, elf->diag);
    allocs_dump_c(arg, &model);
    allocs_dump_json(arg, &model);
  }
  allocs_model_fini(&model);
  return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static FILE *out;
  if (!out)
    out = fopen("/dev/null", "w");
  char path[32];
  int file = memfd_create("input", 0);
  if (file < 0 || write(file, data, size) != (ssize_t)size)
    abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  allocs_elf_each(path, print, out);
  close(file);
  return 0;
}
