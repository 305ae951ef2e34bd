/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Looked for by their bytes, as all calls are; what goes to none of these functions is passed over, so that few places
   are looked up. */

#include "dwarf/dwarf_allocations.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

static const char *absolute(struct allocs_pool *pool, const char *folder, const char *name) {
  return name ? allocs_sites_path(pool, folder ? folder : "", name) : NULL;
}

/* The innermost function of the source that a place is in. */
static const char *function_at(const struct dwarf_unit *unit, const struct dwarf_code *code, size_t end,
                               uint64_t address) {
  const char *function = code->function;
  for (size_t i = code->first_inlined; i < end; i++)
    if (address >= unit->inlined[i].begin && address < unit->inlined[i].end)
      function = unit->inlined[i].function;
  return function;
}

static void add_call(struct dwarf_allocations *it, const struct dwarf_unit *unit, const struct dwarf_code *code,
                     size_t end, struct sites_call call) {
  struct sites_program *program = &it->program;
  uint64_t inside = call.address - 1 - unit->dwarf->shift;
  Dwarf_Die die = unit->lines;
  Dwarf_Line *line = dwarf_getsrc_die(&die, inside);
  int number = 0, column = 0;
  if (line && !dwarf_lineno(line, &number) && number > 0 && !dwarf_linecol(line, &column) && column >= 0) {
    call.source.line = (uint32_t)number;
    call.source.column = (uint32_t)column;
    call.source.file = absolute(&it->pool, unit->folder, dwarf_linesrc(line, NULL, NULL));
  }
  call.source.function = function_at(unit, code, end, inside);
  program->calls = allocs_grow(program->calls, program->n_calls, &program->cap_calls, sizeof call);
  program->calls[program->n_calls++] = call;
}

static void find_calls(struct dwarf_allocations *it, const struct dwarf_unit *unit, const struct dwarf_code *code,
                       size_t end) {
  uint64_t left = 0, begin = code->begin + unit->dwarf->shift, size = code->end - code->begin;
  const unsigned char *bytes = allocs_dwarf_code(unit->dwarf, begin, &left);
  left = size < left ? size : left;
  for (uint64_t at = 0; bytes && at < left; at++) {
    struct allocs_machine_transfer how = allocs_machine_transfer(bytes + at, left - at);
    uint64_t after = begin + at + how.length;
    const char *callee = how.length ? allocs_dwarf_callee(&it->callees, unit->dwarf, how, after) : NULL;
    if (callee)
      add_call(
          it, unit, code, end,
          (struct sites_call){
              .address = after, .callee = callee, .is_jump = how.is_jump, .code = (uint32_t)it->program.n_codes - 1});
  }
}

static void add_name(struct sites_program *program, const char *name) {
  if (!name)
    return;
  program->names = allocs_grow(program->names, program->n_names, &program->cap_names, sizeof(char *));
  program->names[program->n_names++] = name;
}

static bool is_within(uint64_t address, const struct dwarf_code *code, const struct dwarf_code *codes_end) {
  const struct dwarf_code *piece = code;
  for (; piece < codes_end && piece->function == code->function && piece->first_inlined == code->first_inlined; piece++)
    if (address >= piece->begin && address < piece->end)
      return true;
  return false;
}

/* A function: pieces of code that follow one another. */
static void begin_code(struct sites_program *program, const struct dwarf_unit *unit, const struct dwarf_code *code,
                       size_t end) {
  program->codes = allocs_grow(program->codes, program->n_codes, &program->cap_codes, sizeof *program->codes);
  struct sites_code *it = &program->codes[program->n_codes++];
  *it = (struct sites_code){
      .unit = (uint32_t)program->n_units - 1, .first = program->n_names, .first_call = program->n_calls};
  add_name(program, code->function);
  for (size_t i = code->first_inlined; i < end; i++)
    if (is_within(unit->inlined[i].begin, code, unit->codes + unit->n_codes))
      add_name(program, unit->inlined[i].function);
  it->end = program->n_names;
}

void allocs_dwarf_allocations_add(struct dwarf_allocations *it, const struct dwarf_unit *unit) {
  struct sites_program *program = &it->program;
  Dwarf_Die lines = unit->lines;
  const char *name = dwarf_diename(&lines);
  if (!unit->n_codes)
    return;
  if (!it->program.n_units)
    allocs_dwarf_callees_read(&it->callees, unit->dwarf);
  program->units = allocs_grow(program->units, program->n_units, &program->cap_units, sizeof(char *));
  program->units[program->n_units++] = absolute(&it->pool, unit->folder, name ? name : "");
  for (size_t i = 0; i < unit->n_codes; i++) {
    const struct dwarf_code *code = &unit->codes[i], *before = i ? code - 1 : NULL;
    size_t next = i + 1;
    while (next < unit->n_codes && unit->codes[next].first_inlined == code->first_inlined)
      next++;
    size_t end = next < unit->n_codes ? unit->codes[next].first_inlined : unit->n_inlined;
    if (!before || before->first_inlined != code->first_inlined || before->function != code->function)
      begin_code(program, unit, code, end);
    find_calls(it, unit, code, end);
    program->codes[program->n_codes - 1].end_call = program->n_calls;
  }
}

static int by_address(const void *a, const void *b) {
  const struct sites_call *x = a, *y = b;
  return (x->address > y->address) - (x->address < y->address);
}

/* Two of one address are one, if they tell the same, and none otherwise. */
static void take_sites(struct sites_program *program, struct model *model, size_t *cap, struct model_type **merged,
                       const struct model_type *types) {
  if (program->n_calls)
    qsort(program->calls, program->n_calls, sizeof *program->calls, by_address);
  for (size_t i = 0; i < program->n_calls;) {
    const struct sites_call *call = &program->calls[i];
    bool is_one = call->site != NULL;
    for (; i < program->n_calls && program->calls[i].address == call->address; i++)
      is_one = is_one && program->calls[i].site && program->calls[i].shape == call->shape &&
               allocs_sites_are_same(program->calls[i].site, call->site);
    if (!is_one)
      continue;
    model->sites = allocs_grow(model->sites, model->n_sites, cap, sizeof *model->sites);
    model->sites[model->n_sites++] = (struct model_site){.code.address = call->address,
                                                         .type = merged[call->site->type->made - types],
                                                         .alias = call->site->alias,
                                                         .callee = call->site->callee,
                                                         .source = call->site->source,
                                                         .rest = call->site->rest,
                                                         .shape = call->shape,
                                                         .rule = call->site->rule};
  }
}

void allocs_dwarf_allocations_finish(struct dwarf_allocations *it, struct dwarf_merge *merge, struct model *model,
                                     size_t *cap_sites) {
  size_t n;
  allocs_sites_match(it->sites, &it->program, &merge->of_key, &it->count);
  struct model_type *types = allocs_sites_types(it->sites, &it->program, &merge->of_key, &n);
  struct model_type **merged = allocs_new(n, sizeof *merged);
  allocs_dwarf_merge(merge, types, n, merged);
  take_sites(&it->program, model, cap_sites, merged, types);
  free(merged);
  free(types);
}

void allocs_dwarf_allocations_fini(struct dwarf_allocations *it) {
  allocs_dwarf_callees_fini(&it->callees);
  allocs_sites_program_fini(&it->program);
  allocs_pool_fini(&it->pool);
}
