/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A model as C-like text; docs/typegen.md describes it.

   An unnamed struct, union or enum is written where it is a member, if it is one; else among the types. How deep and
   how often that may happen in one declaration is limited, since a hostile file can make it double at each level. */

#include "ground/machine.h"
#include "write/cname.h"
#include "write/dump.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NESTING = 8, MAX_BODIES = 200, MAX_LITERAL = 60 };

/* A declaration being written: how deep it is in braces now, and how many have been opened in all. */
struct body {
  FILE *out;
  unsigned indent, nesting, bodies;
};

static void print_body(struct body *body, const struct model_type *type);

static bool is_bit_field(const struct model_type *type) {
  return type->kind == ALLOCS_KIND_BASE && (type->flags & ALLOCS_TYPE_BITFIELD);
}

static void print_alias(FILE *out, const struct model_type *type, const char *alias) {
  if (!allocs_cname_says_more(type, alias))
    return;
  fputs(", ", out);
  allocs_cname_declaration(out, type, NULL, NULL);
}

static void print_member(struct body *body, const struct model_entry *member) {
  FILE *out = body->out;
  const struct model_type *base = allocs_cname_base(member->type);
  fprintf(out, "%*s", (int)body->indent, "");
  /* Beyond the limits the member is written by the key of its type. */
  if (allocs_cname_is_unnamed(base) && !member->alias && !(base->flags & ALLOCS_TYPE_INCOMPLETE) &&
      body->nesting < MAX_NESTING && body->bodies < MAX_BODIES) {
    print_body(body, base);
    allocs_cname_declarator(out, member->type, member->name);
  } else {
    allocs_cname_declaration(out, member->type, member->alias, member->name);
  }
  if (is_bit_field(member->type)) {
    fprintf(out, " : %" PRIu64 "; /* +%" PRIu64 ", bit %u", member->type->count, member->offset,
            member->type->bit_offset);
  } else {
    fprintf(out, "; /* +%" PRIu64, member->offset);
    if (member->type->size != ALLOCS_SIZE_UNKNOWN)
      fprintf(out, ", %" PRIu64, member->type->size);
  }
  print_alias(out, member->type, member->alias);
  fputs(" */\n", out);
}

/* "struct node { … }": all but the semicolon. */
/* Recursion by way of print_member(), no deeper than MAX_NESTING. */
static void print_body(struct body *body, const struct model_type *type) {
  FILE *out = body->out;
  fputs(allocs_cname_keyword(type), out);
  if (type->name && !(type->flags & ALLOCS_TYPE_ANONYMOUS)) {
    fputc(' ', out);
    allocs_cname_text(out, type->name);
  }
  fprintf(out, " { /* %" PRIu64 " bytes, ", type->size);
  if (type->kind == ALLOCS_KIND_ENUMERATION && type->target) {
    allocs_cname_declaration(out, type->target, NULL, NULL);
    fputs(", ", out);
  }
  fprintf(out, "%016" PRIx64 " */\n", type->hash);
  body->indent += 2;
  body->nesting++;
  body->bodies++;
  for (uint32_t i = 0; i < type->n_entries; i++) {
    /* The members of a composite; else they are enumerators. */
    if (type->kind == ALLOCS_KIND_COMPOSITE) {
      print_member(body, &type->entries[i]);
      continue;
    }
    fprintf(out, "%*s", (int)body->indent, "");
    allocs_cname_text(out, type->entries[i].name);
    fprintf(out, " = %" PRId64 ",\n", type->entries[i].value);
  }
  body->indent -= 2;
  body->nesting--;
  fprintf(out, "%*s}", (int)body->indent, "");
}

static void print_tagged(FILE *out, const struct model_type *type) {
  struct body body = {.out = out};
  bool is_typedef = type->name && (type->flags & ALLOCS_TYPE_ANONYMOUS);
  if (type->flags & ALLOCS_TYPE_INCOMPLETE) {
    allocs_cname_declaration(out, type, NULL, NULL);
    fprintf(out, "; /* incomplete, %016" PRIx64 " */\n", type->hash);
    return;
  }
  if (is_typedef)
    fputs("typedef ", out);
  print_body(&body, type);
  if (is_typedef) {
    fputc(' ', out);
    allocs_cname_text(out, type->name);
  }
  fputs(";\n", out);
}

