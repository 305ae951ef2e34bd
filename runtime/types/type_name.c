/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What types are called: the ancestor's names, and C's.

   A name of the ancestor's reads from left to right, a C declaration from the name outwards. Both are written without
   recursion: functions within functions' parameters stand on a stack of MAX_NESTING; what is deeper is left out. */

#include "allocs/uniqtype.h"
#include "arch/arch.h"
#include "ground/store.h"
#include "ground/text.h"
#include "os/os.h"

#define FRAME_PREFIX "__FRAME_"
enum { MAX_NESTING = 32, MAX_NAME = 4000 };

/* By the byte that a record has: of a damaged one it may be any. */
static const char *const encoding_names[256] = {
#define ALLOCS_ENCODING(name, value, text, words) [value] = text,
#include "allocs/kinds.def"
};

const char *uniqtype_encoding_name(const struct uniqtype *type) {
  static const char *const words[256] = {
#define ALLOCS_ENCODING(name, value, text, words) [value] = words,
#include "allocs/kinds.def"
  };
  for (; type; type = UNIQTYPE_ENUM_BASE_TYPE(type)) {
    if (UNIQTYPE_IS_BASE_TYPE(type))
      return words[type->encoding];
    if (!UNIQTYPE_IS_ENUM_TYPE(type))
      break;
  }
  return NULL;
}

/* Sixteen digits, so that names of one kind are of one length, and equal only if the keys are. */
static void append_key(struct allocs_text *text, uint64_t key) {
  for (unsigned shift = 64; shift; shift -= 4)
    allocs_text_char(text, "0123456789abcdef"[key >> (shift - 4) & 15]);
}

/* Names of the ancestor's. */

/* Encoding, bits and, of a bit-field, where it begins: "int$32". What has one size only goes without. */
static void append_base(struct allocs_text *text, const struct uniqtype *type) {
  const char *encoding = encoding_names[type->encoding];
  allocs_text_string(text, encoding ? encoding : "base");
  if (type->encoding == ALLOCS_ENC_NULLPTR || type->encoding == ALLOCS_ENC_BYTE)
    return;
  allocs_text_char(text, '$');
  allocs_text_decimal(text, type->count);
  if (type->bit_offset) {
    allocs_text_char(text, '$');
    allocs_text_decimal(text, type->bit_offset);
  }
}

/* "__ARR4_" before the element's name; without a number if the length is not known. */
static void append_array(struct allocs_text *text, const struct uniqtype *type) {
  allocs_text_string(text, type->flags & ALLOCS_TYPE_VECTOR ? "__VEC" : "__ARR");
  if (type->count != ALLOCS_LENGTH_UNBOUNDED)
    allocs_text_decimal(text, type->count);
  allocs_text_char(text, '_');
}

/* What stands before the names of a type's parts; true if it has a part to go on with. */
static bool append_head(struct allocs_text *text, const struct uniqtype *type) {
  switch (type->kind) {
  case ALLOCS_KIND_VOID:
    allocs_text_string(text, "void");
    return false;
  case ALLOCS_KIND_BASE:
    append_base(text, type);
    return false;
  case ALLOCS_KIND_ARRAY:
    append_array(text, type);
    return true;
  case ALLOCS_KIND_ADDRESS:
    allocs_text_string(text, "__PTR_");
    return true;
  case ALLOCS_KIND_SUBPROGRAM:
    allocs_text_string(text, "__FUN_FROM_");
    return true;
  default:
    allocs_text_string(text, type->name ? type->name : "__ANON_");
    if (!type->name)
      append_key(text, type->key);
    return false;
  }
}

/* A function whose name is being written: its parts are written one after the other, each of which may hold functions.
 */
struct nesting {
  const struct uniqtype *function;
  unsigned n_args; /* already written */
};

/* The next part of a function after those written: a parameter, then the return type. */
static const struct uniqtype *append_next_part(struct allocs_text *text, struct nesting *at) {
  const struct uniqtype *function = at->function;
  unsigned i = at->n_args++;
  if (i < function->n_entries) {
    allocs_text_string(text, "__ARG");
    allocs_text_decimal(text, i);
    allocs_text_char(text, '_');
    return function->entries.args[i];
  }
  allocs_text_string(text, function->flags & ALLOCS_TYPE_VARIADIC ? "__VA___FUN_TO_" : "__FUN_TO_");
  return function->target;
}

