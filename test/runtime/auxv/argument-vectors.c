// argv, environ, the auxiliary vector, argc and the strings behind them are allocations with exact bounds, in chains and walks, too.
// RUN: %allocs-cc -I%src/test/unit %s -o %t
// RUN: /usr/bin/env -i A=1 LONG=value %t one "" three
// RUN: /usr/bin/env -i %t

#include "check.h"
#include <allocs.h>
#include <elf.h>
#include <sys/auxv.h>

static void check(const void *p, const void *base, unsigned long size, const char *name, const char *type) {
  char got[64];
  CHECK(alloc_get_base(p) == base);
  CHECK(alloc_get_size(p) == size);
  CHECK_STRING(alloc_get_allocator(p)->name, "auxv");
  CHECK_STRING(alloc_get_name(p, got, sizeof got), name);
  CHECK_STRING(UNIQTYPE_NAME(alloc_get_type(p)), type);
  struct alloc_pos chain[8];
  unsigned n = alloc_get_chain(p, chain, 8);
  CHECK(n >= 3 && n <= 8 && chain[n - 1].allocator == &alloc_mmap && chain[n - 2].allocator == &alloc_stack);
  CHECK(n < 3 || (chain[n - 3].allocator == &alloc_auxv && chain[n - 3].base == base && chain[n - 3].size == size));
}

static int count(const struct alloc_pos *pos, void *arg) {
  static void *end; /* of the one before */
  if (pos->allocator == &alloc_auxv) {
    CHECK(pos->base >= end && pos->name);
    end = (char *)pos->base + pos->size;
    ++*(int *)arg;
  }
  return ALLOC_WALK_ON;
}

static void check_strings(char **strings, const char *vector) {
  for (int i = 0; strings[i]; i++) {
    char name[32], type[64];
    unsigned long size = strlen(strings[i]) + 1;
    snprintf(name, sizeof name, "%s[%d]", vector, i);
    snprintf(type, sizeof type, "__ARR%lu_signed_char$8", size);
    for (unsigned long j = 0; j < size; j++)
      check(strings[i] + j, strings[i], size, name, type);
  }
}

int main(int argc, char **argv) {
  extern char **environ;
  char type[64];
  int n_env = 0;
  while (environ[n_env])
    n_env++;
  snprintf(type, sizeof type, "__ARR%d___PTR_signed_char$8", argc + 1);
  for (int i = 0; i <= argc; i++)
    check(&argv[i], argv, 8ul * (unsigned)(argc + 1), "argv", type);
  snprintf(type, sizeof type, "__ARR%d___PTR_signed_char$8", n_env + 1);
  for (int i = 0; i <= n_env; i++)
    check(&environ[i], environ, 8ul * (unsigned)(n_env + 1), "environ", type);
  check((char *)argv - 8, (char *)argv - 8, 8, "argc", "int$64");
  Elf64_auxv_t *auxv = (void *)(environ + n_env + 1);
  int n_auxv = 1;
  while (auxv[n_auxv - 1].a_type != AT_NULL)
    n_auxv++;
  snprintf(type, sizeof type, "__ARR%d_Elf64_auxv_t", n_auxv);
  check(&auxv[1].a_un, auxv, 16ul * (unsigned)n_auxv, "auxv", type);
  CHECK_STRING(UNIQTYPE_NAME(alloc_get_innermost_type(&auxv[1].a_un)), "uint$64");
  check_strings(argv, "argv");
  check_strings(environ, "environ");
  const char *random = (const char *)getauxval(AT_RANDOM), *path = (const char *)getauxval(AT_EXECFN);
  check(random + 15, random, 16, "AT_RANDOM", "__ARR16_signed_char$8");
  CHECK(alloc_get_base(path + strlen(path)) == path && alloc_get_base(path + strlen(path) + 1) != path);
  int n = 0;
  alloc_walk_tree(NULL, &(struct alloc_walk_options){.allocations_only = 1}, count, &n);
  CHECK(n == 4 + argc + n_env + 3); /* vectors; texts; AT_RANDOM, AT_PLATFORM, AT_EXECFN */
  return check_failed;
}
