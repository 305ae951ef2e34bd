/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Conditions: a way to a member, a relation, a value. What the value may be, is the member's type's to say. */

#include "inspect/conditions.h"
#include "inspect/values.h"
#include "target/images.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *skip(const char *at) { return at + strspn(at, " \t"); }

/* Of a composite by name, through members without one. */
static bool find_member(const struct uniqtype *type, const char *name, size_t n, unsigned depth,
                        struct allocs_condition *ret) {
  for (unsigned i = 0; depth && UNIQTYPE_IS_COMPOSITE_TYPE(type) && i < UNIQTYPE_COMPOSITE_MEMBER_COUNT(type); i++) {
    const char *member = UNIQTYPE_MEMBER_NAME(type, i);
    uint64_t before = ret->offset;
    ret->offset += UNIQTYPE_MEMBER_OFFSET(type, i);
    if (member && strlen(member) == n && !memcmp(member, name, n)) {
      ret->type = UNIQTYPE_MEMBER_TYPE(type, i);
      return true;
    }
    if (!member && find_member(UNIQTYPE_MEMBER_TYPE(type, i), name, n, depth - 1, ret))
      return true;
    ret->offset = before;
  }
  return false;
}

enum { DEEPEST = 16 };

bool allocs_condition_member(const struct uniqtype *type, const char *name, unsigned long n,
                             const struct uniqtype **ret_type, uint64_t *ret_offset) {
  struct allocs_condition found = {.offset = 0};
  if (!find_member(type, name, n, DEEPEST, &found))
    return false;
  *ret_type = found.type;
  *ret_offset = found.offset;
  return true;
}

/* Moves *at behind it. */
static const char *read_way(const char **at, struct allocs_condition *ret) {
  for (;;) {
    if (**at == '[') {
      char *end;
      uint64_t i = strtoull(*at + 1, &end, 10);
      if (!UNIQTYPE_IS_ARRAY_TYPE(ret->type) || *end != ']' || i >= UNIQTYPE_ARRAY_LENGTH(ret->type))
        return "no such element";
      ret->type = UNIQTYPE_ARRAY_ELEMENT_TYPE(ret->type);
      ret->offset += i * ret->type->size;
      *at = end + 1;
    } else {
      const char *name = *at + (**at == '.');
      size_t n = 0;
      while (isalnum((unsigned char)name[n]) || name[n] == '_')
        n++;
      if (!n || !find_member(ret->type, name, n, DEEPEST, ret))
        return "no such member";
      *at = name + n;
    }
    if (**at != '.' && **at != '[')
      return NULL;
  }
}

static bool read_relation(const char **at, struct allocs_condition *ret) {
  static const struct {
    const char *text;
    int relation;
  } relations[] = {{"==", ALLOCS_EQUAL},    {"!=", ALLOCS_UNEQUAL}, {"<=", ALLOCS_AT_MOST},
                   {">=", ALLOCS_AT_LEAST}, {"<", ALLOCS_LESS},     {">", ALLOCS_MORE}};
  for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
    if (!strncmp(*at, relations[i].text, strlen(relations[i].text))) {
      ret->relation = relations[i].relation;
      *at += strlen(relations[i].text);
      return true;
    }
  return false;
}

static bool read_number(const char *at, struct allocs_condition *ret) {
  char *end;
  if (!strcmp(at, "NULL")) {
    ret->number = 0;
    return true;
  }
  for (unsigned i = 0; UNIQTYPE_IS_ENUM_TYPE(ret->type) && i < UNIQTYPE_ENUMERATOR_COUNT(ret->type); i++)
    if (!strcmp(UNIQTYPE_ENUMERATOR_NAME(ret->type, i), at)) {
      ret->number = UNIQTYPE_ENUMERATOR_VALUE(ret->type, i);
      return true;
    }
  ret->number = *at == '-' ? strtoll(at, &end, 0) : (int64_t)strtoull(at, &end, 0);
  return end != at && !*skip(end);
}

static bool is_text(const struct uniqtype *type) {
  const struct uniqtype *element = UNIQTYPE_IS_ARRAY_TYPE(type) || UNIQTYPE_IS_POINTER_TYPE(type) ? type->target : NULL;
  return element && UNIQTYPE_IS_CHARACTER_TYPE(element) && element->size == 1;
}

static bool is_number(const struct uniqtype *type) {
  return UNIQTYPE_IS_ENUM_TYPE(type) || UNIQTYPE_IS_POINTER_TYPE(type) ||
         (UNIQTYPE_IS_BASE_TYPE(type) && !UNIQTYPE_IS_FLOATING_TYPE(type) && !UNIQTYPE_IS_COMPLEX_TYPE(type) &&
          type->size <= sizeof(int64_t));
}

const char *allocs_condition_read(const char *text, const struct uniqtype *of, struct allocs_condition *ret) {
  const char *at = skip(text), *wrong;
  *ret = (struct allocs_condition){.type = of};
  if ((wrong = read_way(&at, ret)) != NULL)
    return wrong;
  at = skip(at);
  if (!read_relation(&at, ret))
    return "no relation: one of == != < <= > >=";
  at = skip(at);
  if (*at == '"') {
    const char *end = strrchr(at, '"');
    ret->text = at + 1;
    ret->n = (unsigned long)(end - at - 1);
    return end == at || *skip(end + 1)      ? "the text does not end"
           : ret->relation > ALLOCS_UNEQUAL ? "texts are the same or not"
           : is_text(ret->type)             ? NULL
                                            : "the member is no text";
  }
  return !is_number(ret->type) ? "the member is no number" : read_number(at, ret) ? NULL : "no value of the member's";
}

/* Characters, up to a zero, at a local address. */
static bool has_text(const struct allocs_condition *condition, uint64_t address, uint64_t most) {
  char c = 1;
  for (unsigned long i = 0; i < condition->n; i++)
    if (i >= most || !allocs_images_read(address + i, &c, 1) || c != condition->text[i])
      return false;
  return condition->n == most || (allocs_images_read(address + condition->n, &c, 1) && !c);
}

bool allocs_condition_holds(const struct allocs_condition *condition, uint64_t address) {
  int64_t value;
  address += condition->offset;
  if (condition->text && UNIQTYPE_IS_ARRAY_TYPE(condition->type))
    return has_text(condition, address, condition->type->size) == (condition->relation == ALLOCS_EQUAL);
  if (!allocs_values_number(condition->type, address, &value))
    return false;
  if (condition->text)
    return has_text(condition, allocs_images_to_local((uint64_t)value), UINT64_MAX) ==
           (condition->relation == ALLOCS_EQUAL);
  bool is_unsigned = UNIQTYPE_IS_POINTER_TYPE(condition->type) || UNIQTYPE_IS_UNSIGNED_TYPE(condition->type);
  int order = value == condition->number ? 0
              : is_unsigned              ? ((uint64_t)value < (uint64_t)condition->number ? -1 : 1)
                                         : (value < condition->number ? -1 : 1);
  switch (condition->relation) {
  case ALLOCS_EQUAL:
    return !order;
  case ALLOCS_UNEQUAL:
    return order;
  case ALLOCS_LESS:
    return order < 0;
  case ALLOCS_AT_MOST:
    return order <= 0;
  case ALLOCS_MORE:
    return order > 0;
  default:
    return order >= 0;
  }
}