/* False if the name has to be cut: too long, or too deep. */
static bool append_name(struct allocs_text *text, const struct uniqtype *type) {
  struct nesting nesting[MAX_NESTING];
  unsigned depth = 0;
  while (text->length <= MAX_NAME) {
    if (append_head(text, type)) {
      if (type->kind != ALLOCS_KIND_SUBPROGRAM) {
        type = type->target;
        continue;
      }
      if (depth == MAX_NESTING)
        return false;
      nesting[depth++] = (struct nesting){type, 0};
    }
    if (!depth)
      return text->length <= MAX_NAME;
    type = append_next_part(text, &nesting[depth - 1]);
    if (nesting[depth - 1].n_args > nesting[depth - 1].function->n_entries)
      depth--; /* the return type ends the function's name */
  }
  return false;
}

/* A name that was cut ends with the type's key, and so is still of this type alone. NULL if the buffer is too small for
   a whole one. */
static const char *make_name(const struct uniqtype *type, char *buf, size_t cap) {
  struct allocs_text text;
  allocs_text_init(&text, buf, cap);
  if (!append_name(&text, type)) {
    if (cap <= MAX_NAME)
      return NULL;
    if (text.length > MAX_NAME - 17)
      /* Room for '$' and the key. */
      text.length = MAX_NAME - 17;
    allocs_text_char(&text, '$');
    append_key(&text, type->key);
  }
  return text.length < cap ? allocs_store_text(buf) : NULL;
}

/* Made when first asked for, and kept in the store. Two threads may make it: the store has one copy of each text. Most
   fit on the stack of whoever asks, who may be a signal handler: long ones go into pages of their own. */
const char *uniqtype_name(const struct uniqtype *u) {
  char buf[512];
  if (!u)
    return "(no type)";
  const char *name = __atomic_load_n(&u->name, __ATOMIC_ACQUIRE);
  if (name)
    return name;
  name = make_name(u, buf, sizeof buf);
  if (!name) {
    char *large = allocs_os_map(2 * ALLOCS_PAGE);
    name = large ? make_name(u, large, 2 * ALLOCS_PAGE) : NULL;
    if (large)
      allocs_os_unmap(large, 2 * ALLOCS_PAGE);
  }
  if (!name)
    return "(unnamed type)";
  /* An unnamed composite keeps its NULL, by which uniqtype_c_name() knows it. */
  if (u->kind != ALLOCS_KIND_COMPOSITE && u->kind != ALLOCS_KIND_ENUMERATION)
    __atomic_store_n((const char **)(uintptr_t)&u->name, name, __ATOMIC_RELEASE);
  return name;
}

const struct uniqtype *uniqtype_ultimate_pointee(const struct uniqtype *u) {
  while (u && u->kind == ALLOCS_KIND_ADDRESS)
    u = u->target;
  return u;
}

/* C declarations. */

/* As Clang names them; `long` is of 64 bits on all processors that are known. */
static void append_c_integer(struct allocs_text *text, bool is_signed, uint64_t bits) {
  const char *name = bits == 8     ? "char"
                     : bits == 16  ? "short"
                     : bits == 32  ? "int"
                     : bits == 64  ? "long"
                     : bits == 128 ? "__int128"
                                   : NULL;
  allocs_text_string(text, is_signed ? "" : "unsigned ");
  allocs_text_string(text, name ? name : "_BitInt(");
  if (!name) {
    allocs_text_decimal(text, bits);
    allocs_text_char(text, ')');
  }
}

/* By bits of the value: of 80 bits there is one, however many bytes it takes; what has 128 is the processor's to say.
 */
static const char *c_float(uint64_t bits) {
  switch (bits) {
  case 16:
    return "_Float16";
  case 32:
    return "float";
  case 64:
    return "double";
  case 80:
    return "long double";
  default:
    return ALLOCS_ARCH_FLOAT_128;
  }
}

/* What a bit-field was declared as is not known but for its signedness: the narrowest of int, long and __int128. */
static uint64_t c_bits(const struct uniqtype *type) {
  if (!(type->flags & ALLOCS_TYPE_BITFIELD))
    return type->count;
  return type->count <= 32 ? 32 : type->count <= 64 ? 64 : 128;
}

