// An address on a stack is its frame's or block's, or a parameter's of the function that was called; of threads that stand still, too, if they still do; a walk finds each frame once, in order, however often it goes on.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "stack/activation.c"
#include "stack/stack.c"
#include "check.h"

/* Frames, from the newest outwards: the asker's, those of one that stands still, and a coroutine's, whose last was
   called from the asker's second. The walk itself is in the frame without a record. */
struct fake {
  uintptr_t sp, cfa;
  int function, next;
  bool is_signal, is_exact, lacks_pointer;
};
enum { ASKER = 0, STOPPED = 8, COROUTINE = 11, N = 13 };
static struct fake fakes[N] = {
    {0x2000, 0x2100, 0, 1, false, false, false}, {0x2100, 0x2200, 1, 2, false, false, false}, {0x2200, 0x2300, 2, 3, false, false, false},
    {0x2300, 0x2400, 3, 4, false, false, false}, {0x2400, 0x2480, 4, 5, true, false, false},  {0x2500, 0x2600, 5, 6, false, true, false},
    {0x2600, 0x2700, 6, 7, false, false, true},  {0x2700, 0x2800, 7, -1, false, false, false},
    {0x12000, 0x12100, 1, 9, false, false, false}, {0x12100, 0x12200, 3, 10, false, false, false}, {0x12200, 0x12300, 0, -1, false, false, false},
    {0x32000, 0x32100, 1, 12, false, false, false}, {0x32100, 0x32200, 2, 2, false, false, false}};
static struct allocs_known_frame records[8] = {
    {.dynamic = ALLOCS_NO_DYNAMIC}, {.name = "one", .lowest = -0x20, .size = 0x30, .dynamic = ALLOCS_NO_DYNAMIC},
    {.name = "two", .lowest = -0x20, .size = 0x50, .dynamic = ALLOCS_NO_DYNAMIC}, {.name = "three", .lowest = -0x30, .size = 0x40, .dynamic = -0x18},
    {.name = "four", .lowest = -0x20, .size = 0x30, .dynamic = ALLOCS_NO_DYNAMIC}, {.name = "five", .lowest = -0x40, .size = 0x50, .dynamic = ALLOCS_NO_DYNAMIC},
    {.name = "six", .lowest = -0x20, .size = 0x30, .dynamic = ALLOCS_NO_DYNAMIC}, {.name = "seven", .lowest = -0x20, .size = 0x30, .dynamic = ALLOCS_NO_DYNAMIC}};
static const struct uniqtype type;
static struct allocs_image images[2]; /* the second has the odd functions' code */
struct allocs_image *allocs_image_executable;
bool allocs_thread_stop_any;
static struct allocs_foreign foreign;
static int first, n_steps, n_noted, n_nears;
static bool has_stack, holds, has_blocks;
static uintptr_t first_frame, own_begin, own_end, real_sp;
static uint32_t sequence;
static const void *near_record;
static enum allocs_unwind_near near_answer;

