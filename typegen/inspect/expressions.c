/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Expressions, from left to right: each step leads from an object, of which place and type are known, to a part of it,
   or to what it points to. What a pointer leads to has the pointer's type; of what that does not tell, void or another
   struct, it has the type of what is there. */

#include "inspect/expressions.h"
#include "answers/memory_kinds.h"
#include "answers/query.h"
#include "inspect/conditions.h"
#include "inspect/values.h"
#include "target/images.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct object {
  uint64_t at;                 /* local */
  const struct uniqtype *type; /* NULL: an address that was given, at which anything may be */
  uint64_t size;               /* of an array without bounds, how far it goes; 0: not known */
};
struct reading {
  struct allocs_target *target;
  const char *text, *at;
  struct object object;
};

static bool fail(const struct reading *reading, const char *what) {
  return allocs_diag_file(&reading->target->diag, "%s: at '%s': %s", reading->text, reading->at, what);
}

static size_t name_length(const char *at) {
  size_t n = 0;
  while (isalnum((unsigned char)at[n]) || at[n] == '_')
    n++;
  return n;
}

/* Variables: of the executable before those of libraries, and those of known type before others. */

static unsigned find_in_image(const struct allocs_os_image *os, const char *name, size_t n, bool has_type,
                              struct object *ret) {
  struct alloc_arena arena = {.begin = (void *)os->begin, .size = os->end - os->begin};
  struct alloc_pos pos = {.size = 0};
  unsigned found = 0;
  for (const char *at = arena.begin; alloc_static.next(&arena, at, &pos);
       at = (const char *)pos.base + (pos.size ? pos.size : 1)) {
    if (pos.name && strlen(pos.name) == n && !memcmp(pos.name, name, n) &&
        (pos.type ? has_type && !UNIQTYPE_IS_SUBPROGRAM_TYPE(pos.type) : !has_type)) {
      *ret = (struct object){(uintptr_t)pos.base, pos.type, pos.size};
      found++;
    }
    pos = (struct alloc_pos){.base = pos.base, .size = pos.size};
  }
  return found;
}

static bool read_variable(struct reading *reading) {
  size_t n = name_length(reading->at);
  unsigned found = 0;
  for (int pass = 0; pass < 4 && !found; pass++)
    for (size_t i = 0; allocs_images_at(i); i++)
      if (!allocs_images_at(i)->os.name[0] == !(pass & 1))
        found += find_in_image(&allocs_images_at(i)->os, reading->at, n, pass < 2, &reading->object);
  if (!n || !found)
    return fail(reading, "there is no such variable");
  if (found > 1)
    return fail(reading, "there are several variables of that name: give the address of one");
  reading->at += n;
  return true;
}

/* Steps */

/* What is at an address: of all that begin there, the outermost that has a member of that name; without one, the whole.
 */
static bool find_there(uint64_t at, const char *name, size_t n, struct object *ret) {
  struct alloc_pos leaf;
  struct allocs_path path;
  struct object member;
  if (!allocs_query_path((const void *)(uintptr_t)at, &leaf, &path))
    return false;
  for (unsigned i = 0; i < path.n; i++) {
    *ret = (struct object){(uintptr_t)leaf.base + path.steps[i].offset, path.steps[i].type, path.sizes[i]};
    if (ret->at == at && (!name || allocs_condition_member(ret->type, name, n, &member.type, &member.at)))
      return true;
  }
  return false;
}

/* The object that a pointer leads to. */
static bool follow(struct reading *reading, const char *name, size_t n) {
  struct object *object = &reading->object;
  const struct uniqtype *pointee = NULL, *type;
  uint64_t offset;
  int64_t value = (int64_t)object->at;
  if (object->type && !UNIQTYPE_IS_POINTER_TYPE(object->type))
    return fail(reading, "that is no pointer");
  if (object->type) {
    pointee = UNIQTYPE_POINTEE_TYPE(object->type);
    if (!allocs_values_number(object->type, object->at, &value))
      return fail(reading, "the pointer cannot be read");
    if (!value)
      return fail(reading, "the pointer is NULL");
    value = (int64_t)allocs_images_to_local((uint64_t)value & ~reading->target->tags);
  }
  uint64_t at = (uint64_t)value;
  *object = (struct object){at, pointee, 0};
  if (pointee && pointee->size != UNIQTYPE_SIZE_UNKNOWN && pointee->size &&
      (!name || allocs_condition_member(pointee, name, n, &type, &offset)))
    return true;
  return find_there(at, name, n, object) ||
         fail(reading, name ? "nothing there has such a member" : "nothing is there");
}

