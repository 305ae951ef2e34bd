/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EXPORT_GZIP_H
#define ALLOCS_EXPORT_GZIP_H

/* Bytes in the form of gzip (RFC 1952), not made smaller. */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

void allocs_gzip(FILE *out, const unsigned char *bytes, size_t n);

#endif
