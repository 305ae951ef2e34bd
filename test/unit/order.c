// What is printed stands by what is told of it, from whatever order it comes in: each thing that two may differ in decides where those before are the same; the order of the table is last.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover -I%src/runtime -I%src/typegen %s -o %t && %t

#define _GNU_SOURCE
#include "write/order.c"
#include "check.h"

void *allocs_new(size_t n, size_t size) { return calloc(n ? n : 1, size); }
/* What no tag names is spelled as its test says. */
void allocs_cname_declaration(FILE *out, const struct model_type *type, const char *alias, const char *name) {
  CHECK(!alias && !name && type->kind != ALLOCS_KIND_COMPOSITE && type->kind != ALLOCS_KIND_ENUMERATION);
  fputs(type->name, out);
}

static struct model model;
static struct model_order order;

/* Whatever order the list is in, each comes where it stands here: it has its place in `number`, which nothing compares. What is the same
   stays as it was. */
#define IN_ORDER(member, number, list)                                                                                 \
  for (size_t round = 0, n = sizeof list / sizeof *list; round < 4; round++) {                                         \
    __typeof__(*list) mixed[sizeof list / sizeof *list];                                                               \
    for (size_t i = 0; i < n; i++) {                                                                                   \
      list[i].number = i + 1;                                                                                          \
      mixed[round == 0 ? i : round == 1 ? n - 1 - i : round == 2 ? (i + n / 2) % n : i ^ (i < n / 2 * 2)] = list[i];    \
    }                                                                                                                  \
    model = (struct model){.member = mixed, .n_##member = n};                                                          \
    allocs_order_init(&order, &model);                                                                                 \
    for (size_t i = 0; i < n; i++)                                                                                     \
      CHECK(order.member[i]->number == list[i].number);                                                        \
    allocs_order_fini(&order);                                                                                         \
    for (size_t i = 0; i < n; i++)                                                                                     \
      mixed[i] = list[n / 2];                                                                                          \
    allocs_order_init(&order, &model);                                                                                 \
    for (size_t i = 0; i < n && sizeof *list != sizeof(struct model_type); i++)                                        \
      CHECK((const void *)order.member[i] == &mixed[i]);                                                               \
    allocs_order_fini(&order);                                                                                         \
  }

#define TYPE(KIND, ...) {.kind = ALLOCS_KIND_##KIND, __VA_ARGS__}
static struct model_type types[] = {TYPE(ENUMERATION, .name = "a", .hash = 9), TYPE(COMPOSITE, .name = "a", .hash = 2), TYPE(COMPOSITE, .name = "a", .hash = 3, .at = 1), TYPE(COMPOSITE, .name = "a", .hash = 3, .at = 4),
                                    TYPE(COMPOSITE, .name = "z"), TYPE(COMPOSITE, .hash = 1), TYPE(COMPOSITE, .hash = UINT64_MAX), TYPE(BASE, .name = "b"), TYPE(VOID, .name = "c", .hash = 1),
                                    TYPE(VOID, .name = "d"), TYPE(BASE, .name = "e", .at = 7)};
#define AT(FILE, LINE, COLUMN, FUNCTION) .source = {.file = FILE, .line = LINE, .column = COLUMN, .function = FUNCTION}
static struct model_site sites[] = {{AT("a", 1, 2, "f")}, {AT("a", 1, 2, "g")}, {AT("a", 1, 3, "a")}, {AT("a", 2, 0, "a")}, {AT("a", UINT32_MAX, 0, "a")}, {AT("b", 0, 0, "a")}, {AT("b", 0, 0, NULL)}, {AT(NULL, 0, 0, "a")}};
#define VARIABLE(NAME, SIZE, ...) {.name = NAME, .size = SIZE, AT(__VA_ARGS__)}
static struct model_object variables[] = {VARIABLE("a", 9, "a", 1, 0, NULL), VARIABLE("b", 8, "a", 1, 0, "f"), VARIABLE("b", 9, "a", 1, 0, "f"), VARIABLE("b", UINT64_MAX, "a", 1, 0, "f"), VARIABLE("b", 1, "a", 2, 0, "e"), VARIABLE("b", 1, "b", 1, 0, "e"), VARIABLE(NULL, 0, "a", 0, 0, "e")};
static const struct model_type small = {.hash = 5}, large = {.hash = UINT64_MAX};
#define LITERAL(TYPE, BYTES, SIZE, COUNT) {.type = &TYPE, .bytes = (const unsigned char *)BYTES, .size = SIZE, .count = COUNT}
static struct model_object literals[] = {LITERAL(small, "ab", 1, 1), LITERAL(small, "ab", 2, 2), LITERAL(small, "abc", 3, 3), LITERAL(small, "ac", 2, 1), LITERAL(small, "b", 1, 1), LITERAL(small, NULL, 2, 1), LITERAL(small, NULL, 1, 2), LITERAL(large, "a", 1, 1)};
static struct model_frame frames[] = {{.name = "f", AT("a", 1, 0, NULL)}, {.name = "f", AT("a", 2, 0, NULL)}, {.name = "f", AT("b", 1, 0, NULL)}, {.name = "g", AT("a", 1, 0, NULL)}, {.name = NULL, AT("a", 0, 0, NULL)}};
static struct model_calls calls[] = {{AT("a", 1, 0, "f")}, {AT("a", 1, 0, "g")}, {AT("a", 2, 0, "a")}, {AT("b", 1, 0, "a")}, {AT(NULL, 1, 0, "a")}};

int main(void) {
  IN_ORDER(types, count, types)
  allocs_order_init(&order, &(const struct model){.types = types, .n_types = 11}), CHECK(order.n_tagged == 7), allocs_order_fini(&order);
  allocs_order_init(&order, &(const struct model){.types = types, .n_types = 0}), CHECK(!order.n_tagged), allocs_order_fini(&order);
  IN_ORDER(sites, code.address, sites)
  IN_ORDER(statics, at, variables)
  IN_ORDER(tls, at, variables)
  IN_ORDER(literals, at, literals)
  IN_ORDER(frames, code.address, frames)
  IN_ORDER(calls, code.address, calls)
  return check_failed;
}
