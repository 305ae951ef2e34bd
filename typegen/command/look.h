/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_COMMAND_LOOK_H
#define ALLOCS_COMMAND_LOOK_H

/* A target, and what a command needs of it. */

#include "command/request.h"
#include "graph/graph.h"
#include "inspect/rows.h"
#include "state/root.h"

struct allocs_look {
  struct allocs_target target;
  bool has_runtime; /* else only what mappings, files and frames tell; that has been said */
  struct allocs_root root;
  struct allocs_rows rows;   /* of a command that counts */
  struct allocs_graph graph; /* of one that follows pointers */
};

/* at: zero but for the name in its diag. A snapshot without contents has rows alone. False, having said why. */
bool allocs_look_at(struct allocs_look *at, const struct allocs_request *request);
void allocs_look_fini(struct allocs_look *at);

#endif
