/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
struct point {
  double x, y;
};
enum colour { RED, GREEN, BLUE };
struct shape {
  const char *name;
  enum colour colour;
  unsigned filled : 1, sides : 7;
  struct point *corners;
  struct shape *next;
};
struct shape *shape_new(const char *name, int sides, struct shape *next);
struct point *shape_origin(void);
