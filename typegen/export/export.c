/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The forms, by name. */

#include "export/export.h"
#include "export/collapsed.h"
#include "export/heapsnapshot.h"
#include "export/html.h"
#include "export/pprof.h"
#include <errno.h>
#include <string.h>

static const struct {
  const char *name;
  void (*write)(FILE *out, const struct allocs_rows *rows);
} forms[ALLOCS_N_EXPORTS] = {
    [ALLOCS_EXPORT_HEAPSNAPSHOT] = {"heapsnapshot", NULL},
    [ALLOCS_EXPORT_PPROF] = {"pprof", allocs_pprof},
    [ALLOCS_EXPORT_COLLAPSED] = {"collapsed", allocs_collapsed},
    [ALLOCS_EXPORT_HTML] = {"html", allocs_html},
};

enum allocs_export allocs_export_named(const char *name) {
  unsigned i = 0;
  while (i < ALLOCS_N_EXPORTS && strcmp(forms[i].name, name) != 0)
    i++;
  return (enum allocs_export)i;
}

bool allocs_export(struct allocs_diag *diag, const char *file, enum allocs_export form, const struct allocs_rows *rows,
                   const struct allocs_graph *graph) {
  FILE *out = fopen(file, "we");
  if (!out)
    return allocs_diag_file(diag, "%s: %s", file, strerror(errno));
  if (form == ALLOCS_EXPORT_HEAPSNAPSHOT)
    allocs_heapsnapshot(out, graph);
  else
    forms[form].write(out, rows);
  bool is_bad = ferror(out);
  return (!fclose(out) && !is_bad) || allocs_diag_file(diag, "%s: %s", file, strerror(errno));
}
