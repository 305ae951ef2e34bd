/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TABLE_CHECK_H
#define ALLOCS_TABLE_CHECK_H

/* Are the tables of an image whole? Asked once per image, so that whoever reads them need not ask again. */

#include "image/image.h"

struct allocs_damage {
  const char *section; /* where: name of the table's section */
  uint64_t offset;     /* of the record in it */
  const char *what;
};
/* False, and where and what, if a reference or length leads out of the image or to what it should not. */
bool allocs_table_check(const struct allocs_image *image, struct allocs_damage *ret);

#endif
