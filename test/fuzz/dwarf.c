// Files of hostile DWARF are made meta files, which are sound, or are refused, without a read beyond them.
// REQUIRES: fuzzer
// RUN: %cc -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I%src/typegen -I%src/runtime %s \
// RUN:   %src/typegen/ground/*.c %src/typegen/elf/*.c %src/typegen/model/*.c %src/typegen/read/*.c %src/typegen/sites/*.c %src/typegen/dwarf/*.c %src/typegen/write/*.c \
// RUN:   %src/runtime/bytes/elf_headers.c %src/runtime/bytes/notes.c %src/runtime/bytes/record.c -ldw -lelf -o %t
// RUN: env DEBUGINFOD_URLS= %t -runs=0 -close_fd_mask=2 %S/Inputs/dwarf

/* The input is a file with DWARF; what is made of it is read back. libdw itself is not instrumented. */

#define _GNU_SOURCE
#include "dwarf/dwarf_read.h"
#include "dwarf/dwarf_symbols.h"
#include "elf/elf_file.h"
#include "read/read.h"
#include "write/meta.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static bool check(struct allocs_elf *elf, void *arg) {
  struct model model;
  (void)arg;
  if (!allocs_read_model(&model, elf) || !allocs_keys_check(&model, elf->diag))
    abort();
  allocs_model_fini(&model);
  return true;
}

static int file_of(const void *data, size_t size, char path[32]) {
  int file = memfd_create("input", 0);
  if (file < 0 || write(file, data, size) != (ssize_t)size)
    abort();
  snprintf(path, 32, "/proc/self/fd/%d", file);
  return file;
}

static void read_back(const unsigned char *bytes, size_t size) {
  char path[32];
  int file = file_of(bytes, size, path);
  if (!allocs_elf_each(path, check, NULL))
    abort();
  close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char path[32];
  int file = file_of(data, size, path);
  for (int symbols = 0; symbols < 2; symbols++) {
    struct allocs_diag diag = {.file = path};
    struct allocs_dwarf dwarf;
    struct model model = {0};
    size_t n;
    bool ok = allocs_dwarf_open(&dwarf, path, &diag) &&
              (symbols ? allocs_dwarf_symbols_model(&model, &dwarf)
                       : allocs_dwarf_find(&dwarf) && allocs_dwarf_read(&model, &dwarf, NULL, NULL));
    unsigned char *bytes = ok ? allocs_meta_make(&model, &diag, &n) : NULL;
    if (bytes)
      read_back(bytes, n);
    free(bytes);
    allocs_model_fini(&model);
    allocs_dwarf_close(&dwarf);
  }
  close(file);
  return 0;
}
