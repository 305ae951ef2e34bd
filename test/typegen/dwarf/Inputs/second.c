/* See first.c. */
struct s {
  int a;
  struct t *t;
};
struct t {
  char c[3];
  enum e { A, B } e;
};
extern struct s v;
static struct t w;
int other(void) {
  static int hits;
  struct s local = {hits++};
  w.e = A;
  v.t = &w;
  __asm__ volatile("" ::"r"(&local) : "memory");
  return local.a;
}
