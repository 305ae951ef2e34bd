// Files of which the program takes pages that the runtime reads are saved, hidden and forgotten, each before it does so; pages of others, and of what it mapped itself, go as they will.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "doors/take_away.c"
#include "check.h"

/* The executable and a library, of which nobody has asked yet: both have headers, code, data that is read, and data
   that is written, of which the first page is protected later. */
enum { N = 2, BEGIN = 0x100000, APART = 0x80000, SIZE = 0x24800 };
static const Elf64_Phdr phdrs[] = {
    {.p_type = PT_LOAD, .p_flags = PF_R, .p_memsz = 0x2000}, {.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = 0x2000, .p_memsz = 0x8000},
    {.p_type = PT_LOAD, .p_flags = PF_R, .p_vaddr = 0xa000, .p_memsz = 0x3000}, {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_vaddr = 0x20000, .p_memsz = 0x4800},
    {.p_type = PT_GNU_RELRO, .p_flags = PF_R, .p_vaddr = 0x20000, .p_memsz = 0xfff}, {.p_type = PT_GNU_STACK, .p_vaddr = 0x22000, .p_memsz = 0x1000},
    {.p_type = PT_LOAD, .p_flags = PF_R, .p_vaddr = 0x23000, .p_memsz = 0x1000}}; /* one more than there are */
static struct allocs_image images[N];
struct allocs_image *allocs_image_executable;
static struct { struct allocs_note note; } notes[N];
static bool known[N], hidden[N], may_enter, has_thread_locals;
static struct allocs_region region;
static unsigned n_looked;
static char log[2000];
#define LOG(...) sprintf(log + strlen(log), __VA_ARGS__)

static int number_at(uintptr_t address) {
  for (int i = 0; i < N; i++)
    if (address - images[i].os.begin < images[i].os.end - images[i].os.begin)
      return i;
  return -1;
}
bool allocs_map_regions_find(uintptr_t address, struct allocs_region *ret) { return *ret = region, address - region.base < region.size; }
bool allocs_readers_enter(void) { return may_enter && (LOG("enter "), true); }
void allocs_readers_leave(void) { LOG("leave "); }
void allocs_os_hide_more(uintptr_t begin, uintptr_t end) { LOG("more %lx-%lx ", begin, end); }
bool allocs_os_find_loaded(uintptr_t address, struct allocs_os_image *ret) {
  int i = number_at(address);
  n_looked++;
  return i >= 0 && (*ret = images[i].os, true);
}
struct allocs_image *allocs_image_find(uintptr_t address) { return known[number_at(address)] = true, &images[number_at(address)]; }
struct allocs_image *allocs_image_next(const struct allocs_image *before) {
  for (int i = before ? (int)(before - images) + 1 : 0; i < N; i++)
    if (known[i])
      return &images[i];
  return NULL;
}
struct allocs_bytes allocs_image_table(const struct allocs_image *image, enum allocs_table table) {
  CHECK(table == ALLOCS_TABLE_TLS && image);
  return (struct allocs_bytes){log, log + has_thread_locals};
}
bool allocs_os_is_hidden(uintptr_t address) { return hidden[number_at(address)]; }
void allocs_site_fill_range(uintptr_t begin, uintptr_t end) { LOG("fill %lx-%lx ", begin, end); }
void allocs_os_hide(const struct allocs_os_image *image, uintptr_t begin, uintptr_t end) {
  LOG("hide %d %lx-%lx ", number_at(image->begin), begin, end), CHECK(number_at(image->begin) || allocs_image_executable);
}
void allocs_os_hide_for_good(uintptr_t begin, uintptr_t end) { LOG("for good %lx-%lx ", begin, end); }
void allocs_os_show(uintptr_t begin, uintptr_t end) { LOG("show %lx-%lx ", begin, end); }
void allocs_unload_begin(void) { LOG("unload "); }
void allocs_unload_end(void) { LOG("unloaded "); }

