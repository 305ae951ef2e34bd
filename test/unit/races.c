// The thread sanitizer finds no race in the heap index, the table of types, the arena and holds, used by six threads.
// REQUIRES: tsan
// RUN: %cc -g -O1 -fsanitize=thread -I%src/runtime %s %src/runtime/heap/heap_map.c %src/runtime/heap/heap_cells.c %src/runtime/heap/heap_index.c %src/runtime/types/type_table.c %src/runtime/types/type.c %src/runtime/types/type_keys.c \
// RUN:   %src/runtime/types/type_name.c %src/runtime/ground/text.c %src/runtime/ground/store.c %src/runtime/ground/readers.c %src/runtime/os/os_*.c -o %t
// RUN: env TSAN_OPTIONS=halt_on_error=1 %t

#include "ground/store.h"
#include "check.h"
#include "heap/heap_index.h"
#include "ground/readers.h"
#include "types/type.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 6, STEPS = 3000, BLOCKS = 64, ROOM = 1 << 20 };

static int shared_by_library; // what an unloading library would be

/* Each thread has its own stretch of addresses, and looks into the others'. */
static void change_index(uintptr_t mine, unsigned step) {
  uintptr_t base = mine + step % BLOCKS * (ROOM / BLOCKS);
  uint64_t size = step % 7 ? step * 37 % 900 : step % 5000 + 4000;
  uint32_t origin = ALLOCS_ORIGIN_TOP | (step % ALLOCS_ORIGINS) << ALLOCS_ORIGIN_AT;
  struct allocs_heap_block found;
  CHECK(allocs_heap_index_add(base, size, origin));
  CHECK(!size || (allocs_heap_index_find(base + size - 1, &found) && found.base == base && found.size == size &&
                  found.origin == origin));
  allocs_heap_index_find(((uintptr_t)1 << 40) + step * 4099u % (THREADS * ROOM), &found);
  CHECK(allocs_heap_index_set_origin(base, origin, ALLOCS_ORIGIN_NONE));
  CHECK(allocs_heap_index_remove(base, &found) && found.origin == ALLOCS_ORIGIN_NONE && found.size == size);
}

static void make_types(unsigned step) {
  const struct uniqtype *element = allocs_type_base(ALLOCS_ENC_SIGNED, 1u << step % 4);
  const struct uniqtype *array = allocs_type_array(element, step % 500), *pointer = allocs_type_pointer(array);
  CHECK(allocs_type_array(element, step % 500) == array && allocs_type_pointer(array) == pointer);
  CHECK(*uniqtype_name(pointer) == '_');
}

static void make_texts(unsigned step) {
  char text[16];
  snprintf(text, sizeof text, "text %u", step % 300);
  CHECK(allocs_store_text(text) == allocs_store_text(text));
}

static void forget(void) { shared_by_library++; }

static void hold(unsigned step) {
  if (step % 100 == 0) {
    allocs_readers_unload();
    allocs_readers_unloaded(forget);
  } else if (allocs_readers_enter()) {
    CHECK(shared_by_library >= 0);
    allocs_readers_leave();
  }
}

static void *work(void *arg) {
  uintptr_t mine = ((uintptr_t)1 << 40) + (uintptr_t)arg * ROOM;
  for (unsigned step = 0; step < STEPS; step++) {
    change_index(mine, step);
    make_types(step);
    make_texts(step);
    hold(step);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[THREADS];
  allocs_heap_index_create();
  for (uintptr_t i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, work, (void *)i);
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  return check_failed;
}