static int number_at(const struct allocs_cursor *cursor) {
  for (int i = 0; i < N; i++)
    if (fakes[i].sp == cursor->regs[ALLOCS_ARCH_SP] || (i == ASKER && cursor->regs[ALLOCS_ARCH_SP] == real_sp))
      return i;
  return -1;
}
static void stand_at(struct allocs_cursor *cursor, int i) {
  cursor->regs[ALLOCS_ARCH_SP] = fakes[i].sp, cursor->regs[ALLOCS_ARCH_FP] = fakes[i].cfa - ALLOCS_ARCH_LINK;
  cursor->regs[ALLOCS_ARCH_RA] = 0x700 + (uintptr_t)i, cursor->exact = fakes[i].is_exact;
  cursor->known = fakes[i].lacks_pointer ? 0 : ALLOCS_ARCH_BIT(ALLOCS_ARCH_FP);
}
void allocs_unwind_capture(uintptr_t *regs) {
  regs[ALLOCS_ARCH_SP] = fakes[first].sp, regs[ALLOCS_ARCH_FP] = fakes[first].cfa - ALLOCS_ARCH_LINK, regs[ALLOCS_ARCH_RA] = 0x700;
}
bool allocs_unwind_stack(struct allocs_cursor *cursor) {
  uintptr_t sp = cursor->regs[ALLOCS_ARCH_SP];
  cursor->begin = sp & ~0xffful, cursor->end = sp < 0x10000 ? 0x2800 : (sp & ~0xffful) + 0x1000, cursor->own = sp < 0x30000;
  return has_stack;
}
bool allocs_unwind_frame(struct allocs_cursor *cursor) {
  int i = number_at(cursor);
  CHECK(i >= 0), n_steps++;
  cursor->cfa = fakes[i].cfa, cursor->function = fakes[i].function ? 0x1000u + 0x100u * (unsigned)fakes[i].function : 0;
  return cursor->signal = fakes[i].is_signal, true;
}
bool allocs_unwind_up(struct allocs_cursor *cursor) {
  int next = fakes[number_at(cursor)].next;
  bool was_own = cursor->own;
  if (next < 0)
    return false;
  return stand_at(cursor, next), allocs_unwind_stack(cursor), cursor->switches += was_own != cursor->own, true;
}
bool allocs_unwind_to(struct allocs_cursor *cursor, uintptr_t address) {
  do
    if (allocs_unwind_frame(cursor) && address >= allocs_unwind_begin(cursor) && address < cursor->cfa)
      return true;
  while (allocs_unwind_up(cursor));
  return false;
}
void allocs_unwind_note(const struct allocs_cursor *cursor, const void *note) { n_noted++, CHECK(note == &records[(cursor->function - 0x1000) / 0x100]); }
void allocs_unwind_own(uintptr_t *begin, uintptr_t *end) { *begin = own_begin, *end = own_end; }
enum allocs_unwind_near allocs_unwind_near(const uintptr_t *frame, uintptr_t address, struct allocs_cursor *ret, const void **note) {
  CHECK(frame == &own_begin), n_nears++, *note = near_record;
  *ret = (struct allocs_cursor){.begin = 0}, stand_at(ret, first), allocs_unwind_stack(ret), allocs_unwind_to(ret, address);
  return near_answer;
}
struct allocs_image *allocs_image_find(uintptr_t address) { return address >= 0x1000 ? &images[address / 0x100 % 2] : NULL; }
const struct allocs_known_frame *allocs_frame_find(struct allocs_image *image, uintptr_t code, struct allocs_known_frame *spare) {
  unsigned i = (unsigned)(code - 0x1000) / 0x100;
  CHECK(image == &images[i % 2]);
  return i == 7 ? *spare = records[i], spare : &records[i];
}
uintptr_t allocs_thread_first_frame(void) { return first_frame; }
bool allocs_thread_stack_find(uintptr_t address, struct alloc_pos *ret) { return ret->name = "whole", address == 0x2fff; }
bool allocs_thread_stop_next(struct allocs_stopped *at) {
  if (at->stop)
    return false;
  at->stop = (struct allocs_stop *)&foreign, at->sequence = sequence;
  at->cursor = (struct allocs_cursor){.begin = 0}, stand_at(&at->cursor, STOPPED), allocs_unwind_stack(&at->cursor);
  at->cursor.foreign = &at->foreign;
  return true;
}
bool allocs_thread_stop_holds(const struct allocs_stopped *at) { return CHECK(at->stop), holds; }
/* Blocks of a frame: 0x40 and 0x60 above its stack pointer, of 0x20 and no bytes, and one more. */
bool allocs_dynamic_blocks_begin(struct allocs_dynamic_blocks *blocks, const struct allocs_image *image, const struct allocs_cursor *cursor, uintptr_t head) {
  CHECK(image == &images[1] && head == cursor->cfa - ALLOCS_ARCH_LINK - 0x18);
  return blocks->cursor = cursor, blocks->next = 0, has_blocks;
}
bool allocs_dynamic_blocks_next(struct allocs_dynamic_blocks *blocks) {
  static const unsigned char at[] = {0x40, 0x60, 0x80}, size[] = {0x20, 0, 8};
  if (blocks->next == 3)
    return false;
  blocks->base = blocks->cursor->regs[ALLOCS_ARCH_SP] + at[blocks->next], blocks->size = size[blocks->next++];
  return true;
}
void allocs_dynamic_blocks_answer(const struct allocs_dynamic_blocks *blocks, struct alloc_pos *ret) { ret->base = (void *)blocks->base, ret->size = blocks->size, ret->name = "block"; }
enum alloc_status allocs_dynamic_blocks_set_type(const struct alloc_arena *arena, const struct alloc_pos *pos, const struct uniqtype *to) { return arena && pos && to ? ALLOC_OK : ALLOC_UNKNOWN; }

