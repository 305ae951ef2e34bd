/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* C declarations. Types of a damaged or hostile file may nest without end or double at each level: what is deeper than
   MAX_DEPTH or longer than MAX_STEPS is written as "...". */

#include "write/cname.h"
#include <string.h>

/* Depth is that of parameters within parameters, and of elements of vectors: what recursion there is. */
enum { MAX_DEPTH = 16, MAX_CHAIN = 64, MAX_STEPS = 2000 };

struct spelling {
  FILE *out;
  unsigned steps; /* from a type to the next, so far */
};

/* The way from a type to its base. */
/* Pointers, arrays and functions: C writes them around the name, and so from both of its sides. */
struct chain {
  const struct model_type *links[MAX_CHAIN];
  unsigned n;
  const struct model_type *base; /* NULL: too long */
};

static void spell(struct spelling *s, const struct model_type *type, const char *name, unsigned depth);

/* So that a damaged file writes no control characters to a terminal. */
void allocs_cname_text(FILE *out, const char *text) {
  if (!text)
    text = "?";
  for (; *text; text++)
    if ((unsigned char)*text < ' ' || *text == 0x7f)
      fprintf(out, "\\x%02x", (unsigned char)*text);
    else
      fputc(*text, out);
}

/* A vector is not: it is written as a specifier with an attribute. */
static bool is_derived(const struct model_type *type) {
  return type->kind == ALLOCS_KIND_ADDRESS || type->kind == ALLOCS_KIND_SUBPROGRAM ||
         (type->kind == ALLOCS_KIND_ARRAY && !(type->flags & ALLOCS_TYPE_VECTOR));
}

/* Ends: keys.c has seen to it that no type is made of itself by these alone. */
const struct model_type *allocs_cname_base(const struct model_type *type) {
  while (is_derived(type))
    type = type->target;
  return type;
}

bool allocs_cname_is_unnamed(const struct model_type *type) {
  return (type->kind == ALLOCS_KIND_COMPOSITE || type->kind == ALLOCS_KIND_ENUMERATION) && !type->name;
}

const char *allocs_cname_keyword(const struct model_type *type) {
  if (type->kind == ALLOCS_KIND_ENUMERATION)
    return "enum";
  return type->flags & ALLOCS_TYPE_UNION ? "union" : "struct";
}

static void follow(const struct model_type *type, struct chain *ret) {
  ret->n = 0;
  while (is_derived(type) && ret->n < MAX_CHAIN) {
    ret->links[ret->n++] = type;
    type = type->target;
  }
  ret->base = is_derived(type) ? NULL : type;
}

/* In the order of the list, in which the first that fits a bit-field is the narrowest. */
static const struct {
  uint8_t encoding;
  uint16_t bits;
  const char *text;
} ctypes[] = {
#define ALLOCS_CTYPE(encoding, bits, text) {ALLOCS_ENC_##encoding, bits, text},
#include "allocs/ctypes.def"
};

static void spell_base_type(FILE *out, const struct model_type *type) {
  bool integer = type->encoding == ALLOCS_ENC_SIGNED || type->encoding == ALLOCS_ENC_UNSIGNED;
  bool bit_field = type->flags & ALLOCS_TYPE_BITFIELD;
  /* Of a bit-field's declaration the type is not known: the narrowest that has its bits, from int on. */
  uint64_t bits = bit_field && integer && type->count < 32 ? 32 : type->count;
  const char *best = NULL;
  for (size_t i = 0; i < sizeof ctypes / sizeof *ctypes && !best; i++)
    if (ctypes[i].encoding == type->encoding && (bit_field ? ctypes[i].bits >= bits : ctypes[i].bits == bits))
      best = ctypes[i].text;
  if (best)
    fputs(best, out);
  else if (integer)
    fprintf(out, "%s_BitInt(%llu)", type->encoding == ALLOCS_ENC_UNSIGNED ? "unsigned " : "",
            (unsigned long long)type->count);
  else
    fprintf(out, "(base 0x%x, %llu bits)", type->encoding, (unsigned long long)type->count);
}

static void spell_base(struct spelling *s, const struct model_type *type, unsigned depth) {
  if (!type) {
    fputs("...", s->out);
  } else if (type->kind == ALLOCS_KIND_VOID) {
    fputs("void", s->out);
  } else if (type->kind == ALLOCS_KIND_BASE) {
    spell_base_type(s->out, type);
  } else if (type->kind == ALLOCS_KIND_ARRAY) {
    /* A vector of three has the size of four: by its size it would be one of four. */
    bool whole = type->count * type->target->size == type->size;
    spell(s, type->target, NULL, depth + 1);
    fprintf(s->out, " __attribute__((%s(%llu)))", whole ? "vector_size" : "ext_vector_type",
            (unsigned long long)(whole ? type->size : type->count));
  } else {
    if (!type->name || !(type->flags & ALLOCS_TYPE_ANONYMOUS))
      fprintf(s->out, "%s ", allocs_cname_keyword(type));
    if (type->name)
      allocs_cname_text(s->out, type->name);
    else
      /* What has no name at all is told by its key. */
      fprintf(s->out, "/* %016llx */", (unsigned long long)type->hash);
  }
}