static void append_c_base(struct allocs_text *text, const struct uniqtype *type) {
  switch (type->encoding) {
  case ALLOCS_ENC_BOOLEAN:
    allocs_text_string(text, "_Bool");
    break;
  case ALLOCS_ENC_SIGNED:
    append_c_integer(text, true, c_bits(type));
    break;
  case ALLOCS_ENC_UNSIGNED:
    append_c_integer(text, false, c_bits(type));
    break;
  case ALLOCS_ENC_SIGNED_CHAR:
    allocs_text_string(text, ALLOCS_ARCH_SIGNED_CHAR);
    break;
  case ALLOCS_ENC_UNSIGNED_CHAR:
    append_c_integer(text, false, type->flags & ALLOCS_TYPE_BITFIELD ? 8 : type->count);
    break;
  case ALLOCS_ENC_FLOAT:
    allocs_text_string(text, c_float(type->count));
    break;
  case ALLOCS_ENC_COMPLEX_FLOAT:
    /* Twice 80 bits, or the whole of the 32 bytes they take. */
    allocs_text_string(text, type->size == 32 ? "long double" : c_float(type->count / 2));
    allocs_text_string(text, " _Complex");
    break;
  case ALLOCS_ENC_COMPLEX_INT:
    append_c_integer(text, true, type->count / 2);
    allocs_text_string(text, " _Complex");
    break;
  case ALLOCS_ENC_BFLOAT:
    allocs_text_string(text, "__bf16");
    break;
  default:
    append_base(text, type);
  }
}

/* Types of frames are composites whose members are the locals. */
static bool is_frame(const char *name) {
  const char *prefix = FRAME_PREFIX;
  while (name && *prefix && *name == *prefix)
    name++, prefix++;
  return !*prefix;
}

static void append_c_keyword(struct allocs_text *text, const struct uniqtype *type) {
  allocs_text_string(text, type->kind == ALLOCS_KIND_ENUMERATION ? "enum "
                           : type->flags & ALLOCS_TYPE_UNION     ? "union "
                                                                 : "struct ");
}

/* A typedef name stands without a keyword; what has no name at all is {...}. */
static void append_c_tagged(struct allocs_text *text, const struct uniqtype *type) {
  if (is_frame(type->name)) {
    allocs_text_string(text, "frame of ");
    allocs_text_string(text, type->name + sizeof FRAME_PREFIX - 1);
    return;
  }
  if (!type->name || !(type->flags & ALLOCS_TYPE_ANONYMOUS))
    append_c_keyword(text, type);
  allocs_text_string(text, type->name ? type->name : "{...}");
}

/* Vectors of what may be an element stand where base types do. */
static bool is_derived(const struct uniqtype *type) {
  switch (type->kind) {
  case ALLOCS_KIND_ADDRESS:
  case ALLOCS_KIND_SUBPROGRAM:
    return true;
  case ALLOCS_KIND_ARRAY:
    return !(type->flags & ALLOCS_TYPE_VECTOR) || type->target->kind != ALLOCS_KIND_BASE;
  default:
    return false;
  }
}

/* What an allocation call put together, a header and what follows, has neither name nor names of members, but theirs.
 */
static bool is_put_together(const struct uniqtype *type) {
  enum { MOST = 4 };
  bool any = type->n_entries > 1;
  if (type->kind != ALLOCS_KIND_COMPOSITE || type->name || !type->n_entries || type->n_entries > MOST)
    return false;
  for (uint64_t i = 0; i < type->n_entries; i++) {
    const struct uniqtype *part = type->entries.members[i].type;
    if (type->entries.members[i].name)
      return false;
    while (part->kind == ALLOCS_KIND_ARRAY && is_derived(part))
      part = part->target;
    while (part->kind == ALLOCS_KIND_ADDRESS)
      part = part->target;
    if (is_derived(part))
      return false;
    any |= part->kind == ALLOCS_KIND_COMPOSITE && part->name;
  }
  return any;
}

/* What stands first in a declaration: the type that is left when pointers, arrays and functions are taken away. */
static void append_c_specifier(struct allocs_text *text, const struct uniqtype *type) {
  bool whole;
  switch (type->kind) {
  case ALLOCS_KIND_VOID:
    allocs_text_string(text, "void");
    break;
  case ALLOCS_KIND_BASE:
    append_c_base(text, type);
    break;
  case ALLOCS_KIND_ARRAY:
    /* A vector of three has the size of four, which only the second attribute can say. */
    whole = type->count * type->target->size == type->size;
    append_c_base(text, type->target);
    allocs_text_string(text, whole ? " __attribute__((vector_size(" : " __attribute__((ext_vector_type(");
    allocs_text_decimal(text, whole ? type->size : type->count);
    allocs_text_string(text, ")))");
    break;
  default:
    append_c_tagged(text, type);
  }
}

/* A pointer to an array or function binds less tightly than what stands behind it. */
static bool needs_parentheses(const struct uniqtype *pointer) {
  return pointer->kind == ALLOCS_KIND_ADDRESS && is_derived(pointer->target) &&
         pointer->target->kind != ALLOCS_KIND_ADDRESS;
}

