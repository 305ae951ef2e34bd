// Of each page the protection, sharing, file and offset told are those of /proc/self/maps, whatever was mapped, cut, moved and protected.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t %t.file

#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, N_PAGES = 60, N_STEPS = 700, RW = PROT_READ | PROT_WRITE };

static char *const room = (char *)0x100000000000; /* where the kernel puts nothing by itself */
static int fd, n_files, n_parts;

static struct line {
  unsigned long begin, end, offset;
  char flags[5], name[200];
} lines[400];
static int n_lines;

static void read_maps(void) {
  char text[400];
  FILE *maps = fopen("/proc/self/maps", "r");
  for (n_lines = 0; n_lines < 400 && fgets(text, sizeof text, maps);) {
    struct line *line = &lines[n_lines];
    line->name[0] = 0;
    if (sscanf(text, "%lx-%lx %4s %lx %*s %*s %199s", &line->begin, &line->end, line->flags, &line->offset,
               line->name) >= 4)
      n_lines += line->begin >= (unsigned long)room && line->begin < (unsigned long)room + N_PAGES * PAGE;
  }
  fclose(maps);
}

static const struct line *line_of(const char *p) {
  for (int i = 0; i < n_lines; i++)
    if ((unsigned long)p >= lines[i].begin && (unsigned long)p < lines[i].end)
      return &lines[i];
  return NULL;
}

static int is_mapped(const char *begin, const char *end) {
  for (; begin < end; begin += PAGE)
    if (!line_of(begin))
      return 0;
  return 1;
}

static void ask(const char *p) {
  struct alloc_mapping mapping;
  const struct line *line = line_of(p);
  CHECK((alloc_get_mapping(p, &mapping) == ALLOC_OK) == (line != NULL));
  if (!line || check_failed)
    return;
  int protection = (line->flags[0] == 'r' ? PROT_READ : 0) | (line->flags[1] == 'w' ? PROT_WRITE : 0) |
                   (line->flags[2] == 'x' ? PROT_EXEC : 0);
  char *base = mapping.base, *end = base + mapping.size;
  CHECK(base <= p && p < end && is_mapped(base, end));
  CHECK(mapping.protection == protection && mapping.flags == (line->flags[3] == 's' ? MAP_SHARED : MAP_PRIVATE));
  CHECK((line->name[0] == '/') == (mapping.file && mapping.file[0] == '/'));
  CHECK(line->name[0] != '/' || !strncmp(mapping.file, line->name, strlen(line->name)));
  CHECK(line->name[0] != '/' ||
        mapping.offset + (unsigned long)(p - base) == line->offset + ((unsigned long)p - line->begin));
  CHECK(line->name[0] || mapping.offset == 0);
  n_files += line->name[0] == '/' && mapping.offset;
  n_parts += (unsigned long)base > line->begin || (unsigned long)end < line->end;
}

static void step(void) {
  int begin = rand() % N_PAGES, n = 1 + rand() % 12;
  n = begin + n > N_PAGES ? N_PAGES - begin : n;
  char *at = room + begin * PAGE, *to = room + rand() % (N_PAGES - n + 1) * PAGE;
  size_t size = (size_t)n * PAGE;
  int shared = rand() & 1 ? MAP_SHARED : MAP_PRIVATE, raw = rand() % 4 == 0;
  long offset = rand() % 40 * PAGE;
  switch (rand() % 7) {
  case 0:
    raw ? syscall(SYS_munmap, at, size) : munmap(at, size);
    break;
  case 1:
    mmap(at, size, RW, shared | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    break;
  case 2:
  case 3:
    if (raw)
      syscall(SYS_mmap, at, size, PROT_READ, shared | MAP_FIXED, fd, offset);
    else
      mmap(at, size, rand() & 1 ? RW : PROT_READ, shared | MAP_FIXED, fd, offset);
    break;
  case 4:
    mprotect(at, size, rand() & 1 ? PROT_READ | PROT_EXEC : PROT_NONE);
    break;
  case 5: /* as it is, shorter, or elsewhere */
    if (at + size <= to || to + size <= at)
      mremap(at, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
    break;
  default:
    if (n > 1)
      mremap(at, size, size - PAGE, 0);
  }
}

int main(int argc, char **argv) {
  fd = open(argv[argc - 1], O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(!ftruncate(fd, 100 * PAGE));
  for (int i = 0; i < N_STEPS && !check_failed; i++) {
    step();
    read_maps();
    for (int j = 0; j < 8; j++)
      ask(room + rand() % (N_PAGES * PAGE));
  }
  CHECK(n_files > 1000 && n_parts > 100);
  return check_failed;
}
