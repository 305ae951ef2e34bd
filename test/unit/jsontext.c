// Any bytes become a JSON string: UTF-8 as it is, to the bounds of each length, what must be escaped escaped, and U+FFFD for what is none.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime -I%src/typegen %s -o %t && %t

#include "write/json.c"
#include <stdlib.h>
#include "check.h"

static const char *json(const char *text) {
  static char *written;
  size_t size;
  free(written);
  FILE *out = open_memstream(&written, &size);
  allocs_json_quote(out, text);
  fclose(out);
  return written;
}
#define IS(text, wanted) CHECK_STRING(json(text), wanted)
#define SAME(text) IS(text, "\"" text "\"")
/* One sequence that is none: each of its bytes is. */
#define NONE(text, n) CHECK(is_none(text, n))
static bool is_none(const char *text, int n) {
  char wanted[40] = "\"";
  for (int i = 0; i < n; i++)
    strcat(wanted, "\\ufffd");
  strcat(wanted, "\"");
  return !strcmp(json(text), wanted);
}

int main(void) {
  IS(NULL, "null"), SAME(""), SAME("a b~"), IS("\"\\", "\"\\\"\\\\\""), IS("\x1f\x01 \x7f", "\"\\u001f\\u0001 \\u007f\"");
  IS("\n", "\"\\u000a\"");
  /* Two bytes, from U+0080 on; three, without surrogates; four, up to U+10FFFF. */
  SAME("\xc2\x80"), SAME("\xdf\xbf"), NONE("\x80", 1), NONE("\xbf", 1), NONE("\xc0\x80", 2), NONE("\xc1\xbf", 2);
  SAME("\xe0\xa0\x80"), NONE("\xe0\x9f\xbf", 3), SAME("\xe1\x80\x80"), SAME("\xec\xbf\xbf"), SAME("\xed\x80\x80");
  SAME("\xed\x9f\xbf"), NONE("\xed\xa0\x80", 3), SAME("\xee\x80\x80"), SAME("\xef\xbf\xbf");
  SAME("\xf0\x90\x80\x80"), NONE("\xf0\x8f\xbf\xbf", 4), SAME("\xf1\x80\x80\x80"), SAME("\xf3\xbf\xbf\xbf");
  SAME("\xf4\x8f\xbf\xbf"), NONE("\xf4\x90\x80\x80", 4), NONE("\xf5\x80\x80\x80", 4), NONE("\xff", 1);
  /* What is cut off, or goes on with another. */
  NONE("\xc2", 1), NONE("\xe1\x80", 2), NONE("\xf1\x80\x80", 3), IS("\xc2" "a", "\"\\ufffda\"");
  IS("\xe1\x80" "a", "\"\\ufffd\\ufffda\""), IS("\xe1\xc2\x80", "\"\\ufffd\xc2\x80\""), NONE("\xe1\x80\xc0", 3);
  IS("\xf1\x80\x7f", "\"\\ufffd\\ufffd\\u007f\""), NONE("\xe0\xa0\xff", 3), NONE("\xed\x80\xc0", 3);
  SAME("a\xc2\x80" "b\xf0\x90\x80\x80" "c");
  return check_failed;
}
