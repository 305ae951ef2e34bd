/* A program of a few variables; what libraries it is given may ask. */
#include <stdlib.h>

enum colour { RED, GREEN = 7 };
struct node {
  int value;
  enum colour colour;
  struct node *next;
  double m[3][2];
  struct {
    short q;
  } anonymous;
  unsigned bits : 3;
};
struct node table[3];
static char *names[] = {"one", "two"};
_Thread_local int counter;

void ask(const void *);
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int main(int argc, char **argv) {
  struct node *block = malloc(sizeof *block);
  for (const char *at = (const char *)table; at < (const char *)(table + 1); at += 4)
    ask(at);
  ask(&names[1]);
  ask(names[1] + 1);
  ask(&counter);
  ask((const void *)main);
  ask((const void *)compare);
  ask(block);
  ask(&argc);
  free(block);
  return argc > 1 && argv[1] ? 0 : 0;
}