static void begin(void) {
  first = ASKER, has_stack = holds = has_blocks = true, allocs_thread_stop_any = false, sequence = 1, first_frame = 0x2800, own_begin = own_end = 0;
  for (int i = 0; i < 8; i++)
    records[i].type = i ? &type : NULL, records[i].file = "f.c", records[i].line = 40 + (unsigned)i;
  images[0].os.begin = 0x1000, images[0].os.end = 0x1100 + 0x400, allocs_image_executable = &images[0], n_noted = 0;
}
/* "name base+size"; "-" if there is none. */
static const char *text_of(int found, const struct alloc_pos *pos) {
  static char text[80];
  if (!found)
    return "-";
  CHECK(pos->allocator == (strcmp(pos->name, "block") ? &alloc_stackframe : &alloc_alloca));
  return sprintf(text, "%s %lx+%lx", pos->name, (uintptr_t)pos->base, pos->size), text;
}
static const char *at(uintptr_t address) {
  struct alloc_pos pos = {.size = 0};
  return text_of(allocs_stack_find(address, &pos), &pos);
}
static const char *near(uintptr_t address, enum allocs_unwind_near answer, const void *record) {
  struct alloc_pos pos = {.size = 0};
  near_answer = answer, near_record = record;
  return text_of(allocs_stack_find_near(&own_begin, address, &pos), &pos);
}
#define IS(got, wanted) CHECK_STRING(got, wanted)

