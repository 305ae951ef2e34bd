// Stacks are told from guard to control block, kept once they are found, and looked for in an arena by their bounds; of a thread that ends meanwhile there is none.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/ground/text.c -o %t && %t

#include "stack/thread_stack.c"
#include "check.h"

/* Up to three threads, the first of them the first; mappings as the kernel has them; other stacks of the asker's. */
static struct allocs_thread threads[3];
static bool ends_meanwhile, has_signal, has_unsafe;
static struct allocs_os_mapping mappings[3];
static unsigned n_threads, n_asked;
static uintptr_t signal_begin, signal_end;

bool allocs_thread_next(struct allocs_running *at) {
  unsigned i = at->thread ? (unsigned)(at->thread - threads) + 1 : 0;
  if (i >= n_threads)
    return false;
  *at = (struct allocs_running){.thread = &threads[i], .id = 40 + (int)i, .is_first = i == 0};
  return true;
}
bool allocs_thread_is_running(const struct allocs_running *at) { return at->thread && !ends_meanwhile; }
bool allocs_os_find_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  n_asked++;
  for (int i = 0; i < 3; i++)
    if (address - mappings[i].begin < mappings[i].end - mappings[i].begin)
      return *ret = mappings[i], true;
  return false;
}
bool allocs_os_signal_stack(uintptr_t *begin, uintptr_t *end) {
  *begin = signal_begin, *end = signal_end;
  return has_signal;
}
bool allocs_os_unsafe_stack(uintptr_t *begin, uintptr_t *end) {
  *begin = 0x300000, *end = 0x301000;
  return has_unsafe;
}
void allocs_os_tell(const void *begin, size_t size) { (void)begin, (void)size; }
int allocs_os_write(int fd, const void *bytes, size_t n) { return (void)fd, (void)bytes, (int)n; }
const char *allocs_store_text(const char *text) {
  static char kept[40];
  return strcpy(kept, text);
}
static struct uniqtype byte, array;
const struct uniqtype *allocs_type_byte(void) { return &byte; }
const struct uniqtype *allocs_type_table_closed_array(const struct uniqtype *of, uint64_t n) {
  CHECK(of == &byte);
  array.count = n;
  return &array;
}

enum { ABOVE = ALLOCS_ARCH_STACK_ABOVE };
static void begin(void) {
  memset(threads, 0, sizeof threads);
  mappings[0] = (struct allocs_os_mapping){.begin = 0x700000, .end = 0x720000, .name = "[stack]"};
  mappings[1] = (struct allocs_os_mapping){.begin = 0x100000, .end = 0x110000};
  mappings[2] = (struct allocs_os_mapping){.begin = 0x200000, .end = 0x208000};
  threads[0].sp = 0x71f000;
  threads[1].sp = 0x10e000, threads[1].control = 0x110000 - ABOVE;
  threads[2].sp = 0x206000, threads[2].control = 0x206400;
  n_threads = 3, n_asked = 0, ends_meanwhile = has_signal = has_unsafe = false;
}

/* As "begin-end name"; "-" if there is none. */
static const char *text_of(int found, const struct alloc_pos *pos) {
  static char text[80];
  if (!found)
    return "-";
  CHECK(pos->allocator == &alloc_stack && pos->type == &array && array.count == pos->size);
  snprintf(text, sizeof text, "%lx-%lx %s", (uintptr_t)pos->base, (uintptr_t)pos->base + pos->size, pos->name);
  return text;
}
static const char *at(uintptr_t address) {
  struct alloc_pos pos = {.size = 0};
  return text_of(allocs_thread_stack_find(address, &pos), &pos);
}
static const char *in(uintptr_t begin, uintptr_t end, uintptr_t address) {
  struct alloc_pos pos = {.size = 0};
  struct alloc_arena arena = {.begin = (void *)begin, .size = end - begin};
  return text_of(alloc_stack.find(&arena, (void *)address, &pos), &pos);
}
static const char *from(uintptr_t begin, uintptr_t end, uintptr_t address) {
  struct alloc_pos pos = {.size = 0};
  struct alloc_arena arena = {.begin = (void *)begin, .size = end - begin};
  return text_of(alloc_stack.next(&arena, (void *)address, &pos), &pos);
}
#define IS(got, wanted) CHECK_STRING(got, wanted)

static void bounds(void) {
  begin();
  IS(at(0x700000), "700000-720000 first thread"), IS(at(0x71ffff), "700000-720000 first thread");
  IS(at(0x6fffff), "-"), IS(at(0x720000), "-");
  IS(at(0x100000), "100000-110000 thread 41"), IS(at(0x10ffff), "100000-110000 thread 41");
  IS(at(0xfffff), "-"), IS(at(0x110000), "-");
  /* Up to the page that the control block ends in. */
  IS(at(0x206fff), "200000-207000 thread 42"), IS(at(0x207000), "-");
  unsigned asked = n_asked;
  IS(at(0x100000), "100000-110000 thread 41"); /* found once; but the first may have grown */
  CHECK(n_asked == asked + 1);
  mappings[0].begin = 0x6f0000;
  IS(at(0x700000), "6f0000-720000 first thread");
  ends_meanwhile = true;
  IS(at(0x100000), "-"), IS(at(0x700000), "-");
  begin(), ends_meanwhile = true;
  IS(at(0x100000), "-");
  CHECK(!threads[1].end); /* nor kept */
}

