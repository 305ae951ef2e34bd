// Thread-local variables lie in their threads' blocks, of which each is where loader or vector says and may be nowhere else; what has no record has its symbol, and what a closed library may have left is believed no more.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "stack/tls.c"
#include "stack/tls_block.c"
#include "check.h"

/* The executable, whose block the asker has at OWN below its thread pointer; two libraries, and one without variables.
   Of the second library the asker has none yet. */
enum { OWN = 0x140, CONTROL = 0x900000, VECTOR = 0x910000, N = 4 };
#define TP allocs_arch_thread_pointer()
static Elf64_Phdr phdrs[N][3];
static struct allocs_os_image oses[N];
static struct allocs_image images[N];
static struct allocs_parts parts[N];
struct allocs_image *allocs_image_executable;
struct allocs_heap_map allocs_heap_map;
static bool may_list, ends, is_heap, is_readable;
static unsigned n_listed, n_asked, n_threads;
static uintptr_t vector, length, says[N], origin;

uintptr_t allocs_os_loader(void) { return 0x10008; }
bool allocs_os_find_loaded(uintptr_t address, struct allocs_os_image *ret) {
  return *ret = (struct allocs_os_image){.begin = 0x10000, .end = 0x20000}, address == 0x10008;
}
bool allocs_os_may_list(void) { return may_list; }
int allocs_os_each_image(int (*fn)(const struct allocs_os_image *, void *), void *arg) {
  n_listed++;
  for (int i = 0, ret; i < N; i++)
    if ((ret = fn(&oses[i], arg)))
      return ret;
  return 0;
}
bool allocs_os_read(uintptr_t address, void *ret, size_t n) {
  uintptr_t at = (address - VECTOR) / 16, none = 0;
  CHECK(n == 8);
  if (address == CONTROL + ALLOCS_ARCH_DTV)
    return memcpy(ret, &vector, n), is_readable;
  if (address == VECTOR - 16)
    return memcpy(ret, &length, n), true;
  return memcpy(ret, address >= VECTOR && at < N && address % 16 == 0 ? &says[at] : &none, n), true;
}
bool allocs_blocks_find(uintptr_t address, struct alloc_pos *ret) {
  return ret->site = (void *)origin, is_heap && address >= 0x500000 && address < 0x800000;
}
struct allocs_image *allocs_image_find(uintptr_t address) {
  return address / 0x1000000 - 1 < N ? &images[address / 0x1000000 - 1] : NULL;
}
const struct allocs_parts *allocs_image_parts_of(struct allocs_image *image) {
  return image == &images[2] ? NULL : &parts[image - images];
}
bool allocs_thread_next(struct allocs_running *at) {
  static struct allocs_thread threads[2];
  int next = at->thread ? (int)(at->thread - threads) + 1 : 0;
  if (next >= (int)n_threads)
    return false;
  return *at = (struct allocs_running){.thread = &threads[next], .control = next ? CONTROL : TP, .is_asker = !next}, true;
}
bool allocs_thread_is_running(const struct allocs_running *at) { return at->control == CONTROL && !ends; }
static struct uniqtype byte, array, type_of_record;
const struct uniqtype *allocs_type_byte(void) { return &byte; }
const struct uniqtype *allocs_type_table_closed_array(const struct uniqtype *of, uint64_t n) {
  return array = (struct uniqtype){.target = of, .count = n}, &array;
}
const struct uniqtype *allocs_image_type_of(const struct allocs_type *record) { return record ? &type_of_record : NULL; }
int allocs_image_ask(allocs_ask_fn *fn, const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return n_asked++, fn(arena, address, ret);
}

/* Records of the executable and the first library, and symbols of the executable. */
enum { A, B, C, D, E, LAST, N_RECORDS };
static struct allocs_tls records[N_RECORDS];
static int32_t displacements[N_RECORDS] = {-0x130, -0x120, 8, 0x78, 4, 0x7c};
struct allocs_bytes allocs_image_table(const struct allocs_image *image, enum allocs_table table) {
  CHECK(table == ALLOCS_TABLE_TLS);
  int begin = image == &images[1] ? C : 0, end = image == &images[0] ? C : image == &images[1] ? N_RECORDS : 2;
  return (struct allocs_bytes){(char *)&records[begin], (char *)&records[end]};
}
const void *allocs_image_next_record(struct allocs_bytes table, const char **at, size_t size, size_t align) {
  CHECK(size == sizeof *records && align == _Alignof(struct allocs_tls));
  const char *record = *at;
  return *at += size, record < table.end ? record : NULL;
}
static const Elf64_Sym symbols[] = {
    {1, ELF64_ST_INFO(STB_GLOBAL, STT_TLS), 0, 1, 0x30, 8}, {3, ELF64_ST_INFO(STB_GLOBAL, STT_TLS), 0, 1, 0x10, 8},
    {1, ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, 1, 0x50, 8}, {1, ELF64_ST_INFO(STB_GLOBAL, STT_TLS), 0, SHN_UNDEF, 0x58, 8},
    {5, ELF64_ST_INFO(STB_GLOBAL, STT_TLS), 0, 1, 0x60, 8}, {3, ELF64_ST_INFO(STB_GLOBAL, STT_TLS), 0, 1, 0xf8, 8},
    {3, ELF64_ST_INFO(STB_GLOBAL, STT_TLS), 0, 1, 0x70, 8}}; /* one more than there are */
