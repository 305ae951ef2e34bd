// One type, one object: from records of any image, made at run time, by any thread, and when memory is short.
// RUN: %cc -Wall -Wextra -Werror -pthread -I%src/runtime %s %src/runtime/types/type_table.c %src/runtime/types/type.c %src/runtime/types/type_keys.c %src/runtime/types/type_record.c %src/runtime/ground/readers.c %src/runtime/bytes/record.c \
// RUN:   %src/runtime/types/type_name.c %src/runtime/ground/text.c %src/runtime/ground/store.c %src/runtime/os/os_sanitizer.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c \
// RUN:   -Wl,--wrap=allocs_os_map,--wrap=allocs_store_alloc -o %t
// RUN: %t

#include "types/type.h"
#include "check.h"
#include "ground/store.h"
#include "os/os.h"
#include "records.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

/* struct node { struct node *next; int values[3]; } */
static struct allocs_type *make_node(struct image *image, uint64_t key) {
  struct allocs_type *node = tagged(image, ALLOCS_KIND_COMPOSITE, "node", key, 24, 2);
  set_member(image, node, 0, "next", 0, pointer(image, node));
  set_member(image, node, 1, "values", 8, array(image, base(image, ALLOCS_ENC_SIGNED, 4, 32), 3));
  return node;
}

static void records_and_run_time_meet(void) {
  struct image image = image_create(4096);
  struct allocs_type *record_int = base(&image, ALLOCS_ENC_SIGNED, 4, 32);
  const struct uniqtype *type_int = allocs_type_base(ALLOCS_ENC_SIGNED, 4);
  CHECK(type_int->size == 4 && type_int->count == 32);
  CHECK(type_of(pointer(&image, record_int)) == allocs_type_pointer(type_int));
  CHECK(type_of(record_int) == type_int);
  CHECK(type_of(array(&image, record_int, 7)) == allocs_type_array(type_int, 7));
  CHECK(allocs_type_array(type_int, 7) != allocs_type_array(type_int, 8));
  CHECK(allocs_type_array(type_int, 7)->size == 28);
  CHECK(allocs_type_array(type_int, ALLOCS_LENGTH_UNBOUNDED)->size == ALLOCS_SIZE_UNKNOWN);
  CHECK(!allocs_type_array(type_int, UINT64_MAX / 2));
  CHECK(!allocs_type_array(NULL, 1) && !allocs_type_pointer(NULL) && !type_of(NULL));
  CHECK(type_of(base(&image, ALLOCS_ENC_SIGNED_CHAR, 1, 8)) == allocs_type_char());
  CHECK(type_of(base(&image, ALLOCS_ENC_BYTE, 1, 8)) == allocs_type_byte());
  CHECK(type_of(void_record(&image)) == allocs_type_void());
  CHECK(type_of(pointer(&image, NULL)) == allocs_type_pointer(allocs_type_void()));
  CHECK(type_of(bit_field(&image, ALLOCS_ENC_SIGNED, 32, 0)) != type_int);
  const struct uniqtype *type_vector = type_of(vector(&image, record_int, 3, 16));
  CHECK(type_vector != allocs_type_array(type_int, 3) && type_vector->size == 16 &&
        UNIQTYPE_IS_VECTOR_TYPE(type_vector));
  free(image.bytes);
}

static void recursion_ends_and_types_outlive_images(void) {
  struct image image = image_create(4096), other = image_create(4096);
  struct allocs_type *record_node = make_node(&image, 100);
  const struct uniqtype *node = type_of(record_node);
  CHECK(node && node->n_entries == 2 && node->size == 24 && node->key == 100);
  CHECK(UNIQTYPE_POINTEE_TYPE(UNIQTYPE_MEMBER_TYPE(node, 0)) == node);
  CHECK(UNIQTYPE_MEMBER_TYPE(node, 0) == allocs_type_pointer(node));
  CHECK(record_slot(record_node) == node);
  memset(record_node, 0, KIND + 1); /* the slot is enough */
  CHECK(type_of(record_node) == node);
  memset(image.bytes, 0xff, image.cap);
  free(image.bytes);
  CHECK_STRING(UNIQTYPE_NAME(node), "node");
  CHECK_STRING(UNIQTYPE_MEMBER_NAME(node, 1), "values");
  CHECK(UNIQTYPE_MEMBER_OFFSET(node, 1) == 8);
  CHECK(type_of(make_node(&other, 100)) == node);
  const struct uniqtype *namesake = type_of(make_node(&other, 101));
  CHECK(namesake != node && strcmp(UNIQTYPE_NAME(namesake), "node") == 0);
  CHECK(UNIQTYPE_POINTEE_TYPE(UNIQTYPE_MEMBER_TYPE(namesake, 0)) == namesake);
  free(other.bytes);
}

