/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Options of a run. What is not understood is said, once each, and passed over. */

#include "ground/options.h"
#include "ground/text.h"
#include "os/os.h"

/* Kept apart, so that help tells what is so without options, whatever has been set when it is printed. */
static const struct allocs_options initial_options = {
#define ALLOCS_OPTION(name, initial, help) .name = initial,
#include "ground/options.def"
};
/* Written once, by the constructor; read without locks. */
static struct allocs_options options = {
#define ALLOCS_OPTION(name, initial, help) .name = initial,
#include "ground/options.def"
};

const struct allocs_options *allocs_options(void) { return &options; }

static const struct {
  const char *name, *help;
  unsigned *value;
} table[] = {
#define ALLOCS_OPTION(name, initial, help) {#name, help, &options.name},
#include "ground/options.def"
};
enum { N_OPTIONS = sizeof table / sizeof *table };

static bool is_separator(char c) { return c == ':' || c == ',' || !c; }

/* The text up to a separator or '=', cut to fit. */
static const char *quoted(const char *begin, const char *end, char *buf, size_t cap) {
  struct allocs_text text;
  allocs_text_init(&text, buf, cap);
  for (; begin < end; begin++)
    allocs_text_char(&text, *begin);
  return buf;
}

/* N_OPTIONS if there is none of this name. The whole name has to be the same: no prefix counts. */
static unsigned find_option(const char *begin, const char *end) {
  for (unsigned i = 0; i < N_OPTIONS; i++) {
    const char *name = table[i].name, *p = begin;
    while (p < end && *name == *p)
      name++, p++;
    if (p == end && !*name)
      return i;
  }
  return N_OPTIONS;
}

/* Decimal, nothing else, that fits. */
static bool read_number(const char *begin, const char *end, unsigned *ret) {
  uint64_t n = 0;
  if (begin == end)
    return false;
  for (; begin < end; begin++) {
    if (*begin < '0' || *begin > '9')
      return false;
    /* In 64 bits nothing wraps around before the comparison. */
    n = n * 10 + (unsigned)(*begin - '0');
    if (n > UINT32_MAX)
      return false;
  }
  *ret = (unsigned)n;
  return true;
}

/* What is wrong changes nothing: the program runs on with what was so before. */
static void read_option(const char *begin, const char *end) {
  char name[64], value[64];
  const char *equals = begin;
  while (equals < end && *equals != '=')
    equals++;
  unsigned i = find_option(begin, equals);
  if (i == N_OPTIONS) {
    allocs_text_say("unknown option \"", quoted(begin, equals, name, sizeof name),
                    "\"; ALLOCS_OPTIONS=help=1 lists them", NULL);
    return;
  }
  const char *number = equals < end ? equals + 1 : end;
  if (!read_number(number, end, table[i].value))
    allocs_text_say("option \"", table[i].name, "\" needs a number, not \"", quoted(number, end, value, sizeof value),
                    "\"", NULL);
}

static void print_help(void) {
  allocs_text_say("options in ALLOCS_OPTIONS, as name=number, separated by colons or commas:", NULL);
  for (unsigned i = 0; i < N_OPTIONS; i++) {
    char buf[16];
    struct allocs_text text;
    allocs_text_init(&text, buf, sizeof buf);
    /* The member of initial_options at the same distance as the option's from the beginning of options. */
    allocs_text_decimal(&text, *(const unsigned *)((const char *)&initial_options +
                                                   ((const char *)table[i].value - (const char *)&options)));
    allocs_text_say("  ", table[i].name, "=", buf, "  ", table[i].help, NULL);
  }
}

/* A set-user-id program has no such variable: allocs_os_getenv() sees to it. Empty entries are passed over. */
void allocs_options_init(void) {
  const char *at = allocs_os_getenv("ALLOCS_OPTIONS");
  if (!at)
    return;
  for (;; at++) {
    const char *begin = at;
    while (!is_separator(*at))
      at++;
    if (at > begin)
      read_option(begin, at);
    if (!*at)
      break;
  }
  if (options.help)
    print_help();
}
