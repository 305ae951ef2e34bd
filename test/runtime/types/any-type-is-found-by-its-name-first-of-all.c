// Any type of the program is found by its name in a process that has made no other type, whichever record is first.
// RUN: %allocs-cc -O1 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <sys/wait.h>
#include <unistd.h>

struct first {
  char a;
};
struct second {
  long b[2];
};
enum third { THIRD };
union fourth {
  int c;
  struct second d;
};
struct first one;
struct second two;
enum third three;
union fourth four;

static void in_a_process_of_its_own(const char *name, unsigned long size) {
  int status = -1;
  pid_t child = fork();
  if (!child) {
    const struct uniqtype *type = uniqtype_by_name(name);
    _exit(!type || UNIQTYPE_SIZE_IN_BYTES(type) != size || strcmp(uniqtype_name(type), name) != 0);
  }
  CHECK(waitpid(child, &status, 0) == child && status == 0);
}

int main(void) {
  in_a_process_of_its_own("first", sizeof(struct first));
  in_a_process_of_its_own("second", sizeof(struct second));
  in_a_process_of_its_own("third", sizeof(enum third));
  in_a_process_of_its_own("fourth", sizeof(union fourth));
  CHECK(!uniqtype_by_name("fifth"));
  return check_failed;
}
