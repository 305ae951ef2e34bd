// A converter that the C library opens and closes on its own is told while it is loaded and unknown after; nobody waits for who asks meanwhile.
// REQUIRES: converters
// RUN: %allocs-cc -O1 %s -o %t && %t

#define _GNU_SOURCE
#include "../unit/check.h"
#include <allocs.h>
#include <iconv.h>
#include <link.h>

static int note_converter(struct dl_phdr_info *info, size_t size, void *arg) {
  (void)size;
  if (strstr(info->dlpi_name, "/gconv/SJIS"))
    *(uintptr_t *)arg = info->dlpi_addr;
  return 0;
}

static uintptr_t converter(void) {
  uintptr_t at = 0;
  dl_iterate_phdr(note_converter, &at);
  return at;
}

int main(void) {
  iconv_t open = iconv_open("UTF-16", "SHIFT_JIS");
  uintptr_t at = converter();
  CHECK(open != (iconv_t)-1 && at && alloc_get_base((void *)at));
  iconv_close(open);
  for (int i = 0; i < 8 && converter(); i++)
    if ((open = iconv_open("UTF-16", "EUC-JP")) != (iconv_t)-1)
      iconv_close(open);
  CHECK(!converter() && !alloc_get_base((void *)at));
  return check_failed;
}
