/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Values, as C would write them where it can. A composite's members stand on lines of their own, a union's arms all;
   what is too long is cut. A pointer is followed by what it leads to: in words, or, as far as was asked for, as an
   object, each once. */

#include "inspect/values.h"
#include "allocs.h"
#include "target/images.h"
#include "types/subobject.h"
#include "types/type.h"
#include <inttypes.h>
#include <string.h>

enum { MOST_ELEMENTS = 16, MOST_CHARACTERS = 80, MOST_BYTES = 32, DEEPEST = 64, MOST_SHOWN = 256, LONGEST = 512 };

struct printer {
  FILE *out;
  unsigned depth;             /* so many pointers are followed from here */
  unsigned nested;            /* objects around this one */
  uint64_t shown[MOST_SHOWN]; /* objects that have been printed, by address */
  unsigned n_shown;
};

static void print(struct printer *printer, const struct uniqtype *type, uint64_t size, uint64_t address, int indent);

/* Numbers */

static bool read_bits(const struct uniqtype *type, uint64_t address, unsigned __int128 *ret) {
  *ret = 0;
  if (type->size > sizeof *ret || !allocs_images_read(address, ret, type->size))
    return false;
  unsigned bits = (unsigned)type->count;
  if (UNIQTYPE_IS_BASE_TYPE(type) && bits && bits < 8 * sizeof *ret) {
    *ret >>= type->bit_offset;
    *ret &= ((unsigned __int128)1 << bits) - 1;
    if (UNIQTYPE_IS_SIGNED_TYPE(type) && *ret >> (bits - 1))
      *ret |= ~(unsigned __int128)0 << bits;
  }
  return true;
}

bool allocs_values_number(const struct uniqtype *type, uint64_t address, int64_t *ret) {
  unsigned __int128 bits;
  if (UNIQTYPE_IS_ENUM_TYPE(type) && type->target)
    type = type->target;
  bool is_number = UNIQTYPE_IS_POINTER_TYPE(type) ||
                   (UNIQTYPE_IS_BASE_TYPE(type) && !UNIQTYPE_IS_FLOATING_TYPE(type) && !UNIQTYPE_IS_COMPLEX_TYPE(type));
  if (!is_number || type->size > sizeof *ret || !read_bits(type, address, &bits))
    return false;
  *ret = (int64_t)bits;
  return true;
}

static void print_wide(FILE *out, unsigned __int128 value, bool is_signed) {
  char digits[48];
  size_t at = sizeof digits;
  bool negative = is_signed && (__int128)value < 0;
  if (negative)
    value = -value;
  digits[--at] = 0;
  do
    digits[--at] = (char)('0' + (unsigned)(value % 10));
  while (value /= 10);
  fprintf(out, "%s%s", negative ? "-" : "", digits + at);
}

