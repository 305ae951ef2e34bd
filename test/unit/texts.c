// Each text is there once, also as the end of another; a table in the making keeps its references, through the lengths that come before its records.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover -I%src/runtime -I%src/typegen %s %src/typegen/ground/pool.c %src/typegen/ground/diag.c -o %t && %t

#include "write/texts.c"
#include "write/sink.c"
#include "check.h"

#include <stdio.h>

static unsigned random_state = 7;
static unsigned chance(unsigned of) { return (random_state = random_state * 1103515245 + 12345) >> 16 & 0x7fff ? (random_state >> 16 & 0x7fff) % of : 0; }

static bool same_place(struct allocs_texts *texts, const char *a, const char *b) {
  struct allocs_text *x = allocs_texts_add(texts, a), *y = allocs_texts_add(texts, b);
  return x->at + x->size == y->at + y->size;
}

static void shared(void) {
  struct allocs_texts texts = {.size = 0};
  static const char *const words[] = {"call", "all", "recall", "l", "", "allocs", "wall", "al", "\xff\x01", "\x01", "recal"};
  struct allocs_text *it = allocs_texts_add(&texts, "all");
  char copy[] = "all";
  CHECK(!allocs_texts_add(&texts, NULL) && allocs_texts_add(&texts, copy) == it && texts.n == 1 && it->size == 4);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    CHECK(!strcmp(allocs_texts_add(&texts, words[i])->bytes, words[i]));
  allocs_texts_place(&texts);
  /* recall and \1, by which all but these end, stand alone. */
  CHECK(texts.n == 11 && texts.size == sizeof "recall" + sizeof "wall" + sizeof "allocs" + sizeof "al" - sizeof "al" + sizeof "\xff\x01" + sizeof "recal");
  CHECK(same_place(&texts, "call", "recall") && same_place(&texts, "al", "recal") && same_place(&texts, "\x01", "\xff\x01") && !same_place(&texts, "allocs", "all") && !same_place(&texts, "wall", "recall"));
  CHECK(same_place(&texts, "all", "recall") || same_place(&texts, "all", "wall"));
  allocs_texts_fini(&texts);
  /* At random: each is found where it is said to be, and no two have the same ends in two places. */
  static char all[400][6], bytes[4000];
  struct allocs_texts many = {.size = 0};
  for (int i = 0; i < 400; i++) {
    for (unsigned n = chance(6), j = 0; j < n; j++)
      all[i][j] = (char)(chance(2) ? 'a' : chance(2) ? '\xe9' : 'b');
    allocs_texts_add(&many, all[i]);
  }
  allocs_texts_place(&many);
  size_t sum = 0;
  for (size_t i = 0; i < many.n; i++) {
    const struct allocs_text *text = many.texts[i];
    bool ends_another = false;
    for (size_t j = 0; j < many.n; j++)
      ends_another |= i != j && ends_with(many.texts[j], text);
    CHECK(ends_another == !!text->in && (!text->in || !text->in->in) && text->at + text->size <= many.size && many.size <= sizeof bytes);
    sum += text->in ? 0 : text->size;
    if (!text->in)
      memcpy(bytes + text->at, text->bytes, text->size);
  }
  CHECK(sum == many.size);
  for (size_t i = 0; i < many.n; i++)
    CHECK(!strcmp(bytes + many.texts[i]->at, many.texts[i]->bytes));
  allocs_texts_fini(&many);
}

static void tables(void) {
  struct allocs_sink sink = {.n_bytes = 0};
  static const char first, second, third;
  allocs_put_ref(&sink, &first), allocs_put_ref(&sink, NULL), allocs_put_bytes(&sink, 0x1234567, 3), allocs_put_offset(&sink, -2), allocs_put_bytes(&sink, 9, 0);
  CHECK(sink.n_bytes == 15 && sink.n_fixups == 1 && !memcmp(sink.bytes, "\0\0\0\0\0\0\0\0\x67\x45\x23\xfe\xff\xff\xff", 15));
  size_t begin = sink.n_bytes;
  allocs_put_ref(&sink, &second), allocs_put_bytes(&sink, 0xab, 1), allocs_put_ref(&sink, &third), allocs_sink_end_record(&sink, begin);
  CHECK(sink.n_bytes == 25 && sink.bytes[15] == 9 && sink.bytes[20] == 0xab && sink.n_fixups == 3);
  CHECK(!sink.fixups[0].at && sink.fixups[0].target == &first && sink.fixups[1].at == 16 && sink.fixups[1].target == &second && sink.fixups[2].at == 21 && sink.fixups[2].target == &third);
  /* Lengths of one byte, and of two. */
  for (size_t length = 0; length < 300; length++) {
    begin = sink.n_bytes;
    if (length >= 4)
      allocs_put_ref(&sink, &first);
    for (size_t i = length < 4 ? 0 : 4; i < length; i++)
      allocs_put_bytes(&sink, i, 1);
    allocs_sink_end_record(&sink, begin);
    size_t width = length < 128 ? 1 : 2, told = sink.bytes[begin] % 128u + (width == 2 ? sink.bytes[begin + 1] * 128u : 0);
    CHECK(sink.n_bytes == begin + width + length && told == length && (length < 5 || sink.bytes[begin + width + 4] == 4) && (length < 4 || sink.fixups[sink.n_fixups - 1].at == begin + width));
  }
  CHECK(sink.fixups[1].at == 16);
  allocs_sink_fini(&sink);
}

int main(void) {
  shared();
  tables();
  return check_failed;
}
