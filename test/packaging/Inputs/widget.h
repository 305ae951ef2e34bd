struct widget {
  int id;
  char *label;
};
struct widget *widget_new(int id);
