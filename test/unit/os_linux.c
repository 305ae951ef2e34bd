// Images, mappings, memory and environment are as the program knows them; on older kernels and where reading is forbidden too.
// RUN: %cc -iquote %src/runtime %s %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c %src/runtime/os/os_maps.c -o %t && env UNIT=set %t
// RUN: %cc -iquote %src/runtime %s %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c %src/runtime/os/os_maps.c -static -o %t-static && env UNIT=set %t-static
// RUN: sed -e "s/0xc0686611u/0xc0686612u/" %src/runtime/os/os_maps.c > %t-maps.c
// RUN: sed -e "s/SYS_process_vm_readv, pid/9999, pid/" %src/runtime/os/os_linux.c > %t-old.c
// RUN: %cc -iquote %src/runtime %s %t-old.c %src/runtime/os/os_hidden.c %t-maps.c -o %t-old && env UNIT=set %t-old

#define _GNU_SOURCE
#include "os/os.h"
#include "check.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

static int global = 1;

static int count(const struct allocs_os_image *image, void *arg) {
  struct allocs_os_image found;
  CHECK(allocs_os_find_image(image->begin, &found) && found.handle == image->handle && found.bias == image->bias);
  CHECK(found.n_phdrs == image->n_phdrs && found.eh_frame_hdr == image->eh_frame_hdr);
  CHECK(image->name[0] || (uintptr_t)&global - image->begin < image->end - image->begin);
  ++*(int *)arg;
  return 0;
}

static void images(void) {
  struct allocs_os_image image;
  int n = 0;
  CHECK(allocs_os_find_image((uintptr_t)&global, &image));
  CHECK_STRING(image.name, "");
  CHECK(image.begin <= (uintptr_t)&global && (uintptr_t)&global < image.end && image.eh_frame_hdr);
  CHECK(image.phdrs == (void *)getauxval(AT_PHDR) && image.n_phdrs == getauxval(AT_PHNUM));
  CHECK(!allocs_os_find_image((uintptr_t)&image, &image) && !allocs_os_find_image(0, &image));
  CHECK(allocs_os_each_image(count, &n) == 0 && n >= 1);
}

static void mappings(void) {
  struct allocs_os_mapping mapping;
  char *three = mmap(NULL, 3 * ALLOCS_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *middle = three + ALLOCS_PAGE;
  mprotect(middle, ALLOCS_PAGE, PROT_READ | PROT_WRITE);
  CHECK(allocs_os_find_mapping((uintptr_t)middle + 7, &mapping));
  CHECK(mapping.begin == (uintptr_t)middle && mapping.end == mapping.begin + ALLOCS_PAGE);
  CHECK(mapping.flags == (ALLOCS_OS_READ | ALLOCS_OS_WRITE));
  CHECK_STRING(mapping.name, "");
  CHECK(allocs_os_find_mapping((uintptr_t)&mapping, &mapping));
  CHECK_STRING(mapping.name, "[stack]");
  CHECK(allocs_os_find_mapping((uintptr_t)mappings, &mapping) && mapping.flags == (ALLOCS_OS_READ | ALLOCS_OS_EXEC));
  CHECK(strstr(mapping.name, "/") == mapping.name && strstr(mapping.name, ".tmp"));
  CHECK(mapping.is_file && sbrk(ALLOCS_PAGE) != (void *)-1);
  CHECK(allocs_os_find_mapping((uintptr_t)sbrk(0) - 1, &mapping) && !mapping.is_file);
  CHECK_STRING(mapping.name, "[heap]");
  CHECK(allocs_os_break() == (uintptr_t)sbrk(0) && allocs_os_initial_break() <= mapping.begin);
  CHECK(allocs_os_is_mapped((uintptr_t)three, 3 * ALLOCS_PAGE));
  CHECK(!allocs_os_find_mapping(0, &mapping) && !allocs_os_find_mapping((uintptr_t)1 << 63, &mapping));

  char read[8192] = "", *wide = mmap(NULL, 3 * ALLOCS_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(wide, 'w', 3 * ALLOCS_PAGE);
  CHECK(allocs_os_read((uintptr_t)wide + 5, read, sizeof read) && !memcmp(read, wide, sizeof read));
  CHECK(allocs_os_read((uintptr_t)middle, read, ALLOCS_PAGE) && !read[9]);
  CHECK(!allocs_os_read((uintptr_t)middle + 1, read, ALLOCS_PAGE) && !allocs_os_read((uintptr_t)three, read, 1));
  CHECK(!allocs_os_read(0, read, 1) && !allocs_os_read(UINTPTR_MAX, read, 2));
  char *own = allocs_os_map(2 * ALLOCS_PAGE);
  CHECK(own && !own[0] && !own[2 * ALLOCS_PAGE - 1]);
  allocs_os_unmap(own, 2 * ALLOCS_PAGE);
  CHECK(!allocs_os_read((uintptr_t)own, read, 1) && !allocs_os_map((size_t)1 << 60));
  munmap(three, ALLOCS_PAGE);
  CHECK(!allocs_os_is_mapped((uintptr_t)three, 3 * ALLOCS_PAGE));
  CHECK(allocs_os_next_mapping((uintptr_t)three, &mapping) && mapping.begin == (uintptr_t)middle);
}

int main(int argc, char **argv, char **envp) {
  char **end = envp;
  (void)argc, (void)argv;
  while (*end)
    end++;
  errno = 1234;
  CHECK(allocs_os_auxv() == (uintptr_t)(end + 1));
  CHECK_STRING(allocs_os_getenv("UNIT"), "set");
  CHECK(!allocs_os_getenv("UNI") && !allocs_os_getenv("UNIT_"));
  environ = NULL; /* as before libc is up */
  CHECK_STRING(allocs_os_getenv("UNIT"), "set");
  environ = envp;
  images();
  mappings();
  CHECK(errno == 1234);
  return check_failed;
}
