// A library's meta file is mapped with it as often as it is asked about, and goes with it: its types are told each time, and no mapping stays.
// RUN: %cc -O1 -fPIC -shared -w %S/Inputs/ask.c -o %t.ask.so
// RUN: %clang -g -O1 -fPIC -shared -DLIBRARY -Wl,--build-id %s -o %t.so && %typegen %t.so -o %t.so.allocs
// RUN: %clang -O1 -w %s -o %t %t.ask.so -Wl,--unresolved-symbols=ignore-in-shared-libs
// RUN: %allocs-run %t %t.so > %t.out && grep -c '^static struct node\[4\] table (.*), +32: \[1\]\.next (struct node \*)$' %t.out | grep -x 50
#ifdef LIBRARY
struct node { long value; struct node *next, *others; };
struct node table[4];
#else
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

void ask(const void *);

static int mapped(void) {
  char line[500];
  FILE *maps = fopen("/proc/self/maps", "r");
  int n = 0;
  while (fgets(line, sizeof line, maps))
    n += strstr(line, ".so.allocs") != NULL;
  fclose(maps);
  return n;
}

int main(int argc, char **argv) {
  for (int i = 0; i < 50; i++) {
    void *library = dlopen(argv[1], RTLD_NOW);
    ask((char *)dlsym(library, "table") + 32);
    if (mapped() != 1)
      return 1;
    dlclose(library);
    if (mapped() != 0)
      return 2;
  }
  return 0;
}
#endif
