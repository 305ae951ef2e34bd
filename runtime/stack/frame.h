/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_FRAME_H
#define ALLOCS_FRAME_H

/* Frames: found by the function they describe, and the types made of them. */

#include "allocs/abi.h"
#include "allocs/uniqtype.h"
#include "image/image.h"

/* A function's frame. The part of each activation that is one allocation reaches from its lowest local up to the CFA,
   which is ALLOCS_ARCH_LINK above the frame pointer, or to the end of the parameters that the caller has put above.
   Texts are the image's own, types live as long as the process. */
struct allocs_known_frame {
  const struct uniqtype *type; /* __FRAME_<function>, its members the locals; NULL if it has none of known type */
  int64_t lowest;              /* offset of its begin from the frame pointer */
  uint64_t size;
  const char *name, *file;
  unsigned line;
  int32_t dynamic; /* from the frame pointer to a pointer to the newest dynamic block, or ALLOCS_NO_DYNAMIC */
  /* Release-stored when the rest is there, which is what any other thread would store. Not set in a spare. */
  bool filled;
};

/* That of the function that begins at an address; NULL if there is none, several that differ, or memory is short. It is
 *spare if types may be told better later. */
const struct allocs_known_frame *allocs_frame_find(struct allocs_image *image, uintptr_t code,
                                                   struct allocs_known_frame *spare);

/* The image goes: frees its index. */
void allocs_frame_drop(struct allocs_image *image);

#endif
