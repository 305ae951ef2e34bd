/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* typegen: arguments, and for each image: read, check, write. An image is written only once all of it has
   been read. */

#include "dwarf/dwarf_read.h"
#include "dwarf/dwarf_symbols.h"
#include "elf/elf_file.h"
#include "model/model.h"
#include "read/read.h"
#include "sites/sites_match.h"
#include "write/dump.h"
#include "write/meta.h"
#include "write/save.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ALLOCS_VERSION
#define ALLOCS_VERSION "(unversioned)"
#endif

static const char usage[] =
    "usage: typegen [--symbols] [--sites PATH] FILE -o META\n"
    "       typegen --dump | --json FILE...\n"
    "       typegen --check FILE...\n"
    "Makes a meta file of a file's DWARF; or reads the tables that are in meta files, or that the allocs plugin put "
    "into\n"
    "objects, archives, libraries and executables.\n"
    "  -o META    write the meta file there; -: to standard output\n"
    "  --sites PATH  the file or folder that allocscc --sites-only wrote of the program's source: types of what its\n"
    "             allocation calls allocate\n"
    "  --symbols  of a file without DWARF, make it of the symbol table\n"
    "  --dump     print the tables as C-like text\n"
    "  --json     print them as JSON, one array with an object per image\n"
    "  --check    check them, and that each type's recorded key is the one that its contents give\n"
    "  --help     print this\n"
    "  --version  print the version\n"
    "Exit status: 0, or 1 if a file has no DWARF or tables or is damaged.\n";

/* What the arguments ask for, for all images alike. */
struct run {
  enum { NOTHING, DUMP, CHECK, MAKE } mode;
  const char *output; /* of MAKE */
  const char *sites;  /* likewise: what the source says; NULL if nothing */
  bool symbols;       /* likewise: of the symbol table, if there is no DWARF */
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

/* Not on standard output, where the meta file may go. */
static void tell_sites(const char *file, const struct sites_count *count) {
  const struct {
    size_t n;
    const char *what;
  } others[] = {{count->absent, "without a call"},
                {count->ambiguous, "of several at one place"},
                {count->merged, "that may be others"},
                {count->untyped, "of types that it has not"}};
  const char *before = "; not told: ";
  fprintf(stderr, "%s: sites: ", file);
  if (!count->units)
    fputs("none of their units is in it", stderr);
  else
    fprintf(stderr, "%zu of %zu with a type told, at %zu calls", count->told, count->sites, count->calls);
  for (size_t i = 0; i < sizeof others / sizeof *others; before = others[i++].n ? ", " : before)
    if (others[i].n)
      fprintf(stderr, "%s%zu %s", before, others[i].n, others[i].what);
  fputc('\n', stderr);
}

/* Nothing is left of a meta file that could not be made. */
static bool make_meta(const char *file, const struct run *run) {
  struct allocs_diag diag = {.file = file};
  struct allocs_dwarf dwarf;
  struct model model = {0};
  struct sites sites = {0};
  struct sites_count count = {0};
  size_t size;
  bool ok = allocs_dwarf_open(&dwarf, file, &diag) && (!run->sites || allocs_sites_read(&sites, run->sites));
  if (ok && run->symbols && !dwfl_module_getdwarf(dwarf.module, &dwarf.shift))
    ok = allocs_dwarf_symbols_model(&model, &dwarf);
  else
    ok = ok && allocs_dwarf_find(&dwarf) && allocs_dwarf_read(&model, &dwarf, run->sites ? &sites : NULL, &count);
  unsigned char *bytes = ok ? allocs_meta_make(&model, &diag, &size) : NULL;
  ok = bytes && allocs_save(run->output, bytes, size);
  free(bytes);
  if (ok && run->sites)
    tell_sites(file, &count);
  allocs_model_fini(&model);
  allocs_sites_fini(&sites);
  allocs_dwarf_close(&dwarf);
  return ok;
}

/* What options say; where the files begin, or 0 if all is done, with *ret the exit status. */
static int parse(struct run *run, int argc, char **argv, int *ret) {
  int first = 1;
  *ret = 0;
  /* A lone "-" is taken for a file's name. */
  for (; first < argc && argv[first][0] == '-' && argv[first][1]; first++) {
    const char *option = argv[first];
    if (!strcmp(option, "--"))
      return first + 1;
    if (!strcmp(option, "--help"))
      return *ret = fputs(usage, stdout) == EOF, 0;
    if (!strcmp(option, "--version"))
      return *ret = puts("typegen (allocs) " ALLOCS_VERSION) == EOF, 0;
    if (!strcmp(option, "--dump"))
      run->mode = DUMP;
    else if (!strcmp(option, "--check"))
      run->mode = CHECK;
    else if (!strcmp(option, "--json"))
      run->json = true;
    else if (!strcmp(option, "--symbols"))
      run->symbols = true;
    else if (!strcmp(option, "--sites") && first + 1 < argc)
      run->sites = argv[++first];
    else if (!strncmp(option, "--sites=", strlen("--sites=")))
      run->sites = option + strlen("--sites=");
    else if (!strcmp(option, "-o") && first + 1 < argc)
      run->output = argv[++first];
    else
      return *ret = usage_error("unknown option ", option), 0;
  }
  return first;
}

/* The usual order, FILE --sites PATH -o META, too. */
static int find_output(struct run *run, int first, int argc, char **argv) {
  for (;;) {
    const char *last = argc - first >= 2 ? argv[argc - 1] : "", *before = argc - first >= 3 ? argv[argc - 2] : "";
    if (!strcmp(before, "-o") && !run->output)
      run->output = last;
    else if (!strcmp(before, "--sites") && !run->sites)
      run->sites = last;
    else if (!strncmp(last, "--sites=", strlen("--sites=")) && !run->sites) {
      run->sites = last + strlen("--sites=");
      argc--;
      continue;
    } else
      return argc;
    argc -= 2;
  }
}

/* NULL, or what is wrong with them together. */
static const char *settle(struct run *run, int n_files) {
  if (run->json && run->mode == NOTHING)
    run->mode = DUMP;
  if (run->output && run->mode == NOTHING)
    run->mode = MAKE;
  if (run->json && run->mode != DUMP)
    return "--json and --check do not go together";
  if (run->output && run->mode != MAKE)
    return "-o does not go together with --dump, --json or --check";
  if ((run->symbols || run->sites) && run->mode != MAKE)
    return "--symbols and --sites go together with -o only";
  if (run->mode == NOTHING)
    return "say --dump, --json, --check or -o META";
  return n_files < 1 ? "no files" : run->mode == MAKE && n_files > 1 ? "a meta file is of one file" : NULL;
}

int main(int argc, char **argv) {
  struct run run = {.mode = NOTHING};
  int status, first = parse(&run, argc, argv, &status);
  bool ok = true;
  if (!first)
    return status;
  argc = find_output(&run, first, argc, argv);
  const char *wrong = settle(&run, argc - first);
  if (wrong)
    return usage_error(wrong, "");
  if (run.mode == MAKE)
    return !make_meta(argv[first], &run);
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