bool allocs_dynamic_symbols(const struct allocs_segments *segments, struct allocs_symtab *ret) {
  *ret = (struct allocs_symtab){symbols, "\0s\0x", 6, 5};
  return segments->bias == images[0].os.bias;
}

static void ref_to(allocs_ref *ref, const void *to) { *ref = (allocs_ref)((const char *)to - (const char *)ref); }
static void record(int i, const char *name, uint64_t size) {
  ref_to(&records[i].name, name), ref_to(&records[i].offset_at, &displacements[i]), records[i].size = size;
}
static void begin(void) {
  static const uint64_t sizes[N] = {0x100, 0x80, 0x40, 0x20};
  static const char *names[N] = {"exe", "lib", "", "none"};
  for (int i = 0; i < N; i++) {
    phdrs[i][0].p_type = PT_LOAD, phdrs[i][0].p_memsz = 0x5000, phdrs[i][1].p_type = PT_TLS, phdrs[i][1].p_memsz = sizes[i];
    phdrs[i][2] = phdrs[i][1]; /* one more than there are */
    oses[i] = (struct allocs_os_image){.handle = &oses[i], .begin = 0x1000000u * (unsigned)(i + 1), .bias = (unsigned)i,
                                       .phdrs = phdrs[i], .n_phdrs = 2, .tls_module = i < 3 ? (size_t)i + 1 : 0};
    parts[i].name = names[i], images[i].os = oses[i];
  }
  oses[0].tls_block = (void *)(TP - OWN), oses[1].tls_block = (void *)0x500000, oses[3].tls_block = (void *)0x400000;
  vector = VECTOR, length = 3, says[1] = CONTROL - OWN, says[2] = 0x600000, says[3] = 0x700000;
  may_list = is_readable = true, ends = is_heap = allocs_tls_loader.has_closed = false, n_threads = 2, origin = 0x10000;
  executable.size = 0, allocs_heap_map.is_kept = false, allocs_image_executable = &images[0], n_listed = 0;
  record(A, "a", 8), record(B, "b", 0x10), record(C, "c", 4), record(D, "d", 16);
  record(E, "e", 0), record(LAST, "last", 4);
}

/* As "name begin+size", the asker's by what they lie below its thread pointer; "-" if there is none. */
static const char *text_of(int found, const struct alloc_pos *pos) {
  static char text[80];
  uintptr_t base = (uintptr_t)pos->base;
  if (!found)
    return "-";
  CHECK(pos->allocator == &alloc_tls || (pos->allocator == &alloc_tls_block && pos->type == &array && array.count == pos->size && array.target == &byte));
  sprintf(text, "%s %s%lx+%lx", pos->name ? pos->name : "?", TP - base < MOST_STATIC ? "-" : "",
          TP - base < MOST_STATIC ? TP - base : base, pos->size);
  return text;
}
static const char *at(uintptr_t address) {
  struct alloc_pos pos = {.size = 0};
  return text_of(allocs_tls_find(address, &pos), &pos);
}
static const char *in(const struct allocator *kind, uintptr_t from, uint64_t size, uintptr_t address, bool is_next) {
  struct alloc_pos pos = {.size = 0};
  struct alloc_arena arena = {.begin = (void *)from, .size = size};
  return text_of((is_next ? kind->next : kind->find)(&arena, (void *)address, &pos), &pos);
}
#define IS(got, wanted) CHECK_STRING(got, wanted)

