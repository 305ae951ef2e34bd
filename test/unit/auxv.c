// What the kernel left on the initial stack is told vector by vector and text by text, to the byte, and what lies between texts is none.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/ground/text.c -o %t && %t

#include "stack/auxv.c"
#include "check.h"

/* Words below argc; argc, argv, environ, each ended; the auxiliary vector; texts. */
enum { ARGC = 6, ARGV, ENVIRON = ARGV + 3, AUXV = ENVIRON + 8, TEXTS = AUXV + 32, WORDS = TEXTS + 20 };
static _Alignas(16) uintptr_t stack[WORDS];
#define AT(word) ((uintptr_t)&stack[word])
static uintptr_t random_bytes, platform, base, program, empty, variable, path, end;

static bool is_there = true;
uintptr_t allocs_os_auxv(void) { return is_there ? AT(AUXV) : 0; }
void allocs_os_tell(const void *begin, size_t size) { (void)begin, (void)size; }
int allocs_os_write(int fd, const void *bytes, size_t n) { return (void)fd, (void)bytes, (int)n; }
const char *allocs_store_text(const char *text) {
  static char kept[32];
  return strcpy(kept, text);
}
/* Types, by what they are of. */
static struct uniqtype character, pointer, word = {.key = 5}, entry, array;
const struct uniqtype *allocs_type_char(void) { return &character; }
const struct uniqtype *allocs_type_pointer(const struct uniqtype *to) { return CHECK(to == &character), &pointer; }
const struct uniqtype *allocs_type_base(unsigned encoding, uint64_t size) {
  word.kind = (unsigned char)encoding;
  return CHECK(size == 8), &word;
}
const struct uniqtype *allocs_type_composite(uint64_t key, unsigned flags, const char *name, uint64_t size,
                                             const struct uniqtype_member *members, unsigned n) {
  uint64_t wanted = allocs_key_tagged(ALLOCS_KIND_COMPOSITE, 0, "Elf64_auxv_t", 16);
  wanted = allocs_key_member(allocs_key_member(wanted, "a_type", 0, 5), "a_val", 8, 5);
  CHECK(key == wanted && !flags && !strcmp(name, "Elf64_auxv_t") && size == 16 && n == 2);
  CHECK(members[0].type == &word && !members[0].offset && members[1].type == &word && members[1].offset == 8);
  return &entry;
}
const struct uniqtype *allocs_type_table_closed_array(const struct uniqtype *of, uint64_t n) {
  array.target = of, array.count = n;
  return &array;
}

static uintptr_t put(const char *text, size_t n) {
  uintptr_t at = end;
  memcpy((void *)at, text, n);
  end += n;
  return at;
}
static void lay_out(void) {
  memset(stack, 0, sizeof stack);
  stack[0] = WORDS, stack[2] = 9; /* might be counts, but are further away */
  end = AT(TEXTS);
  put("??", 3);
  random_bytes = put("0123\0" "56789abcde\xff", 16), platform = put("x86", 4), base = put("y", 2), program = put("prog", 5);
  empty = put("", 1), put("gap", 4), variable = put("A=b", 4), path = put("/prog", 6);
  stack[ARGC] = 2, stack[ARGV] = program, stack[ARGV + 1] = empty, stack[ENVIRON] = variable;
  for (int i = 1; i < 7; i++)
    stack[ENVIRON + i] = AT(i % 2); /* set by the program: elsewhere */
  for (int i = 0; i < 10; i++)
    stack[AUXV + 10 + 2 * i] = AT_IGNORE, stack[AUXV + 11 + 2 * i] = program + 1;
  const uintptr_t auxv[] = {AT_PAGESZ, 4096, AT_RANDOM, random_bytes, AT_EXECFN, path, AT_PLATFORM, platform, AT_BASE_PLATFORM, base};
  memcpy(&stack[AUXV], auxv, sizeof auxv);
  allocs_auxv_layout.ready = 0;
}

/* What is to be told, in order. */
static const struct part {
  const char *name;
  const struct uniqtype *element;
  uint64_t count;
} parts[] = {{"argc", NULL, 0},
             {"argv", &pointer, 3},
             {"environ", &pointer, 8},
             {"auxv", &entry, 16},
             {"AT_RANDOM", &character, 16},
             {"AT_PLATFORM", &character, 4},
             {"AT_BASE_PLATFORM", &character, 2},
             {"argv[0]", &character, 5},
             {"argv[1]", &character, 1},
             {"environ[0]", &character, 4},
             {"AT_EXECFN", &character, 6}};