/* All up to and including the name: the specifier, then the stars, the last first. */
static void append_c_begin(struct allocs_text *text, const struct uniqtype *type, const char *name) {
  const struct uniqtype *at = type;
  unsigned n = 0;
  bool apart = false; /* the specifier has its space */
  for (; is_derived(at); at = at->target)
    n++;
  append_c_specifier(text, at);
  /* A C declaration begins with the innermost: there is no way back from a type to what was made of it, so that each
     star is counted down to from the outside. Ends early where nothing more fits. */
  while (n && text->length < text->cap) {
    at = type;
    n--;
    for (unsigned i = 0; i < n; i++)
      at = at->target;
    if (at->kind != ALLOCS_KIND_ADDRESS)
      continue;
    allocs_text_string(text, apart ? "" : " ");
    allocs_text_string(text, needs_parentheses(at) ? "(*" : "*");
    apart = true;
  }
  if (!apart && (name || type->kind == ALLOCS_KIND_SUBPROGRAM))
    allocs_text_char(text, ' ');
  allocs_text_string(text, name);
}

/* From behind the name up to the end or to the next function, which is returned. */
static const struct uniqtype *append_c_end(struct allocs_text *text, const struct uniqtype *type) {
  for (; is_derived(type) && type->kind != ALLOCS_KIND_SUBPROGRAM; type = type->target)
    if (needs_parentheses(type)) {
      allocs_text_char(text, ')');
    } else if (type->kind == ALLOCS_KIND_ARRAY) {
      allocs_text_char(text, '[');
      if (type->count != ALLOCS_LENGTH_UNBOUNDED)
        allocs_text_decimal(text, type->count);
      allocs_text_char(text, ']');
    }
  return is_derived(type) ? type : NULL;
}

/* struct { struct node; char[]; } */
static void append_c_parts(struct allocs_text *text, const struct uniqtype *type) {
  append_c_keyword(text, type);
  allocs_text_char(text, '{');
  for (uint64_t i = 0; i < type->n_entries; i++) {
    allocs_text_char(text, ' ');
    append_c_begin(text, type->entries.members[i].type, NULL);
    append_c_end(text, type->entries.members[i].type);
    allocs_text_char(text, ';');
  }
  allocs_text_string(text, " }");
}

/* One declaration; of each function on the way, its parameters, each a declaration without a name. A function's end is
   its return type's, with which it goes on after the parentheses. */
static void append_c(struct allocs_text *text, const struct uniqtype *type, const char *name) {
  struct nesting nesting[MAX_NESTING], *top;
  unsigned depth = 0;
  append_c_begin(text, type, name);
  for (;;) {
    const struct uniqtype *function = append_c_end(text, type);
    if (function && depth < MAX_NESTING) {
      nesting[depth++] = (struct nesting){function, 0};
      allocs_text_char(text, '(');
    } else if (function) {
      /* Too deep: the parameters are left out, and it says so. */
      allocs_text_string(text, "(?)");
    }
    if (!depth || text->length >= text->cap)
      return;
    top = &nesting[depth - 1];
    if (top->n_args < top->function->n_entries) {
      type = top->function->entries.args[top->n_args];
      allocs_text_string(text, top->n_args++ ? ", " : "");
      append_c_begin(text, type, NULL);
      continue;
    }
    if (top->function->flags & ALLOCS_TYPE_VARIADIC)
      allocs_text_string(text, top->n_args ? ", ..." : "...");
    else if (!top->n_args && !(top->function->flags & ALLOCS_TYPE_NO_PROTOTYPE))
      allocs_text_string(text, "void");
    allocs_text_char(text, ')');
    type = top->function->target;
    depth--;
  }
}

const char *uniqtype_c_declaration(const struct uniqtype *u, const char *name, char *buf, size_t len) {
  struct allocs_text text;
  allocs_text_init(&text, buf, len);
  if (!u) {
    allocs_text_string(&text, "(no type)");
    return buf;
  }
  if (is_put_together(u)) {
    append_c_parts(&text, u);
    allocs_text_string(&text, name ? " " : "");
    allocs_text_string(&text, name);
    return buf;
  }
  append_c(&text, u, name);
  if (UNIQTYPE_IS_BIT_FIELD_TYPE(u)) {
    allocs_text_string(&text, " : ");
    allocs_text_decimal(&text, u->count);
  }
  return buf;
}

const char *uniqtype_c_name(const struct uniqtype *u, char *buf, size_t len) {
  return uniqtype_c_declaration(u, NULL, buf, len);
}
