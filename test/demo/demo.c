/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
/* What a program that is compiled with allocscc can ask about itself. Nothing here is marked, registered or
   declared for it: not in this program, nor in its library. */
#include "shape.h"
#include <allocs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int counter[3] = {1, 2, 3};

static void show(const char *expression, const void *address) {
  char line[200];
  printf("  %-24s %s\n", expression, alloc_describe(address, line, sizeof line));
}
#define SHOW(e) show(#e, e)

/* Prints any object, by its type: no printer was written for struct shape. */
static void print(const void *object, const struct uniqtype *type, int indent) {
  char declaration[100];
  if (UNIQTYPE_IS_COMPOSITE_TYPE(type)) {
    printf("{\n");
    for (unsigned i = 0; i < UNIQTYPE_COMPOSITE_MEMBER_COUNT(type); ++i) {
      const struct uniqtype *member = UNIQTYPE_MEMBER_TYPE(type, i);
      printf("%*s%s = ", indent + 2, "",
             uniqtype_c_declaration(member, UNIQTYPE_MEMBER_NAME(type, i), declaration, sizeof declaration));
      print((const char *)object + UNIQTYPE_MEMBER_OFFSET(type, i), member, indent + 2);
    }
    printf("%*s}\n", indent, "");
  } else if (UNIQTYPE_IS_ENUM_TYPE(type)) {
    int value;
    memcpy(&value, object, sizeof value);
    for (unsigned i = 0; i < UNIQTYPE_ENUMERATOR_COUNT(type); ++i)
      if (UNIQTYPE_ENUMERATOR_VALUE(type, i) == value)
        printf("%s\n", UNIQTYPE_ENUMERATOR_NAME(type, i));
  } else if (UNIQTYPE_IS_BIT_FIELD_TYPE(type)) {
    unsigned bits;
    memcpy(&bits, object, 1);
    printf("%u\n", (bits >> UNIQTYPE_BASE_TYPE_BIT_OFFSET(type)) & ((1u << UNIQTYPE_BASE_TYPE_BIT_SIZE(type)) - 1));
  } else if (UNIQTYPE_IS_POINTER_TYPE(type)) {
    const void *target;
    memcpy(&target, object, sizeof target);
    printf("-> %s\n", alloc_describe(target, declaration, sizeof declaration));
  }
}

static int by_x(const void *a, const void *b) {
  static int shown;
  if (!shown++)
    SHOW(a);
  const struct point *p = a, *q = b;
  return (p->x > q->x) - (p->x < q->x);
}

int main(int argc, char **argv) {
  (void)argc;
  struct shape *list = shape_new("square", 4, shape_new("triangle", 3, NULL));
  struct point local[2] = {{2, 0}, {1, 0}};
  int *numbers = malloc(42 * sizeof *numbers);
  char *copy = strdup("copied");

  printf("The heap, from any pointer into it:\n");
  SHOW(list);
  SHOW(&list->next);
  SHOW(&list->corners[2].y);
  SHOW(list->next->corners);
  SHOW(numbers + 7);
  SHOW(copy);
  printf("Statics, here and in a library:\n");
  SHOW(&counter[1]);
  SHOW(&shape_origin()->y);
  SHOW(list->name);
  SHOW(main);
  printf("The stack, through a callback from libc:\n");
  SHOW(&list);
  SHOW(&local[1].y);
  qsort(local, 2, sizeof *local, by_x);
  printf("What the kernel passed:\n");
  SHOW(argv);
  SHOW(argv[0]);
  printf("One type, in all images: %s\n", alloc_get_type(list) == alloc_typeof(struct shape) ? "yes" : "no");
  printf("An object, printed by its type:\n  struct shape ");
  print(list, alloc_get_type(list), 2);
  return 0;
}