static void found(void) {
  struct alloc_pos pos = {.size = 0};
  begin(), IS(at(0x21d0), "one 21d0+30"), IS(at(0x21ff), "one 21d0+30"), IS(at(0x21cf), "-"), IS(at(0x2150), "-"), IS(at(0x2050), "-");
  IS(at(0x22d0), "two 22d0+50"), IS(at(0x22ff), "two 22d0+50"), IS(at(0x2300), "two 22d0+50"), IS(at(0x231f), "two 22d0+50"), IS(at(0x2320), "-");
  IS(at(0x2340), "block 2340+20"), IS(at(0x235f), "block 2340+20"), IS(at(0x2360), "-"), IS(at(0x2387), "block 2380+8"), IS(at(0x2388), "-");
  IS(at(0x23c0), "three 23c0+40"), has_blocks = false, IS(at(0x2340), "-"), IS(at(0x23ff), "three 23c0+40"), has_blocks = true;
  IS(at(0x25b0), "five 25b0+50"), IS(at(0x26d0), "-"), IS(at(0x27d0), "seven 27d0+30"), IS(at(0x2800), "-"), IS(at(0x1fff), "-");
  fakes[6].lacks_pointer = false, IS(at(0x26d0), "six 26d0+30"), fakes[6].lacks_pointer = true;
  fakes[5].is_exact = false, fakes[5].lacks_pointer = true, IS(at(0x25b0), "-"), fakes[5].is_exact = true, IS(at(0x25b0), "five 25b0+50"), fakes[5].lacks_pointer = false;
  records[1].lowest = -0xf0, IS(at(0x2100), "one 2100+30"), records[1].lowest--, IS(at(0x2100), "-"), records[1].lowest = -0x20; /* below what is its */
  records[5].lowest = -0x170, IS(at(0x2480), "five 2480+50"), records[5].lowest--, IS(at(0x2490), "-"), records[5].lowest = -0x40;
  records[1].type = NULL, IS(at(0x21d0), "-"), begin(), has_stack = false, IS(at(0x21d0), "-");
  begin(), CHECK(allocs_stack_find(0x21d8, &pos) && pos.type == &type && !strcmp(pos.function, "one") && !strcmp(pos.file, "f.c") && pos.line == 41);
  CHECK(pos.site == (void *)0x701 && n_noted == 1), at(0x23c0), CHECK(n_noted == 2), at(0x27d0), CHECK(n_noted == 2), at(0x25b0), CHECK(n_noted == 2);
  CHECK(allocs_stack_find_or_whole(0x21d0, &pos) && allocs_stack_find_or_whole(0x2fff, &pos) && !strcmp(pos.name, "whole") && !allocs_stack_find_or_whole(0x3000, &pos));
  n_steps = 0, at(0x2800), at(0x1fff), CHECK(!n_steps); /* known at once */
  IS(at(0x120d0), "-"), allocs_thread_stop_any = true, IS(at(0x120d0), "one 120d0+30"), IS(at(0x12140), "block 12140+20"), IS(at(0x12200), "-");
  IS(at(0x21d0), "one 21d0+30"), holds = false, IS(at(0x120d0), "-"), holds = true, first = COROUTINE, IS(at(0x320d0), "one 320d0+30");
  IS(at(0x22d0), "two 22d0+50"), IS(at(0x2010), "-"), IS(at(0x32200), "-");
}

static void found_near(void) {
  begin(), IS(near(0x21d0, ALLOCS_UNWIND_FOUND, NULL), "one 21d0+30"), IS(near(0x2310, ALLOCS_UNWIND_FOUND, NULL), "two 22d0+50");
  images[1] = images[0], allocs_image_executable = &images[1], IS(near(0x2340, ALLOCS_UNWIND_FOUND, &records[3]), "block 2340+20");
  IS(near(0x21d0, ALLOCS_UNWIND_FOUND, &records[1]), "one 21d0+30"), IS(near(0x2150, ALLOCS_UNWIND_FOUND, &records[1]), "-");
  IS(near(0x21d0, ALLOCS_UNWIND_UNKNOWN, NULL), "one 21d0+30"), IS(near(0x21d0, ALLOCS_UNWIND_NONE, NULL), "-"), CHECK(n_nears == 7 - 1 + 0 || n_nears == 7);
  IS(near(0x120d0, ALLOCS_UNWIND_NONE, NULL), "-"), allocs_thread_stop_any = true, IS(near(0x120d0, ALLOCS_UNWIND_NONE, NULL), "one 120d0+30");
  IS(near(0x120d0, ALLOCS_UNWIND_UNKNOWN, NULL), "one 120d0+30"), images[1].os.begin = 0;
}