static void spell_parameters(struct spelling *s, const struct model_type *type, unsigned depth) {
  fputc('(', s->out);
  for (uint32_t i = 0; i < type->n_entries; i++) {
    if (i)
      fputs(", ", s->out);
    /* Long lists of parameters end here, too, not only deep ones. */
    if (s->steps > MAX_STEPS) {
      fputs("...", s->out);
      break;
    }
    spell(s, type->entries[i].type, NULL, depth + 1);
  }
  if (type->flags & ALLOCS_TYPE_VARIADIC)
    fputs(type->n_entries ? ", ..." : "...", s->out);
  else if (!type->n_entries && !(type->flags & ALLOCS_TYPE_NO_PROTOTYPE))
    fputs("void", s->out);
  fputc(')', s->out);
}

/* A pointer to an array or function stands in parentheses. */
static bool needs_parentheses(const struct chain *chain, unsigned i) {
  return i + 1 < chain->n && chain->links[i + 1]->kind != ALLOCS_KIND_ADDRESS;
}

static void spell_declarator(struct spelling *s, const struct chain *chain, const char *name, unsigned depth) {
  /* "int[3]", but "int *", "int (int)". */
  bool only_arrays = true;
  for (unsigned i = 0; i < chain->n; i++)
    only_arrays &= chain->links[i]->kind == ALLOCS_KIND_ARRAY;
  if (name || !only_arrays)
    fputc(' ', s->out);
  /* Left of the name from the base outwards, the stars; right of it inwards, what binds more tightly. */
  for (unsigned i = chain->n; i-- > 0;)
    if (chain->links[i]->kind == ALLOCS_KIND_ADDRESS)
      fputs(needs_parentheses(chain, i) ? "(*" : "*", s->out);
  if (name)
    allocs_cname_text(s->out, name);
  for (unsigned i = 0; i < chain->n; i++) {
    const struct model_type *link = chain->links[i];
    if (link->kind == ALLOCS_KIND_SUBPROGRAM)
      spell_parameters(s, link, depth);
    else if (link->kind == ALLOCS_KIND_ARRAY && link->count == ALLOCS_LENGTH_UNBOUNDED)
      fputs("[]", s->out);
    else if (link->kind == ALLOCS_KIND_ARRAY)
      fprintf(s->out, "[%llu]", (unsigned long long)link->count);
    else if (needs_parentheses(chain, i))
      fputc(')', s->out);
  }
}

static void spell(struct spelling *s, const struct model_type *type, const char *name, unsigned depth) {
  struct chain chain;
  if (depth > MAX_DEPTH || s->steps++ > MAX_STEPS) {
    fputs("...", s->out);
    return;
  }
  follow(type, &chain);
  s->steps += chain.n;
  spell_base(s, chain.base, depth);
  spell_declarator(s, &chain, name, depth);
}

/* A typedef name of an unnamed struct is all that the struct is called. */
bool allocs_cname_says_more(const struct model_type *type, const char *alias) {
  return type && alias && !(type->name && (type->flags & ALLOCS_TYPE_ANONYMOUS) && !strcmp(type->name, alias));
}

void allocs_cname_declarator(FILE *out, const struct model_type *type, const char *name) {
  struct spelling s = {.out = out};
  struct chain chain;
  follow(type, &chain);
  spell_declarator(&s, &chain, name, 0);
}

void allocs_cname_declaration(FILE *out, const struct model_type *type, const char *alias, const char *name) {
  struct spelling s = {.out = out};
  if (type && !alias) {
    spell(&s, type, name, 0);
    return;
  }
  allocs_cname_text(out, alias ? alias : "(no type)");
  if (name) {
    fputc(' ', out);
    allocs_cname_text(out, name);
  }
}

const char *allocs_cname_shape(unsigned shape) {
  static const char *const names[] = {
#define ALLOCS_SHAPE(name, value, text) [value] = text,
#include "allocs/kinds.def"
  };
  return names[shape];
}

const char *allocs_cname_rule(unsigned rule) {
  static const char *const names[] = {
#define ALLOCS_RULE(name, value, text) [value] = text,
#include "allocs/kinds.def"
  };
  return names[rule];
}
