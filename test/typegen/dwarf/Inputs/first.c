/* With second.c: a program of two units, which share types. */
struct s {
  int a;
  struct t *t;
};
struct t {
  char c[3];
  enum e { A, B } e;
};
struct s v;
static struct t w;
int main(void) {
  static int hits;
  struct s local = {hits++};
  w.e = A;
  v.t = &w;
  __asm__ volatile("" ::"r"(&local) : "memory");
  return local.a;
}
