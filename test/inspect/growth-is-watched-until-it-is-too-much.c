// What grows in a process is told again and again, until a limit is reached, so many times, or until it ends.
// RUN: %allocs-cc -O1 %s -o %t
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect watch TARGET --every 20ms --until "blocks(struct node) >= 40" > %t.out 2> %t.err
// RUN: %filecheck %s < %t.out
// RUN: grep -xE "allocs: [0-9]+: blocks\(struct node\) >= 40: ([4-9][0-9]|[1-9][0-9]{2,})" %t.err
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect watch TARGET --every=1ms --count 3 --until "bytes > 1G" > %t.out
// RUN: grep -c "^allocs: growth by type, site" %t.out | grep -x 3
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect watch TARGET --every 1ms --count 1 --format json > %t.out
// RUN: %python -c "import json; assert json.load(open('%t.out'))['rows'] == []"
//
// The first table has nothing, the last all that came since.
// CHECK: sum: +0 blocks, +0 bytes
// CHECK: {{^ +\+[0-9]+ +\+[0-9]+  struct node$}}
//
// RUN: sh -c '"$0" 10 > "$2" & while ! grep -q . "$2"; do sleep 0.01; done; exec "$1" watch $! --every 10ms' %t %inspect %t.pid > %t.out 2> %t.err
// RUN: grep -x "allocs: [0-9]*: has ended" %t.err && grep -q "^sum:" %t.out
//
// A wrong limit, time or target is said.
// RUN: not %inspect watch 1 --until "bites > 3" 2>&1 | grep "wrong or missing value of --until"
// RUN: not %inspect watch 1 --until "bytes(> 3" 2>&1 | grep "wrong or missing value of --until"
// RUN: not %inspect watch 1 --until "bytes > 3T" 2>&1 | grep "wrong or missing value of --until"
// RUN: not %inspect watch 1 --until "bytes > 99999999999G" 2>&1 | grep "wrong or missing value of --until"
// RUN: not %inspect watch 1 --every 0s 2>&1 | grep "wrong or missing value of --every"
// RUN: not %inspect watch %t.out 2>&1 | grep "no number of a process: "
// RUN: not %inspect watch 999999999 2>&1 | grep "there is no such process"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct node {
  struct node *next;
  int value;
};
static struct node *head;

int main(int argc, char **argv) {
  if (argc > 1)
    printf("%d\n", (int)getpid());
  else
    printf("ready\n");
  fflush(stdout);
  for (int i = 0; argc < 2 || i < 20 * atoi(argv[1]); i++) {
    struct node *node = malloc(sizeof *node);
    *node = (struct node){head, i};
    head = node;
    usleep(5000);
  }
  return 0;
}
