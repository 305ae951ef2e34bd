// Text is cut to its buffer, always terminated, and counts what did not fit.
// RUN: %cc -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/ground/text.c -o %t
// RUN: %t

#include "ground/text.h"
#include "check.h"
#include "os/os.h"

/* What was told last, and all that was written to the standard error. */
static const char *told;
static size_t told_size, n_said;
static char said[4096];
void allocs_os_tell(const void *begin, size_t size) { told = begin, told_size = size; }
int allocs_os_write(int fd, const void *bytes, size_t n) {
  CHECK(fd == 2 && n < sizeof said);
  memcpy(said, bytes, n_said = n);
  said[n] = 0;
  return 0;
}

/* A line is cut to 1022 characters, and ends with a newline. */
static void say(size_t length) {
  static char long_text[2000], wanted[2100];
  memset(long_text, 'x', length), long_text[length] = 0;
  snprintf(wanted, sizeof wanted, "allocs: %s", long_text);
  wanted[1022] = 0;
  strcat(wanted, "\n");
  allocs_text_say(long_text, (const char *)NULL);
  CHECK_STRING(said, wanted);
  CHECK(n_said == strlen(wanted));
}

/* All that the text has become is told: the character and the end. */
static void tell(void) {
  char buf[3];
  struct allocs_text text;
  allocs_text_init(&text, buf, sizeof buf);
  CHECK(told == buf && told_size == 1);
  allocs_text_char(&text, 'a');
  CHECK(told == buf && told_size == 2);
  allocs_text_char(&text, 'b');
  CHECK(told == buf + 1 && told_size == 2);
  told = NULL;
  allocs_text_char(&text, 'c');
  allocs_text_init(&text, NULL, 0);
  CHECK(!told);
}

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

  allocs_text_init(&text, buf, sizeof buf);
  allocs_text_signed(&text, 0);
  allocs_text_hex(&text, 0xf000000000000000);
  allocs_text_hex(&text, 0x10);
  CHECK_STRING(buf, "00xf0000000000000000x10");
  /* Nothing is written behind the end of what is there. */
  memset(buf, 'z', sizeof buf);
  allocs_text_init(&text, buf, 3);
  allocs_text_string(&text, "ab");
  CHECK(!memcmp(buf, "ab\0zz", 5));

  allocs_text_say("a ", "b", "1", (const char *)NULL);
  CHECK_STRING(said, "allocs: a b1\n");
  for (size_t length = 1010; length < 1020; length++)
    say(length);
  say(0), say(1999);
  tell();
  return check_failed;
}
