#include "std.h"
#include "textual.h"
struct imported { int a; char *b; };
static inline struct imported *make(void) {
  struct imported *p = malloc(sizeof *p);
  p->a = text_length(3);
  return p;
}
