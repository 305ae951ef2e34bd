/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Lines: libdw finds the DWARF of a file, in it or where debuggers look for it. Each file is opened once. */

#define _GNU_SOURCE
#include "inspect/lines.h"
#include "image/call_places.h"
#include "image/image.h"
#include "target/images.h"
#include <elfutils/libdwfl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_IMAGES = 4096 };

static struct {
  Dwfl *all[MOST_IMAGES];
  bool is_opened[MOST_IMAGES];
} lines;

static char *no_path;
static const Dwfl_Callbacks callbacks = {.find_elf = dwfl_build_id_find_elf,
                                         .find_debuginfo = dwfl_standard_find_debuginfo,
                                         .section_address = dwfl_offline_section_address,
                                         .debuginfo_path = &no_path};

static bool has_build_id(const struct allocs_elf_note *note, void *arg) {
  Dwfl_Module *module = arg;
  const unsigned char *bits;
  GElf_Addr at;
  int n = dwfl_module_build_id(module, &bits, &at);
  return note->type == NT_GNU_BUILD_ID && note->name_size == 4 && !memcmp(note->name, "GNU", 4) && n > 0 &&
         note->size == (size_t)n && !memcmp(note->contents, bits, (size_t)n);
}

/* The only module of it. */
static int take_module(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr start, void *arg) {
  (void)data, (void)name, (void)start;
  *(Dwfl_Module **)arg = module;
  return DWARF_CB_ABORT;
}

static Dwfl_Module *module_of(Dwfl *dwfl) {
  Dwfl_Module *module = NULL;
  if (dwfl)
    dwfl_getmodules(dwfl, take_module, &module, 0);
  return module;
}

/* The running file itself needs no proof; what is found by a name may be another file by now. */
static Dwfl *open_image(const struct allocs_copied_image *image) {
  bool is_executable = !image->os.name[0];
  int fd = image->name[0] == '/' ? allocs_images_open_file(is_executable ? NULL : image->name) : -1;
  bool is_itself = is_executable && fd >= 0;
  if (fd < 0 && is_executable)
    fd = allocs_images_open_file(image->name);
  Dwfl *dwfl = fd >= 0 ? dwfl_begin(&callbacks) : NULL;
  Dwfl_Module *module = dwfl ? dwfl_report_offline(dwfl, "", image->name, fd) : NULL;
  if (dwfl)
    dwfl_report_end(dwfl, NULL, NULL);
  if (!module && fd >= 0)
    close(fd);
  if (module && (is_itself || allocs_image_each_note(&image->os, has_build_id, module)))
    return dwfl;
  dwfl_end(dwfl);
  return NULL;
}

static size_t number_of(const struct allocs_copied_image *image) {
  size_t i = 0;
  while (allocs_images_at(i) != image)
    i++;
  return i;
}

/* Clang writes no table of which unit has which code. */
static bool find_in_units(Dwfl_Module *module, uint64_t code, struct allocs_line *ret) {
  Dwarf_Addr bias;
  for (Dwarf_Die *unit = NULL; (unit = dwfl_module_nextcu(module, unit, &bias)) != NULL;) {
    Dwarf_Line *line = dwarf_haspc(unit, code - bias) > 0 ? dwarf_getsrc_die(unit, code - bias) : NULL;
    ret->file = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
    if (ret->file && !dwarf_lineno(line, &ret->line) && ret->line > 0)
      return true;
  }
  return false;
}

static bool find_by_dwarf(const struct allocs_copied_image *image, uint64_t code, struct allocs_line *ret) {
  size_t i = number_of(image);
  Dwarf_Addr bias;
  if (i >= MOST_IMAGES)
    return false;
  if (!lines.is_opened[i])
    lines.all[i] = open_image(image);
  lines.is_opened[i] = true;
  Dwfl_Module *module = module_of(lines.all[i]);
  if (!module || !dwfl_module_getdwarf(module, &bias))
    return false;
  code = code - image->os.bias + bias;
  Dwfl_Line *line = dwfl_module_getsrc(module, code);
  ret->file = line ? dwfl_lineinfo(line, NULL, &ret->line, NULL, NULL, NULL) : NULL;
  return (ret->file && ret->line > 0) || find_in_units(module, code, ret);
}

bool allocs_lines_find(uint64_t code, struct allocs_line *ret) {
  const struct allocs_copied_image *image = allocs_images_of_local(code);
  struct allocs_call_text call;
  if (!image)
    return false;
  if (find_by_dwarf(image, code, ret))
    return true;
  struct allocs_image *known = allocs_image_find(code);
  if (!known || !allocs_call_places_find(known, code + 1, &call))
    return false;
  ret->file = call.file;
  ret->line = (int)call.line;
  return true;
}

void allocs_lines_fini(void) {
  for (size_t i = 0; i < MOST_IMAGES; i++) {
    dwfl_end(lines.all[i]);
    lines.all[i] = NULL;
    lines.is_opened[i] = false;
  }
}