static void functions_and_enumerations(void) {
  struct image image = image_create(1 << 16);
  struct allocs_type *record_int = base(&image, ALLOCS_ENC_SIGNED, 4, 32), *functions[3];
  for (int i = 0; i < 3; i++) {
    functions[i] = function(&image, record_int, i == 2 ? ALLOCS_TYPE_VARIADIC : 0, 40);
    for (unsigned j = 0; j < 40; j++)
      set_arg(functions[i], j, pointer(&image, record_int));
  }
  const struct uniqtype *type = type_of(functions[0]);
  CHECK(type && type->n_entries == 40 && UNIQTYPE_RETURN_TYPE(type) == allocs_type_base(ALLOCS_ENC_SIGNED, 4));
  CHECK(UNIQTYPE_ARG_TYPE(type, 39) == allocs_type_pointer(UNIQTYPE_RETURN_TYPE(type)));
  CHECK(type_of(functions[1]) == type);
  CHECK(type_of(functions[2]) != type && UNIQTYPE_IS_VARIADIC(type_of(functions[2])));
  CHECK(type_of(function(&image, NULL, 0, 0))->target == allocs_type_void());

  struct allocs_type *colour = tagged(&image, ALLOCS_KIND_ENUMERATION, "colour", 200, 4, 2);
  set_ref(colour, UNDERLYING, record_int);
  set_enumerator(&image, colour, 0, "RED", -1);
  set_enumerator(&image, colour, 1, "GREEN", 7);
  type = type_of(array(&image, colour, 2))->target;
  CHECK(UNIQTYPE_IS_ENUM_TYPE(type) && UNIQTYPE_ENUM_BASE_TYPE(type) == allocs_type_base(ALLOCS_ENC_SIGNED, 4));
  CHECK(UNIQTYPE_ENUMERATOR_VALUE(type, 0) == -1 && UNIQTYPE_ENUMERATOR_COUNT(type) == 2);
  CHECK_STRING(UNIQTYPE_ENUMERATOR_NAME(type, 1), "GREEN");
  free(image.bytes);
}

static struct image elsewhere;
static const struct allocs_type *opaque_whole;
static const struct allocs_type *find_opaque(unsigned kind, unsigned flags, const char *name) {
  return kind == ALLOCS_KIND_COMPOSITE && !flags && strcmp(name, "opaque") == 0 ? opaque_whole : NULL;
}

static void incomplete_types_resolve(void) {
  struct image image = image_create(4096);
  elsewhere = image_create(4096);
  opaque_whole = tagged(&elsewhere, ALLOCS_KIND_COMPOSITE, "opaque", 300, 8, 1);
  set_member(&elsewhere, (struct allocs_type *)(uintptr_t)opaque_whole, 0, "self", 0,
             pointer(&elsewhere, opaque_whole));
  struct allocs_type *to_opaque = pointer(&image, incomplete(&image, "opaque", 301));
  struct allocs_type *to_stranger = pointer(&image, incomplete(&image, "stranger", 302));

  const struct uniqtype *early = type_of(to_opaque);
  CHECK(UNIQTYPE_IS_INCOMPLETE(early->target) && early->target->size == UNIQTYPE_SIZE_UNKNOWN);
  CHECK(!record_slot(to_opaque)); /* nobody could look yet */
  images.find_complete = find_opaque;
  const struct uniqtype *late = type_of(to_opaque);
  CHECK(late->target == type_of(opaque_whole) && late->target->size == 8);
  CHECK(record_slot(to_opaque) == late);
  CHECK(UNIQTYPE_IS_INCOMPLETE(type_of(to_stranger)->target) && record_slot(to_stranger));

  /* Two images mention a tag of two layouts; the first wins, and both get all they can reach. */
  struct allocs_type *holders[2];
  for (unsigned i = 0; i < 2; i++) {
    holders[i] = tagged(&image, ALLOCS_KIND_COMPOSITE, "holder", 310, 8, 1);
    set_member(&image, holders[i], 0, "node", 0, pointer(&image, make_node(&image, 320 + i)));
  }
  const struct uniqtype *holder = type_of(holders[0]);
  CHECK(type_of(holders[1]) == holder);
  CHECK(UNIQTYPE_MEMBER_TYPE(holder, 0)->target->key == 320);
  CHECK(UNIQTYPE_MEMBER_TYPE(holder, 0)->target->n_entries == 2);
  images.find_complete = NULL;
  free(image.bytes);
}

