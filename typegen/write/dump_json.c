/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A model as a JSON object; docs/typegen.md describes it. A type is referred to by its key, beside how C spells it.
 */

#include "write/cname.h"
#include "write/dump.h"
#include "write/json.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* All fields but the first of an object follow a comma. */
static void text_field(FILE *out, const char *name, const char *text) {
  fprintf(out, ", \"%s\": ", name);
  allocs_json_quote(out, text);
}

static void number_field(FILE *out, const char *name, uint64_t value) {
  fprintf(out, ", \"%s\": %" PRIu64, name, value);
}

/* A number of which the largest stands for none. */
static void size_field(FILE *out, const char *name, uint64_t value) {
  if (value == UINT64_MAX)
    fprintf(out, ", \"%s\": null", name);
  else
    number_field(out, name, value);
}

static void flag_field(FILE *out, const char *name, bool value) {
  fprintf(out, ", \"%s\": %s", name, value ? "true" : "false");
}

/* Spelled into memory first, since it has to be escaped. If memory is short the field is left out. */
static void c_field(FILE *out, const struct model_type *type) {
  char *text = NULL;
  size_t length;
  FILE *to = open_memstream(&text, &length);
  if (!to)
    return;
  allocs_cname_declaration(to, type, NULL, NULL);
  fclose(to);
  text_field(out, "c", text);
  free(text);
}

/* "type": the key, "c": the spelling, "alias". */
static void type_fields(FILE *out, const struct model_type *type, const char *alias) {
  if (type) {
    fprintf(out, ", \"type\": \"%016" PRIx64 "\"", type->hash);
    c_field(out, type);
  } else {
    fputs(", \"type\": null, \"c\": null", out);
  }
  text_field(out, "alias", alias);
}

static void source_fields(FILE *out, const struct model_source *source) {
  text_field(out, "file", source->file);
  number_field(out, "line", source->line);
  text_field(out, "function", source->function);
}

/* In an object the symbol's name, else the address: there it is a string, here a number. */
static void place_field(FILE *out, const char *name, const struct model_place *place) {
  if (place->symbol)
    text_field(out, name, place->symbol);
  else if (place->address)
    number_field(out, name, place->address);
  else
    fprintf(out, ", \"%s\": null", name);
}

static const char *kind_name(const struct model_type *type) {
  static const char *const names[] = {
      [ALLOCS_KIND_VOID] = "void",           [ALLOCS_KIND_ARRAY] = "array",      [ALLOCS_KIND_BASE] = "base",
      [ALLOCS_KIND_ENUMERATION] = "enum",    [ALLOCS_KIND_COMPOSITE] = "struct", [ALLOCS_KIND_ADDRESS] = "pointer",
      [ALLOCS_KIND_SUBPROGRAM] = "function",
  };
  if (type->flags & ALLOCS_TYPE_UNION)
    return "union";
  return type->flags & ALLOCS_TYPE_VECTOR ? "vector" : names[type->kind];
}

static const char *encoding_name(unsigned encoding) {
  static const char *const names[256] = {
#define ALLOCS_ENCODING(name, value, text, words) [value] = text,
#include "allocs/kinds.def"
  };
  /* The reader has checked that it is a known one. */
  return names[encoding & 255];
}

static void entry(FILE *out, const struct model_type *type, const struct model_entry *entry) {
  fputs("{\"name\": ", out);
  allocs_json_quote(out, entry->name);
  if (type->kind == ALLOCS_KIND_ENUMERATION) {
    fprintf(out, ", \"value\": %" PRId64, entry->value);
  } else {
    type_fields(out, entry->type, entry->alias);
    if (type->kind == ALLOCS_KIND_COMPOSITE) {
      number_field(out, "offset", entry->offset);
      size_field(out, "size", entry->type->size);
      if (entry->type->flags & ALLOCS_TYPE_BITFIELD) {
        number_field(out, "bits", entry->type->count);
        number_field(out, "bit_offset", entry->type->bit_offset);
      }
    }
  }
  fputc('}', out);
}

static void type(FILE *out, const struct model_type *type) {
  /* What a kind's parts are called; kinds without parts have no such field. */
  static const char *const entries[] = {[ALLOCS_KIND_ENUMERATION] = "enumerators",
                                        [ALLOCS_KIND_COMPOSITE] = "members",
                                        [ALLOCS_KIND_SUBPROGRAM] = "parameters"};
  fprintf(out, "{\"key\": \"%016" PRIx64 "\", \"kind\": \"%s\"", type->hash, kind_name(type));
  c_field(out, type);
  text_field(out, "name", type->name);
  size_field(out, "size", type->size);
  if (type->kind == ALLOCS_KIND_ARRAY)
    size_field(out, "count", type->count);
  if (type->kind == ALLOCS_KIND_BASE) {
    text_field(out, "encoding", encoding_name(type->encoding));
    number_field(out, "bits", type->count);
    number_field(out, "bit_offset", type->bit_offset);
    flag_field(out, "bit_field", type->flags & ALLOCS_TYPE_BITFIELD);
  }
  if (type->kind == ALLOCS_KIND_COMPOSITE || type->kind == ALLOCS_KIND_ENUMERATION) {
    flag_field(out, "incomplete", type->flags & ALLOCS_TYPE_INCOMPLETE);
    flag_field(out, "anonymous", type->flags & ALLOCS_TYPE_ANONYMOUS);
  }
  if (type->kind == ALLOCS_KIND_SUBPROGRAM) {
    flag_field(out, "variadic", type->flags & ALLOCS_TYPE_VARIADIC);
    flag_field(out, "prototype", !(type->flags & ALLOCS_TYPE_NO_PROTOTYPE));
  }
  /* Key of what a pointer leads to, an array consists of, a function returns, an enumeration is represented by. */
  if (type->target)
    fprintf(out, ", \"target\": \"%016" PRIx64 "\"", type->target->hash);
  if (type->kind < sizeof entries / sizeof *entries && entries[type->kind]) {
    fprintf(out, ", \"%s\": [", entries[type->kind]);
    for (uint32_t i = 0; i < type->n_entries; i++) {
      fputs(i ? ", " : "", out);
      entry(out, type, &type->entries[i]);
    }
    fputc(']', out);
  }
  fputc('}', out);
}