static void lies_in(void) {
  begin(), own_begin = 1, own_end = UINTPTR_MAX; /* listed, and on its stack: its frames lie nowhere else */
  CHECK(!allocs_stack_lies_in(0x2000, 0x2800) && !allocs_stack_lies_in(0x12000, 0x13000));
  allocs_thread_stop_any = true, CHECK(!allocs_stack_lies_in(0x12000, 0x13000) && !allocs_stack_lies_in(0x2000, 0x2800));
  first_frame = 0, CHECK(allocs_stack_lies_in(0x2000, 0x2800) && !allocs_stack_lies_in(0x2001, 0x2800) && allocs_stack_lies_in(0x1fff, 0x2001));
  CHECK(!allocs_stack_lies_in(0x1000, 0x2000) && !allocs_stack_lies_in(0x12000, 0x13000)), allocs_thread_stop_any = false;
  CHECK(allocs_stack_lies_in(0x2000, 0x2800)), first_frame = 0x2800, own_end = own_begin, first = COROUTINE;
  CHECK(allocs_stack_lies_in(0x32000, 0x33000) && allocs_stack_lies_in(0x32100, 0x32101) && !allocs_stack_lies_in(0x32101, 0x33000));
  CHECK(!allocs_stack_lies_in(0x2000, 0x2800)), has_stack = false, CHECK(!allocs_stack_lies_in(0x32000, 0x33000)), has_stack = true;
  own_begin = (uintptr_t)__builtin_frame_address(0) - 0x10000, own_end = own_begin + 0x20000, CHECK(!allocs_stack_lies_in(0x32000, 0x33000));
  own_end = own_begin + 0x100, CHECK(allocs_stack_lies_in(0x32000, 0x33000));
  begin(), allocs_thread_stop_any = true, fakes[STOPPED].sp += 0x20000, CHECK(allocs_stack_lies_in(0x32000, 0x33000)), fakes[STOPPED].sp -= 0x20000;
}

/* All that a walk of an arena gives, with or without a place to go on from. */
static const char *all(const struct allocator *kind, uintptr_t low, uintptr_t high, uintptr_t from, struct allocs_stack_walk *walk) {
  static char text[400];
  struct alloc_arena arena = {.allocator = kind, .begin = (void *)low, .size = high - low, .state = walk};
  struct alloc_pos pos = {.size = 0};
  text[0] = 0;
  for (int n = 0; kind->next(&arena, (void *)from, &pos) && n < 20; n++) {
    strcat(strcat(text, text_of(1, &pos)), " ");
    from = (uintptr_t)pos.base + pos.size + !pos.size, pos = (struct alloc_pos){.size = 0};
  }
  return text;
}
#define FRAMES "one 21d0+30 two 22d0+50 three 23c0+40 five 25b0+50 seven 27d0+30 "
#define BLOCKS "block 2340+20 block 2360+0 block 2380+8 "
#define OTHERS "one 120d0+30 three 123c0+40 "
static void walked(void) {
  for (int kept = 0; kept < 2; kept++) {
    struct allocs_stack_walk walk = {.valid = false}, *it = kept ? &walk : NULL;
    begin(), real_sp = 0;
    IS(all(&alloc_stackframe, 0, 0x100000, 0, it), FRAMES), IS(all(&alloc_alloca, 0, 0x100000, 0, it), BLOCKS);
    IS(all(&alloc_stackframe, 0x22d0, 0x2400, 0, it), "two 22d0+50 three 23c0+40 "), IS(all(&alloc_stackframe, 0x22d1, 0x23ff, 0, it), "");
    IS(all(&alloc_stackframe, 0, 0x100000, 0x231f, it), "two 22d0+50 three 23c0+40 five 25b0+50 seven 27d0+30 ");
    IS(all(&alloc_stackframe, 0, 0x100000, 0x2320, it), "three 23c0+40 five 25b0+50 seven 27d0+30 "), IS(all(&alloc_stackframe, 0x2801, 0x100000, 0, it), "");
    IS(all(&alloc_alloca, 0x2360, 0x2388, 0, it), "block 2360+0 block 2380+8 "), IS(all(&alloc_alloca, 0x2361, 0x2387, 0, it), "");
    IS(all(&alloc_alloca, 0x2341, 0x2360, 0, it), ""), IS(all(&alloc_alloca, 0x2350, 0x2361, 0, it), "block 2360+0 ");
    IS(all(&alloc_stackframe, 0, 0x2000, 0, it), ""), has_stack = false, IS(all(&alloc_stackframe, 0, 0x100000, 0, it), ""), begin();
    allocs_thread_stop_any = true, IS(all(&alloc_stackframe, 0, 0x100000, 0, it), FRAMES "one 120d0+30 three 121c0+40 ");
    IS(all(&alloc_alloca, 0, 0x100000, 0, it), BLOCKS "block 12140+20 block 12160+0 block 12180+8 ");
    IS(all(&alloc_stackframe, 0x12000, 0x13000, 0, it), "one 120d0+30 three 121c0+40 "), IS(all(&alloc_stackframe, 0x2000, 0x2300, 0, it), "one 21d0+30 ");
    holds = false, IS(all(&alloc_stackframe, 0, 0x100000, 0, it), FRAMES), IS(all(&alloc_stackframe, 0x12000, 0x13000, 0, it), "");
    begin(), first = COROUTINE, IS(all(&alloc_stackframe, 0x2000, 0x2800, 0, it), "two 22d0+50 three 23c0+40 five 25b0+50 seven 27d0+30 ");
    IS(all(&alloc_stackframe, 0x32000, 0x33000, 0, it), "one 320d0+30 two 321d0+50 ");
  }
}

