// A block of thread-local variables begins and ends where the loader and the file's program headers say, for each file and thread.
// RUN: %allocs-cc -DLIBRARY=1 -O1 -fPIC -shared %s -o %t-1.so
// RUN: %allocs-cc -DLIBRARY=2000 -O1 -fPIC -shared %s -o %t-2.so
// RUN: %allocs-cc -O1 -I%src/test/unit %s -pthread -o %t && %t %t-1.so %t-2.so

#define _GNU_SOURCE
#include <allocs.h>
#ifdef LIBRARY
_Thread_local char of_library[LIBRARY] = {1};
void *address(void) { return of_library; }
#else
#include "check.h"
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>

static _Thread_local struct {
  long numbers[50];
  char end;
} own;
static void *(*address[2])(void);
static int n_blocks;

static void check_block(const char *variable, const char *base, size_t size) {
  struct alloc_pos chain[20];
  unsigned n = alloc_get_chain(variable, chain, 20), i = 0;
  while (i < n && chain[i].allocator != &alloc_tls_block)
    i++;
  CHECK(i < n && chain[i].base == base && chain[i].size == size && chain[i].level == ALLOC_LEVEL_ALLOCATION);
  CHECK(alloc_get_allocator(variable) == &alloc_tls && (i == n || (char *)chain[i].base <= variable));
  for (size_t at = 0; at < size; at += size > 8 ? size / 8 : 1) /* of all that is in it */
    CHECK(alloc_get_chain(base + at, chain, 20) && alloc_get_base(base + at) >= (void *)base);
  CHECK(alloc_get_allocator(base + size) != &alloc_tls || alloc_get_base(base + size) == base + size);
  n_blocks++;
}

static int each(struct dl_phdr_info *info, size_t length, void *arg) {
  const char *const *variables = arg;
  for (int i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_TLS && info->dlpi_tls_data)
      for (int j = 0; j < 3; j++) {
        const char *begin = info->dlpi_tls_data;
        if (variables[j] >= begin && variables[j] < begin + info->dlpi_phdr[i].p_memsz)
          check_block(variables[j], begin, info->dlpi_phdr[i].p_memsz);
      }
  return (int)(length * 0);
}

static void *run(void *arg) {
  own.end = 1;
  const char *variables[] = {&own.end, address[0](), address[1]()};
  dl_iterate_phdr(each, variables);
  return arg;
}

int main(int argc, char **argv) {
  for (int i = 0; i < 2 && i + 1 < argc; i++)
    *(void **)&address[i] = dlsym(dlopen(argv[i + 1], RTLD_NOW), "address");
  pthread_t thread;
  run(NULL);
  pthread_create(&thread, NULL, run, NULL);
  pthread_join(thread, NULL);
  CHECK(n_blocks == 6);
  return check_failed;
}
#endif