static void site(FILE *out, const struct model_site *site) {
  fputs("{\"callee\": ", out);
  allocs_json_quote(out, site->callee);
  source_fields(out, &site->source);
  number_field(out, "column", site->source.column);
  text_field(out, "shape", allocs_cname_shape(site->shape));
  text_field(out, "rule", allocs_cname_rule(site->rule));
  type_fields(out, site->type, site->alias);
  place_field(out, "code", &site->code);
  fputc('}', out);
}

static void object(FILE *out, const struct model_object *object) {
  static const char *const kinds[] = {[ALLOCS_STATIC_VARIABLE] = "variable",
                                      [ALLOCS_STATIC_FUNCTION] = "function",
                                      [ALLOCS_STATIC_COMPOUND_LITERAL] = "compound literal"};
  fputs("{\"name\": ", out);
  allocs_json_quote(out, object->name);
  if (object->kind)
    /* Thread-local variables have none. */
    text_field(out, "kind", kinds[object->kind]);
  number_field(out, "size", object->size);
  type_fields(out, object->type, object->alias);
  source_fields(out, &object->source);
  place_field(out, object->kind ? "address" : "offset_at", &object->place);
  fputc('}', out);
}

static void literal(FILE *out, const struct model_object *literal) {
  fprintf(out, "{\"count\": %" PRIu32, literal->count);
  type_fields(out, literal->type, NULL);
  /* As text only what is one, whole: bytes that end with the only zero. */
  if (literal->bytes && literal->type->size == 1 && literal->count && !literal->bytes[literal->count - 1] &&
      strlen((const char *)literal->bytes) + 1 == literal->count)
    text_field(out, "text", (const char *)literal->bytes);
  place_field(out, "address", &literal->place);
  fputc('}', out);
}

static void frame(FILE *out, const struct model_frame *frame) {
  fputs("{\"name\": ", out);
  allocs_json_quote(out, frame->name);
  text_field(out, "file", frame->source.file);
  number_field(out, "line", frame->source.line);
  place_field(out, "code", &frame->code);
  if (frame->dynamic == ALLOCS_NO_DYNAMIC)
    fputs(", \"dynamic\": null", out);
  else
    fprintf(out, ", \"dynamic\": %" PRId32, frame->dynamic);
  fputs(", \"locals\": [", out);
  for (uint32_t i = 0; i < frame->n_locals; i++) {
    const struct model_local *local = &frame->locals[i];
    fputs(i ? ", {\"name\": " : "{\"name\": ", out);
    allocs_json_quote(out, local->name);
    fprintf(out, ", \"offset\": %" PRId32, local->offset);
    type_fields(out, local->type, local->alias);
    number_field(out, "line", local->line);
    text_field(out, "inlined_from", local->function);
    fputc('}', out);
  }
  fputs("]}", out);
}

static void calls(FILE *out, const struct model_calls *calls) {
  fputs("{\"name\": ", out);
  allocs_json_quote(out, calls->source.function);
  text_field(out, "file", calls->source.file);
  number_field(out, "line", calls->source.line);
  place_field(out, "code", &calls->code);
  fputs(", \"calls\": [", out);
  for (uint32_t i = 0; i < calls->n_calls; i++) {
    const struct model_call *call = &calls->calls[i];
    fprintf(out, "%s{\"returns_to\": %" PRIu64, i ? ", " : "", call->address);
    text_field(out, "file", call->file);
    number_field(out, "line", call->line);
    text_field(out, "function", call->function);
    fputc('}', out);
  }
  fputs("]}", out);
}

#define LIST(out, name, n, one, things)                                                                                \
  do {                                                                                                                 \
    fprintf(out, ",\n \"%s\": [", name);                                                                               \
    for (size_t i = 0; i < (n); i++) {                                                                                 \
      fputs(i ? ",\n  " : "\n  ", out);                                                                                \
      one(out, (things)[i]);                                                                                           \
    }                                                                                                                  \
    fputc(']', out);                                                                                                   \
  } while (0)

void allocs_dump_json(FILE *out, const struct model *model) {
  struct model_order order;
  allocs_order_init(&order, model);
  fputs("{\"image\": ", out);
  allocs_json_quote(out, model->file);
  LIST(out, "types", model->n_types, type, order.types);
  LIST(out, "sites", model->n_sites, site, order.sites);
  LIST(out, "statics", model->n_statics, object, order.statics);
  LIST(out, "literals", model->n_literals, literal, order.literals);
  LIST(out, "thread_locals", model->n_tls, object, order.tls);
  LIST(out, "frames", model->n_frames, frame, order.frames);
  /* Of meta files alone. */
  if (model->n_calls)
    LIST(out, "calls", model->n_calls, calls, order.calls);
  fputc('}', out);
  allocs_order_fini(&order);
}
