// Text is cut to its buffer, always terminated, and counts what did not fit.
// RUN: %cc -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/ground/text.c %src/runtime/os/os_sanitizer.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t 2> %t.err
// RUN: grep -qx "allocs: a b1" %t.err
// RUN: grep -Eqx "allocs: x{1000,}" %t.err

#include "ground/text.h"
#include "check.h"

int main(void) {
  char buf[64], small[4] = "zzz", lone[1] = {'z'};
  struct allocs_text text;

  allocs_text_init(&text, buf, sizeof buf);
  CHECK_STRING(buf, "");
  allocs_text_string(&text, "a");
  allocs_text_char(&text, ' ');
  allocs_text_decimal(&text, 0);
  allocs_text_char(&text, ' ');
  allocs_text_decimal(&text, UINT64_MAX);
  allocs_text_string(&text, NULL);
  CHECK_STRING(buf, "a 0 18446744073709551615");
  CHECK(text.length == strlen(buf));

  allocs_text_init(&text, buf, sizeof buf);
  allocs_text_signed(&text, INT64_MIN);
  allocs_text_signed(&text, -1);
  allocs_text_signed(&text, 7);
  CHECK_STRING(buf, "-9223372036854775808-17");

  allocs_text_init(&text, buf, sizeof buf);
  allocs_text_hex(&text, 0);
  allocs_text_hex(&text, 0x10203f);
  allocs_text_hex(&text, UINT64_MAX);
  CHECK_STRING(buf, "0x00x10203f0xffffffffffffffff");

  allocs_text_init(&text, small, sizeof small);
  allocs_text_string(&text, "hello");
  CHECK_STRING(small, "hel");
  CHECK(text.length == 5);
  allocs_text_init(&text, lone, sizeof lone);
  allocs_text_string(&text, "hello");
  CHECK(lone[0] == 0);
  allocs_text_init(&text, NULL, 0);
  allocs_text_string(&text, "hello");
  CHECK(text.length == 5);

  char huge[3000];
  memset(huge, 'x', sizeof huge);
  huge[sizeof huge - 1] = 0;
  allocs_text_say("a ", "b", "1", (const char *)NULL);
  allocs_text_say(huge, (const char *)NULL);
  return check_failed;
}
