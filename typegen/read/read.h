/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_READ_H
#define ALLOCS_TYPEGEN_READ_H

/* Reads the tables of an image: the types first, the other tables refer to them. */

#include "elf/elf_image.h"
#include "model/model.h"

/* False if the image is damaged. The model is to be given to allocs_model_fini() in any case. */
bool allocs_read_model(struct model *model, struct allocs_elf *elf);

/* Between the readers. */

bool allocs_read_calls_table(struct model *model, struct allocs_elf *elf);
bool allocs_read_types(struct model *model, struct allocs_elf *elf);

#endif