/* Types whose body is written in that of a composite. */
static bool *find_nested(const struct model *model) {
  bool *nested = allocs_new(model->n_types, sizeof *nested);
  for (size_t i = 0; i < model->n_types; i++)
    for (uint32_t j = 0; model->types[i].kind == ALLOCS_KIND_COMPOSITE && j < model->types[i].n_entries; j++) {
      const struct model_entry *member = &model->types[i].entries[j];
      const struct model_type *base = allocs_cname_base(member->type);
      if (allocs_cname_is_unnamed(base) && !member->alias)
        nested[base - model->types] = true;
    }
  return nested;
}

static void print_types(FILE *out, const struct model *model, const struct model_order *order) {
  /* Tagged types are written with their bodies, but for the nested ones; then all others, one line each. Those of bit-
     fields are seen with the member alone. */
  bool *nested = find_nested(model);
  for (size_t i = 0; i < order->n_tagged; i++)
    if (!nested[order->types[i] - model->types])
      print_tagged(out, order->types[i]);
  free(nested);
  for (size_t i = order->n_tagged; i < model->n_types; i++) {
    const struct model_type *type = order->types[i];
    if (is_bit_field(type))
      continue;
    fputs("type ", out);
    allocs_cname_declaration(out, type, NULL, NULL);
    if (type->size == ALLOCS_SIZE_UNKNOWN)
      fprintf(out, "; /* %016" PRIx64 " */\n", type->hash);
    else
      fprintf(out, "; /* %" PRIu64 " bytes, %016" PRIx64 " */\n", type->size, type->hash);
  }
}

/* A typedef name and, in parentheses, what it stands for. */
static void print_aliased(FILE *out, const struct model_type *type, const char *alias) {
  allocs_cname_declaration(out, type, alias, NULL);
  if (allocs_cname_says_more(type, alias)) {
    fputs(" (", out);
    allocs_cname_declaration(out, type, NULL, NULL);
    fputc(')', out);
  }
}

static void print_line(FILE *out, const struct model_source *source) {
  allocs_cname_text(out, source->file);
  fprintf(out, ":%" PRIu32, source->line);
}

/* In an object, of what another one defines: its symbol. */
static void print_symbol(FILE *out, const struct model_place *place) {
  if (!place->symbol)
    return;
  fputs(", at symbol ", out);
  allocs_cname_text(out, place->symbol);
}

static void print_site(FILE *out, const struct model_site *site) {
  fputs("site ", out);
  print_line(out, &site->source);
  fprintf(out, ":%" PRIu32 " in ", site->source.column);
  allocs_cname_text(out, site->source.function);
  fputs("(): ", out);
  allocs_cname_text(out, site->callee ? site->callee : "(array)");
  fprintf(out, " -> %s", allocs_cname_shape(site->shape));
  if (site->type) {
    fputc(' ', out);
    print_aliased(out, site->type, site->alias);
  }
  fprintf(out, " [%s]\n", allocs_cname_rule(site->rule));
}

/* Where a static or thread-local is declared, and by which typedef name. */
static void print_origin(FILE *out, const struct model_object *object) {
  print_line(out, &object->source);
  if (object->source.function) {
    fputs(", in ", out);
    allocs_cname_text(out, object->source.function);
    fputs("()", out);
  }
  print_alias(out, object->type, object->alias);
}

static void print_static(FILE *out, const struct model_object *object) {
  fputs("static ", out);
  if (object->kind == ALLOCS_STATIC_COMPOUND_LITERAL) {
    fputc('(', out);
    allocs_cname_declaration(out, object->type, object->alias, NULL);
    fputs("){}", out);
  } else {
    allocs_cname_declaration(out, object->type, object->alias, object->name ? object->name : "?");
  }
  if (object->kind == ALLOCS_STATIC_FUNCTION)
    fputs("; /* function, ", out);
  else
    fprintf(out, "; /* %" PRIu64 " bytes, ", object->size);
  print_origin(out, object);
  print_symbol(out, &object->place);
  fputs(" */\n", out);
}

