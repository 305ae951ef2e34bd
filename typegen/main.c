/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* typegen: arguments, and for each image: read, check, write. An image is written only once all of it has been read. */

#include "elf/elf_file.h"
#include "model/model.h"
#include "read/read.h"
#include "write/dump.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ALLOCS_VERSION
#define ALLOCS_VERSION "(unversioned)"
#endif

static const char usage[] =
    "usage: typegen --dump | --json FILE...\n"
    "       typegen --check FILE...\n"
    "Reads the tables that the allocs plugin put into objects, archives, libraries and executables.\n"
    "  --dump     print them as C-like text\n"
    "  --json     print them as JSON, one array with an object per image\n"
    "  --check    check them, and that each type's recorded key is the one that its contents give\n"
    "  --help     print this\n"
    "  --version  print the version\n"
    "Exit status: 0, or 1 if a file has no tables or is damaged.\n";

/* What the arguments ask for, for all images alike. */
struct run {
  enum { NOTHING, DUMP, CHECK } mode;
  bool json, headings;
  unsigned n_images; /* written so far */
};

/* One image, or one member of an archive. The model refers to the file's bytes, and so does not outlive this call. */
static bool do_image(struct allocs_elf *elf, void *arg) {
  struct run *run = arg;
  struct model model;
  bool ok = allocs_read_model(&model, elf);
  if (ok && run->mode == CHECK) {
    ok = allocs_keys_check(&model, elf->diag);
  } else if (ok && run->json) {
    fputs(run->n_images++ ? ",\n" : "", stdout);
    allocs_dump_json(stdout, &model);
  } else if (ok) {
    /* A heading where there may be several images: the name of an archive's member ends with a parenthesis. */
    if (run->headings || strcmp(model.file + strlen(model.file) - 1, ")") == 0)
      printf("%s%s:\n", run->n_images ? "\n" : "", model.file);
    run->n_images++;
    allocs_dump_c(stdout, &model);
  }
  allocs_model_fini(&model);
  return ok;
}

static int usage_error(const char *what, const char *argument) {
  fprintf(stderr, "typegen: %s%s\n%s", what, argument, usage);
  return 1;
}

int main(int argc, char **argv) {
  struct run run = {.mode = NOTHING};
  int first = 1;
  bool ok = true;
  /* A lone "-" is taken for a file's name. */
  for (; first < argc && argv[first][0] == '-' && argv[first][1]; first++) {
    const char *option = argv[first];
    if (!strcmp(option, "--")) {
      first++;
      break;
    }
    if (!strcmp(option, "--help"))
      return fputs(usage, stdout) == EOF;
    if (!strcmp(option, "--version"))
      return puts("typegen (allocs) " ALLOCS_VERSION) == EOF;
    if (!strcmp(option, "--dump"))
      run.mode = DUMP;
    else if (!strcmp(option, "--check"))
      run.mode = CHECK;
    else if (!strcmp(option, "--json"))
      run.json = true;
    else
      return usage_error("unknown option ", option);
  }
  if (run.json && run.mode == NOTHING)
    run.mode = DUMP;
  if (run.mode == NOTHING || (run.json && run.mode != DUMP))
    return usage_error(run.json ? "--json and --check do not go together" : "say --dump, --json or --check", "");
  if (first == argc)
    return usage_error("no files", "");
  run.headings = argc - first > 1;
  fputs(run.json ? "[" : "", stdout);
  for (int i = first; i < argc; i++)
    /* All files, also behind one that is damaged. */
    ok &= allocs_elf_each(argv[i], do_image, &run);
  fputs(run.json ? "]\n" : "", stdout);
  /* A disk that is full is noticed now, or not at all. */
  if (fflush(stdout) || ferror(stdout)) {
    fprintf(stderr, "typegen: cannot write: %s\n", strerror(errno));
    return 1;
  }
  return !ok;
}