/* -1: no shortage. */
static int maps_left = -1, blocks_left = -1;
static bool is_short(int *left) { return *left == 0 || (*left > 0 && --*left < 0); }

void *__real_allocs_os_map(size_t size);
void *__wrap_allocs_os_map(size_t size);
void *__wrap_allocs_os_map(size_t size) { return is_short(&maps_left) ? NULL : __real_allocs_os_map(size); }
void *__real_allocs_store_alloc(size_t size);
void *__wrap_allocs_store_alloc(size_t size);
void *__wrap_allocs_store_alloc(size_t size) { return is_short(&blocks_left) ? NULL : __real_allocs_store_alloc(size); }

static void run_time_composites(void) {
  const struct uniqtype *type_int = allocs_type_base(ALLOCS_ENC_SIGNED, 4), *bytes;
  bytes = allocs_type_array(allocs_type_char(), ALLOCS_LENGTH_UNBOUNDED);
  struct uniqtype_member members[] = {{type_int, "n", NULL, 0}, {bytes, "data", NULL, 4}};
  const struct uniqtype *buffer = allocs_type_struct(400, "buffer", 4, members, 2);
  CHECK(buffer->entries.members != members && UNIQTYPE_MEMBER_NAME(buffer, 1) != NULL && !buffer->flags);
  blocks_left = 0; /* one that is there needs nothing more */
  CHECK(allocs_type_struct(400, "buffer", 4, members, 2) == buffer);
  CHECK(!allocs_type_struct(403, "other", 4, members, 2));
  blocks_left = -1;
  CHECK(allocs_type_tail(buffer) == 4 && allocs_type_tail(type_int) == ALLOCS_SIZE_UNKNOWN);
  CHECK(allocs_type_member_size(buffer, 14, 1) == 10 && allocs_type_member_size(buffer, 14, 0) == 4);
  members[1].type = allocs_type_array(type_int, 0);
  const struct uniqtype *old = allocs_type_struct(401, "old", 4, members, 2);
  CHECK(allocs_type_tail(old) == 4 && allocs_type_member_size(old, 15, 1) == 8);
  CHECK(allocs_type_member_size(old, 4, 1) == 0 && allocs_type_member_size(old, 3, 1) == 0);
  CHECK(allocs_type_exact(members[1].type, 8) == allocs_type_array(type_int, 2));
  CHECK(allocs_type_struct(402, "empty", 0, NULL, 0)->n_entries == 0);
  members[1].type = NULL;
  CHECK(!allocs_type_struct(403, "broken", 4, members, 2));
}

static void damage_is_unknown(void) {
  struct image image = image_create(4096);
  struct allocs_type *loop = pointer(&image, NULL), *other = pointer(&image, loop), *cut = make_node(&image, 500);
  set_target(loop, other);
  CHECK(!type_of(loop) && !type_of(other));
  set_target(loop, loop);
  CHECK(!type_of(loop));
  set_length(cut, MEMBERS + 2 * MEMBER - 8);
  CHECK(!type_of(cut) && !type_of(pointer(&image, cut)));
  CHECK(!type_of(record(&image, 3, TARGET + REF)));
  struct allocs_type *huge = array(&image, base(&image, ALLOCS_ENC_SIGNED, 4, 32), UINT64_MAX / 2);
  CHECK(!type_of(huge));
  struct allocs_type *hollow = tagged(&image, ALLOCS_KIND_COMPOSITE, "hollow", 501, 4, 1);
  CHECK(!type_of(hollow));
  free(image.bytes);
}

enum { N_STRUCTS = 400, DEEP = 20000, N_THREADS = 4 };

/* Structs that hold pointers to each other, one holding a pointer of many stars. */
static void make_web(struct image *image, struct allocs_type **ret, uint64_t key) {
  char name[16];
  *image = image_create(4 << 20);
  for (unsigned i = 0; i < N_STRUCTS; i++) {
    snprintf(name, sizeof name, "web%u", i);
    ret[i] = tagged(image, ALLOCS_KIND_COMPOSITE, name, key + i, 16, 2);
  }
  for (unsigned i = 0; i < N_STRUCTS; i++) {
    struct allocs_type *callback = function(image, ret[i * 7 % N_STRUCTS], 0, 1), *deep = ret[i];
    set_arg(callback, 0, array(image, ret[(i + 1) % N_STRUCTS], 1));
    for (unsigned j = 0; j < DEEP && i == 0; j++)
      deep = pointer(image, deep);
    set_member(image, ret[i], 0, "to", 0, pointer(image, i ? ret[i * 3 % N_STRUCTS] : deep));
    set_member(image, ret[i], 1, "call", 8, pointer(image, callback));
  }
}