static void print_literal(FILE *out, const struct model_object *literal) {
  fputs("literal ", out);
  allocs_cname_declaration(out, literal->type, NULL, NULL);
  fprintf(out, "[%" PRIu32 "]", literal->count);
  if (literal->type->size == 1 && literal->bytes && literal->count) {
    fputs(" = \"", out);
    /* Without its last character, the zero that ends it. Escapes of three octal digits, so that a digit may follow. */
    for (uint32_t i = 0; i + 1 < literal->count && i < MAX_LITERAL; i++) {
      unsigned char c = literal->bytes[i];
      if (c == '"' || c == '\\')
        fprintf(out, "\\%c", c);
      else if (c == '\n')
        fputs("\\n", out);
      else if (c < ' ' || c > '~')
        fprintf(out, "\\%03o", c);
      else
        fputc(c, out);
    }
    fputs(literal->count - 1 > MAX_LITERAL ? "\"..." : "\"", out);
  }
  fputs(";\n", out);
}

static void print_tls(FILE *out, const struct model_object *object) {
  fputs("_Thread_local ", out);
  allocs_cname_declaration(out, object->type, object->alias, object->name ? object->name : "?");
  fprintf(out, "; /* %" PRIu64 " bytes, ", object->size);
  print_origin(out, object);
  fputs(" */\n", out);
}

static void print_frame(FILE *out, const struct model_frame *frame) {
  fputs("frame of ", out);
  allocs_cname_text(out, frame->name);
  fputs(": /* ", out);
  print_line(out, &frame->source);
  fputs(" */\n", out);
  for (uint32_t i = 0; i < frame->n_locals; i++) {
    const struct model_local *local = &frame->locals[i];
    fputs("  ", out);
    allocs_cname_declaration(out, local->type, local->alias, local->name);
    fprintf(out, "; /* " ALLOCS_MACHINE_FRAME_POINTER "%+" PRId32 ", line %" PRIu32, local->offset, local->line);
    print_alias(out, local->type, local->alias);
    if (!local->name)
      fputs(", compound literal", out);
    if (local->function) {
      fputs(", inlined from ", out);
      allocs_cname_text(out, local->function);
      fputs("()", out);
    }
    fputs(" */\n", out);
  }
  if (frame->dynamic != ALLOCS_NO_DYNAMIC)
    fprintf(out, "  dynamic blocks; /* newest at " ALLOCS_MACHINE_FRAME_POINTER "%+" PRId32 " */\n", frame->dynamic);
}

static void print_calls(FILE *out, const struct model_calls *calls) {
  fputs("calls of ", out);
  allocs_cname_text(out, calls->source.function);
  fputs(": /* ", out);
  print_line(out, &calls->source);
  fputs(" */\n", out);
  for (uint32_t i = 0; i < calls->n_calls; i++) {
    const struct model_call *call = &calls->calls[i];
    fprintf(out, "  +%" PRIu64 ": /* ", call->address - calls->code.address);
    print_line(out, &(struct model_source){.file = call->file, .line = call->line});
    if (call->function && calls->source.function && strcmp(call->function, calls->source.function)) {
      fputs(", in ", out);
      allocs_cname_text(out, call->function);
      fputs("()", out);
    }
    fputs(" */\n", out);
  }
}

/* In the order of allocs_order_init(), so that two links of the same objects can be compared line by line. */
void allocs_dump_c(FILE *out, const struct model *model) {
  struct model_order order;
  allocs_order_init(&order, model);
  print_types(out, model, &order);
  for (size_t i = 0; i < model->n_sites; i++)
    print_site(out, order.sites[i]);
  for (size_t i = 0; i < model->n_statics; i++)
    print_static(out, order.statics[i]);
  for (size_t i = 0; i < model->n_literals; i++)
    print_literal(out, order.literals[i]);
  for (size_t i = 0; i < model->n_tls; i++)
    print_tls(out, order.tls[i]);
  for (size_t i = 0; i < model->n_frames; i++)
    print_frame(out, order.frames[i]);
  for (size_t i = 0; i < model->n_calls; i++)
    print_calls(out, order.calls[i]);
  allocs_order_fini(&order);
}
