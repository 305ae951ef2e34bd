// Of an image's symbols the leaves are told, in order, each by its best name without version; none that meets what is known better or the bounds of a section; copies are marked.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/image/extents.c -o %t && %t

#include "image/symbols.c"
#include "check.h"

#include <sys/mman.h>

/* The image lies at BEGIN, its symbols count from BIAS; the file's sections are nothing, names, symbols, symbols. */
enum { BEGIN = 0x100000, BIAS = 0xff000, MOST = 700, AT = BEGIN - BIAS };
static struct allocs_image image;
static struct allocs_parts parts;
static Elf64_Sym tables[N_TABLES][MOST + 1];
static char strings[N_TABLES][20000];
static size_t n_symbols[N_TABLES], n_strings[N_TABLES];
static Elf64_Shdr headers[4];
static bool has_dynamic, has_file, has_parts, publishes;
static int n_open, n_maps, most_maps, n_copies, fails_copy;
static size_t mapped;
static uintptr_t copies[2];

void *allocs_os_map(size_t size) {
  CHECK(size && size % ALLOCS_PAGE == 0);
  if (n_maps >= most_maps)
    return NULL;
  n_maps++, mapped += size;
  char *begin = mmap(NULL, size + ALLOCS_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(begin + size, ALLOCS_PAGE, PROT_NONE);
  if (publishes) { /* so does another thread */
    struct allocs_symbol symbol;
    publishes = false, CHECK(allocs_symbols_find(&image, NULL, BEGIN + 0x10, &symbol));
  }
  return begin;
}
void allocs_os_unmap(void *begin, size_t size) { mapped -= size, CHECK(!munmap(begin, size + ALLOCS_PAGE)); }
bool allocs_elf_file_open(const struct allocs_image *of, struct allocs_elf_file *ret) {
  CHECK(of == &image), n_open += has_file, ret->fd = 5;
  return has_file;
}
void allocs_elf_file_close(const struct allocs_elf_file *file) { n_open -= file->fd == 5; }
bool allocs_elf_file_section(const struct allocs_elf_file *file, uint32_t i, Elf64_Shdr *ret) {
  CHECK(file->fd == 5 && i);
  return i < 4 && (*ret = headers[i], true);
}
void *allocs_elf_file_copy(const struct allocs_elf_file *file, const Elf64_Shdr *section, size_t *map_size) {
  CHECK(file->fd == 5);
  if (++n_copies == fails_copy)
    return NULL;
  void *copy = allocs_os_map(*map_size = allocs_round_up(section->sh_size + 1, ALLOCS_PAGE));
  return copy ? memcpy(copy, section->sh_type == SHT_STRTAB ? (void *)strings[SYMTAB] : tables[SYMTAB], section->sh_size) : NULL;
}
const struct allocs_parts *allocs_image_parts_of(struct allocs_image *of) { return CHECK(of == &image), has_parts ? &parts : NULL; }
bool allocs_image_parts_hold(const struct allocs_parts *of, uintptr_t address, uint64_t size) {
  return CHECK(of == &parts), address >= BEGIN && address + size <= BEGIN + 0x8000;
}
bool allocs_dynamic_symbols(const struct allocs_segments *segments, struct allocs_symtab *ret) {
  *ret = allocs_symtab(tables[DYNSYM], n_symbols[DYNSYM] * sizeof(Elf64_Sym), strings[DYNSYM], n_strings[DYNSYM]);
  return CHECK(segments->bias == BIAS), has_dynamic;
}
bool allocs_dynamic_symbols_is_definition(const struct allocs_segments *segments, const struct allocs_symtab *symtab,
                                          const Elf64_Sym *symbol) {
  CHECK(segments->bias == BIAS && symbol->st_name < symtab->strings_size);
  return symbol->st_shndx;
}
void allocs_dynamic_symbols_each_copy(const struct allocs_segments *segments, void (*fn)(uintptr_t, void *), void *arg) {
  CHECK(segments->bias == BIAS);
  for (int i = 0; i < 2; i++)
    if (copies[i])
      fn(copies[i], arg);
}

static void add(int table, const char *name, uint64_t at, uint64_t size, unsigned char info) {
  Elf64_Sym symbol = {(Elf64_Word)n_strings[table], info, 0, 1, AT + at, size};
  tables[table][n_symbols[table]++] = symbol;
  n_strings[table] += strlen(strcpy(strings[table] + n_strings[table], name)) + 1;
  headers[2].sh_size = n_symbols[SYMTAB] * sizeof symbol, headers[1].sh_size = n_strings[SYMTAB];
}
#define OBJECT(bind) ELF64_ST_INFO(STB_##bind, STT_OBJECT)
#define FUNCTION ELF64_ST_INFO(STB_GLOBAL, STT_FUNC)
static void begin(void) {
  allocs_symbols_drop(&image);
  CHECK(!mapped && !n_open && !image.symbols);
  image.os = (struct allocs_os_image){.begin = BEGIN, .bias = BIAS, .name = ""};
  headers[1] = (Elf64_Shdr){.sh_type = SHT_STRTAB};
  headers[2] = headers[3] = (Elf64_Shdr){.sh_type = SHT_SYMTAB, .sh_link = 1, .sh_entsize = sizeof(Elf64_Sym)};
  has_dynamic = has_file = has_parts = true, n_maps = n_copies = fails_copy = 0, most_maps = 1000, copies[0] = copies[1] = 0;
  n_symbols[0] = n_symbols[1] = 0, n_strings[0] = n_strings[1] = 1;
}
/* All that are told, as "name begin+size", with a star for a copy. */
static const char *told(const struct allocs_extents *taken) {
  static char text[30000];
  struct allocs_symbol symbol, found;
  int n = 0;
  allocs_symbols_drop(&image), text[0] = 0, n_maps = 0;
  for (uintptr_t at = BEGIN; allocs_symbols_next(&image, taken, at, &symbol); at = symbol.address + symbol.size) {
    CHECK(allocs_symbols_find(&image, taken, symbol.address + symbol.size - 1, &found) && found.address == symbol.address);
    CHECK(!allocs_symbols_find(&image, taken, symbol.address - 1, &found) || found.address != symbol.address);
    n += sprintf(text + n, " %s%s %lx+%lx", symbol.name, symbol.is_copy ? "*" : "", symbol.address - BEGIN, symbol.size);
  }
  return text;
}
#define IS(wanted) CHECK_STRING(told(NULL), wanted)

static void tables_of_both(void) {
  begin(), IS(""), add(SYMTAB, "local", 0x20, 8, OBJECT(LOCAL)), add(DYNSYM, "global", 0x10, 4, FUNCTION);
  add(SYMTAB, "global@@V1", 0x10, 4, OBJECT(GLOBAL)), add(SYMTAB, "@at@x", 0x40, 4, OBJECT(GLOBAL)), add(SYMTAB, "", 0x50, 4, OBJECT(GLOBAL));
  IS(" global 10+4 local 20+8 @at 40+4");
  add(DYNSYM, "only", 0x70, 4, FUNCTION), has_dynamic = false, IS(" global 10+4 local 20+8 @at 40+4"), has_dynamic = true, n_symbols[DYNSYM]--;
  headers[1] = headers[2], headers[2] = (Elf64_Shdr){.sh_type = SHT_STRTAB, .sh_size = n_strings[SYMTAB]}, headers[1].sh_link = 2;
  IS(" global 10+4 local 20+8 @at 40+4"), headers[1].sh_link = 1, headers[0] = headers[1], headers[1] = headers[2], headers[2] = headers[0]; has_file = false, IS(" global 10+4");
  has_file = true, tables[SYMTAB][0].st_shndx = SHN_UNDEF, IS(" global 10+4 @at 40+4"), tables[SYMTAB][0].st_shndx = 1;
  headers[2].sh_type = SHT_PROGBITS, headers[3].sh_type = SHT_PROGBITS, IS(" global 10+4"), headers[2].sh_type = SHT_SYMTAB;
  headers[2].sh_entsize++, headers[3] = headers[2], headers[3].sh_type = SHT_SYMTAB, IS(" global 10+4"), headers[2].sh_entsize--;
  headers[1].sh_type = SHT_PROGBITS, IS(" global 10+4"), headers[1].sh_type = SHT_STRTAB, headers[2].sh_link = 9, IS(" global 10+4");
  headers[2].sh_link = 1;
  for (fails_copy = 1; fails_copy < 3; fails_copy++)
    n_copies = 0, IS(" global 10+4");
  fails_copy = 0, has_parts = false, IS(""), has_parts = true;
  for (most_maps = 0; most_maps < 6; most_maps++) /* copies of two tables, items, the names, their index */
    IS(most_maps < 5 ? "" : " global 10+4 local 20+8 @at 40+4"), CHECK(!image.symbols == (most_maps < 5)); /* to be tried again */
  most_maps = 1000, IS(" global 10+4 local 20+8 @at 40+4"), allocs_symbols_drop(&image), publishes = true;
  struct allocs_symbol symbol, again;
  CHECK(allocs_symbols_find(&image, NULL, BEGIN + 0x10, &symbol) && allocs_symbols_find(&image, NULL, BEGIN + 0x10, &again));
  CHECK(symbol.name == again.name);
}

static void names(void) {
  begin(), add(SYMTAB, "_a", 0x10, 4, OBJECT(GLOBAL)), add(SYMTAB, "b", 0x10, 4, OBJECT(LOCAL)), IS(" b 10+4");
  add(SYMTAB, "c", 0x10, 4, OBJECT(WEAK)), IS(" c 10+4"), add(SYMTAB, "d", 0x10, 4, OBJECT(GLOBAL)), IS(" d 10+4");
  add(SYMTAB, "e", 0x10, 4, OBJECT(GLOBAL)), IS(" d 10+4"), add(DYNSYM, "f", 0x10, 4, OBJECT(GLOBAL)), IS(" f 10+4");
  begin(), add(SYMTAB, "_c", 0x10, 4, OBJECT(WEAK)), add(SYMTAB, "_b", 0x10, 4, OBJECT(LOCAL)), IS(" _c 10+4");
  add(SYMTAB, "_a", 0x10, 4, OBJECT(GLOBAL)), add(SYMTAB, "_d", 0x10, 4, OBJECT(WEAK)), IS(" _a 10+4");
}

static void leaves(void) {
  begin(), add(SYMTAB, "all", 0x10, 0x10, OBJECT(GLOBAL)), add(SYMTAB, "in", 0x10, 4, OBJECT(GLOBAL)), add(SYMTAB, "in2", 0x18, 8, OBJECT(GLOBAL));
  add(SYMTAB, "over", 0x1f, 8, OBJECT(GLOBAL)), add(SYMTAB, "next", 0x20, 8, OBJECT(GLOBAL)), IS(" all 10+10 next 20+8");
  add(SYMTAB, "last", 0x7ff8, 8, OBJECT(GLOBAL)), add(SYMTAB, "out", 0x7ff0, 0x11, OBJECT(GLOBAL)), IS(" all 10+10 next 20+8 last 7ff8+8");
  add(SYMTAB, "before", -1, 1, OBJECT(GLOBAL)), IS(" all 10+10 next 20+8 last 7ff8+8");
  /* Nor what meets what is known better. */
  static const struct { unsigned at; const char *left; } each[] = {
      {0xe, " all 10+10 next 20+8 last 7ff8+8"}, {0xf, " in2 18+8 next 20+8 last 7ff8+8"}, {0x11, " in2 18+8 next 20+8 last 7ff8+8"},
      {0x18, " in 10+4 over 1f+8 last 7ff8+8"},  {0x1f, " in 10+4 last 7ff8+8"},           {0x20, " all 10+10 last 7ff8+8"},
      {0x27, " all 10+10 last 7ff8+8"},          {0x28, " all 10+10 next 20+8 last 7ff8+8"}};
  for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
    struct allocs_sortable item;
    CHECK(allocs_extents_item(each[i].at, 2, 0, &item));
    struct allocs_extents *taken = allocs_extents_create(&item, 1, 0);
    CHECK_STRING(told(taken), each[i].left);
    allocs_symbols_drop(&image), allocs_extents_destroy(taken);
  }
}

