/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Reads the calls that a meta file tells. */

#include "read/links.h"
#include "read/read.h"
#include <stdlib.h>

/* A call has two bytes at least. */
enum { LEAST = 2 };

static bool read_all(const struct allocs_table_walk *walk, struct allocs_calls_view *view, struct model_calls *ret) {
  struct allocs_call_view call = {.before = view->line};
  struct model_call now = {.address = ret->code.address, .file = ret->source.file, .function = ret->source.function};
  ret->calls = allocs_new((size_t)(view->calls.end - view->calls.at) / LEAST, sizeof *ret->calls);
  while (view->calls.at < view->calls.end) {
    if (!allocs_check_call(walk, &view->calls, &call))
      return false;
    now.address += call.distance;
    now.line = (uint32_t)call.line;
    if (call.flags & ALLOCS_CALL_FILE)
      now.file = allocs_link_text(walk, call.file);
    if (call.flags & ALLOCS_CALL_FUNCTION)
      now.function = allocs_link_text(walk, call.function);
    ret->calls[ret->n_calls++] = now;
  }
  return true;
}

/* By address, so that they can be found. */
bool allocs_read_calls_table(struct model *model, struct allocs_elf *elf) {
  struct allocs_table_walk walk = {elf, &elf->calls, model};
  struct allocs_reader reader = allocs_table_reader(&walk);
  size_t cap = 0;
  while (reader.at < reader.end) {
    struct allocs_reader record = allocs_reader_record(&reader);
    struct allocs_calls_view view;
    const unsigned char *at = record.at;
    if (!allocs_check_calls(&walk, &record, &view))
      return false;
    model->calls = allocs_grow(model->calls, model->n_calls, &cap, sizeof *model->calls);
    struct model_calls *calls = &model->calls[model->n_calls++];
    *calls = (struct model_calls){.code = allocs_link_place(&walk, view.code)};
    calls->source.function = allocs_link_text(&walk, view.function);
    calls->source.file = allocs_link_text(&walk, view.file);
    calls->source.line = (uint32_t)view.line;
    if (model->n_calls > 1 && calls[-1].code.address >= calls->code.address)
      return allocs_check_wrong(&walk, at, "the calls are out of order");
    if (!read_all(&walk, &view, calls))
      return false;
  }
  return true;
}
