/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Records stand by address: the last that begins below the address is the only one that may have the call. */

#include "bytes/calls.h"

bool allocs_calls_next(struct allocs_reader *table, struct allocs_calls_view *ret) {
  if (table->at >= table->end)
    return false;
  struct allocs_reader record = allocs_reader_record(table);
  allocs_read_calls(&record, ret);
  return true;
}

bool allocs_calls_next_call(struct allocs_calls_view *calls, struct allocs_call_view *view) {
  if (calls->calls.wrong || calls->calls.at >= calls->calls.end)
    return false;
  allocs_read_call(&calls->calls, view);
  return !calls->calls.wrong;
}

bool allocs_calls_find(struct allocs_reader table, uintptr_t address, struct allocs_call_place *ret) {
  struct allocs_calls_view calls, found;
  struct allocs_call_view call = {.before = 0};
  uintptr_t at = 0;
  while (allocs_calls_next(&table, &calls)) {
    uintptr_t begin = (uintptr_t)allocs_target(calls.code);
    if (calls.calls.wrong || begin >= address)
      break;
    at = begin;
    found = calls;
  }
  if (!at)
    return false;
  struct allocs_call_place place = {found.function, found.file, 0};
  call.before = found.line;
  while (at < address && allocs_calls_next_call(&found, &call)) {
    at += call.distance;
    place.line = call.line;
    if (call.flags & ALLOCS_CALL_FILE)
      place.file = call.file;
    if (call.flags & ALLOCS_CALL_FUNCTION)
      place.function = call.function;
  }
  if (at != address)
    return false;
  *ret = place;
  return true;
}
