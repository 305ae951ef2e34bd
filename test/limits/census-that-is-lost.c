// No census is printed when a signal ends the process, unless by a handler of the program, nor at _exit in a static program.
// RUN: %allocs-cc %s -o %t && env ALLOCS_OPTIONS=census=1 %t 2> %t.err && grep -c "live heap by type" %t.err | grep -qx 2
// RUN: %allocs-cc -static %s -o %t-static && env ALLOCS_OPTIONS=census=1 %t-static 2> %t.err && grep -c "live heap by type" %t.err | grep -qx 1
#include <allocs.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig) {
  alloc_census(2);
  signal(sig, SIG_DFL);
  raise(sig);
}

int main(void) {
  if (!fork())
    raise(SIGSEGV);
  wait(NULL);
  signal(SIGTERM, handler);
  if (!fork())
    raise(SIGTERM);
  wait(NULL);
  _exit(0);
}
