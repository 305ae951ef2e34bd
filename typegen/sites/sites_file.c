/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Line by line, of words with one space between them; a path is the rest of its line. A type refers to earlier ones
   only, so that none is made of itself, and to no more than a few of them in a row. */

#include "allocs/typekey.h"
#include "sites/sites.h"
#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, DEEPEST = 64, MOST_PARAMETERS = 1024 };

struct file {
  struct sites *sites;
  struct allocs_diag *diag;
  uint64_t line;
  char *at; /* in the line, which ends with zero */
  bool ok;
  struct sites_unit *unit;
  const char *source, *path; /* of the sites that follow; path: absolute */
  struct sites_type **types;
  size_t n, cap;
};

static bool wrong(struct file *file, const char *what) {
  if (file->ok)
    allocs_diag_line(file->diag, file->line, what);
  return file->ok = false;
}

static char *word(struct file *file) {
  char *begin = file->at;
  size_t n = strcspn(begin, " ");
  if (!n) {
    wrong(file, "a word is missing");
    return begin;
  }
  file->at = begin + n + (begin[n] == ' ');
  begin[n] = 0;
  return begin;
}

static const char *word_or_none(struct file *file) {
  const char *text = word(file);
  return strcmp(text, "-") ? text : NULL;
}

static uint64_t number(struct file *file, const char *text, int base, uint64_t most) {
  char *end;
  bool is_digit = (*text >= '0' && *text <= '9') || (base == 16 && *text >= 'a' && *text <= 'f');
  uint64_t value = is_digit && strlen(text) <= 20 ? strtoull(text, &end, base) : 0;
  if (!is_digit || strlen(text) > 20 || *end || value > most || (base == 16 && strlen(text) != 16))
    wrong(file, base == 16 ? "a key has 16 hexadecimal digits" : "no number, or too large a one");
  return value;
}

static uint64_t next_number(struct file *file, uint64_t most) { return number(file, word(file), 10, most); }

/* `-`: one that is not known. */
static uint64_t number_or(struct file *file, uint64_t unknown) {
  const char *text = word_or_none(file);
  return text && file->ok ? number(file, text, 10, INT64_MAX) : unknown;
}

static bool at_end(const struct file *file) { return !*file->at; }

/* Which of the texts; SIZE_MAX if none. */
static size_t choose(const char *text, const char *const *texts, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!strcmp(text, texts[i]))
      return i;
  return SIZE_MAX;
}

/* Types. */

static struct sites_type *type_of(struct file *file, const char *text) {
  uint64_t i = number(file, text, 10, UINT32_MAX);
  if (file->ok && i < file->n)
    return file->types[i];
  wrong(file, "no type before has this number");
  return NULL;
}

static struct sites_type *next_type(struct file *file, struct sites_type *user) {
  struct sites_type *type = type_of(file, word(file));
  if (type && type->depth >= user->depth)
    user->depth = type->depth + 1;
  if (user->depth > DEEPEST)
    wrong(file, "the type is made of too many");
  return type;
}

static void parse_tagged(struct file *file, struct sites_type *it, unsigned kind, unsigned flags) {
  struct model_type *type = &it->type;
  it->is_tagged = true;
  type->kind = (uint8_t)kind;
  type->flags = (uint8_t)flags;
  uint64_t key = number(file, word(file), 16, UINT64_MAX);
  type->size = number_or(file, ALLOCS_SIZE_UNKNOWN);
  type->name = word_or_none(file);
  if (type->size == ALLOCS_SIZE_UNKNOWN)
    type->flags |= ALLOCS_TYPE_INCOMPLETE;
  type->keys[MODEL_KEY] = type->keys[MODEL_VALUE_KEY] = key;
  type->keys[MODEL_MENTION] = type->name ? allocs_key_mention(kind, flags, type->name) : key;
}

static void parse_base(struct file *file, struct sites_type *it) {
  it->type.kind = ALLOCS_KIND_BASE;
  it->type.encoding = (uint8_t)next_number(file, UINT8_MAX);
  it->type.size = next_number(file, 1 << 16);
  it->type.count = next_number(file, 1 << 20);
  switch (it->type.encoding) {
#define ALLOCS_ENCODING(name, value, text, words) case value:
#include "allocs/kinds.def"
    break;
  default:
    wrong(file, "no encoding");
  }
}

static void parse_array(struct file *file, struct sites_type *it, bool is_vector) {
  const struct sites_type *element = next_type(file, it);
  it->type.kind = ALLOCS_KIND_ARRAY;
  it->type.flags = is_vector ? ALLOCS_TYPE_VECTOR : 0;
  it->type.target = element ? &element->type : NULL;
  it->type.count = number_or(file, ALLOCS_LENGTH_UNBOUNDED);
  it->type.size = is_vector ? next_number(file, 1 << 20) : ALLOCS_SIZE_UNKNOWN;
  if (element && !is_vector && it->type.count != ALLOCS_LENGTH_UNBOUNDED && element->type.size != ALLOCS_SIZE_UNKNOWN &&
      __builtin_mul_overflow(element->type.size, it->type.count, &it->type.size))
    wrong(file, "the array is too large");
}

