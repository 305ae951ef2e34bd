/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The target is opened, and what its runtime knows copied at one moment, so that it goes on as soon as can be. */

#include "command/look.h"
#include "command/arguments.h"
#include "graph/make.h"
#include "image/image.h"
#include "state/heap_copy.h"
#include "state/kinds.h"
#include "state/site_copy.h"
#include "target/core.h"
#include "target/images.h"
#include "target/process.h"
#include "target/snapshot.h"
#include <stdlib.h>
#include <string.h>

static bool open_target(struct allocs_target *target, const struct allocs_request *request) {
  uint64_t number;
  if (allocs_snapshot_is(request->target))
    return allocs_snapshot_open(target, request->target);
  if (allocs_rows_is_snapshot(request->target))
    return allocs_diag_file(&target->diag, "it has no contents: it was made with --no-contents");
  if (request->target[strspn(request->target, "0123456789")])
    return allocs_core_open(target, request->target);
  return allocs_arguments_number(request->target, 10, &number) && number && number <= INT32_MAX
             ? allocs_process_open(target, (int)number, !request->no_stop)
             : allocs_diag_file(&target->diag, "there is no such process");
}

/* What the runtime knows, at one moment. */
static bool copy_state(struct allocs_look *at) {
  struct allocs_target *target = &at->target;
  allocs_images_copy(target);
  for (size_t i = 0; allocs_images_at(i); i++)
    allocs_image_find(allocs_images_at(i)->os.begin);
  at->has_runtime = allocs_state_root(target, &at->root);
  return at->has_runtime && allocs_heap_copy(target, &at->root) && allocs_site_copy(target, &at->root);
}

/* What only those need who ask about addresses. */
static bool copy_kinds(struct allocs_look *at) {
  allocs_kinds_copy(&at->target, at->has_runtime ? &at->root : NULL);
  return true;
}

bool allocs_look_at(struct allocs_look *at, const struct allocs_request *request) {
  unsigned has = request->command->has & ~(request->rss ? ALLOCS_HAS_ROWS : 0u);
  if (request->form == ALLOCS_EXPORT_HEAPSNAPSHOT)
    has = (has & ~(unsigned)ALLOCS_HAS_ROWS) | ALLOCS_HAS_GRAPH;
  bool keeps_all = allocs_request_keeps_all(request);
  if (has & ALLOCS_HAS_ROWS && !keeps_all &&
      (allocs_rows_is_snapshot(request->target) || allocs_snapshot_is(request->target)))
    return allocs_rows_read(&at->target.diag, request->target, &at->rows);
  at->target.tags = request->tags;
  /* What is read of files, the kernel counts as the process's from then on. */
  if (!open_target(&at->target, request) ||
      ((request->rss || keeps_all) && !at->target.find_resident(&at->target, keeps_all)) ||
      (!copy_state(at) && has & (ALLOCS_HAS_ROWS | ALLOCS_HAS_GRAPH)) ||
      (!(has & ALLOCS_HAS_ROWS) && !copy_kinds(at)) ||
      (has & ALLOCS_HAS_GRAPH && !allocs_graph_make(&at->target, &at->root, &at->graph)))
    return false;
  if (!(has & (ALLOCS_HAS_ROWS | ALLOCS_HAS_GRAPH)))
    return true;
  /* All others look at contents. */
  if (!keeps_all)
    allocs_process_go(&at->target);
  if (has & ALLOCS_HAS_ROWS) {
    at->rows.process = at->target.process;
    allocs_rows_of_heap(&at->rows);
  }
  return true;
}

void allocs_look_fini(struct allocs_look *at) {
  if (at->target.close)
    allocs_target_close(&at->target);
  allocs_graph_fini(&at->graph);
  free(at->rows.all);
}
