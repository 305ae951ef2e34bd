/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A small library: some types, statics and a function. */

struct part {
  struct part *next;
  int value;
};
struct part image_parts[8];
static const char *const names[] = {"one", "two", "three"};

const char *image_name(int i) { return image_parts[i % 8].value ? names[0] : names[i % 3]; }