static void begin(void) {
  for (int i = 0; i < N; i++) {
    uintptr_t at = BEGIN + (uintptr_t)i * APART;
    images[i].os = (struct allocs_os_image){.begin = at, .end = at + SIZE, .bias = at, .phdrs = phdrs, .n_phdrs = 6};
    images[i].os.eh_frame_hdr = (void *)(at + 0xb000), images[i].note = NULL;
    known[i] = hidden[i] = false;
  }
  log[0] = 0, allocs_image_executable = &images[0], may_enter = true, has_thread_locals = false, region.size = 0, n_looked = 0;
}
/* Which files were hidden: a bit of each. */
static int hides(uintptr_t from, uintptr_t to) {
  begin(), log[0] = 0;
  bool found = allocs_take_away_begin(from, to);
  int which = (strstr(log, "hide 0") ? 1 : 0) + (strstr(log, "hide 1") ? 2 : 0);
  CHECK(found == (which != 0) && !found == !strstr(log, "unload"));
  return which;
}
#define OFFSET(from, to) hides(BEGIN + (from), BEGIN + (to))

static void order(void) {
  begin(), log[0] = 0, CHECK(allocs_take_away_begin(BEGIN, BEGIN + 0x1000) && !allocs_image_executable);
  CHECK_STRING(log, "more 100000-101000 enter leave unload fill 100000-124800 hide 0 100000-101000 ");
  log[0] = 0, allocs_take_away_end(1, 2, true, true, true), CHECK_STRING(log, "for good 1-2 unloaded ");
  log[0] = 0, allocs_take_away_end(1, 2, true, true, false), CHECK_STRING(log, "unloaded ");
  log[0] = 0, allocs_take_away_end(1, 2, true, false, true), CHECK_STRING(log, "show 1-2 unloaded ");
  log[0] = 0, allocs_take_away_end(1, 2, false, true, true), CHECK_STRING(log, "for good 1-2 ");
  log[0] = 0, allocs_take_away_end(1, 2, false, false, true), CHECK_STRING(log, "");
  begin(), log[0] = 0, CHECK(allocs_take_away_begin(BEGIN + APART, BEGIN + APART + 1) && allocs_image_executable);
  CHECK_STRING(log, "more 180000-180001 enter leave unload fill 180000-1a4800 hide 1 180000-180001 ");
  begin(), log[0] = 0, may_enter = false, CHECK(!allocs_take_away_begin(BEGIN, BEGIN + 1)), CHECK_STRING(log, "more 100000-100001 ");
  begin(), log[0] = 0, hidden[0] = true, CHECK(!allocs_take_away_begin(BEGIN, BEGIN + 1)), CHECK_STRING(log, "more 100000-100001 enter leave ");
}

/* What is the program's own is known at once. */
static void own(void) {
  begin(), log[0] = 0, region.base = 0x5000, region.size = 0x3000;
  CHECK(!allocs_take_away_begin(0x5000, 0x8000) && !allocs_take_away_begin(0x6000, 0x7000) && !log[0]);
  CHECK(!allocs_take_away_begin(0x7000, 0x7000) && !allocs_take_away_begin(0x9000, 0x8fff) && !log[0]);
  CHECK(!allocs_take_away_begin(0x5000, 0x8001)), CHECK_STRING(log, "more 5000-8001 enter leave ");
  region.size = 0, log[0] = 0, CHECK(!allocs_take_away_begin(0x7000, 0x7000) && !log[0]), region.size = 0x3000;
  log[0] = 0, CHECK(!allocs_take_away_begin(0x4000, 0x5000)), CHECK_STRING(log, "more 4000-5000 enter leave ");
}