static bool read_member(struct reading *reading, bool through_pointer) {
  const char *name = reading->at + (through_pointer ? 2 : 1);
  size_t n = name_length(name);
  const struct uniqtype *type;
  uint64_t offset;
  if (!n)
    return fail(reading, "a member's name is missing");
  /* Of an address that was given, either leads to what is there. */
  if ((through_pointer || !reading->object.type) && !follow(reading, name, n))
    return false;
  if (!allocs_condition_member(reading->object.type, name, n, &type, &offset))
    return fail(reading,
                UNIQTYPE_IS_POINTER_TYPE(reading->object.type) ? "that is a pointer: say ->" : "no such member");
  uint64_t whole = reading->object.size ? reading->object.size : reading->object.type->size;
  reading->object = (struct object){reading->object.at + offset, type, whole > offset ? whole - offset : 0};
  reading->at = name + n;
  return true;
}

static bool read_element(struct reading *reading) {
  char *end;
  struct object *object = &reading->object;
  bool is_negative = reading->at[1] == '-';
  int64_t i = strtoll(reading->at + 1, &end, 0);
  if (end == reading->at + 1 + is_negative || *end != ']')
    return fail(reading, "a number and ] are missing");
  if (object->type && UNIQTYPE_IS_ARRAY_TYPE(object->type)) {
    const struct uniqtype *element = UNIQTYPE_ARRAY_ELEMENT_TYPE(object->type);
    uint64_t n = UNIQTYPE_HAS_KNOWN_LENGTH(object->type) ? UNIQTYPE_ARRAY_LENGTH(object->type)
                 : element->size                         ? object->size / element->size
                                                         : 0;
    if (i < 0 || (uint64_t)i >= n)
      return fail(reading, "there is no such element");
    *object = (struct object){object->at + (uint64_t)i * element->size, element, element->size};
  } else {
    bool was_given = !object->type;
    if (!follow(reading, NULL, 0))
      return false;
    /* An address in an array stands for the element that begins there. */
    while (was_given && UNIQTYPE_IS_ARRAY_TYPE(object->type))
      object->type = UNIQTYPE_ARRAY_ELEMENT_TYPE(object->type);
    object->at += (uint64_t)i * object->type->size;
    object->size = object->type->size;
  }
  reading->at = end + 1;
  return true;
}

static bool read_steps(struct reading *reading) {
  while (*reading->at) {
    bool ok = !strncmp(reading->at, "->", 2) ? read_member(reading, true)
              : *reading->at == '.'          ? read_member(reading, false)
              : *reading->at == '['          ? read_element(reading)
                                             : fail(reading, "this is no ., -> or [");
    if (!ok)
      return false;
  }
  return true;
}

bool allocs_expression_read(struct allocs_target *target, const char *text, uint64_t *ret) {
  bool is_place = *text == '&';
  struct reading reading = {.target = target, .text = text, .at = text + is_place};
  if (isdigit((unsigned char)*reading.at)) {
    char *end;
    reading.object.at = allocs_images_to_local(strtoull(reading.at, &end, 0));
    reading.at = end;
  } else if (!read_variable(&reading)) {
    return false;
  }
  if (!read_steps(&reading))
    return false;
  const char *end = reading.at;
  if (!is_place && reading.object.type && UNIQTYPE_IS_POINTER_TYPE(reading.object.type) && end != text) {
    int64_t value;
    if (!allocs_values_number(reading.object.type, reading.object.at, &value))
      return fail(&reading, "the pointer cannot be read");
    *ret = (uint64_t)value & ~target->tags;
  } else {
    *ret = allocs_images_to_target(reading.object.at);
  }
  return true;
}
