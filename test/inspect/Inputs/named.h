// A heap whose places have names that could end what they are written into.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct leaf {
  char text[40];
};
struct node {
  struct node *next;
  struct leaf *leaf;
  unsigned long guessed;
  struct {
    struct leaf *leaves[3];
  } inner[2];
};
static struct node *list;
static struct node *table[4];
static struct leaf *volatile shared_by, *volatile shared_with;

#line 100 "a\"b\\</script><b>;c.c"
static struct leaf *make_leaf(void) { return memset(malloc(sizeof(struct leaf)), 0, sizeof(struct leaf)); }
static struct node *make_node(void) { return memset(malloc(sizeof(struct node)), 0, sizeof(struct node)); }
#line 25 "named.h"

static void make(void) {
  for (int i = 0; i < 5; i++) {
    struct node *node = make_node();
    node->leaf = make_leaf();
    node->next = list;
    list = node;
  }
  list->guessed = (unsigned long)make_leaf();
  list->inner[1].leaves[2] = make_leaf();
  table[2] = make_node();
  shared_by = shared_with = make_leaf();
  make_leaf();
  free(make_leaf());
}

/* Where pointers were is overwritten. */
static void wipe(void) {
  volatile char stack[30000];
  memset((char *)stack, 0, sizeof stack);
}

int main(void) {
  make();
  wipe();
  if (write(1, "ready\n", 6) < 0)
    return 1;
  for (;;)
    pause();
}
