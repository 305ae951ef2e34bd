// Each pointer of an object is shown with the way to it, in order: of structs, arrays, tails, arms and locals; what may hold some as bytes; nothing outside the object, and nothing more once somebody has enough.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/ground/text.c -o %t && %t

#include "answers/pointers.c"
#include "check.h"

static struct uniqtype byte = {.kind = ALLOCS_KIND_BASE, .size = 1}, number = {.kind = ALLOCS_KIND_BASE, .size = 4};
static struct uniqtype pointer = {.kind = ALLOCS_KIND_ADDRESS, .size = 8}, word = {.kind = ALLOCS_KIND_BASE, .size = 8};
static const struct allocator frames, others;
static unsigned n_told, n_enough;
static char shown[1000];

const struct uniqtype *allocs_type_byte(void) { return &byte; }
bool allocs_memory_kinds_has(const struct allocator *allocator, enum allocs_memory_traits trait) {
  return CHECK(trait == ALLOCS_MEMORY_LOCALS), allocator == &frames;
}
/* A tail goes on to the end. */
uint64_t allocs_type_open_member_size(const struct uniqtype *composite, uint64_t size, uint64_t index) {
  const struct uniqtype_member *member = &composite->entries.members[index];
  return member->type->size == UNIQTYPE_SIZE_UNKNOWN ? size - member->offset : member->type->size;
}
void allocs_os_tell(const void *begin, size_t size) { CHECK(begin && size), n_told++; }
void allocs_os_tell_arguments(void) { n_told++; }
int allocs_os_write(int fd, const void *bytes, size_t n) { return (void)fd, (void)bytes, (int)n; }

static struct uniqtype array_of(const struct uniqtype *element, uint64_t n) {
  uint64_t size = n == UNIQTYPE_ARRAY_LENGTH_UNBOUNDED ? UNIQTYPE_SIZE_UNKNOWN : n * element->size;
  return (struct uniqtype){.kind = ALLOCS_KIND_ARRAY, .target = element, .count = n, .size = size};
}
static struct uniqtype composite(const struct uniqtype_member *members, unsigned n, uint64_t size, unsigned flags) {
  return (struct uniqtype){.kind = ALLOCS_KIND_COMPOSITE, .entries.members = members, .n_entries = n, .size = size, .flags = (unsigned char)flags};
}
static struct alloc_pos object;
/* ".path@offset", with a star if it is shared, and + the size if it is bytes. */
static int see(const struct alloc_pointer *it, void *arg) {
  char path[300];
  size_t n = strlen(shown);
  CHECK(n_told == 3); /* a sanitizer: of it, of the way, of both */
  CHECK(arg == shown && it->in == &object && it->path[0].type == object.type && it->path[it->n_path - 1].offset == (size_t)((char *)it->at - (char *)object.base));
  CHECK(it->type == NULL || (it->type->kind == ALLOCS_KIND_ADDRESS && it->size == 8 && it->path[it->n_path - 1].type == it->type));
  CHECK(!it->flags || it->flags == ALLOC_POINTER_SHARED);
  n += (size_t)sprintf(shown + n, "%s@%zu%s ", alloc_pointer_path(it, path, sizeof path), (size_t)((char *)it->at - (char *)object.base), it->flags ? "*" : "");
  if (!it->type)
    sprintf(shown + n - 1, "+%lu ", it->size);
  n_told = 0;
  return n_enough && !--n_enough ? ALLOC_WALK_STOP : ALLOC_WALK_ON;
}
static const char *all(const struct uniqtype *type, uint64_t size, const struct allocator *allocator) {
  object = (struct alloc_pos){.allocator = allocator, .base = (void *)0x1000, .size = size, .type = type};
  bool stops = n_enough;
  shown[0] = 0, n_told = 0;
  int result = alloc_walk_pointers(&object, see, shown);
  CHECK(result == (stops && !n_enough ? ALLOC_WALK_STOP : ALLOC_WALK_ON)), n_enough = 0;
  return shown;
}
#define IS(type, size, wanted) CHECK_STRING(all(type, size, &others), wanted)

static void plain(void) {
  struct uniqtype bytes = array_of(&byte, 24), pointers = array_of(&pointer, 3), numbers = array_of(&number, 6), nothing = array_of(&pointer, 0);
  IS(&pointer, 8, "@0 "), IS(&number, 4, ""), IS(NULL, 24, "@0+24 "), IS(&byte, 1, "@0+1 "), IS(&bytes, 24, "@0+24 "), IS(NULL, 0, "");
  IS(&pointers, 24, "[0]@0 [1]@8 [2]@16 "), IS(&pointers, 23, "[0]@0 [1]@8 "), IS(&numbers, 24, ""), IS(&nothing, 0, "");
  struct uniqtype unknown = {.kind = ALLOCS_KIND_COMPOSITE, .flags = ALLOCS_TYPE_INCOMPLETE, .size = UNIQTYPE_SIZE_UNKNOWN};
  IS(&unknown, 40, "@0+40 ");
  struct uniqtype of_unknown = array_of(&unknown, 1), vector = array_of(&pointer, 2), enumeration = {.kind = ALLOCS_KIND_ENUMERATION, .size = 4};
  IS(&of_unknown, 40, ""), vector.flags = ALLOCS_TYPE_VECTOR, IS(&vector, 16, ""), IS(&enumeration, 4, "");
  n_enough = 2, IS(&pointers, 24, "[0]@0 [1]@8 "), n_enough = 1, IS(&pointer, 8, "@0 ");
}

