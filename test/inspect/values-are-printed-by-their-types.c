// The object at an address is printed by its type: every kind of value, a flexible tail, and what pointers lead to, once.
// RUN: %allocs-cc -O1 %s -o %t
// RUN: %python %S/Inputs/values.py %inspect %t | %filecheck --match-full-lines --strict-whitespace %s

#include "Inputs/heap.h"
#include <stdbool.h>
#include <stdint.h>

enum colour { RED, GREEN = 5, BLUE = -3 };
typedef struct {
  double x;
  float y;
} point;
struct shape {
  char name[8];
  const char *text, *copy;
  enum colour colour, other, none;
  unsigned filled : 1, sides : 7;
  int negative : 5;
  union {
    int32_t number;
    unsigned char bytes[4];
  };
  point *corners;
  int (*step)(struct shape *);
  struct shape *next, *self;
  bool ok;
  char c;
  long double real;
  short matrix[2][3];
  void *raw;
  __int128 wide;
  int n;
  long tail[];
};

static int step(struct shape *shape) { return shape->n; }

int main(void) {
  static int counter[3] = {1, 2, 3};
  struct shape *shape = calloc(1, sizeof(struct shape) + 3 * sizeof(long));
  struct shape *second = calloc(1, sizeof(struct shape));
  *shape = (struct shape){"sq", "a \"t\"\n", strdup("copy"), GREEN, BLUE, 77, 1, 100, -3, {.number = -2}, NULL, step, second, shape,
                          true, 'x',         1.25L,          {{1, 2, 3}, {-4, 5, 6}}, &counter[1], -((__int128)1 << 100), 3};
  shape->tail[0] = 7;
  shape->tail[2] = -9;
  shape->corners = malloc(2 * sizeof(point));
  shape->corners[0] = (point){0.5, -1};
  second->next = shape;
  printf("%p\n", (void *)shape);
  fflush(stdout);
  return be_ready();
}

//      CHECK:0x{{[0-9a-f]+}}: heap struct shape from {{.*}}.c:[[#]] in main(), +0: .name[0] (char)
// CHECK-NEXT:  {
// CHECK-NEXT:    char name[8] = "sq"
// CHECK-NEXT:    char *text = 0x{{[0-9a-f]+}} -> string literal char[7] "a \"t\"\n", +0: [0] (char)
// CHECK-NEXT:    char *copy = 0x{{[0-9a-f]+}} -> heap char[5] from {{.*}} in main(), +0: [0] (char) "copy"
// CHECK-NEXT:    enum colour colour = GREEN
// CHECK-NEXT:    enum colour other = BLUE
// CHECK-NEXT:    enum colour none = 77
// CHECK-NEXT:    unsigned int filled : 1 = 1
// CHECK-NEXT:    unsigned int sides : 7 = 100
// CHECK-NEXT:    int negative : 5 = -3
// CHECK-NEXT:    union = {
// CHECK-NEXT:      int32_t number = -2
// CHECK-NEXT:      unsigned char bytes[4] = "\376\377\377\377"
// CHECK-NEXT:    }
// CHECK-NEXT:    point *corners = 0x{{[0-9a-f]+}} -> heap point[2] from {{.*}} in main(), +0: [0].x (double)
// CHECK-NEXT:      {
// CHECK-NEXT:        double x = 0.5
// CHECK-NEXT:        float y = -1
// CHECK-NEXT:      }
// CHECK-NEXT:    int (*step)(struct shape *) = 0x{{[0-9a-f]+}} -> function step, +0: int (struct shape *)
// CHECK-NEXT:    struct shape *next = 0x{{[0-9a-f]+}} -> heap struct shape from {{.*}} in main(), +0: .name[0] (char)
// CHECK-NEXT:      {
// CHECK-NEXT:        char name[8] = ""
// CHECK-NEXT:        char *text = NULL
//      CHECK:        struct shape *next = 0x{{[0-9a-f]+}} -> heap struct shape from {{.*}} in main(), +0: .name[0] (char)
// CHECK-NEXT:        struct shape *self = NULL
//      CHECK:        long tail[] = {0}
// CHECK-NEXT:      }
// CHECK-NEXT:    struct shape *self = 0x{{[0-9a-f]+}} -> heap struct shape from {{.*}} in main(), +0: .name[0] (char) (shown)
// CHECK-NEXT:    _Bool ok = true
// CHECK-NEXT:    char c = 120 'x'
// CHECK-NEXT:    long double real = 1.25
// CHECK-NEXT:    short matrix[2][3] = {
// CHECK-NEXT:      [0] = {1, 2, 3}
// CHECK-NEXT:      [1] = {-4, 5, 6}
// CHECK-NEXT:    }
// CHECK-NEXT:    void *raw = 0x{{[0-9a-f]+}} -> static int[3] counter in main() ({{.*}}), +4: [1] (int)
// CHECK-NEXT:    __int128 wide = -1267650600228229401496703205376
// CHECK-NEXT:    int n = 3
// CHECK-NEXT:    long tail[] = {7, 0, -9, 0}
// CHECK-NEXT:  }