enum { PARTS = sizeof parts / sizeof *parts };
static uintptr_t begins[PARTS + 1], ends[PARTS];

static void is(int found, const struct alloc_pos *pos, int i) {
  CHECK(found && pos->allocator == &alloc_auxv && (uintptr_t)pos->base == begins[i]);
  CHECK(pos->size == ends[i] - begins[i]);
  CHECK_STRING(pos->name, parts[i].name);
  if (!parts[i].element)
    CHECK(pos->type == &word && word.kind == ALLOCS_ENC_SIGNED);
  else
    CHECK(pos->type == &array && array.target == parts[i].element && array.count == parts[i].count);
}

/* The program with these layouts: each byte, from before the first to behind the last. */
static void each_byte(void) {
  const uintptr_t at[] = {AT(ARGC), AT(ARGV), AT(ENVIRON), AT(AUXV), random_bytes, platform, base, program, empty, variable, path};
  const uintptr_t sizes[] = {8, 24, 64, 256, 16, 4, 2, 5, 1, 4, 6};
  for (int i = 0; i < PARTS; i++)
    begins[i] = at[i], ends[i] = at[i] + sizes[i];
  for (uintptr_t address = AT(ARGC) - 9, n = 0; address < end + 9; address++) {
    struct alloc_pos pos = {.size = 0}, next = {.size = 0};
    int within = -1, after = -1;
    for (int i = PARTS; i-- > 0;) {
      within = address >= begins[i] && address < ends[i] ? i : within;
      after = address < ends[i] ? i : after;
    }
    int found = alloc_auxv.find(NULL, (void *)address, &pos);
    if (within >= 0)
      is(found, &pos, within), n++;
    else
      CHECK(!found);
    found = alloc_auxv.next(NULL, (void *)address, &next);
    if (after >= 0)
      is(found, &next, after);
    else
      CHECK(!found && n == 390);
  }
}

/* The program may write into its vectors. */
static void changed(void) {
  struct alloc_pos pos;
  stack[ARGV] = AT(0), stack[ARGV + 1] = program; /* elsewhere, and in another order */
  CHECK(allocs_auxv_find(program, &pos) && !strcmp(pos.name, "argv[1]") && pos.size == 5);
  CHECK(!allocs_auxv_find(empty, &pos) && allocs_auxv_find(AT(ARGV), &pos) && pos.size == 24);
  stack[ARGV] = program; /* of two that are the same, the first */
  CHECK(allocs_auxv_find(program, &pos) && !strcmp(pos.name, "argv[0]"));
  CHECK(alloc_auxv.next(NULL, (void *)program, &pos) && !strcmp(pos.name, "argv[0]"));
  stack[ENVIRON] = end;
  CHECK(!allocs_auxv_find(variable, &pos) && !allocs_auxv_find(end, &pos));
  stack[ARGV] = AT(TEXTS);
  CHECK(allocs_auxv_find(AT(TEXTS), &pos) && pos.size == 3 && !strcmp(pos.name, "argv[0]"));
}

static void none(void) {
  struct alloc_pos pos;
  CHECK(!allocs_auxv_find(AT(ARGC), &pos) && !allocs_auxv_find(path, &pos) && allocs_auxv_layout.ready == -1);
  CHECK(!alloc_auxv.next(NULL, NULL, &pos));
}

int main(void) {
  lay_out();
  each_byte();
  allocs_auxv_init(); /* as often as you like */
  each_byte();
  changed();
  /* An environment without variables. */
  memset(&stack[AUXV - 4], 0, 4 * sizeof *stack), stack[AUXV - 4] = 1, stack[AUXV - 3] = program, allocs_auxv_layout.ready = 0;
  struct alloc_pos pos;
  CHECK(allocs_auxv_find(AT(AUXV) - 1, &pos) && !strcmp(pos.name, "environ") && pos.size == 8);
  CHECK(allocs_auxv_find(AT(AUXV) - 9, &pos) && !strcmp(pos.name, "argv") && pos.size == 16);
  lay_out(), is_there = false, none();
  is_there = true, none(); /* nor later */
  lay_out(), stack[AUXV + 4] = AT_IGNORE; /* without a path no text is told */
  CHECK(!allocs_auxv_find(program, &(struct alloc_pos){.size = 0}) && allocs_auxv_layout.end == AT(TEXTS) && allocs_auxv_layout.ready == 1);
  CHECK(allocs_auxv_find(AT(TEXTS) - 1, &(struct alloc_pos){.size = 0}));
  return check_failed;
}
