/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_RUN_FILE_H
#define ALLOCS_RUN_FILE_H

#include "bytes/elf_headers.h"
#include "bytes/meta_paths.h"
#include <stdbool.h>

/* An ELF file on disk. */
struct allocs_run_file {
  struct allocs_source source; /* first */
  int fd;
  struct allocs_elf_headers headers;
};
/* False if it cannot be read, or is none of 64 bits. */
bool allocs_run_file_open(const char *path, struct allocs_run_file *ret);
void allocs_run_file_close(const struct allocs_run_file *file);

/* Path of the dynamic linker that is to load it, in `ret`; false if it has none. */
bool allocs_run_file_interpreter(const struct allocs_run_file *file, char *ret, size_t size);
/* False if it has none; the bytes are in `room`. */
bool allocs_run_file_build_id(const struct allocs_run_file *file, unsigned char room[ALLOCS_BUILD_ID_LONGEST],
                              struct allocs_build_id *ret);
bool allocs_run_file_has_section(const struct allocs_run_file *file, const char *name);

#endif
