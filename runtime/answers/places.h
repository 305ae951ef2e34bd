/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_PLACES_H
#define ALLOCS_PLACES_H

/* How the place that a heap block came from is written. */

#include "ground/text.h"
#include "heap/site.h"

/* Of a site that has been filled; NULL: nothing is known. `code` is what to show for the code's address. */
void allocs_places_put(struct allocs_text *text, const struct allocs_known_site *site, uintptr_t code);

#endif