static void parse_function(struct file *file, struct sites_type *it) {
  static const char *const kinds[] = {"fixed", "variadic", "unknown"};
  static const uint8_t flags[] = {0, ALLOCS_TYPE_VARIADIC, ALLOCS_TYPE_NO_PROTOTYPE};
  struct model_entry *entries = NULL;
  size_t cap = 0;
  const struct sites_type *result = next_type(file, it);
  size_t kind = choose(word(file), kinds, sizeof kinds / sizeof *kinds);
  it->type.kind = ALLOCS_KIND_SUBPROGRAM;
  it->type.target = result ? &result->type : NULL;
  it->type.flags = kind < sizeof flags ? flags[kind] : 0;
  if (kind == SIZE_MAX)
    wrong(file, "fixed, variadic or unknown");
  while (file->ok && !at_end(file) && it->type.n_entries < MOST_PARAMETERS) {
    const struct sites_type *parameter = next_type(file, it);
    entries = allocs_grow(entries, it->type.n_entries, &cap, sizeof *entries);
    entries[it->type.n_entries++] = (struct model_entry){.type = parameter ? &parameter->type : NULL};
  }
  it->type.entries = allocs_pool_new(&file->sites->pool, (it->type.n_entries + 1) * sizeof *entries);
  if (it->type.n_entries)
    memcpy(it->type.entries, entries, it->type.n_entries * sizeof *entries);
  free(entries);
}

/* One behind the other, as the plugin makes it. */
static void parse_pair(struct file *file, struct sites_type *it) {
  struct model_entry *entries = it->type.entries = allocs_pool_new(&file->sites->pool, 2 * sizeof *entries);
  it->type.kind = ALLOCS_KIND_COMPOSITE;
  it->type.flags = ALLOCS_TYPE_ANONYMOUS;
  it->type.n_entries = 2;
  for (int i = 0; i < 2 && file->ok; i++) {
    const struct sites_type *part = next_type(file, it);
    uint64_t size = part && part->type.size != ALLOCS_SIZE_UNKNOWN ? part->type.size : 0;
    entries[i] = (struct model_entry){.type = part ? &part->type : NULL, .offset = it->type.size};
    if (__builtin_add_overflow(it->type.size, size, &it->type.size))
      wrong(file, "the pair is too large");
  }
}

static void parse_type(struct file *file) {
  static const char *const kinds[] = {"void",     "base", "pointer", "array", "vector",
                                      "function", "pair", "struct",  "union", "enum"};
  struct sites_type *it = allocs_pool_new(&file->sites->pool, sizeof *it);
  const struct sites_type *target;
  switch (choose(word(file), kinds, sizeof kinds / sizeof *kinds)) {
  case 0:
    break;
  case 1:
    parse_base(file, it);
    break;
  case 2:
    target = next_type(file, it);
    it->type.kind = ALLOCS_KIND_ADDRESS;
    it->type.size = sizeof(uint64_t);
    it->type.target = target ? &target->type : NULL;
    break;
  case 3:
    parse_array(file, it, false);
    break;
  case 4:
    parse_array(file, it, true);
    break;
  case 5:
    parse_function(file, it);
    break;
  case 6:
    parse_pair(file, it);
    break;
  case 7:
    parse_tagged(file, it, ALLOCS_KIND_COMPOSITE, 0);
    break;
  case 8:
    parse_tagged(file, it, ALLOCS_KIND_COMPOSITE, ALLOCS_TYPE_UNION);
    break;
  case 9:
    parse_tagged(file, it, ALLOCS_KIND_ENUMERATION, 0);
    break;
  default:
    wrong(file, "no kind of type");
  }
  if (!file->ok)
    return;
  if (!it->is_tagged)
    allocs_keys_of(&it->type);
  it->type.hash = it->type.keys[MODEL_KEY];
  file->types = allocs_grow(file->types, file->n, &file->cap, sizeof(struct sites_type *));
  file->types[file->n++] = it;
}

/* Sites. */

/* What the runtime sees the caller of. Others have the C library allocate for them. */
static bool is_hooked(const char *callee) {
  static const char *const names[] = {
#define ALLOCS_GIVES(name, ...) #name,
#include "allocs/hooked.def"
  };
  return choose(callee, names, sizeof names / sizeof *names) != SIZE_MAX;
}

