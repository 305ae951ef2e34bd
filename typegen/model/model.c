/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What a model owns: its tables, not the texts. */

#include "model/model.h"
#include <stdlib.h>

void allocs_model_fini(struct model *model) {
  for (size_t i = 0; i < model->n_types; i++)
    free(model->types[i].entries);
  for (size_t i = 0; i < model->n_frames; i++)
    free(model->frames[i].locals);
  for (size_t i = 0; i < model->n_calls; i++)
    free(model->calls[i].calls);
  free(model->calls);
  free(model->types);
  free(model->sites);
  free(model->statics);
  free(model->literals);
  free(model->tls);
  free(model->frames);
}
