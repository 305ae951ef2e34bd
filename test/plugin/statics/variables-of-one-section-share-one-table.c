// Variables that the compiler puts into one section share one section of records, which lives and dies with it; those
// that get a section of their own have one of their own.
// RUN: %allocs-cc -c %s -o %t.o
// RUN: readelf -SW %t.o | grep -c ' allocs_statics .* AL ' | %filecheck --check-prefix=SHARED %s
// RUN: %allocs-cc -fdata-sections -c %s -o %t-own.o
// RUN: readelf -SW %t-own.o | grep -c ' allocs_statics .* AL ' | %filecheck --check-prefix=OWN %s
// RUN: %allocs-cc -O2 -Wl,--gc-sections %s -o %t && %t
// RUN: %allocs-cc -O2 -fdata-sections -Wl,--gc-sections %s -o %t && %t
// One each of .bss, .data, .rodata, .mine and .text, and two of .data.rel.ro.
// SHARED: {{^7$}}
// OWN: {{^12$}}
#include <allocs.h>
#include <string.h>

int unused_zero, zero[3], zero_too = 0;
int unused_one = 1, one[2] = {1, 1}, one_too = 1;
const int unused_constant = 2, constant[3] = {1, 2, 3};
const char *const pointing = "text", *const pointing_too = "more";
int placed __attribute__((section(".mine"))) = 4;

static int is(const void *at, const char *name) {
  char text[64];
  const char *known = alloc_get_name(at, text, sizeof text);
  return known && !strcmp(known, name) && alloc_get_type(at);
}

int main(void) {
  zero_too += one[1] + one_too + constant[zero[1]];
  return !(is(zero, "zero") && is(&zero_too, "zero_too") && is(one + 1, "one") && is(&one_too, "one_too") &&
           is(constant, "constant") && is(&pointing, "pointing") && is(&pointing_too, "pointing_too") &&
           is(&placed, "placed") && is((const void *)main, "main"));
}