static void print_escaped(FILE *out, unsigned char c, char quote) {
  if (c == (unsigned char)quote || c == '\\')
    fprintf(out, "\\%c", c);
  else if (c >= ' ' && c < 0x7f)
    fputc(c, out);
  else
    fprintf(out, c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\%03o", c);
}

static void print_real(FILE *out, const struct uniqtype *type, const void *bytes) {
  float single;
  double real;
  long double extended;
  if (type->size == sizeof single) {
    memcpy(&single, bytes, sizeof single);
    fprintf(out, "%.9g", (double)single);
  } else if (type->size == sizeof real) {
    memcpy(&real, bytes, sizeof real);
    fprintf(out, "%.17g", real);
  } else if (type->size == sizeof extended && type->count == 80) {
    memcpy(&extended, bytes, sizeof extended);
    fprintf(out, "%.21Lg", extended);
  } else {
    fputs("(floating-point)", out);
  }
}

static void print_base(FILE *out, const struct uniqtype *type, uint64_t address) {
  unsigned __int128 bits;
  char bytes[16];
  if (!read_bits(type, address, &bits)) {
    fputs("(cannot be read)", out);
    return;
  }
  memcpy(bytes, &bits, sizeof bytes);
  if (UNIQTYPE_IS_ENCODED(type, FLOAT)) {
    allocs_images_read(address, bytes, type->size);
    print_real(out, type, bytes);
  } else if (UNIQTYPE_IS_BOOLEAN_TYPE(type)) {
    fputs(bits > 1 ? "(neither true nor false)" : bits ? "true" : "false", out);
  } else if (UNIQTYPE_IS_CHARACTER_TYPE(type) && type->size == 1 && !UNIQTYPE_IS_BIT_FIELD_TYPE(type)) {
    print_wide(out, bits, UNIQTYPE_IS_SIGNED_TYPE(type));
    fputs(" '", out);
    print_escaped(out, (unsigned char)bits, '\'');
    fputc('\'', out);
  } else if (UNIQTYPE_IS_SIGNED_TYPE(type) || UNIQTYPE_IS_UNSIGNED_TYPE(type)) {
    print_wide(out, bits, UNIQTYPE_IS_SIGNED_TYPE(type));
  } else {
    fprintf(out, "0x%" PRIx64, (uint64_t)bits);
  }
}

static void print_enumerator(FILE *out, const struct uniqtype *type, uint64_t address) {
  int64_t value;
  if (!allocs_values_number(type, address, &value)) {
    fputs("(cannot be read)", out);
    return;
  }
  for (unsigned i = 0; i < UNIQTYPE_ENUMERATOR_COUNT(type); i++)
    if (UNIQTYPE_ENUMERATOR_VALUE(type, i) == value) {
      fputs(UNIQTYPE_ENUMERATOR_NAME(type, i), out);
      return;
    }
  fprintf(out, "%" PRId64, value);
}

/* Texts, arrays, composites */

/* Up to its zero, or its end; false if it cannot be read. */
static bool print_text(FILE *out, uint64_t address, uint64_t size) {
  unsigned char c;
  uint64_t i;
  if (!allocs_images_read(address, &c, 1))
    return false;
  fputc('"', out);
  for (i = 0; i < size && i < MOST_CHARACTERS && allocs_images_read(address + i, &c, 1) && c; i++)
    print_escaped(out, c, '"');
  fputs(i == MOST_CHARACTERS && i < size ? "\"..." : "\"", out);
  return true;
}

static bool is_text(const struct uniqtype *element) {
  return element && UNIQTYPE_IS_CHARACTER_TYPE(element) && element->size == 1;
}

static void print_bytes(FILE *out, uint64_t size, uint64_t address) {
  unsigned char byte;
  for (uint64_t i = 0; i < size && i < MOST_BYTES && allocs_images_read(address + i, &byte, 1); i++)
    fprintf(out, "%s%02x", i ? " " : "", byte);
  if (size > MOST_BYTES)
    fprintf(out, " ... (%" PRIu64 " bytes)", size);
}

static void print_array(struct printer *printer, const struct uniqtype *type, uint64_t size, uint64_t address,
                        int indent) {
  const struct uniqtype *element = UNIQTYPE_ARRAY_ELEMENT_TYPE(type);
  uint64_t each = element->size, n = each && each != UNIQTYPE_SIZE_UNKNOWN ? size / each : 0;
  if (element == allocs_type_byte()) {
    print_bytes(printer->out, size, address);
  } else if (is_text(element)) {
    if (!print_text(printer->out, address, size))
      fputs(size ? "(cannot be read)" : "\"\"", printer->out);
  } else {
    bool is_flat =
        !UNIQTYPE_IS_COMPOSITE_TYPE(element) && !UNIQTYPE_IS_ARRAY_TYPE(element) && !UNIQTYPE_IS_POINTER_TYPE(element);
    fputc('{', printer->out);
    for (uint64_t i = 0; i < n && i < MOST_ELEMENTS; i++) {
      if (is_flat)
        fputs(i ? ", " : "", printer->out);
      else
        fprintf(printer->out, "\n%*s[%" PRIu64 "] = ", indent + 2, "", i);
      print(printer, element, each, address + i * each, indent + 2);
    }
    if (n > MOST_ELEMENTS)
      fprintf(printer->out, is_flat ? ", ... (%" PRIu64 " elements)" : "\n  ... (%" PRIu64 " elements)", n);
    if (is_flat || !n)
      fputc('}', printer->out);
    else
      fprintf(printer->out, "\n%*s}", indent, "");
  }
}

static void print_member(struct printer *printer, const struct uniqtype *type, uint64_t size, unsigned i,
                         uint64_t address, int indent) {
  const struct uniqtype *member = UNIQTYPE_MEMBER_TYPE(type, i);
  uint64_t member_size = allocs_type_member_size(type, size, i);
  const char *name = UNIQTYPE_MEMBER_NAME(type, i), *alias = UNIQTYPE_MEMBER_ALIAS(type, i);
  char declaration[LONGEST];
  fprintf(printer->out, "\n%*s", indent, "");
  if (!name)
    fputs(UNIQTYPE_IS_UNION_TYPE(member) ? "union" : "struct", printer->out);
  else if (alias)
    fprintf(printer->out, "%s %s", alias, name);
  else
    fputs(uniqtype_c_declaration(member, name, declaration, sizeof declaration), printer->out);
  fputs(" = ", printer->out);
  print(printer, allocs_type_exact(member, member_size), member_size, address + UNIQTYPE_MEMBER_OFFSET(type, i),
        indent);
}

static void print_composite(struct printer *printer, const struct uniqtype *type, uint64_t size, uint64_t address,
                            int indent) {
  fputc('{', printer->out);
  for (unsigned i = 0; i < UNIQTYPE_COMPOSITE_MEMBER_COUNT(type); i++)
    print_member(printer, type, size, i, address, indent + 2);
  if (UNIQTYPE_COMPOSITE_MEMBER_COUNT(type))
    fprintf(printer->out, "\n%*s", indent, "");
  fputc('}', printer->out);
}

/* Pointers */

static bool was_shown(const struct printer *printer, uint64_t address) {
  for (unsigned i = 0; i < printer->n_shown; i++)
    if (printer->shown[i] == address)
      return true;
  return false;
}

static void print_target(struct printer *printer, const struct uniqtype *pointee, uint64_t value, int indent) {
  uint64_t at = allocs_images_to_local(value);
  char line[LONGEST];
  struct alloc_pos leaf[1];
  fprintf(printer->out, " -> %s", alloc_describe((const void *)(uintptr_t)at, line, sizeof line));
  if (!alloc_get_leaf_chain((const void *)(uintptr_t)at, leaf, 1))
    return;
  uint64_t size = pointee->size;
  if (is_text(pointee) && !strstr(line, "string literal")) {
    fputs(" ", printer->out);
    print_text(printer->out, at, MOST_CHARACTERS + 1);
  }
  if (!printer->depth || UNIQTYPE_IS_VOID_TYPE(pointee) || UNIQTYPE_IS_SUBPROGRAM_TYPE(pointee) || is_text(pointee) ||
      size == UNIQTYPE_SIZE_UNKNOWN || !size)
    return;
  if (was_shown(printer, at)) {
    fputs(" (shown)", printer->out);
    return;
  }
  if (printer->n_shown < MOST_SHOWN)
    printer->shown[printer->n_shown++] = at;
  printer->depth--;
  fprintf(printer->out, "\n%*s", indent + 2, "");
  print(printer, pointee, size, at, indent + 2);
  printer->depth++;
}

static void print_pointer(struct printer *printer, const struct uniqtype *type, uint64_t address, int indent) {
  int64_t value;
  if (!allocs_values_number(type, address, &value)) {
    fputs("(cannot be read)", printer->out);
  } else if (!value) {
    fputs("NULL", printer->out);
  } else {
    fprintf(printer->out, "0x%" PRIx64, (uint64_t)value);
    print_target(printer, UNIQTYPE_POINTEE_TYPE(type), (uint64_t)value & ~allocs_images_target()->tags, indent);
  }
}

static void print(struct printer *printer, const struct uniqtype *type, uint64_t size, uint64_t address, int indent) {
  if (printer->nested == DEEPEST) {
    fputs("...", printer->out);
    return;
  }
  printer->nested++;
  switch (UNIQTYPE_KIND(type)) {
  case ALLOCS_KIND_BASE:
    print_base(printer->out, type, address);
    break;
  case ALLOCS_KIND_ENUMERATION:
    print_enumerator(printer->out, type, address);
    break;
  case ALLOCS_KIND_ADDRESS:
    print_pointer(printer, type, address, indent);
    break;
  case ALLOCS_KIND_ARRAY:
    print_array(printer, type, size, address, indent);
    break;
  case ALLOCS_KIND_COMPOSITE:
    print_composite(printer, type, size, address, indent);
    break;
  default:
    fputs("(code)", printer->out);
  }
  printer->nested--;
}

void allocs_values_print(FILE *out, const struct uniqtype *type, uint64_t size, uint64_t address, unsigned depth,
                         int indent) {
  struct printer printer = {.out = out, .depth = depth, .shown = {address}, .n_shown = 1};
  fprintf(out, "%*s", indent, "");
  print(&printer, type, size, address, indent);
  fputc('\n', out);
}