static void parse_site(struct file *file) {
  static const char *const shapes[] = {
#define ALLOCS_SHAPE(name, value, text) [value] = text,
#include "allocs/kinds.def"
  };
  static const char *const rules[] = {
#define ALLOCS_RULE(name, value, text) [value] = text,
#include "allocs/kinds.def"
  };
  struct sites_site it = {.source = {.file = file->source}, .path = file->path};
  it.source.line = (uint32_t)next_number(file, UINT32_MAX);
  it.source.column = (uint32_t)next_number(file, UINT32_MAX);
  it.source.function = word_or_none(file);
  it.callee = word(file);
  size_t shape = choose(word(file), shapes, sizeof shapes / sizeof *shapes);
  size_t rule = choose(word(file), rules, sizeof rules / sizeof *rules);
  const char *type = word_or_none(file);
  it.type = type && file->ok ? type_of(file, type) : NULL;
  it.alias = word_or_none(file);
  it.rest = (uint32_t)next_number(file, UINT32_MAX);
  if (shape == SIZE_MAX || rule == SIZE_MAX)
    wrong(file, "no shape, or no rule");
  else if (!file->source)
    wrong(file, "a site before the name of its file");
  else if ((shape == ALLOCS_SHAPE_NONE) != !it.type)
    wrong(file, "a shape without type, or a type without shape");
  it.shape = (uint8_t)shape;
  it.rule = (uint8_t)rule;
  if (!file->ok || !is_hooked(it.callee))
    return;
  struct sites_unit *unit = file->unit;
  unit->sites = allocs_grow(unit->sites, unit->n, &unit->cap, sizeof it);
  unit->sites[unit->n++] = it;
}

/* Units: each begins with its version. */

static void begin_unit(struct file *file) {
  struct sites *sites = file->sites;
  if (next_number(file, UINT32_MAX) != VERSION)
    wrong(file, "of another version: this typegen reads 1");
  if (file->ok && file->unit && !file->unit->path)
    wrong(file, "the unit before has no name");
  sites->units = allocs_grow(sites->units, sites->n, &sites->cap, sizeof *sites->units);
  file->unit = &sites->units[sites->n++];
  *file->unit = (struct sites_unit){0};
  file->source = NULL;
  file->n = 0;
}

static char *rest_of_line(struct file *file) {
  char *rest = file->at;
  if (!*rest)
    wrong(file, "a path is missing");
  file->at += strlen(rest);
  return rest;
}

static void name_unit(struct file *file) {
  struct sites_unit *unit = file->unit;
  unit->name = rest_of_line(file);
  if (unit->path || !unit->folder)
    wrong(file, "a unit has one name, behind its folder");
  else
    unit->path = allocs_sites_path(&file->sites->pool, unit->folder, unit->name);
}

static void name_file(struct file *file) {
  file->source = rest_of_line(file);
  file->path = allocs_sites_path(&file->sites->pool, file->unit->folder, file->source);
}

static void parse_line(struct file *file) {
  static const char *const heads[] = {"allocs-sites", "folder", "unit", "type", "file", "site"};
  size_t head = choose(word(file), heads, sizeof heads / sizeof *heads);
  if (head && !file->unit)
    wrong(file, "no list of sites: these begin with allocs-sites");
  else if (head > 2 && head != SIZE_MAX && !file->unit->path)
    wrong(file, "the unit's name is to come first");
  else if (head == 0)
    begin_unit(file);
  else if (head == 1)
    file->unit->folder = rest_of_line(file);
  else if (head == 2)
    name_unit(file);
  else if (head == 3)
    parse_type(file);
  else if (head == 4)
    name_file(file);
  else if (head == 5)
    parse_site(file);
  else
    wrong(file, "no such line: allocs-sites, folder, unit, type, file, site");
  if (file->ok && !at_end(file))
    wrong(file, "more words than there should be");
}

static int by_place(const void *a, const void *b) {
  const struct sites_site *x = a, *y = b;
  int order = (x->source.line > y->source.line) - (x->source.line < y->source.line);
  return order ? order : (x->source.column > y->source.column) - (x->source.column < y->source.column);
}

bool allocs_sites_parse(struct sites *sites, char *text, size_t size, struct allocs_diag *diag) {
  struct file file = {.sites = sites, .diag = diag, .ok = true};
  size_t first = sites->n;
  for (char *at = text, *end = text + size; at < end && file.ok;) {
    char *line_end = memchr(at, '\n', (size_t)(end - at));
    file.line++;
    file.at = at;
    if (!line_end || memchr(at, 0, (size_t)(line_end - at))) {
      wrong(&file, "the line does not end, or has a zero in it");
      break;
    }
    *line_end = 0;
    parse_line(&file);
    at = line_end + 1;
  }
  if (file.ok && (!file.unit || !file.unit->path))
    wrong(&file, "a unit without a name");
  free(file.types);
  for (size_t i = first; i < sites->n; i++)
    if (sites->units[i].n)
      qsort(sites->units[i].sites, sites->units[i].n, sizeof(struct sites_site), by_place);
  return file.ok;
}
