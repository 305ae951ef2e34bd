/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_SAVE_H
#define ALLOCS_TYPEGEN_SAVE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes a file as a whole, or leaves what was there. "-" is standard output. False, and told, if it cannot be. */
bool allocs_save(const char *file, const unsigned char *bytes, size_t size);

#endif
