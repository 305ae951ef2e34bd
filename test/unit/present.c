// Who is forgotten counts no more, and is not missed from those that came later when it ends after all.
// RUN: %cc -O1 -Wall -Wextra -Werror -iquote %src/runtime %s -o %t && %t

#include "ground/present.h"
#include "check.h"

static struct allocs_present present;

static uint32_t number(void) {
  uint32_t begun;
  return allocs_present_number(&present, &begun);
}

int main(void) {
  uint32_t begun;
  CHECK(!number());
  allocs_present_forget(&present); /* nobody: nothing to forget */
  uint32_t lost = allocs_present_begin(&present), other = allocs_present_begin(&present);
  CHECK(lost == other && number() == 2);
  CHECK(allocs_present_number(&present, &begun) == 2 && begun == lost);
  allocs_present_end(&present, other);
  CHECK(number() == 1);
  allocs_present_forget(&present);
  CHECK(!number());
  uint32_t later = allocs_present_begin(&present);
  CHECK(later != lost && number() == 1);
  CHECK(allocs_present_number(&present, &begun) == 1 && begun == later);
  allocs_present_end(&present, lost);
  CHECK(number() == 1);
  allocs_present_end(&present, later);
  CHECK(!number());
  allocs_present_end(&present, later); /* once more than it began */
  CHECK(!number() && allocs_present_begin(&present) == later);
  return check_failed;
}
