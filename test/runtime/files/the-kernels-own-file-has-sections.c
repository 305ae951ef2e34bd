// The file that the kernel has in each process, and no disk has, is told with its sections and functions.
// RUN: %allocs-cc -O1 -Wall -Werror %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <elf.h>
#include <stdbool.h>
#include <sys/auxv.h>

static bool is_in(const struct alloc_pos *chain, unsigned n, const struct allocator *kind, const char *name) {
  for (unsigned i = 0; i < n; i++)
    if (chain[i].allocator == kind && chain[i].name && !strcmp(chain[i].name, name))
      return true;
  return false;
}

int main(void) {
  const char *begin = (const char *)getauxval(AT_SYSINFO_EHDR);
  const Elf64_Ehdr *header = (const void *)begin;
  const Elf64_Shdr *sections = (const void *)(begin + header->e_shoff);
  const char *names = begin + sections[header->e_shstrndx].sh_offset;
  unsigned n_asked = 0;
  for (unsigned i = 1; i < header->e_shnum; i++) {
    struct alloc_pos chain[8];
    if (!(sections[i].sh_flags & SHF_ALLOC) || !sections[i].sh_size)
      continue;
    unsigned n = alloc_get_chain(begin + sections[i].sh_addr, chain, 8);
    CHECK(n <= 8 && is_in(chain, n, &alloc_static_section, names + sections[i].sh_name));
    CHECK(is_in(chain, n, &alloc_static_file, "[vdso]") || is_in(chain, n, &alloc_static_file, "linux-vdso.so.1"));
    n_asked++;
  }
  CHECK(n_asked > 3);
  return check_failed;
}
