/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Places: in the source, if that is known; else in the code, if that is there. */

#include "answers/places.h"
#include "ground/readers.h"
#include "image/statics.h"
#include "os/os.h"

static void put_source(struct allocs_text *text, const struct alloc_site_info *info) {
  allocs_text_string(text, info->file);
  allocs_text_char(text, ':');
  allocs_text_decimal(text, info->line);
  if (info->function) {
    allocs_text_char(text, ' ');
    allocs_text_string(text, info->function);
  }
  if (info->callee) {
    allocs_text_char(text, ' ');
    allocs_text_string(text, info->callee);
  }
}

/* The function of the program, or of a library, that the code is in. */
static void put_function(struct allocs_text *text, uintptr_t caller) {
  struct alloc_pos function = {.size = 0};
  if (!allocs_statics_find(caller - 1, &function) || !function.name)
    return;
  allocs_text_string(text, ", in ");
  allocs_text_string(text, function.name);
  if (!function.file)
    return;
  allocs_text_string(text, " at ");
  allocs_text_string(text, function.file);
  allocs_text_char(text, ':');
  allocs_text_decimal(text, function.line);
}

/* A call through a pointer, and one that was not compiled with the plugin, has no place in the source: where in which
   file it is, lets a debugger tell. The file's name goes with it. */
static void put_caller(struct allocs_text *text, uintptr_t caller, uintptr_t shown) {
  struct allocs_os_image image;
  bool held = allocs_readers_enter();
  allocs_text_string(text, "code ");
  allocs_text_hex(text, shown);
  if (held && allocs_os_find_image(caller, &image)) {
    allocs_text_string(text, " in ");
    allocs_text_string(text, *image.name ? image.name : "the program");
    allocs_text_char(text, '+');
    allocs_text_hex(text, caller - image.bias);
    put_function(text, caller);
  }
  if (held)
    allocs_readers_leave();
}

static void put_gone(struct allocs_text *text, const char *gone) {
  allocs_text_string(text, gone ? "code that was in " : "code that has gone");
  allocs_text_string(text, gone ? gone : "");
}

void allocs_places_put(struct allocs_text *text, const struct allocs_known_site *site, uintptr_t code) {
  if (!site)
    allocs_text_string(text, "unknown");
  else if (site->info.file)
    put_source(text, &site->info);
  else if (site->info.code)
    put_caller(text, (uintptr_t)site->info.code, code);
  else
    put_gone(text, __atomic_load_n(&site->gone, __ATOMIC_ACQUIRE));
}