static void unusual(void) {
  begin(), threads[1].size = 0x8000; /* without a guard, in what is mapped below */
  IS(at(0x108000), "108000-110000 thread 41"), IS(at(0x107fff), "-");
  begin(), threads[1].size = 0x7001;
  IS(at(0x108000), "108000-110000 thread 41"), IS(at(0x107fff), "-");
  begin(), threads[1].size = 0x10000;
  IS(at(0x100000), "100000-110000 thread 41");
  begin(), threads[1].size = 0x20000; /* less is left */
  IS(at(0x100000), "100000-110000 thread 41");
  begin(), mappings[0].name[1] = 'S';
  IS(at(0x71f000), "-");
  begin(), threads[1].control = threads[1].sp; /* just above */
  IS(at(0x10e000), ABOVE > 0x1000 ? "100000-110000 thread 41" : "100000-10f000 thread 41");
  begin(), threads[1].control = threads[1].sp - 1;
  IS(at(0x10e000), "-");
  begin(), threads[1].control++; /* ends in what is not its mapping */
  IS(at(0x10e000), "-");
  begin(), mappings[1].end = mappings[1].begin;
  IS(at(0x10e000), "-");
}

/* What is far from where a thread began is not asked about. */
static void far(void) {
  begin(), n_threads = 1, mappings[0].begin = 0x71f000 - (uintptr_t)0x700000, mappings[0].end = (uintptr_t)FAR + 0x900000;
  unsigned asked = n_asked;
  IS(at((uintptr_t)FAR + 0x71f000), "-"), CHECK(n_asked == asked);
  CHECK(strcmp(at((uintptr_t)FAR + 0x71efff), "-"));
  begin(), n_threads = 1, threads[0].sp = (uintptr_t)FAR + 0x800000;
  mappings[0].begin = 0x1000, mappings[0].end = (uintptr_t)FAR + 0x900000, asked = n_asked;
  IS(at(0x800000), "-"), CHECK(n_asked == asked);
  CHECK(strcmp(at(0x800001), "-"));
}

static void others_of_the_asker(void) {
  begin(), has_signal = has_unsafe = true, signal_begin = 0x10c000, signal_end = 0x10d000;
  IS(at(0x10c000), "10c000-10d000 signal stack"), IS(at(0x10cfff), "10c000-10d000 signal stack");
  IS(at(0x10bfff), "100000-110000 thread 41"), IS(at(0x10d000), "100000-110000 thread 41");
  IS(at(0x300000), "300000-301000 unsafe locals"), IS(at(0x301000), "-"), IS(at(0x2fffff), "-");
  signal_begin = signal_end; /* without room */
  IS(at(0x10d000), "100000-110000 thread 41");
}

static void arenas(void) {
  begin();
  IS(in(0x100000, 0x110000, 0x10e000), "100000-110000 thread 41"), IS(in(0x100001, 0x110000, 0x10e000), "-");
  IS(in(0x100000, 0x10ffff, 0x10e000), "-"), IS(in(0xff000, 0x111000, 0x100000), "100000-110000 thread 41");
  IS(in(0x100000, 0x110000, 0x110000), "-"), IS(in(0x200000, 0x208000, 0x10e000), "-");
  /* The first thread's may have grown since its arena was looked at. */
  IS(in(0x704000, 0x720000, 0x71f000), "704000-720000 first thread"), IS(in(0x720000, 0x730000, 0x71f000), "-");
  /* By address, from where it is asked. */
  IS(from(0, 0x800000, 0), "100000-110000 thread 41"), IS(from(0, 0x800000, 0x10ffff), "100000-110000 thread 41");
  IS(from(0, 0x800000, 0x110000), "200000-207000 thread 42"), IS(from(0, 0x800000, 0x207000), "700000-720000 first thread");
  IS(from(0, 0x800000, 0x720000), "-"), IS(from(0x100001, 0x800000, 0), "200000-207000 thread 42");
  has_signal = true, signal_begin = 0x100000, signal_end = 0x101000;
  IS(from(0, 0x800000, 0), "100000-101000 signal stack"), IS(from(0, 0x800000, 0x100fff), "100000-101000 signal stack");
  IS(from(0, 0x800000, 0x101000), "100000-110000 thread 41");
  struct alloc_pos pos = {.size = 0};
  IS(text_of(alloc_stack.next(NULL, (void *)0x300000, &pos), &pos), "700000-720000 first thread");
  IS(text_of(alloc_stack.find(NULL, (void *)0x206000, &pos), &pos), "200000-207000 thread 42");
}

int main(void) {
  uintptr_t low, high;
  CHECK(!allocs_thread_stack_anywhere);
  allocs_thread_stack_is_anywhere();
  CHECK(allocs_thread_stack_anywhere);
  bounds();
  unusual();
  far();
  others_of_the_asker();
  arenas();
  begin();
  CHECK(allocs_thread_stack_of(&(struct allocs_running){.thread = &threads[1]}, &low, &high) && low == 0x100000);
  CHECK(high == 0x110000);
  return check_failed;
}
