/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Limits, read and asked. */

#include "command/limit.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *skip(const char *at) { return at + strspn(at, " "); }

/* `(struct node)`; a type may have parentheses of its own, and what follows has none. */
static const char *read_type(const char *at, struct allocs_limit *ret) {
  const char *end = strrchr(at, ')');
  if (*at != '(')
    return at;
  if (!end || end == at + 1)
    return NULL;
  ret->type = at + 1;
  ret->n = (size_t)(end - at - 1);
  return end + 1;
}

static bool read_number(const char *at, uint64_t *ret) {
  static const char suffixes[] = "kMG";
  char *end;
  errno = 0;
  *ret = strtoull(at, &end, 10);
  if (!isdigit((unsigned char)*at) || errno)
    return false;
  const char *suffix = *end ? strchr(suffixes, *end) : NULL;
  unsigned shift = suffix ? 10 * (unsigned)(suffix - suffixes + 1) : 0;
  if (*ret > UINT64_MAX >> shift)
    return false;
  *ret <<= shift;
  return !*skip(end + (suffix != NULL));
}

bool allocs_limit_read(const char *text, struct allocs_limit *ret) {
  const char *at = skip(text);
  *ret = (struct allocs_limit){.text = text, .of_blocks = !strncmp(at, "blocks", 6)};
  if (!ret->of_blocks && strncmp(at, "bytes", 5) != 0)
    return false;
  at = read_type(skip(at + (ret->of_blocks ? 6 : 5)), ret);
  if (!at)
    return false;
  at = skip(at);
  if (*at != '>' && *at != '<')
    return false;
  ret->relation[0] = *at++;
  if (*at == '=')
    ret->relation[1] = *at++;
  return read_number(skip(at), &ret->number);
}

/* `struct node`, and `struct node[10]`. */
static bool is_of(const struct allocs_limit *limit, const char *type) {
  return !limit->type || (!strncmp(type, limit->type, limit->n) && (!type[limit->n] || type[limit->n] == '['));
}

bool allocs_limit_holds(const struct allocs_limit *limit, const struct allocs_rows *rows, uint64_t *ret) {
  *ret = 0;
  for (size_t i = 0; i < rows->n; i++)
    if (is_of(limit, rows->all[i].labels[ALLOCS_LABEL_TYPE]))
      *ret += limit->of_blocks ? rows->all[i].sum.blocks : rows->all[i].sum.bytes;
  if (limit->relation[1] && *ret == limit->number)
    return true;
  return limit->relation[0] == '>' ? *ret > limit->number : *ret < limit->number;
}
