// A call that returns a block of the thread's is told as where it was made, and of its type where a number, or a product of two, is the size from there to its end; the next block like it is told at once, and nothing else.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/heap/recent_blocks.c %src/runtime/heap/heap_map.c %src/runtime/heap/heap_cells.c %src/runtime/heap/heap_index.c %src/runtime/heap/origin.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t && %t

#include "heap/returned_blocks.c"
#include "check.h"

/* The site of the call; those that blocks are of; and what is made of these. */
enum { OWN = 1, OTHER, PLACED, MOVED, UNTYPED, INNER, N_SITES };
static struct allocs_known_site sites[N_SITES];
static struct { uint64_t slot; struct allocs_site record; } call;
#define CALL sites[0]
static const uintptr_t base = 1 << 20;
static uint64_t block_size, head_told, tail_told;
static bool is_open, is_short, goes;
static unsigned n_told;
static enum allocs_shape placed_shape;
static struct allocs_known_site *moved_of;

struct allocs_known_site *allocs_site_of_record(const struct allocs_site *record) {
  n_told++, CHECK(record == &call.record);
  return CALL.origin.word ? &CALL : NULL;
}
uint32_t allocs_site_make(const struct allocs_site *record) { return (void)record, 0; }
struct allocs_known_site *allocs_blocks_site(const struct allocs_heap_block *block) { return (void *)allocs_origin_of(block->origin); }
bool allocs_site_is_open(struct allocs_known_site *site, uint64_t size, uint64_t offset) {
  return CHECK(site && size == block_size && offset < size), is_open;
}
struct allocs_known_site *allocs_site_placed(struct allocs_known_site *site, uint32_t head, uint32_t tail) {
  CHECK(site == &CALL), head_told = head, tail_told = tail;
  return is_short ? NULL : &sites[PLACED];
}
enum allocs_shape allocs_site_block_shape(struct allocs_known_site *site, uint64_t size, uint64_t *ret_count) {
  return CHECK(site == &sites[PLACED] && size == block_size && ret_count), placed_shape;
}
struct allocs_known_site *allocs_site_moved(struct allocs_known_site *place, struct allocs_known_site *what) {
  return CHECK(place == &CALL), moved_of = what, &sites[MOVED];
}
struct allocs_known_site *allocs_site_typed(struct allocs_known_site *site, const struct uniqtype *type) {
  return CHECK(site == &CALL && !type), &sites[UNTYPED];
}
bool allocs_blocks_set_origin(uintptr_t at, uint32_t origin) {
  struct allocs_heap_block block;
  return !goes && allocs_heap_index_at(at, &block) && allocs_heap_index_set_origin(at, block.origin, origin);
}

static void made(int of, uint64_t size) {
  struct allocs_heap_block block;
  allocs_heap_index_remove(base, &block);
  CHECK(allocs_heap_index_add(base, block_size = size, of ? sites[of].origin.word : ALLOCS_ORIGIN_NONE));
  allocs_recent_blocks_note((void *)base);
}
static void begin(int of, uint64_t size) {
  for (int i = 0; i < N_SITES; i++) {
    uint32_t word = sites[i].origin.word;
    sites[i] = (struct allocs_known_site){.origin.word = word, .shape = ALLOCS_SHAPE_NONE};
  }
  CALL.shape = ALLOCS_SHAPE_ARRAY, placed_shape = ALLOCS_SHAPE_ARRAY, is_open = true, is_short = goes = false, n_told = 0, moved_of = NULL;
  made(of, size), head_told = tail_told = 99;
}
/* Whose the block is, after a call that was given these. */
static int returned_at(uint64_t head, uint64_t sizes, uint64_t a, uint64_t b, uint64_t c) {
  const uint64_t numbers[] = {a, b, c};
  struct allocs_heap_block block;
  allocs_returned_blocks_tell(base + head, &call.record, allocs_recent_blocks.count - 1, sizes, numbers);
  CHECK(allocs_heap_index_at(base, &block) && block.size == block_size);
  for (int i = 0; i < N_SITES; i++)
    if (sites[i].origin.word == block.origin)
      return i;
  return -1;
}
static int sized(uint64_t room, uint64_t sizes, uint64_t a, uint64_t b, uint64_t c) {
  begin(OWN, room);
  return returned_at(0, sizes, a, b, c);
}

