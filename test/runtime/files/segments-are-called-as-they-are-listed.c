// A segment is called by its number among the program headers and by what may be done with it; a section by its name.
// RUN: %allocs-cc -O1 -Wall -Werror %s -o %t && %t

#define _GNU_SOURCE
#include "../../unit/check.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <link.h>

static int n_segments;

static void is_called(const void *address, const char *wanted) {
  struct alloc_pos chain[8];
  for (int i = (int)alloc_get_chain(address, chain, 8); i-- > 0;)
    if (chain[i].allocator == &alloc_static_segment) {
      CHECK_STRING(chain[i].name, wanted);
      n_segments++;
    }
}

static int look(struct dl_phdr_info *info, size_t size, void *arg) {
  (void)size, (void)arg;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *phdr = &info->dlpi_phdr[i];
    char wanted[30];
    if (phdr->p_type != PT_LOAD)
      continue;
    snprintf(wanted, sizeof wanted, "LOAD %d %c%c%c", i, phdr->p_flags & PF_R ? 'r' : '-', phdr->p_flags & PF_W ? 'w' : '-',
             phdr->p_flags & PF_X ? 'x' : '-');
    is_called((void *)(info->dlpi_addr + phdr->p_vaddr), wanted);
    is_called((void *)(info->dlpi_addr + phdr->p_vaddr + phdr->p_memsz - 1), wanted);
  }
  return 0;
}

int main(void) {
  dl_iterate_phdr(look, NULL);
  CHECK(n_segments > 12);
  return check_failed;
}