static void parts(void) {
  CHECK(OFFSET(0, 1) == 1 && OFFSET(-1, 0) == 0 && OFFSET(-1, 1) == 1 && OFFSET(0x1fff, 0x2000) == 1 && OFFSET(0x2000, 0xa000) == 0);
  CHECK(OFFSET(0x1fff, 0x2001) == 1 && OFFSET(0x9000, 0xa001) == 1 && OFFSET(0xcfff, 0xd000) == 1 && OFFSET(0xd000, 0x20000) == 0);
  CHECK(OFFSET(0x20000, 0x20001) == 1 && OFFSET(0x20fff, 0x21000) == 1 && OFFSET(0x21000, 0x24800) == 0 && OFFSET(0x22000, 0x23000) == 0);
  CHECK(OFFSET(0, APART) == 1 && OFFSET(0, APART + 1) == 3 && OFFSET(APART, 2 * APART) == 2 && OFFSET(SIZE, APART) == 0);
}
static int hides_code(void) {
  log[0] = 0;
  return allocs_take_away_begin(BEGIN + 0x4000, BEGIN + 0x5000);
}
static void unusual(void) {
  begin(), CHECK(!hides_code()), has_thread_locals = true, CHECK(hides_code());
  begin(), images[0].os.eh_frame_hdr = (void *)(uintptr_t)(BEGIN + 0x9fff), CHECK(hides_code());
  begin(), images[0].os.eh_frame_hdr = (void *)(uintptr_t)(BEGIN + 0xa000), CHECK(!hides_code());
  begin(), images[0].os.begin = BEGIN + 0x2000 - 0xfff, CHECK(hides_code()), begin(), images[0].os.begin = BEGIN + 0x1000, CHECK(!hides_code());
  /* Slots are written to, and so read. */
  begin(), images[0].note = &notes[0].note, images[0].os.n_phdrs = 4, CHECK(!allocs_take_away_begin(BEGIN + 0x22000, BEGIN + 0x23000));
  notes[0].note.slots.begin = 0x22000, notes[0].note.slots.end = 0x22101;
  uintptr_t slots = (uintptr_t)&notes[0].note.slots.begin + 0x22000, end = (uintptr_t)&notes[0].note.slots.end + 0x22101;
  images[0].os.begin = slots & ~0xffful, images[0].os.end = (slots & ~0xffful) + 0x3000, images[0].os.bias = 0;
  CHECK(allocs_take_away_begin(slots, slots + 1)), begin(), images[0].note = &notes[0].note, images[0].os.bias = 0;
  images[0].os.begin = (slots & ~0xffful) - 0x1000, images[0].os.end = (slots & ~0xffful) + 0x3000;
  uintptr_t behind = allocs_round_up(end, ALLOCS_PAGE);
  CHECK(!allocs_take_away_begin(behind, behind + 1) && !allocs_take_away_begin((slots & ~0xffful) - 1, slots & ~0xffful));
  notes[0].note.slots.end = notes[0].note.slots.begin - 4, CHECK(!allocs_take_away_begin(slots, slots + 1)); /* there are none */
}

/* Of those that are known already the one that is concerned. */
static void known_before(void) {
  begin(), known[0] = known[1] = true, CHECK(allocs_take_away_begin(BEGIN + APART, BEGIN + APART + 1) && strstr(log, "hide 1"));
}

/* A page here and there of what nobody knows, and its last. */
static void looked_at(void) {
  begin(), allocs_take_away_begin(0x400000, 0x400001), CHECK(n_looked == 1), n_looked = 0, allocs_take_away_begin(0x400000, 0x404000), CHECK(n_looked == 2);
  n_looked = 0, allocs_take_away_begin(0x400000, 0x404001), CHECK(n_looked == 2), n_looked = 0, allocs_take_away_begin(0x400000, 0x404002), CHECK(n_looked == 3);
  n_looked = 0, allocs_take_away_begin(0x400000, 0x420000), CHECK(n_looked == 9), n_looked = 0, allocs_take_away_begin(0x400000, 0x400000 + (4ull << 30)), CHECK(n_looked == FAR / SMALL_FILE + 1);
  for (uintptr_t more = 0; more < 3; more++) /* what lies in a file is passed over */
    begin(), allocs_take_away_begin(BEGIN, BEGIN + 0x25000 + more), CHECK(n_looked == (more == 2 ? 3 : 2));
  CHECK(hides(BEGIN - 2 * SMALL_FILE, BEGIN + 1) == 1);
}

int main(void) {
  order();
  own();
  parts();
  unusual();
  known_before();
  looked_at();
  return check_failed;
}
