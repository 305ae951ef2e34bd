// Unwind entries are found by table and by scanning, in each encoding, version and augmentation that there is, and no other.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -iquote %src/runtime %s %src/runtime/bytes/segments.c %src/runtime/unwind/cfi.c -o %t && %t

#include "check.h"
#include "unwind/cfi.h"

/* An image of one segment, at a low address, so that addresses of two bytes can be absolute. */
enum { BIAS = 0x2000, SIZE = 0x1000, HEADER = BIAS + 0x10, FRAMES = BIAS + 0x200, CODE = 0x3000 };
static _Alignas(16) unsigned char bytes[SIZE];
static const Elf64_Phdr phdr = {.p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = SIZE, .p_memsz = SIZE};
static struct allocs_segments segments;
static unsigned char *at; /* where is written next */
static struct allocs_cfi_entry entry;

static uintptr_t here(void) { return BIAS + (uintptr_t)(at - bytes); }
static void put(uint64_t n, unsigned size) { memcpy(at, &n, size), at += size; }
static void put_text(const char *text) { memcpy(at, text, strlen(text) + 1), at += strlen(text) + 1; }
static void go(uintptr_t address) { at = bytes + (address - BIAS); }
#define PUT(...)                                                                                                       \
  (memcpy(at, (unsigned char[]){__VA_ARGS__}, sizeof((unsigned char[]){__VA_ARGS__})),                                 \
   at += sizeof((unsigned char[]){__VA_ARGS__}))

/* What a CIE says, and how. */
static struct form {
  unsigned version, encoding, ra_size, extra; /* extra: bytes of augmentation data that no letter asks for */
  const char *letters;
  bool is_long, is_short_data;
} form;
static const struct form usual = {.version = 1, .encoding = 0x1b, .ra_size = 1, .letters = "zR"};

static unsigned char *begin_entry(void) {
  put(form.is_long ? 0xffffffff : 0, 4);
  if (form.is_long)
    put(0, 8);
  return at;
}
static void end_entry(unsigned char *begin) {
  uint64_t length = (uint64_t)(at - begin);
  memcpy(form.is_long ? begin - 8 : begin - 4, &length, form.is_long ? 8 : 4);
}

static uintptr_t put_cie(void) {
  uintptr_t cie = here();
  unsigned char *begin = begin_entry(), *length;
  put(0, 4), put(form.version, 1), put_text(form.letters);
  PUT(4, 0x78); /* 4, -8 */
  put(form.ra_size == 2 ? 0x90 : 16, 1);
  if (form.ra_size == 2)
    put(0, 1);
  length = at;
  if (form.letters[0] == 'z')
    put(0, 1);
  for (const char *letter = form.letters; *letter; letter++)
    if (*letter == 'R')
      put(form.encoding, 1);
    else if (*letter == 'L')
      put(0x1b, 1);
    else if (*letter == 'P')
      PUT(0x9b, 1, 2, 3, 4);
  at += form.extra;
  if (form.letters[0] == 'z')
    *length = (unsigned char)(at - length - 1 - form.is_short_data);
  PUT(0x0c, 7, 8);
  end_entry(begin);
  return cie;
}

static void put_address(uintptr_t address, unsigned encoding) {
  uint64_t n = address - ((encoding & 0x70) == 0x10 ? here() : 0);
  static const unsigned sizes[16] = {[0] = 8, [2] = 2, [3] = 4, [4] = 8, [0xa] = 2, [0xb] = 4, [0xc] = 8};
  if (sizes[encoding & 15]) {
    put(n, sizes[encoding & 15]);
    return;
  }
  for (int i = 0; i < 9; i++, n = (uint64_t)((int64_t)n >> 7))
    put((n & 0x7f) | 0x80, 1);
  put((encoding & 15) == 9 ? n & 0x7f : n & 1, 1);
}

static uintptr_t put_fde(uintptr_t cie, uintptr_t code, uintptr_t size) {
  uintptr_t fde = here();
  unsigned char *begin = begin_entry();
  put(here() - cie, 4);
  put_address(code, form.encoding), put_address(size, form.encoding & 15);
  if (form.letters[0] == 'z')
    PUT(1, 0xee);
  put(0x0e, 1), put(code >> 8 & 0x7f, 1);
  end_entry(begin);
  return fde;
}