static void check_web(const struct uniqtype *at) {
  for (unsigned i = 0; i < N_STRUCTS && at; i++) {
    CHECK(at->n_entries == 2 && at->entries.members);
    if (!at->entries.members)
      return;
    at = UNIQTYPE_MEMBER_TYPE(at, 1)->target->entries.args[0]->target;
  }
}

struct racer {
  pthread_barrier_t *start;
  unsigned number;
  const struct uniqtype *got[N_STRUCTS];
};

static void *race(void *arg) {
  struct racer *racer = arg;
  struct image image;
  struct allocs_type *records[N_STRUCTS];
  for (unsigned round = 0; round < 5; round++) {
    make_web(&image, records, 10000 + 1000 * round);
    pthread_barrier_wait(racer->start);
    for (unsigned i = 0; i < N_STRUCTS; i++) {
      unsigned at = (i + racer->number * 100) % N_STRUCTS;
      racer->got[at] = type_of(records[at]);
      if (i % 50 == 0)
        check_web(racer->got[at]);
    }
    free(image.bytes);
  }
  return NULL;
}

static void threads_agree(void) {
  static struct racer racers[N_THREADS];
  pthread_barrier_t start;
  pthread_t threads[N_THREADS];
  pthread_barrier_init(&start, NULL, N_THREADS);
  for (unsigned i = 0; i < N_THREADS; i++) {
    racers[i].start = &start;
    racers[i].number = i;
    pthread_create(&threads[i], NULL, race, &racers[i]);
  }
  for (unsigned i = 0; i < N_THREADS; i++)
    pthread_join(threads[i], NULL);
  for (unsigned i = 0; i < N_STRUCTS; i++)
    for (unsigned j = 0; j < N_THREADS; j++)
      CHECK(racers[j].got[i] && racers[j].got[i] == racers[0].got[i]);
}

/* To be called first, with nothing mapped yet. */
static void shortage_is_unknown_and_passes(void) {
  for (int n = 0; n < 24; n++) {
    int status;
    pid_t child = fork();
    if (child == 0) {
      static struct allocs_type *records[N_STRUCTS];
      struct image image;
      const struct uniqtype *type;
      make_web(&image, records, 5000);
      maps_left = n;
      type = type_of(records[1]);
      if (type) {
        check_web(type);
        uniqtype_name(type->entries.members[1].type);
      }
      allocs_type_array(allocs_type_char(), 3);
      maps_left = -1;
      CHECK(type_of(records[1]) && (!type || type_of(records[1]) == type));
      check_web(type_of(records[2]));
      CHECK(allocs_type_char() && allocs_type_array(allocs_type_char(), 3));
      CHECK(n < 20 || type);
      CHECK(n > 2 || !type);
      _exit(check_failed);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
  }
}

/* Two records of one key, of which the first may have come but half way. */
static void what_is_half_made_is_not_returned(void) {
  unsigned n_unknown = 0;
  for (int n = 0; n < 30; n++) {
    struct image image = image_create(4096);
    struct allocs_type *holders[2];
    const struct uniqtype *types[2], *type;
    for (unsigned i = 0; i < 2; i++) {
      holders[i] = tagged(&image, ALLOCS_KIND_COMPOSITE, "holder", 600 + (uint64_t)n, 8, 1);
      set_member(&image, holders[i], 0, "node", 0, pointer(&image, make_node(&image, 700 + 2 * (uint64_t)n + i)));
    }
    for (unsigned i = 0; i < 2; i++) {
      blocks_left = i ? -1 : n;
      types[i] = type = type_of(holders[i]);
      blocks_left = -1;
      CHECK(!type || type->entries.members);
      CHECK(!type || !type->entries.members || UNIQTYPE_MEMBER_TYPE(type, 0)->target->entries.members);
    }
    n_unknown += !types[1];
    type = type_of(holders[0]);
    CHECK(type && (!types[0] || types[0] == type) && (!types[1] || types[1] == type));
    CHECK(type_of(holders[1]) == type);
    free(image.bytes);
  }
  CHECK(n_unknown > 0 && n_unknown < 5);
}

int main(void) {
  shortage_is_unknown_and_passes();
  records_and_run_time_meet();
  recursion_ends_and_types_outlive_images();
  functions_and_enumerations();
  incomplete_types_resolve();
  run_time_composites();
  damage_is_unknown();
  what_is_half_made_is_not_returned();
  threads_agree();
  return check_failed;
}
