#include "widget.h"
#include <stdlib.h>
struct widget *widget_new(int id) {
  struct widget *w = malloc(sizeof *w);
  w->id = id;
  w->label = "a widget";
  return w;
}