static bool find(uintptr_t code) {
  memset(&entry, 0xee, sizeof entry);
  return allocs_cfi_find(&segments, HEADER, code, &entry);
}

/* Two functions, in this form, to be found by scanning: 0x3000 to 0x3020, 0x3120 to 0x3130. */
static bool scans(void) {
  segments = (struct allocs_segments){&phdr, 1, BIAS, (uintptr_t)bytes, 0};
  memset(bytes, 0, sizeof bytes);
  go(HEADER), PUT(1, 0x1b, 0xff, 0xff), put(FRAMES - here(), 4);
  go(FRAMES);
  uintptr_t cie = put_cie();
  put_fde(cie, CODE, 0x20), put_fde(cie, CODE + 0x120, 0x10);
  put(0, 4);
  bool found = find(CODE);
  CHECK(found == find(CODE + 0x1f) && found == find(CODE + 0x120) && found == find(CODE + 0x12f));
  CHECK(!find(CODE + 0x20) && !find(CODE + 0x11f) && !find(CODE - 1) && !find(CODE + 0x130));
  if (!found || !find(CODE + 0x125))
    return false;
  CHECK(entry.begin == CODE + 0x120 && entry.end == CODE + 0x130 && entry.code_align == 4 && entry.data_align == -8);
  CHECK(entry.shared_end - entry.shared == 3 && entry.shared[0] == 0x0c && entry.shift == BIAS - (uintptr_t)bytes);
  CHECK(entry.own_end - entry.own == 2 && entry.own[0] == 0x0e && entry.own[1] == 0x31);
  size_t known = strcspn(form.letters, "x"); /* what stands behind a letter that is not known is not, either */
  CHECK(entry.signal == (memchr(form.letters, 'S', known) != NULL));
  CHECK(entry.encoding == (memchr(form.letters, 'R', known) ? form.encoding : 0));
  return true;
}

static bool with(unsigned encoding) {
  form = usual;
  form.encoding = encoding;
  return scans();
}

static bool in(const char *letters, unsigned encoding, unsigned extra) {
  form = usual;
  form.letters = letters, form.encoding = encoding, form.extra = extra;
  return scans();
}

static void forms(void) {
  for (unsigned encoding = 0; encoding < 256; encoding++) {
    unsigned format = encoding & 15, base = encoding & 0x70;
    bool wanted = (format <= 4 || (format >= 9 && format <= 12)) && (base == 0 || base == 0x10 || base == 0x30) &&
                  encoding < 0x80;
    if ((format != 1 && format != 9) || base != 0x10)
      CHECK(with(encoding) == wanted);
  }
  CHECK(in("", 0, 0) && in("zRS", 0x1b, 0) && in("zPLR", 0x1b, 0) && in("zRB", 0x1b, 0) && in("zPLRS", 0x03, 0));
  CHECK(in("z", 0, 0) && in("zR", 0x1b, 3) && in("zRx", 0x1b, 2) && in("zxS", 0, 1));
  CHECK(!in("R", 0x1b, 0) && !in("x", 0, 0));
  form = usual, form.is_short_data = true;
  CHECK(!scans());
  for (unsigned version = 0; version < 6; version++)
    for (unsigned size = 1; size < 3; size++) {
      form = usual, form.version = version, form.ra_size = size;
      CHECK(scans() == (version == 3 || (version == 1 && size == 1)));
    }
  form = usual, form.is_long = true;
  CHECK(scans());
}

