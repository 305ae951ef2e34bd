// What a bare system call takes of a library is not noticed: a query that needs it crashes; so does code that allocates without its own tables.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -O1 %s -o %t && %t %t.so
#define _GNU_SOURCE
#include <allocs.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef LIBRARY
const int constant[3000] = {1}; // the tables lie behind it, some pages from what is code
void *allocate(void) { return malloc(10); }
#else
enum { PAGES = 4, PAGE = 4096 };

static void *(*allocate)(void);
static void query(const void *p) { alloc_get_type(p); }
static void call(const void *p) { (void)p, allocate(); }

// The signal that ended a child in which pages from that of an address on were taken and `what` was done.
static int end_of(const void *constant, void (*what)(const void *), int bare) {
  void *page = (void *)((uintptr_t)constant & -(uintptr_t)PAGE);
  int status;
  if (!fork()) {
    if (bare)
      syscall(SYS_mprotect, page, (long)PAGES * PAGE, PROT_NONE);
    else
      mprotect(page, PAGES * PAGE, PROT_NONE);
    what(constant);
    _exit(0);
  }
  wait(&status);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int main(int argc, char **argv) {
  (void)argc;
  void *library = dlopen(argv[1], RTLD_NOW), *constant = dlsym(library, "constant");
  *(void **)&allocate = dlsym(library, "allocate");
  return !(!end_of(constant, query, 0) && end_of(constant, query, 1) == SIGSEGV &&
           end_of(constant, call, 0) == SIGSEGV);
}
#endif
