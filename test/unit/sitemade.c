// A site's origin is what its record's slot has; who has no slot, or an empty one, is asked for.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s -o %t && %t

#include "heap/site.h"
#include "check.h"

static struct {
  uint32_t slot, behind;
  struct allocs_site record;
} image = {.behind = 99};
static unsigned n_asked;
uint32_t allocs_site_make(const struct allocs_site *record) {
  CHECK(record == &image.record);
  return n_asked++, 50;
}

int main(void) {
  struct allocs_site *record = &image.record;
  CHECK(!allocs_site_made(record) && allocs_site_origin(record) == 50 && n_asked == 1);
  record->slot = (int32_t)((char *)&image.slot - (char *)&record->slot);
  CHECK(!allocs_site_made(record) && allocs_site_origin(record) == 50 && n_asked == 2);
  image.slot = 77;
  CHECK(allocs_site_made(record) == 77 && allocs_site_origin(record) == 77 && n_asked == 2);
  struct allocs_known_site site = {.info = {.code = &image}};
  CHECK(allocs_site_code(&site) == &image && !allocs_site_code(NULL));
  return check_failed;
}