static void own(void) {
  struct alloc_pos pos = {.size = 0};
  begin();
  CHECK(!allocs_tls_find_own(TP - OWN, &pos));
  IS(at(TP - OWN), "exe -140+100"), IS(at(TP - OWN + 0xff), "x -48+8"), IS(at(TP - OWN + 0x100), "-"), IS(at(TP - OWN - 1), "-");
  CHECK(allocs_tls_find_own(TP - OWN, &pos)), IS(text_of(1, &pos), "exe -140+100");
  CHECK(!allocs_tls_find_own(TP - OWN - 1, &pos) && !allocs_tls_find_own(TP - OWN + 0x100, &pos));
  CHECK(allocs_tls_find_own(TP - 0x130, &pos)), IS(text_of(1, &pos), "a -130+8");
  allocs_image_executable = NULL, CHECK(!allocs_tls_find_own(TP - OWN, &pos));
  begin(), allocs_image_executable = &images[1], at(TP - OWN), CHECK(!executable.size); /* too far */
  begin(), oses[0].tls_block = NULL, IS(at(TP - OWN), "-"), CHECK(!executable.size);
  begin(), oses[0].tls_block = (void *)(TP - MOST_STATIC), at(1), CHECK(!executable.size);
  oses[0].tls_block = (void *)(TP - MOST_STATIC + 1), at(1), CHECK(executable.size == 0x100);
  begin(), IS(at(0x500000), "lib 500000+80"), IS(at(0x50007f), "last 50007c+4"), IS(at(0x500080), "-"), IS(at(0x4fffff), "-");
  IS(at(0x400000), "-");
  images[1].os.handle = NULL, IS(at(0x500000), "-"), begin(), oses[1].begin = 0x9000000, IS(at(0x500000), "-");
  begin(), images[0].os.handle = NULL, IS(at(0x500000), "lib 500000+80"), phdrs[1][0].p_type = PT_TLS, IS(at(0x504fff), "lib 500000+5000");
  begin(), phdrs[1][1].p_type = PT_NOTE, IS(at(0x500000), "-");
}

static void of_others(void) {
  begin(), IS(at(CONTROL - OWN), "exe 8ffec0+100"), IS(at(CONTROL - OWN + 0x100), "-"), IS(at(0x600000), "lib 600000+80");
  IS(at(0x70003f), "? 700000+40"), IS(at(0x700040), "-"), IS(at(0x6fffff), "-");
  ends = true, IS(at(0x600000), "-"), IS(at(0x500000), "lib 500000+80"), begin();
  is_readable = false, IS(at(CONTROL - OWN), "-"), IS(at(0x600000), "-"), begin();
  vector = 0, IS(at(0x600000), "-"), vector = VECTOR + 4, IS(at(0x600000), "-"), vector = VECTOR, IS(at(0x600000), "lib 600000+80");
  length = 1, IS(at(0x600000), "-"), length = 2, IS(at(0x600000), "lib 600000+80"), IS(at(0x700000), "-"), length = 3;
  says[2] = 0, IS(at(0x10), "-"), says[2] = UINTPTR_MAX, IS(at(UINTPTR_MAX), "-");
  says[1] += 8, IS(at(CONTROL - OWN + 8), "-"), begin(); /* its vector is not made yet */
  allocs_tls_loader.has_closed = true, IS(at(0x600000), "-"), IS(at(0x700000), "-"), IS(at(CONTROL - OWN), "exe 8ffec0+100");
  IS(at(0x500000), "lib 500000+80"), begin();
  oses[1].tls_block = (void *)(TP - MOST_STATIC), says[2] = CONTROL - MOST_STATIC + 8, IS(at(says[2]), "lib 800008+80");
  oses[1].tls_block = (void *)(TP - MOST_STATIC + 1), IS(at(says[2]), "-");
}

/* No list of images is asked for where no block can be. */
static bool lists(uintptr_t address) { return n_listed = 0, at(address), n_listed; }
static void where(void) {
  begin(), CHECK(lists(0x500000)), allocs_heap_map.is_kept = true, CHECK(lists(0x500000)), allocs_tls_init();
  CHECK(allocs_tls_loader.begin == 0x10000 && allocs_tls_loader.size == 0x10000);
  CHECK(!lists(0x500000)), is_heap = true, CHECK(lists(0x500000) && !lists(0x4fffff)), origin = 0x1ffff, CHECK(lists(0x500000));
  origin = 0x20000, CHECK(!lists(0x500000)), origin = 0xffff, CHECK(!lists(0x500000));
  allocs_heap_map.is_kept = false, CHECK(lists(0x500000)), allocs_heap_map.is_kept = true;
  CHECK(lists(TP) && lists(TP - MOST_STATIC + 1) && !lists(TP - MOST_STATIC) && !lists(TP + 1));
  CHECK(lists(CONTROL) && lists(CONTROL - MOST_STATIC + 1) && !lists(CONTROL + 1)), is_heap = false;
  CHECK(!lists(CONTROL - MOST_STATIC)), n_threads = 0, CHECK(lists(TP - 1) && !lists(CONTROL));
}

static void closing(void) {
  begin(), allocs_tls_closing(), allocs_tls_closed(), CHECK(!allocs_tls_loader.has_closed && modules_then == 3);
  allocs_tls_closing(), oses[3].tls_module = 4, allocs_tls_closed(), CHECK(!allocs_tls_loader.has_closed);
  allocs_tls_closing(), oses[3].tls_module = 0, allocs_tls_closed(), CHECK(allocs_tls_loader.has_closed);
  begin(), may_list = false, allocs_tls_closing(), allocs_tls_closed(), CHECK(allocs_tls_loader.has_closed);
}

