/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DUMP_H
#define ALLOCS_TYPEGEN_DUMP_H

/* Models as text. */

#include "model/model.h"
#include <stdio.h>

/* The things of a model in the order they are printed in: the same for the same contents, wherever the linker put them.
 */
struct model_order {
  const struct model_type **types; /* n_tagged composites and enumerations by name, then the rest by spelling */
  size_t n_tagged;
  const struct model_site **sites;
  const struct model_object **statics, **literals, **tls;
  const struct model_frame **frames;
  const struct model_calls **calls;
};
void allocs_order_init(struct model_order *order, const struct model *model);
void allocs_order_fini(struct model_order *order);

void allocs_dump_c(FILE *out, const struct model *model);
void allocs_dump_json(FILE *out, const struct model *model);

#endif
