// After each of hundreds of random calls and system calls that map, unmap, move, protect, load, unload, or run threads, every page in the kernel's list has an answer that fits it, and none beside has one.
// RUN: %allocs-cc -O1 -fPIC -shared %S/../runtime/stress/Inputs/library.c -o %t.so
// RUN: %allocs-cc -O1 -w -pthread -I%src/test/unit %s -o %t && %t 1 %t.so && %t 2 %t.so && %t 3 %t.so
#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, AREAS = 40, STEPS = 300, MOST_TEXT = 1 << 21 };
#define END_OF_ADDRESSES (1ul << 47)
struct line {
  unsigned long begin, end, offset;
  char flags[8], name[300];
};

static char text[MOST_TEXT];
static unsigned seed;
static char *areas[AREAS], *reserved;
static size_t sizes[AREAS];
static int file;

static unsigned rnd(unsigned n) { return (seed = seed * 1664525u + 1013904223u, (seed >> 8) % n); }

static void read_maps(void) {
  int fd = open("/proc/self/maps", O_RDONLY);
  size_t n = 0;
  ssize_t got;
  while ((got = read(fd, text + n, sizeof text - 1 - n)) > 0)
    n += (size_t)got;
  text[n] = '\0';
  close(fd);
}

static char *read_line(char *from, struct line *ret) {
  char *end = strchr(from, '\n');
  *ret = (struct line){.begin = END_OF_ADDRESSES, .end = END_OF_ADDRESSES};
  return end && sscanf(from, "%lx-%lx %7s %lx %*s %*s%299[^\n]", &ret->begin, &ret->end, ret->flags, &ret->offset,
                       ret->name) >= 4
             ? end + 1
             : NULL;
}

static int holds(const void *base, unsigned long size, unsigned long address) {
  return address - (unsigned long)base < (size ? size : 1);
}

/* The runtime may have mapped something of its own beside since the list was read. */
static int is_mapped(const void *base, unsigned long size) { return !msync((void *)base, size, MS_ASYNC); }

static void check_mapped(unsigned long address, const struct line *line) {
  struct alloc_info info = {.size = 0};
  struct alloc_pos chain[20];
  struct alloc_mapping mapping = {.size = 0};
  const char *name = line->name + strspn(line->name, " ");
  int protection = (line->flags[0] == 'r' ? PROT_READ : 0) | (line->flags[1] == 'w' ? PROT_WRITE : 0) |
                   (line->flags[2] == 'x' ? PROT_EXEC : 0);
  unsigned n = alloc_get_chain((void *)address, chain, 20);
  CHECK(alloc_get_info((void *)address, &info) == ALLOC_OK && info.allocator && info.type);
  CHECK(holds(info.base, info.size, address) && n >= 1 && n <= 20 && chain[n - 1].allocator == &alloc_mmap);
  CHECK(alloc_get_mapping((void *)address, &mapping) == ALLOC_OK && mapping.protection == protection);
  CHECK(mapping.flags == (line->flags[3] == 's' ? MAP_SHARED : MAP_PRIVATE) &&
        holds(mapping.base, mapping.size, address));
  CHECK(mapping.base == chain[n - 1].base && mapping.size == chain[n - 1].size);
  CHECK(chain[n - 2 + (n == 1)].allocator == &alloc_static_file || is_mapped(mapping.base, mapping.size));
  if (name[0] == '/')
    CHECK(mapping.file && !strcmp(mapping.file, name));
}

static void check_unmapped(unsigned long address) {
  struct alloc_info info;
  CHECK(alloc_get_info((void *)address, &info) == ALLOC_UNKNOWN || is_mapped((void *)(address / PAGE * PAGE), PAGE));
}

static void check_all(int step) {
  unsigned long last = PAGE, n = 0;
  struct line line;
  int before = check_failed;
  read_maps();
  for (char *at = text; (at = read_line(at, &line)) && line.begin < END_OF_ADDRESSES; last = line.end) {
    n++;
    unsigned long pages = (line.end - line.begin) / PAGE, every = pages / 100 + 1;
    if (line.begin > last) {
      check_unmapped(last);
      check_unmapped(last + (line.begin - last) / 2);
      check_unmapped(line.begin - 1);
    }
    for (unsigned long i = 0; i < pages; i += every)
      check_mapped(line.begin + i * PAGE + i * 797 % PAGE, &line);
    check_mapped(line.end - 1, &line);
    if (check_failed > before)
      fprintf(stderr, "step %d, %lx-%lx %s\n", step, line.begin, line.end, line.name);
    before = check_failed;
  }
  CHECK(n > 15);
}

static __attribute__((noinline)) void descend(int n) {
  volatile char room[8000];
  room[0] = 1;
  if (n)
    descend(n - 1);
  room[1] = 1;
}