static void copied(void) {
  begin(), add(SYMTAB, "a", 0x10, 4, OBJECT(GLOBAL)), add(SYMTAB, "b", 0x20, 4, OBJECT(GLOBAL)), add(SYMTAB, "c", 0x30, 4, OBJECT(GLOBAL));
  for (int i = 0; i < 3; i++) {
    static const char *each[] = {" a* 10+4 b 20+4 c 30+4", " a 10+4 b* 20+4 c 30+4", " a 10+4 b 20+4 c* 30+4"};
    copies[0] = BEGIN + 0x10 * ((unsigned)i + 1), IS(each[i]);
  }
  copies[1] = BEGIN + 0x10, IS(" a* 10+4 b 20+4 c* 30+4"), copies[0] = BEGIN + 0x31, copies[1] = BEGIN + 0xf, IS(" a 10+4 b 20+4 c 30+4");
  copies[0] = BEGIN + 0x12, IS(" a 10+4 b 20+4 c 30+4"), copies[0] = BEGIN + 0x10, image.os.name = "lib", IS(" a 10+4 b 20+4 c 30+4");
  /* And what they are copies of: by name and size, of what is exported. */
  add(DYNSYM, "f", 0x10, 4, FUNCTION), add(DYNSYM, "f", 0x10, 8, OBJECT(GLOBAL)), add(DYNSYM, "f", 0x20, 4, OBJECT(GLOBAL));
  add(DYNSYM, "g", 0x30, 4, OBJECT(GLOBAL)), add(DYNSYM, "g", 0x40, 4, OBJECT(GLOBAL));
  CHECK(allocs_symbols_variable(&image, "f", 4) == BEGIN + 0x20 && allocs_symbols_variable(&image, "f", 8) == BEGIN + 0x10);
  CHECK(allocs_symbols_variable(&image, "g", 4) == BEGIN + 0x30 && !allocs_symbols_variable(&image, "h", 4) && !allocs_symbols_variable(&image, "a", 4));
  add(DYNSYM, "beyond", 0x50, 4, OBJECT(GLOBAL)), n_symbols[DYNSYM]--, CHECK(!allocs_symbols_variable(&image, "beyond", 4));
  tables[DYNSYM][3].st_shndx = SHN_UNDEF, CHECK(allocs_symbols_variable(&image, "g", 4) == BEGIN + 0x40);
  has_dynamic = false, CHECK(!allocs_symbols_variable(&image, "g", 4));
}

/* What just takes a page of names, and what takes more. */
static void many(void) {
  static char name[81];
  memset(name, 'n', sizeof name - 1), name[10] = 0;
  for (int more = 0; more < 4; more++) {
    begin();
    size_t left = (more < 2 ? 1 : 3) * ALLOCS_PAGE - sizeof(struct symbols) - 1 + (size_t)more % 2;
    for (name[10] = 'n'; left; left -= strlen(name) + 1) {
      name[left < 160 ? left < 81 ? left - 1 : left - 42 : 80] = 0;
      add(SYMTAB, name, 0x10 * n_symbols[SYMTAB], 1, OBJECT(LOCAL));
    }
    CHECK(strlen(told(NULL)) > 3800 && ((struct symbols *)image.symbols)->map_size == (1 + (size_t)more) * ALLOCS_PAGE);
    memset(name, 'n', sizeof name - 1);
  }
  begin();
  for (unsigned i = 0; i < 600; i++)
    add(SYMTAB, "x", 0x10 * i, 1, OBJECT(LOCAL));
  CHECK(strlen(told(NULL)) > 600 * strlen(" x 0+1"));
}

int main(void) {
  tables_of_both();
  names();
  leaves();
  copied();
  many();
  begin();
  return check_failed;
}