static void nested(void) {
  struct uniqtype bytes = array_of(&byte, 4), tail = array_of(&pointer, UNIQTYPE_ARRAY_LENGTH_UNBOUNDED);
  struct uniqtype_member node[] = {{&number, "n", NULL, 0}, {&bytes, "bytes", NULL, 4}, {&pointer, "next", NULL, 8}};
  struct uniqtype node_type = composite(node, 3, 16, 0), nodes = array_of(&node_type, 2), numbers = array_of(&number, 1000);
  IS(&node_type, 16, ".bytes@4+4 .next@8 "), IS(&nodes, 32, "[0].bytes@4+4 [0].next@8 [1].bytes@20+4 [1].next@24 ");
  struct uniqtype two = array_of(&pointer, 2);
  struct uniqtype_member beside[] = {{&two, "two", NULL, 0}, {&word, "n", NULL, 16}};
  struct uniqtype beside_type = composite(beside, 2, 24, 0);
  IS(&beside_type, 24, ".two[0]@0 .two[1]@8 "), IS(&node_type, 12, ".bytes@4+4 "), n_enough = 3, IS(&nodes, 32, "[0].bytes@4+4 [0].next@8 [1].bytes@20+4 ");
  struct uniqtype_member outer[] = {{&numbers, "many", NULL, 0}, {&node_type, NULL, NULL, 4000}, {&tail, "tail", NULL, 4016}};
  struct uniqtype outer_type = composite(outer, 3, 4016, 0), outers = array_of(&outer_type, 1);
  IS(&outer_type, 4016, ".bytes@4004+4 .next@4008 "), IS(&outer_type, 4040, ".bytes@4004+4 .next@4008 .tail[0]@4016 .tail[1]@4024 .tail[2]@4032 ");
  IS(&outers, 4016, "[0].bytes@4004+4 [0].next@4008 ");
}

/* Of unions each arm, of frames each local. */
static void shared(void) {
  struct uniqtype_member arms[] = {{&pointer, "p", NULL, 0}, {&word, "n", NULL, 0}};
  struct uniqtype either = composite(arms, 2, 8, ALLOCS_TYPE_UNION), one = composite(arms, 1, 8, ALLOCS_TYPE_UNION);
  IS(&either, 8, ".p@0* "), IS(&one, 8, ".p@0 ");
  struct uniqtype_member holder[] = {{&either, "u", NULL, 0}, {&pointer, "q", NULL, 8}};
  struct uniqtype holder_type = composite(holder, 2, 16, 0);
  IS(&holder_type, 16, ".u.p@0* .q@8 ");
  struct uniqtype_member in_union[] = {{&holder_type, "h", NULL, 0}, {&word, "n", NULL, 0}};
  struct uniqtype of_holder = composite(in_union, 2, 16, ALLOCS_TYPE_UNION);
  IS(&of_holder, 16, ".h.u.p@0* .h.q@8* ");
  struct uniqtype_member locals[] = {{&pointer, "a", NULL, 0}, {&holder_type, "b", NULL, 8}, {&pointer, "c", NULL, 23}, {&pointer, "d", NULL, 31}, {&number, "e", NULL, 38}};
  struct uniqtype frame = composite(locals, 5, 48, 0), frame_union = composite(locals, 2, 24, ALLOCS_TYPE_UNION);
  CHECK_STRING(all(&frame, 48, &frames), ".a@0 .b.u.p@8* .b.q@16* .c@23* .d@31* "), IS(&frame, 48, ".a@0 .b.u.p@8* .b.q@16 .c@23 .d@31 ");
  CHECK_STRING(all(&frame_union, 24, &frames), ".a@0* .b.u.p@8* .b.q@16* ");
  struct uniqtype_member over[] = {{&pointer, "a", NULL, 0}, {&pointer, "b", NULL, 4}};
  struct uniqtype overlapping = composite(over, 2, 16, 0);
  CHECK_STRING(all(&overlapping, 16, &frames), ".a@0* .b@4* ");
  struct uniqtype_member in_local[] = {{&frame, "f", NULL, 0}, {&pointer, "z", NULL, 48}};
  struct uniqtype around = composite(in_local, 2, 56, 0);
  CHECK_STRING(all(&around, 56, &frames), ".f.a@0 .f.b.u.p@8* .f.b.q@16 .f.c@23 .f.d@31 .z@48 "); /* its members are no locals */
}

/* What is too deep, and what has too many ways, ends as bytes. */
static void limited(void) {
  static struct uniqtype types[40];
  static struct uniqtype_member members[40][2];
  char wanted[300] = "";
  types[0] = pointer;
  for (int i = 1; i < 40; i++)
    members[i][0] = (struct uniqtype_member){&types[i - 1], "x", NULL, 0}, types[i] = composite(members[i], 1, 8, 0);
  for (int i = 1; i <= ALLOCS_PATH_MAX + 1; i++) {
    char path[300] = "";
    for (int j = 0; j < (i < ALLOCS_PATH_MAX ? i : ALLOCS_PATH_MAX); j++)
      strcat(path, ".x");
    sprintf(wanted, i <= ALLOCS_PATH_MAX ? "%s@0 " : "%s@0+8 ", path), IS(&types[i], 8, wanted);
  }
  for (int i = 1; i < 31; i++)
    members[i][1] = members[i][0], types[i] = composite(members[i], 2, 8, ALLOCS_TYPE_UNION);
  shown[0] = 0, types[0] = number, object = (struct alloc_pos){.base = (void *)0x1000, .size = 8, .type = &types[30]};
  n_enough = 1, all(&types[30], 8, &others), CHECK(strlen(shown) > 3 && strchr(shown, '+')); /* soon */
}

int main(void) {
  plain();
  nested();
  shared();
  limited();
  return check_failed;
}
