#ifndef TEXTUAL_H
#define TEXTUAL_H
static inline int text_length(int x) {
  char *s = strdup("text");
  int n = (int)strlen(s) + x;
  free(s);
  return n;
}
#endif