/* The walk goes on from where it was: with one that is kept, fewer steps are taken; but not with one that has moved on. */
static void goes_on_from(void) {
  struct allocs_stack_walk walk = {.valid = false};
  begin(), allocs_thread_stop_any = true, n_steps = 0, all(&alloc_stackframe, 0, 0x100000, 0, NULL);
  int without = n_steps;
  n_steps = 0, all(&alloc_stackframe, 0, 0x100000, 0, &walk), CHECK(n_steps <= without);
  walk.valid = false, allocs_thread_stop_any = false, n_steps = 0, all(&alloc_stackframe, 0, 0x100000, 0, NULL), without = n_steps;
  n_steps = 0, all(&alloc_stackframe, 0, 0x100000, 0, &walk), CHECK(n_steps < without && walk.valid && !walk.stop && walk.begin == 0);
  struct alloc_arena arena = {.begin = (void *)0x12000, .size = 0x1000, .state = &walk};
  struct alloc_pos pos = {.size = 0};
  allocs_thread_stop_any = true, CHECK(alloc_stackframe.next(&arena, (void *)0x12000, &pos) && walk.valid && walk.stop == (void *)&foreign && walk.sequence == 1);
  CHECK(walk.begin == 0x12000 && walk.from == 0x12000 && walk.cursor.regs[ALLOCS_ARCH_SP] == 0x12000);
  n_steps = 0, CHECK(alloc_stackframe.next(&arena, (void *)0x12100, &pos) && pos.base == (void *)0x121c0 && walk.cursor.regs[ALLOCS_ARCH_SP] == 0x12100);
  n_steps = 0, CHECK(alloc_stackframe.next(&arena, (void *)0x12100, &pos) && n_steps == 1); /* no newer is looked at */
  sequence += 2, n_steps = 0, CHECK(alloc_stackframe.next(&arena, (void *)0x12100, &pos) && n_steps == 2 && walk.sequence == 3);
  CHECK(alloc_stackframe.next(&arena, (void *)0x12000, &pos) && pos.base == (void *)0x120d0); /* goes back */
  CHECK(alloc_stackframe.find(NULL, (void *)0x120d0, &pos) && !alloc_alloca.find(NULL, (void *)0x120d0, &pos) && alloc_alloca.find(NULL, (void *)0x12140, &pos));
  CHECK(!alloc_stackframe.find(NULL, (void *)0x12140, &pos) && alloc_alloca.set_type(&arena, &pos, &type) == ALLOC_OK);
}

int main(void) {
  found();
  found_near();
  lies_in();
  walked();
  goes_on_from();
  return check_failed;
}
