/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Unloading: what must be saved from a library before it may go, and forgotten after.

   Which libraries a dlclose() will unload cannot be told before, so all sites outside the executable are saved; each is
   saved once. */

#include "doors/unload.h"
#include "arenas/arenas.h"
#include "ground/readers.h"
#include "heap/caller_origins.h"
#include "heap/site.h"
#include "image/call_places.h"
#include "image/image.h"
#include "image/image_parts.h"
#include "image/statics.h"
#include "image/symbols.h"
#include "os/os.h"
#include "stack/frame.h"
#include "stack/tls.h"
#include "unwind/unwind.h"

void allocs_unload_begin(void) {
  const struct allocs_image *executable = __atomic_load_n(&allocs_image_executable, __ATOMIC_ACQUIRE);
  allocs_readers_unload();
  allocs_tls_closing();
  allocs_caller_origins_note();
  allocs_site_fill_range(0, executable ? executable->os.begin : 0);
  allocs_site_fill_range(executable ? executable->os.end : 0, UINTPTR_MAX);
  allocs_os_closing(1);
}

static void forget_those_gone(void) {
  allocs_tls_closed();
  allocs_os_forget_hidden(allocs_os_is_loaded);
  for (struct allocs_image *image = NULL; (image = allocs_image_next(image));) {
    if (!allocs_image_is_gone(image))
      continue;
    allocs_arenas_end(image->os.begin, image->os.end);
    allocs_arenas_end_of(image->os.begin, image->os.end);
    allocs_caller_origins_forget(image);
    allocs_site_orphan_range(image->os.begin, image->os.end);
    allocs_statics_drop(image);
    allocs_call_places_drop(image);
    allocs_symbols_drop(image);
    allocs_image_parts_drop(image);
    allocs_frame_drop(image);
    allocs_image_forget(image);
  }
  allocs_unwind_forget();
}

void allocs_unload_end(void) {
  allocs_os_closing(-1);
  allocs_readers_unloaded(forget_those_gone);
}