static void sizes(void) {
  CHECK(sized(96, 0, 96, 0, 0) == PLACED && !head_told && !tail_told && CALL.asks && sized(96, 0, 0, 96, 0) == PLACED && sized(96, 0, 0, 0, 96) == PLACED);
  CHECK(sized(96, 0, 3, 32, 0) == PLACED && sized(96, 0, 3, 0, 32) == PLACED && sized(96, 0, 0, 3, 32) == PLACED && sized(96, 0, 2, 3, 16) == UNTYPED);
  /* Rounded up to eights or sixteens; exactly is better. */
  CHECK(sized(96, 0, 89, 0, 0) == PLACED && tail_told == 7 && sized(96, 0, 81, 0, 0) == PLACED && tail_told == 15);
  CHECK(sized(96, 0, 80, 0, 0) == UNTYPED && sized(96, 0, 97, 0, 0) == UNTYPED && sized(104, 0, 97, 0, 0) == PLACED && sized(104, 0, 96, 0, 0) == UNTYPED);
  CHECK(sized(104, 0, 81, 0, 0) == UNTYPED && sized(100, 0, 99, 0, 0) == UNTYPED && sized(8, 0, 0, 0, 0) == UNTYPED);
  CHECK(sized(96, 0, 93, 96, 0) == PLACED && !tail_told && sized(96, 0, 96, 93, 0) == PLACED && !tail_told && sized(96, 0, 90, 91, 0) == PLACED && tail_told == 5);
  CHECK(sized(8, 0, 1ull << 63, 16, 0) == UNTYPED && sized(96, 0, (1ull << 63) + 48, 2, 0) == UNTYPED && sized(96, 0, 1ull << 63, 2, 96) == PLACED);
  /* Just one of the factors is a size. */
  CHECK(sized(96, 1, 96, 0, 0) == PLACED && sized(96, 2, 96, 0, 0) == UNTYPED && sized(96, 2, 0, 96, 0) == PLACED && sized(96, 4, 0, 0, 96) == PLACED);
  CHECK(sized(96, 1, 3, 32, 0) == PLACED && sized(96, 2, 3, 32, 0) == PLACED && sized(96, 4, 3, 32, 0) == UNTYPED && sized(96, 3, 3, 32, 0) == UNTYPED);
  CHECK(sized(96, 4, 0, 3, 32) == PLACED && sized(96, 6, 0, 3, 32) == UNTYPED && sized(96, 5, 3, 32, 0) == PLACED && sized(96, 4, 96, 0, 0) == UNTYPED);
  /* From the pointer to the end. */
  begin(OWN, 96), CHECK(returned_at(16, 0, 80, 0, 0) == PLACED && head_told == 16 && !tail_told);
  begin(OWN, 96), CHECK(returned_at(16, 0, 96, 0, 0) == UNTYPED);
  begin(OWN, 6ull << 30), CHECK(returned_at(4ull << 30, 0, 2ull << 30, 0, 0) == OWN && !CALL.asks);
  begin(OWN, 6ull << 30), CHECK(returned_at((4ull << 30) - 1, 0, (2ull << 30) + 1, 0, 0) == PLACED && head_told == UINT32_MAX);
}

static void whose(void) {
  begin(OWN, 96), is_open = false, CHECK(returned_at(0, 0, 96, 0, 0) == OWN && !CALL.asks);
  begin(0, 96), is_open = false, CHECK(returned_at(0, 0, 96, 0, 0) == PLACED);
  begin(OWN, 96), allocs_recent_blocks_note((void *)(base + 4096)), CHECK(returned_at(0, 0, 96, 0, 0) == OWN); /* made before */
  begin(OWN, 96), goes = true, CHECK(returned_at(0, 0, 96, 0, 0) == OWN && !CALL.told);
  begin(OWN, 96), is_short = true, CHECK(returned_at(0, 0, 96, 0, 0) == UNTYPED), begin(OWN, 96);
  placed_shape = ALLOCS_SHAPE_NONE, CHECK(returned_at(0, 0, 96, 0, 0) == UNTYPED), begin(OWN, 96);
  uint32_t word = CALL.origin.word;
  CALL.origin.word = 0, CHECK(returned_at(0, 0, 96, 0, 0) == OWN), CALL.origin.word = word;
  const uint64_t numbers[] = {96, 0, 0};
  allocs_returned_blocks_tell(base + 96, &call.record, allocs_recent_blocks.count - 1, 0, numbers), CHECK(!CALL.asks); /* in none */
  /* Only the place: of the outermost that was given the size. */
  begin(OWN, 96), CALL.shape = ALLOCS_SHAPE_NONE, CHECK(returned_at(0, 0, 96, 0, 0) == UNTYPED && !moved_of);
  begin(OWN, 96), sites[OWN].asks = 1, CHECK(returned_at(0, 0, 5, 0, 0) == OWN && CALL.asks), begin(OWN, 96), sites[OWN].asks = 1, CALL.shape = ALLOCS_SHAPE_NONE;
  CHECK(returned_at(0, 0, 96, 0, 0) == UNTYPED), begin(OWN, 96), sites[OWN].original = &sites[INNER], sites[OWN].asks = 1;
  CHECK(returned_at(0, 0, 5, 0, 0) == UNTYPED), begin(OWN, 96), sites[OWN].original = &sites[INNER], sites[INNER].asks = 1, CHECK(returned_at(0, 0, 5, 0, 0) == OWN);
  /* And the type stays, where the call says none. */
  begin(OWN, 96), sites[OWN].shape = ALLOCS_SHAPE_OBJECT, CALL.shape = ALLOCS_SHAPE_NONE, CHECK(returned_at(0, 0, 5, 0, 0) == MOVED && moved_of == &sites[OWN]);
  begin(OWN, 96), sites[OWN].shape = ALLOCS_SHAPE_OBJECT, CHECK(returned_at(0, 0, 5, 0, 0) == UNTYPED);
  begin(OWN, 96), sites[OWN].what = &sites[INNER], sites[INNER].shape = ALLOCS_SHAPE_OBJECT, CALL.shape = ALLOCS_SHAPE_NONE;
  CHECK(returned_at(0, 0, 5, 0, 0) == MOVED && moved_of == &sites[OWN]), begin(OWN, 96), sites[OWN].shape = ALLOCS_SHAPE_OBJECT;
  sites[OWN].what = &sites[INNER], CALL.shape = ALLOCS_SHAPE_NONE, CHECK(returned_at(0, 0, 5, 0, 0) == UNTYPED);
  begin(0, 96), CALL.shape = ALLOCS_SHAPE_NONE, CHECK(returned_at(0, 0, 96, 0, 0) == UNTYPED);
}