/* One byte of an entry that is right, made another. */
static void wrong(void) {
  uintptr_t cie, fde;
  form = usual;
  CHECK(scans());
  go(FRAMES), cie = put_cie(), fde = put_fde(cie, CODE, 0x20);
  unsigned char *first = bytes + (cie - BIAS), *second = bytes + (fde - BIAS);
  struct {
    unsigned char *at, by;
  } bytes_of[] = {{first + 4, 1},      {first + 14, 17},     {first + 15, 30},     {second, 0},
                  {second + 12, 0},    {second + 16, 30},    {second + 1, 0x7f},   {second + 3, 1},
                  {second + 4, 0},     {second + 5, 0xff},   {first, 0},           {first + 3, 0x7f},
                  {bytes + 0x10, 2},   {bytes + 0x11, 0xff}, {bytes + 0x11, 0x9b}, {bytes + 0x11, 0x15},
                  {bytes + 0x11, 0x2b}};
  for (size_t i = 0; i < sizeof bytes_of / sizeof *bytes_of; i++) {
    unsigned char saved = *bytes_of[i].at;
    CHECK(find(CODE + 1));
    *bytes_of[i].at = bytes_of[i].by;
    CHECK(!find(CODE + 1) || !fprintf(stderr, "damage %zu\n", i));
    *bytes_of[i].at = saved;
  }
  CHECK(!allocs_cfi_find(&segments, 0, CODE, &entry) && !allocs_cfi_find(&segments, BIAS + SIZE, CODE, &entry));
  /* cut off at the end of what is readable */
  Elf64_Phdr cut = phdr;
  segments.phdrs = &cut;
  for (uintptr_t end = HEADER; end < here(); end++) {
    cut.p_filesz = cut.p_memsz = end - BIAS;
    CHECK(!find(CODE + 1));
  }
  cut.p_filesz = here() - BIAS;
  CHECK(find(CODE + 1));
}

/* N functions of 16 bytes, each behind a gap of 16; the table's header says so in several ways. */
static void tables(unsigned n) {
  uintptr_t fdes[20], cie;
  form = usual;
  segments = (struct allocs_segments){&phdr, 1, BIAS, (uintptr_t)bytes, 0};
  memset(bytes, 0, sizeof bytes);
  go(FRAMES);
  cie = put_cie();
  for (unsigned i = 0; i < n; i++)
    fdes[i] = put_fde(cie, CODE + 32 * i + 16, 16);
  go(HEADER), PUT(1, 0x1b, 0x03, 0x3b), put(0, 4), put(n, 4); /* what it says of the frames is not asked */
  for (unsigned i = 0; i < n; i++)
    put(CODE + 32 * i + 16 - HEADER, 4), put(fdes[i] - HEADER, 4);
  for (uintptr_t code = CODE; code < CODE + 32 * n + 16; code++) {
    bool wanted = (code - CODE) % 32 >= 16 && code < CODE + 32 * n;
    CHECK(find(code) == wanted && (!wanted || entry.begin == (code & ~(uintptr_t)15)));
  }
  /* whose numbers of entries cannot be, or are not told: then all frames are gone through, which are not there */
  unsigned char *header = bytes + 0x10;
  for (unsigned count = n - 1; count <= n; count++) {
    uint32_t number = count;
    memcpy(header + 8, &number, 4);
    CHECK(find(CODE + 32 * n - 16) == (count == n));
  }
  Elf64_Phdr cut = phdr; /* as many as there are, up to the end of what is readable */
  segments.phdrs = &cut;
  cut.p_filesz = cut.p_memsz = 0x10 + 12 + 8 * n;
  Elf64_Phdr two[2] = {cut, phdr};
  two[1].p_vaddr = FRAMES - BIAS, two[1].p_filesz = two[1].p_memsz = SIZE - (FRAMES - BIAS);
  segments.phdrs = two, segments.n_phdrs = 2;
  CHECK(find(CODE + 20));
  two[0].p_filesz--;
  CHECK(!find(CODE + 20));
  two[0].p_filesz++;
  header[2] = 0xff;
  CHECK(!find(CODE + 20));
  header[2] = 0x03, header[3] = 0x1b;
  CHECK(!find(CODE + 20));
  header[2] = 0x23, header[3] = 0x3b;
  CHECK(!find(CODE + 20));
}

int main(void) {
  forms();
  wrong();
  for (unsigned n = 1; n <= 20; n++)
    tables(n);
  return check_failed;
}
