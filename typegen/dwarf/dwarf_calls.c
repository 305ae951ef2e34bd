/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* 1. The bytes of each piece of a function's code are looked through for what calls. Nothing is disassembled: that
   finds too much, which is asked about by nobody.
   2. Where functions were inlined, the innermost is whose call it is in the source: each is entered over those around
   it.
   3. The line table says the line of the byte before the return address. */

#include "dwarf/dwarf_calls.h"
#include "ground/machine.h"
#include <stdlib.h>
#include <string.h>

/* As DWARF has addresses. Calls within a function that are told, at most: no function has more. */
enum { MOST = 1 << 24 };

struct calls {
  struct model_call *calls;
  size_t n, cap;
};

static void find(struct calls *calls, const struct allocs_dwarf *dwarf, const struct dwarf_code *code) {
  uint64_t left = 0, begin = code->begin + dwarf->shift, size = code->end - code->begin;
  const unsigned char *bytes = allocs_dwarf_code(dwarf, begin, &left);
  left = size < left ? size : left;
  for (uint64_t at = 0; bytes && at < left && calls->n < MOST; at++) {
    int32_t distance;
    size_t length = allocs_machine_call(bytes + at, left - at, &distance);
    uint64_t after = begin + at + length;
    if (!length || (distance && !allocs_dwarf_is_loaded(dwarf, after + (uint64_t)(int64_t)distance, 1, PF_X)))
      continue;
    calls->calls = allocs_grow(calls->calls, calls->n, &calls->cap, sizeof *calls->calls);
    calls->calls[calls->n++] = (struct model_call){.address = after, .function = code->function};
  }
}

/* The first that returns to more than an address. */
static size_t first_above(const struct calls *calls, uint64_t address) {
  size_t low = 0, high = calls->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (calls->calls[middle].address <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Outer ones come before those that are in them. */
static void enter_inlined(struct calls *calls, const struct dwarf_unit *unit, size_t first, size_t end) {
  for (size_t i = first; i < end; i++) {
    const struct dwarf_code *inlined = &unit->inlined[i];
    uint64_t last = inlined->end + unit->dwarf->shift;
    for (size_t j = first_above(calls, inlined->begin + unit->dwarf->shift);
         j < calls->n && calls->calls[j].address <= last; j++)
      calls->calls[j].function = inlined->function;
  }
}

/* What has no line, compilers have made: it is left out. */
static void enter_lines(struct calls *calls, const struct dwarf_unit *unit) {
  size_t left = 0;
  for (size_t i = 0; i < calls->n; i++) {
    struct model_call *call = &calls->calls[i];
    Dwarf_Die die = unit->lines;
    Dwarf_Line *line = dwarf_getsrc_die(&die, call->address - 1 - unit->dwarf->shift);
    int number = 0;
    if (!line || dwarf_lineno(line, &number) || number <= 0)
      continue;
    call->file = allocs_dwarf_unit_path(unit, dwarf_linesrc(line, NULL, NULL));
    call->line = (uint32_t)number;
    calls->calls[left++] = *call;
  }
  calls->n = left;
}

void allocs_dwarf_calls_add(const struct dwarf_unit *unit, struct model *model, size_t *cap) {
  size_t end = unit->n_inlined;
  for (size_t i = unit->n_codes; i--;) {
    const struct dwarf_code *code = &unit->codes[i];
    struct calls calls = {0};
    find(&calls, unit->dwarf, code);
    enter_inlined(&calls, unit, code->first_inlined, end);
    /* Pieces of one function share those in it. */
    end = i && unit->codes[i - 1].first_inlined < code->first_inlined ? code->first_inlined : end;
    enter_lines(&calls, unit);
    if (!calls.n) {
      free(calls.calls);
      continue;
    }
    model->calls = allocs_grow(model->calls, model->n_calls, cap, sizeof *model->calls);
    model->calls[model->n_calls++] = (struct model_calls){.code.address = code->begin + unit->dwarf->shift,
                                                          .source = code->source,
                                                          .calls = calls.calls,
                                                          .n_calls = (uint32_t)calls.n};
  }
}

static int by_address(const void *a, const void *b) {
  const struct model_calls *x = a, *y = b;
  int order = (x->code.address > y->code.address) - (x->code.address < y->code.address);
  return order ? order : strcmp(x->source.function, y->source.function);
}

/* Of code that two units describe, one is enough. */
void allocs_dwarf_calls_sort(struct model *model) {
  size_t left = 0;
  if (model->n_calls)
    qsort(model->calls, model->n_calls, sizeof *model->calls, by_address);
  for (size_t i = 0; i < model->n_calls; i++)
    if (left && model->calls[left - 1].code.address == model->calls[i].code.address)
      free(model->calls[i].calls);
    else
      model->calls[left++] = model->calls[i];
  model->n_calls = left;
}