/* Whether the next is told at once, and whose it then is. */
static int again(int of, uint64_t size, uint64_t head, uint64_t a, uint64_t b, bool *at_once) {
  made(of, size), n_told = 0;
  int whose = returned_at(head, 0, a, b, 0);
  return *at_once = !n_told, whose;
}
static void likewise(void) {
  bool at_once;
  begin(OWN, 96), returned_at(0, 0, 96, 0, 0), CHECK(CALL.told);
  CHECK(again(OWN, 40, 0, 40, 0, &at_once) == PLACED && at_once && again(OWN, 2000, 0, 2000, 0, &at_once) == PLACED && at_once);
  CHECK(again(OWN, 5ull << 20, 0, 5ull << 20, 0, &at_once) == PLACED && at_once && again(OWN, 39, 0, 40, 0, &at_once) == UNTYPED && !at_once);
  CHECK(again(PLACED, 40, 0, 40, 0, &at_once) == PLACED); /* as it is already */
  CHECK(again(OTHER, 40, 0, 40, 0, &at_once) == PLACED && !at_once); /* which is remembered now */
  CHECK(again(OTHER, 40, 0, 40, 0, &at_once) == PLACED && at_once && again(OWN, 2000, 0, 2000, 0, &at_once) == PLACED && !at_once);
  CHECK(again(OTHER, 2000, 0, 2000, 0, &at_once) == PLACED && !at_once && again(OTHER, 2001, 0, 2000, 0, &at_once) == UNTYPED && !at_once);
  made(OTHER, 40), allocs_recent_blocks_note((void *)(base + 4096)), n_told = 0, returned_at(0, 0, 40, 0, 0), CHECK(n_told); /* not the last */
  /* By the way to the size, and from where in the block. */
  begin(OWN, 96), returned_at(16, 0, 5, 16, 0), CHECK(CALL.told && head_told == 16);
  CHECK(again(OWN, 48, 16, 4, 8, &at_once) == PLACED && at_once && again(OWN, 48, 16, 32, 0, &at_once) == PLACED && !at_once);
  CHECK(again(OWN, 48, 16, 32, 0, &at_once) == PLACED && at_once && again(OWN, 48, 8, 40, 0, &at_once) == PLACED && !at_once);
  begin(OWN, 8000), returned_at(4095, 0, 3905, 0, 0), CHECK(CALL.told && again(OWN, 4100, 4095, 5, 0, &at_once) == PLACED && at_once);
  begin(OWN, 8000), returned_at(4096, 0, 3904, 0, 0), CHECK(!CALL.told);
  begin(OWN, 96), returned_at(0, 0, 96, 1, 0), CHECK(again(OWN, 40, 0, 40, 2, &at_once) == PLACED && at_once); /* by the plainest way */
  /* Only what will be so again. */
  begin(OWN, 96), returned_at(0, 0, 95, 0, 0), CHECK(!CALL.told), begin(OWN, 96), returned_at(0, 0, 5, 0, 0), CHECK(!CALL.told);
  begin(0, 96), returned_at(0, 0, 96, 0, 0), CHECK(!CALL.told), begin(OWN, 96), sites[OWN].shape = ALLOCS_SHAPE_OBJECT;
  returned_at(0, 0, 96, 0, 0), CHECK(!CALL.told), begin(OWN, 96), sites[OWN].what = &sites[INNER], returned_at(0, 0, 96, 0, 0), CHECK(!CALL.told);
  begin(OWN, 96), sites[OWN].origin.is_mark = true, returned_at(0, 0, 96, 0, 0), CHECK(!CALL.told);
}

int main(void) {
  allocs_heap_index_create();
  for (int i = 0; i < N_SITES; i++)
    allocs_origin_add(&sites[i].origin);
  call.record.slot = (int32_t)((char *)&call.slot - (char *)&call.record.slot);
  memcpy(&call.slot, &CALL.origin.word, 4);
  sizes();
  whose();
  likewise();
  return check_failed;
}