static void *run(void *arg) {
  descend(3);
  return arg;
}

static void run_thread(void) {
  pthread_t thread;
  if (!pthread_create(&thread, NULL, run, NULL))
    pthread_join(thread, NULL);
}

static void map(unsigned i, int bare) {
  static const int protections[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC};
  size_t size = (1 + rnd(30)) * PAGE;
  int flags = rnd(3) ? MAP_PRIVATE | MAP_ANONYMOUS : rnd(2) ? MAP_PRIVATE : MAP_SHARED, fd = -1;
  off_t offset = flags & MAP_ANONYMOUS ? 0 : (off_t)rnd(100) * PAGE;
  if (!(flags & MAP_ANONYMOUS))
    fd = file;
  areas[i] = bare ? (char *)syscall(SYS_mmap, NULL, size, PROT_READ, flags, fd, offset)
                  : mmap(NULL, size, protections[rnd(4)], flags, fd, offset);
  sizes[i] = size;
}

static void change(unsigned i, int what) {
  char *page = areas[i] + rnd((unsigned)(sizes[i] / PAGE)) * PAGE, *moved = MAP_FAILED;
  size_t size = (1 + rnd(30)) * PAGE;
  if (what < 3)
    munmap(areas[i], sizes[i]), areas[i] = NULL;
  else if (what == 3)
    syscall(SYS_munmap, areas[i], sizes[i]), areas[i] = NULL;
  else if (what == 4) /* a hole, which others may come to fill: it is left alone from now on */
    munmap(page, PAGE), areas[i] = NULL;
  else if (what < 7)
    mprotect(page, PAGE, rnd(2) ? PROT_NONE : PROT_READ);
  else if (what == 7)
    mmap(page, PAGE, PROT_READ, rnd(2) ? MAP_SHARED | MAP_FIXED : MAP_PRIVATE | MAP_FIXED, file, PAGE);
  else if (what == 8)
    syscall(SYS_mmap, page, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  else if (what == 9)
    moved = mremap(areas[i], sizes[i], size, MREMAP_MAYMOVE);
  else if (what == 10)
    moved = (char *)syscall(SYS_mremap, areas[i], sizes[i], size, MREMAP_MAYMOVE);
  else if (mremap(areas[i], sizes[i], sizes[i], MREMAP_MAYMOVE | MREMAP_FIXED, reserved + rnd(1000) * 100 * PAGE) !=
           MAP_FAILED)
    areas[i] = NULL;
  if (moved != MAP_FAILED)
    areas[i] = moved, sizes[i] = size;
}

static void *attach(void) {
  int id = shmget(IPC_PRIVATE, 5 * PAGE, 0600 | IPC_CREAT);
  void *memory = shmat(id, NULL, rnd(2) ? SHM_RDONLY : 0);
  shmctl(id, IPC_RMID, NULL);
  return memory;
}

static void step(const char *library) {
  unsigned i = rnd(AREAS), what = rnd(20);
  void *p;
  if (what < 12 && areas[i])
    change(i, (int)what);
  else if (what < 12)
    map(i, what == 0);
  else if (what == 12)
    (void)(sbrk(3 * PAGE + 5) && rnd(2) && sbrk(-2 * PAGE));
  else if (what == 13)
    p = malloc(200000 + rnd(100000)), rnd(2) ? free(p) : (void)0;
  else if (what == 14)
    descend((int)rnd(60));
  else if (what == 15)
    run_thread();
  else if (what == 16)
    (void)((p = dlopen(library, RTLD_NOW)) && rnd(2) && dlclose(p));
  else if (what == 17)
    (void)((p = attach()) != (void *)-1 && rnd(2) && shmdt(p));
  else if (what == 18)
    mmap(reserved + rnd(1 << 20) * (size_t)PAGE, (1 + rnd(5)) * PAGE, PROT_READ,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  else if (what == 19)
    munmap(reserved + (1ul << 37) + rnd(1 << 20) * (size_t)PAGE, (1 + rnd(500)) * (size_t)PAGE);
}

int main(int argc, char **argv) {
  char path[] = "/tmp/no-answer-XXXXXX";
  CHECK(argc == 3);
  seed = (unsigned)atoi(argv[1]);
  file = mkstemp(path);
  unlink(path);
  CHECK(ftruncate(file, 200 * PAGE) == 0);
  reserved = mmap(NULL, 1ul << 38, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  alloc_get_allocator(reserved); /* what questions need is mapped from now on */
  for (int i = 0; i < STEPS; i++) {
    step(argv[2]);
    for (int j = 0; j < AREAS; j++)
      areas[j] = areas[j] == MAP_FAILED ? NULL : areas[j];
    if (i % 5 == 0)
      check_all(i);
  }
  return check_failed;
}
