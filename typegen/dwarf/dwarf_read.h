/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_READ_H
#define ALLOCS_TYPEGEN_DWARF_READ_H

/* Makes a model of a file's DWARF, whose texts are the DWARF's own. */

#include "dwarf/dwarf_file.h"
#include "model/model.h"
#include "sites/sites_match.h"

/* `sites`: what the source says of calls, or NULL; then *ret says what came of that. False if it is damaged. The model
 * is to be given to allocs_model_fini() in any case. */
bool allocs_dwarf_read(struct model *model, const struct allocs_dwarf *dwarf, struct sites *sites,
                       struct sites_count *ret);

#endif
