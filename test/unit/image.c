// Each loaded file that is asked about is known once, with its tables if these are whole, until it goes; one at its place is another; a tag's complete type is that of all images, or none.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/image/image_tables.c %src/runtime/bytes/*.c %src/runtime/ground/text.c -o %t && %t

#include "image/image.c"
#include "check.h"

#include <sys/mman.h>

/* Files: the executable and libraries, each with a note of another kind and one of ours, in segments of their own. */
enum { N = 4 };
struct file {
  Elf64_Phdr phdrs[3];
  struct { Elf64_Nhdr header; char name[4]; uint32_t id[2]; } id;
  struct { Elf64_Nhdr header; char name[8]; struct allocs_note note; } ours;
  unsigned char types[100], more[100];
};
static struct file files[N + 1];
static struct allocs_os_image oses[N];
static bool is_loaded[N], may_enter, is_unloading, is_whole, has_race, is_short;
static char said[200];
static int n_allocs, n_maps, most_maps, n_listed, n_found;
static size_t mapped;

#define AT(i) ((uintptr_t)&files[i])
static int image_at(uintptr_t address) {
  for (int i = 0; i < N; i++)
    if (is_loaded[i] && address - oses[i].begin < oses[i].end - oses[i].begin)
      return i;
  return -1;
}
bool allocs_os_find_loaded(uintptr_t address, struct allocs_os_image *ret) {
  int i = image_at(address);
  n_found++;
  if (i >= 0)
    *ret = oses[i], ret->phdrs = NULL, ret->n_phdrs = 0;
  return i >= 0;
}
bool allocs_os_find_image(uintptr_t address, struct allocs_os_image *ret) {
  int i = image_at(address);
  return i >= 0 && (*ret = oses[i], true);
}
int allocs_os_each_image(int (*fn)(const struct allocs_os_image *, void *), void *arg) {
  n_listed++;
  for (int i = 0; i < N; i++)
    if (is_loaded[i] && fn(&oses[i], arg))
      return 1;
  return 0;
}
bool allocs_os_next_mapping(uintptr_t address, struct allocs_os_mapping *ret) {
  *ret = (struct allocs_os_mapping){.begin = AT(0) - 64, .end = AT(0)}; /* what is no file, before all */
  if (address >= ret->end)
    *ret = (struct allocs_os_mapping){.begin = address & ~63ul, .end = (address & ~63ul) + 64};
  return address < AT(N);
}
void *allocs_os_map(size_t size) {
  CHECK(size % ALLOCS_PAGE == 0);
  if (n_maps >= most_maps)
    return NULL;
  n_maps++, mapped += size;
  return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
void allocs_os_unmap(void *begin, size_t size) { mapped -= size, CHECK(!munmap(begin, size)); }
void *allocs_store_alloc(size_t size) {
  static _Alignas(16) char memory[20000], *next = memory;
  if (has_race) /* another thread adds the same */
    has_race = false, CHECK(allocs_image_find(AT(3)));
  n_allocs++;
  return is_short ? NULL : (next += allocs_round_up(size, 16)) - allocs_round_up(size, 16);
}
void allocs_os_tell(const void *begin, size_t size) { (void)begin, (void)size; }
int allocs_os_write(int fd, const void *bytes, size_t n) { return CHECK(fd == 2), strncat(said, bytes, n), 0; }
static unsigned n_held;
bool allocs_readers_is_unloading(void) { return is_unloading; }
bool allocs_readers_enter(void) { return n_held += may_enter, may_enter; }
void allocs_readers_leave(void) { n_held--; }
bool allocs_table_check(const struct allocs_image *image, struct allocs_damage *ret) {
  CHECK(image->note);
  return is_whole || (*ret = (struct allocs_damage){"allocs_sites", 0x1c, "bad"}, false);
}
/* A file beside the third, which has what its note would. */
static bool has_meta;
static int n_meta;
bool allocs_meta_file_open(struct allocs_image *image) {
  if (!has_meta)
    return false;
  return image->note = &files[3].ours.note, image->meta.begin = 1, ++n_meta;
}
void allocs_meta_file_close(struct allocs_image *image) {
  if (image->meta.begin)
    n_meta--, image->meta.begin = 0, image->note = NULL;
}
static const struct allocs_type_images *in;
const struct uniqtype *allocs_type_record_make(const struct allocs_type *record, const struct allocs_type_images *of) {
  return in = of, (const void *)record;
}
const struct uniqtype *allocs_type_record_kept(const struct allocs_type *record, const struct allocs_type_images *of) {
  return in = of, (const void *)record;
}

static void ref_to(allocs_ref *ref, const void *to) { *ref = (allocs_ref)((const char *)to - (const char *)ref); }
static unsigned char *at;
static void composite(const char *tag, unsigned flags, uint64_t key) {
  unsigned char *record = at++;
  int32_t distance;
  *at++ = ALLOCS_KIND_COMPOSITE, *at++ = (unsigned char)flags, memcpy(at, &key, 8), at += 8;
  distance = tag ? (int32_t)((const unsigned char *)tag - at) : 0, memcpy(at, &distance, 4), at += 6;
  record[0] = (unsigned char)(at - record - 1);
}
static void make(int i, const char *name, uintptr_t handle) {
  struct file *file = &files[i];
  memset(file, 0, sizeof *file);
  const uintptr_t bias = AT(i);
  file->phdrs[0] = (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = sizeof *file, .p_memsz = sizeof *file};
  file->phdrs[1] = file->phdrs[2] = (Elf64_Phdr){.p_type = PT_NOTE, .p_flags = PF_R, .p_align = 4};
  file->phdrs[1].p_vaddr = offsetof(struct file, id), file->phdrs[1].p_filesz = sizeof file->id;
  file->phdrs[2].p_vaddr = offsetof(struct file, ours), file->phdrs[2].p_filesz = sizeof file->ours;
  file->id.header = (Elf64_Nhdr){4, 8, NT_GNU_BUILD_ID}, memcpy(file->id.name, "GNU", 4), file->id.id[0] = (uint32_t)i;
  file->ours.header = (Elf64_Nhdr){8, sizeof file->ours.note, ALLOCS_NOTE_TYPE}, memcpy(file->ours.name, "allocs\0", 8);
  file->ours.note.version = ALLOCS_ABI_VERSION;
  at = file->types;
  ref_to(&file->ours.note.tables[ALLOCS_TABLE_TYPES].begin, at), ref_to(&file->ours.note.tables[ALLOCS_TABLE_TYPES].end, at);
  oses[i] = (struct allocs_os_image){(void *)handle, bias, bias + sizeof *file, bias, file->phdrs, 3, NULL, name, 0, NULL};
  is_loaded[i] = true, said[0] = 0;
}
static void end_types(int i) { ref_to(&files[i].ours.note.tables[ALLOCS_TABLE_TYPES].end, at); }

static struct allocs_image *known_as(int i, bool has_tables) {
  struct allocs_image *image = allocs_image_find(AT(i));
  CHECK(image && image->os.begin == AT(i) && image->os.n_phdrs == 3 && !image->note == !has_tables);
  if (image && has_tables)
    CHECK(image->note == &files[i].ours.note && image->types.begin == (char *)files[i].types);
  return image;
}
static void found(void) {
  CHECK(!allocs_image_next(NULL) && !allocs_image_find(AT(0)) && !allocs_image_executable && !allocs_image_is_executable(AT(0)));
  may_enter = is_whole = true, most_maps = 1000, make(0, "", 64), make(1, "lib1", 128);
  struct allocs_image *lib = known_as(1, true);
  CHECK(!allocs_image_executable && !is_started && known_as(1, true) == lib && n_allocs == 1);
  struct allocs_image *executable = known_as(0, true);
  CHECK(allocs_image_executable == executable && is_started && n_allocs == 2 && allocs_image_is_executable(AT(1) - 1));
  n_found = 0, CHECK(known_as(0, true) == executable && !n_found && !allocs_image_is_executable(AT(1)));
  CHECK(allocs_image_find(AT(2) - 1) == lib && !allocs_image_find(AT(2)) && known_as(1, true) == lib && !said[0]);
  CHECK(allocs_image_next(NULL) == executable && allocs_image_next(executable) == lib && !allocs_image_next(lib));
  CHECK(!lib->damaged && lib->prints[0] && lib->prints[1] && lib->prints[1] != executable->prints[1]);
  make(2, "lib2", 128 + 64 * N_CHAINS); /* of the same chain */
  struct allocs_image *other = known_as(2, true);
  CHECK(other != lib && known_as(1, true) == lib && known_as(2, true) == other && n_allocs == 3);
  CHECK(allocs_image_next(executable) == other && allocs_image_next(other) == lib && !allocs_image_next(lib));
  CHECK(allocs_image_from(0, AT(N)) == executable && allocs_image_from(AT(1) - 1, AT(N)) == executable);
  CHECK(allocs_image_from(AT(1), AT(N)) == lib && allocs_image_from(AT(2), AT(N)) == other && !allocs_image_from(AT(3), AT(N)));
  CHECK(!allocs_image_from(0, AT(0)) && allocs_image_from(0, AT(0) + 1) && !allocs_image_from(AT(0), AT(0)) && !allocs_image_from(AT(N), AT(N) + 9));
  is_short = true, make(3, "lib3", 999), CHECK(!allocs_image_find(AT(3))), is_short = false;
}

static void damaged(void) {
  is_whole = false, make(3, "lib3", 64 * 10);
  CHECK(known_as(3, false)->damaged && allocs_image_is_damaged(AT(3)) && !allocs_image_is_damaged(AT(0)) && !allocs_image_is_damaged(1));
  CHECK_STRING(said, "allocs: lib3: table allocs_sites+0x1c: bad; ignored\n"), is_whole = true;
  make(3, "lib3", 64 * 11), files[3].ours.note.version++, CHECK(known_as(3, false)->damaged);
  CHECK_STRING(said, "allocs: lib3: table .note.allocs+0x0: made for another version of allocs; ignored\n");
  make(3, "", 64 * 12), files[3].ours.header.n_descsz = 12, CHECK(known_as(3, false)->damaged);
  CHECK_STRING(said, "allocs: the executable: table .note.allocs+0x0: cut off; ignored\n");
  make(3, "lib3", 64 * 13), files[3].ours.header.n_type = 9, CHECK(!known_as(3, false)->damaged && !said[0]);
  CHECK(allocs_image_executable == known_as(0, true));
}

/* What is beside the file counts as its own, but is not its damage. */
static void beside(void) {
  has_meta = true, make(3, "lib3", 64 * 14), files[3].ours.header.n_type = 9;
  struct allocs_image *image = known_as(3, true);
  CHECK(n_meta == 1 && !image->damaged), allocs_image_forget(image), CHECK(!n_meta);
  is_whole = false, make(3, "lib3", 64 * 15), files[3].ours.header.n_type = 9, CHECK(!known_as(3, false)->damaged && !n_meta && said[0]);
  is_whole = true, is_short = true, make(3, "lib3", 64 * 16), files[3].ours.header.n_type = 9, CHECK(!allocs_image_find(AT(3)) && !n_meta);
  is_short = false, has_race = true, CHECK(known_as(3, true) && n_meta == 1), allocs_image_forget(known_as(3, true)), has_meta = false, CHECK(!n_meta);
}

/* Another file at the place of one that has gone, and under its handle. */
static void gone(void) {
  make(3, "lib3", 64 * 20);
  struct allocs_image *image = known_as(3, true), *other;
  CHECK(!allocs_image_is_gone(image)), oses[3].handle = &oses, CHECK(allocs_image_is_gone(image)), oses[3].handle = (void *)(64 * 20ul);
  oses[3].bias++, CHECK(allocs_image_is_gone(image)), oses[3].bias--, oses[3].end--, CHECK(allocs_image_is_gone(image)), oses[3].end++;
  files[3].id.id[1]++, CHECK(allocs_image_is_gone(image) && known_as(3, true) == image); /* nobody has unloaded */
  is_unloading = true, other = known_as(3, true), CHECK(other != image && known_as(3, true) == other && !allocs_image_is_gone(other));
  files[3].phdrs[0].p_align++, CHECK(allocs_image_is_gone(other)), files[3].phdrs[0].p_align--, is_unloading = false;
  is_loaded[3] = false, CHECK(allocs_image_is_gone(other)), is_loaded[0] = false, CHECK(!allocs_image_is_gone(allocs_image_executable));
  is_loaded[0] = is_loaded[3] = true;
  int before = n_allocs;
  allocs_image_forget(other), allocs_image_forget(image), make(3, "lib3", 64 * (20 + N_CHAINS));
  CHECK(known_as(3, true) == other && n_allocs == before && allocs_image_next(other) != image); /* the newest is looked at first */
  make(3, "new", 64 * 20), CHECK(known_as(3, true) == image && n_allocs == before), make(3, "race", 64 * 30), has_race = true;
  CHECK(known_as(3, true) == known_as(3, true) && n_allocs == before + 2);
  int n = 0;
  for (struct allocs_image *each = NULL; (each = allocs_image_next(each));)
    n += each->os.begin == AT(3) && each->os.handle == (void *)(64 * 30ul);
  CHECK(n == 1);
}

static int ask(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) { return CHECK(arena && address && !ret && n_held == may_enter), 5; }
static void asked(void) {
  struct alloc_arena arena = {.begin = (void *)AT(1)};
  CHECK(allocs_image_ask(ask, &arena, (void *)AT(1), NULL) && !n_held && allocs_image_ask(ask, &arena, &arena, NULL));
  may_enter = false, CHECK(!allocs_image_ask(ask, &arena, (void *)AT(1), NULL) && !allocs_image_ask(ask, &arena, (void *)AT(0), NULL) && !n_held);
  arena.begin = (void *)AT(0), CHECK(allocs_image_ask(ask, &arena, (void *)AT(0), NULL) && allocs_image_ask(ask, &arena, (void *)1, NULL) && !n_held);
  CHECK(!allocs_image_ask(ask, &arena, (void *)AT(1), NULL)), may_enter = true;
}

enum { STRUCT = 0, UNION = ALLOCS_TYPE_UNION, OPEN = ALLOCS_TYPE_INCOMPLETE, NAMELESS = ALLOCS_TYPE_ANONYMOUS };
static const struct allocs_type *complete(const char *name, unsigned flags) { return find_complete(ALLOCS_KIND_COMPOSITE, flags, name); }
static void completed(void) {
  make(1, "lib1", 64 * 40), composite("node", OPEN, 1), composite("node", UNION, 2), composite("hidden", NAMELESS, 3), composite(NULL, 0, 4);
  const void *two = at;
  composite("two", 0, 5), end_types(1), make(2, "lib2", 64 * 41);
  const void *node = at, *again;
  composite("node", 0, 7), composite("several", 0, 8), again = at, composite("two", 0, 5), end_types(2);
  make(3, "lib3", 64 * 42), composite("several", 0, 9), end_types(3);
  CHECK(complete("node", STRUCT) == node && (const unsigned char *)complete("node", UNION) - files[1].types > 1 && !complete("none", 0));
  CHECK(!complete("several", 0) && !complete("hidden", 0) && complete("two", 0) == again && two != again && !complete(NULL, 0));
  CHECK(!find_complete(ALLOCS_KIND_ENUMERATION, 0, "node"));
  is_loaded[2] = false, CHECK(!complete("node", STRUCT) && complete("two", 0) == two && complete("several", 0)), is_loaded[2] = true;
}

static void slots(void) {
  struct allocs_image *image = known_as(1, true);
  const struct uniqtype **first = slot_of_type((void *)files[1].types), **second;
  size_t size = (size_t)(image->types.end - image->types.begin);
  CHECK(first && !*first && image->type_made == first && n_maps == 1);
  second = slot_of_type((void *)(files[1].types + ALLOCS_TABLE_TYPES_LEAST)), CHECK(second == first + 1 && n_maps == 1);
  CHECK(slot_of_type((void *)(files[1].types + size - 1)) && !slot_of_type((void *)(files[1].types + size)) && !slot_of_type((void *)((uintptr_t)files[1].types - 1)));
  CHECK(!slot_of_type((void *)1)), most_maps = n_maps, CHECK(!slot_of_type((void *)files[2].types)), most_maps = 1000;
  CHECK(mapped == ALLOCS_PAGE), image->types.end = image->types.begin + 511 * ALLOCS_TABLE_TYPES_LEAST, CHECK(size_of_type_made(image) == ALLOCS_PAGE);
  image->types.end += ALLOCS_TABLE_TYPES_LEAST, CHECK(size_of_type_made(image) == 2 * ALLOCS_PAGE), image->types.end = image->types.begin;
  allocs_image_forget(image), CHECK(!mapped && !image->type_made);
  is_started = false, CHECK(allocs_image_type_of((void *)files) == (void *)files && !in->find_complete && !in->slot);
  allocs_image_init(), CHECK(allocs_image_type_kept((void *)files) == (void *)files && in->find_complete == find_complete && in->slot == slot_of_type);
}

int main(void) {
  found();
  damaged();
  beside();
  gone();
  asked();
  completed();
  slots();
  return check_failed;
}