static void arenas(void) {
  const struct allocator *block = &alloc_tls_block, *tls = &alloc_tls;
  begin(), n_asked = 0;
  IS(in(block, 0x500000, 0x80, 0x500010, false), "lib 500000+80"), IS(in(block, 0x500001, 0x80, 0x500010, false), "-");
  IS(in(block, 0x4fffc0, 0x80, 0x500010, false), "-"), IS(in(block, 0x500000, 0x7f, 0x500010, false), "-"), IS(in(block, 0x4ff000, 0x1080, 0x500010, false), "lib 500000+80");
  IS(in(block, 0x4ff000, 0x1000, 0x500010, false), "-"), IS(in(block, 0x500000, 0x80, 0x500080, false), "-");
  IS(in(block, 0x1000, 0x2000000, 0, true), "lib 500000+80"), IS(in(block, 0x1000, 0x2000000, 0x50007f, true), "lib 500000+80");
  IS(in(block, 0x1000, 0x2000000, 0x500080, true), "lib 600000+80"), IS(in(block, 0x1000, 0x2000000, 0x600080, true), "? 700000+40");
  IS(in(block, 0x1000, 0x2000000, 0x700040, true), "exe 8ffec0+100"), IS(in(block, 0x1000, 0x2000000, 0x8fffc0, true), "-");
  IS(in(block, 0x500001, 0x2000000, 0, true), "lib 600000+80"), CHECK(n_asked == 14);
  IS(in(tls, TP - OWN, 0x100, 0, true), "a -130+8"), IS(in(tls, TP - OWN, 0x100, TP - 0x129, true), "a -130+8");
  IS(in(tls, TP - OWN, 0x100, TP - 0x128, true), "b -120+10"), IS(in(tls, TP - OWN, 0x100, TP - 0x110, true), "s -110+8");
  IS(in(tls, TP - OWN, 0x100, TP - 0x108, true), "x -48+8"), IS(in(tls, TP - OWN, 0x100, TP - 0x40, true), "-");
  IS(in(tls, TP - OWN + 1, 0x100, 0, true), "-"), IS(in(tls, 0x400000, 0x100, 0, true), "-");
  IS(in(tls, 0x500000, 0x80, 0, true), "c 500008+4"), IS(in(tls, 0x500000, 0x80, 0x50000c, true), "last 50007c+4");
  IS(in(tls, 0x600000, 0x80, 0, true), "c 600008+4"), IS(in(tls, 0x700000, 0x40, 0, true), "-");
  IS(in(tls, CONTROL - OWN, 0x100, 0, true), "a 8ffed0+8");
  IS(in(tls, 0, 0, TP - 0x130, false), "a -130+8"), IS(in(tls, 0, 0, TP - 0x111, false), "b -120+10"), IS(in(tls, 0, 0, TP - OWN, false), "-"), IS(in(tls, 0, 0, 0x8, false), "-");
}

static void variables(void) {
  struct alloc_pos pos = {.size = 0};
  begin();
  ref_to(&records[A].type, &records[A]), ref_to(&records[A].function, "f"), ref_to(&records[A].alias, "t");
  ref_to(&records[A].file, "x.c"), records[A].line = 5;
  CHECK(allocs_tls_find(TP - 0x129, &pos) && pos.type == &type_of_record && !strcmp(pos.name, "a") && pos.line == 5);
  CHECK(!strcmp(pos.function, "f") && !strcmp(pos.alias, "t") && !strcmp(pos.file, "x.c") && pos.allocator == &alloc_tls);
  IS(at(TP - 0x128), "exe -140+100"), IS(at(TP - 0x110), "s -110+8"), IS(at(TP - 0x108), "exe -140+100");
  IS(at(TP - OWN + 0x50), "exe -140+100"), IS(at(TP - OWN + 0x58), "exe -140+100"), IS(at(TP - OWN + 0x60), "exe -140+100");
  pos = (struct alloc_pos){.line = 3}, CHECK(allocs_tls_find(TP - 0x110, &pos) && !pos.line && !pos.type);
  IS(at(0x500004), "lib 500000+80"), IS(at(0x500078), "lib 500000+80"), IS(at(0x700010), "? 700000+40");
  IS(at(TP - OWN + 0x70), "exe -140+100"), displacements[C] = 0, IS(at(0x500003), "c 500000+4"), displacements[C] = 8;
}

int main(void) {
  own();
  of_others();
  where();
  closing();
  arenas();
  variables();
  return check_failed;
}
