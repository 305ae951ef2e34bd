#include "widget.h"
#include <allocs.h>
#include <stdio.h>
int main(void) {
  char line[200];
  struct widget *w = widget_new(1);
  puts(alloc_describe(&w->label, line, sizeof line));
  puts(alloc_get_type(w) == alloc_typeof(struct widget) ? "one type" : "two types");
  puts(UNIQTYPE_NAME(alloc_get_innermost_type(&w)));
  free(w);
  return 0;
}
