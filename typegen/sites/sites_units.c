/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A source tree may have been copied, or built in another folder. Then paths agree from their ends on: those are one
   unit of which neither has another that agrees in more, or in as much. */

#include "sites/sites_match.h"
#include <stdlib.h>
#include <string.h>

#define SAME SIZE_MAX

/* How many parts, from the end, are the same, and how many letters are before these; SAME if all are. */
static size_t agreement(const char *a, const char *b, size_t *ret_a, size_t *ret_b) {
  size_t i = strlen(a), j = strlen(b), n = 0;
  *ret_a = i;
  *ret_b = j;
  if (!strcmp(a, b))
    return *ret_a = *ret_b = 0, SAME;
  while (i && j && a[i - 1] == b[j - 1]) {
    i--;
    j--;
    if (a[i] == '/') {
      n++;
      *ret_a = i;
      *ret_b = j;
    }
  }
  return n;
}

struct best {
  size_t score, n; /* n: units of different paths that have it */
  const char *path;
};

static void enter(struct best *best, size_t score, const char *path) {
  if (!score || score < best->score)
    return;
  if (score > best->score)
    *best = (struct best){score, 1, path};
  else if (strcmp(best->path, path))
    best->n++;
}

void allocs_sites_units(const struct sites *sites, const struct sites_program *program, struct sites_roots *ret) {
  struct best *of_source = allocs_new(sites->n, sizeof *of_source);
  struct best *of_program = allocs_new(program->n_units, sizeof *of_program);
  size_t x, y;
  for (size_t i = 0; i < sites->n; i++)
    for (size_t j = 0; j < program->n_units; j++) {
      size_t score = agreement(program->units[j], sites->units[i].path, &x, &y);
      enter(&of_source[i], score, program->units[j]);
      enter(&of_program[j], score, sites->units[i].path);
    }
  for (size_t i = 0; i < sites->n; i++) {
    ret[i] = (struct sites_roots){.unit = SIZE_MAX};
    for (size_t j = 0; j < program->n_units && ret[i].unit == SIZE_MAX; j++) {
      size_t score = agreement(program->units[j], sites->units[i].path, &x, &y);
      if (score && score == of_source[i].score && score == of_program[j].score && of_source[i].n == 1 &&
          of_program[j].n == 1)
        ret[i] = (struct sites_roots){j, x, y, program->units[j], sites->units[i].path};
    }
  }
  free(of_source);
  free(of_program);
}
