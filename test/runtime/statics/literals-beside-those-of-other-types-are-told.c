// At every level a literal is told with its own type, beside arrays that one initialises, those of other widths or kinds, and where they can be written.
// RUN: %allocs-cc -w -O0 %s -o %t && %t
// RUN: %allocs-cc -w -O1 %s -o %t && %t
// RUN: %allocs-cc -w -O2 %s -o %t && %t
// RUN: %allocs-cc -w -O3 -g %s -o %t && %t
// RUN: %allocs-cc -w -O2 -Xclang -fwritable-strings %s -o %t && %t
// RUN: %if lld %{ %allocs-cc -w -O2 -flto -fuse-ld=lld %s -o %t && %t %}
// RUN: %if llvm-at-least-19 %{ %allocs-cc -w -std=c2x -O0 %s -o %t && %t %}
// RUN: %if llvm-at-least-19 %{ %allocs-cc -w -std=c2x -O2 %s -o %t && %t %}

#include "../../unit/check.h"
#include <allocs.h>
#include <uchar.h>
#include <wchar.h>

unsigned char key[] = "abc", text_too[] = "of the array";
const char *const texts[] = {"abc", "plain", "of the array"};
const wchar_t *wide = L"wide";
const char32_t *utf32 = U"utf-32";
const char16_t *utf16 = u"utf-16";
const void *utf8 = u8"utf-8";
static int asked;

__attribute__((noinline)) static void is(const void *literal, const struct uniqtype *element, unsigned long length) {
  CHECK(alloc_get_type(literal) == uniqtype_array(element, length) && alloc_get_base(literal) == literal);
  asked++;
}

__attribute__((noinline)) static const char *chosen(int n) {
  switch (n) {
  case 0:
    return "none";
  case 1:
    return "one of";
  default:
    return "all";
  }
}

int main(int argc, char **argv) {
  is(key, alloc_typeof(unsigned char), 4);
  is(text_too, alloc_typeof(unsigned char), 13);
  is(texts[0], alloc_typeof(char), 4);
  is(texts[1], alloc_typeof(char), 6);
  is(texts[2], alloc_typeof(char), 13);
  is(wide, alloc_typeof(wchar_t), 5);
  is(utf32, alloc_typeof(char32_t), 7);
  is(utf16, alloc_typeof(char16_t), 7);
#if __STDC_VERSION__ > 201710L
  is(utf8, alloc_typeof(unsigned char), 6);
#else
  is(utf8, alloc_typeof(char), 6);
#endif
  is(chosen(argc), alloc_typeof(char), 7);
  is(__func__, alloc_typeof(char), 5);
  CHECK(asked == 11);
  return check_failed || !argv;
}
