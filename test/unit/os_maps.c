// What the kernel is asked about mappings is what /proc/self/maps shows: by its query of one, and, without that, by its text.
// RUN: %cc -O1 -Wall -Wextra -Werror -iquote %src/runtime %s %src/runtime/bytes/segments.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c %src/runtime/os/os_maps.c -o %t && rm -rf %t.dir && mkdir %t.dir && %t %t.dir

#define _GNU_SOURCE
#include "check.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST = 500 };
static struct line {
  unsigned long begin, end, offset, inode;
  char flags[8], name[600];
} lines[MOST];
static int n_lines, n_long, n_offsets;

static void read_maps(void) {
  static char text[1 << 17];
  int fd = open("/proc/self/maps", O_RDONLY);
  size_t n = 0;
  for (long got; (got = read(fd, text + n, sizeof text - n - 1)) > 0;)
    n += (size_t)got;
  close(fd);
  n_lines = 0;
  for (char *at = strtok(text, "\n"); at && n_lines < MOST; at = strtok(NULL, "\n"), n_lines++) {
    struct line *line = &lines[n_lines];
    line->name[0] = 0;
    CHECK(sscanf(at, "%lx-%lx %4s %lx %*s %lu %599[^\n]", &line->begin, &line->end, line->flags, &line->offset,
                 &line->inode, line->name) >= 5);
  }
  n_lines -= !strcmp(lines[n_lines - 1].name, "[vsyscall]"); /* is the kernel's own, and no mapping to its query */
}

static bool is_line(const struct allocs_os_mapping *got, const struct line *line) {
  unsigned flags = (line->flags[0] == 'r' ? ALLOCS_OS_READ : 0) | (line->flags[1] == 'w' ? ALLOCS_OS_WRITE : 0) |
                   (line->flags[2] == 'x' ? ALLOCS_OS_EXEC : 0) | (line->flags[3] == 's' ? ALLOCS_OS_SHARED : 0);
  size_t length = strlen(line->name), room = sizeof got->name - 1, shown = length < room ? length : room;
  n_long += length > room;
  n_offsets += line->inode && line->offset;
  return got->begin == line->begin && got->end == line->end && got->flags == flags &&
         got->is_file == (line->inode != 0) && (!got->is_file || got->offset == line->offset) &&
         !strncmp(got->name, line->name, shown) && strlen(got->name) <= room && strlen(got->name) + 40 >= shown;
}

static void check_all(void) {
  struct allocs_os_mapping got;
  read_maps();
  CHECK(n_lines > 40);
  for (int i = 0; i + 1 < n_lines; i++) {
    const struct line *line = &lines[i], *next = line + 1;
    bool is_gap = next->begin > line->end;
    errno = 4711;
    CHECK(allocs_os_find_mapping(line->begin, &got) && is_line(&got, line));
    CHECK(allocs_os_find_mapping(line->end - 1, &got) && is_line(&got, line));
    CHECK(allocs_os_next_mapping(line->begin, &got) && is_line(&got, line));
    CHECK(allocs_os_next_mapping(line->end, &got) && is_line(&got, next));
    CHECK(allocs_os_find_mapping(line->end, &got) == !is_gap && errno == 4711);
    CHECK(allocs_os_is_mapped(line->begin, line->end - line->begin));
    CHECK(allocs_os_is_mapped(line->begin, next->end - line->begin) == !is_gap);
    if (!strcmp(line->name, "[heap]") && i && strcmp(lines[i - 1].name, "[heap]"))
      CHECK(allocs_os_initial_break() == line->begin && allocs_os_break() > line->begin);
  }
  CHECK(allocs_os_next_mapping(0, &got) && is_line(&got, &lines[0]) && !allocs_os_find_mapping(0, &got));
  CHECK(!allocs_os_next_mapping(UINTPTR_MAX - 4096, &got) && !allocs_os_find_mapping(UINTPTR_MAX - 4096, &got));
}

/* As on a kernel that is older. */
static bool refuse_queries(void) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTTY),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv) {
  char path[3000], part[210];
  CHECK(argc == 2 && sbrk(10000) != (void *)-1);
  snprintf(path, sizeof path, "%s", argv[1]);
  memset(part, 'd', 200);
  part[0] = '/', part[200] = 0;
  for (int i = 0; i < 4; i++) { /* files of long names, in between short ones and mappings of each kind */
    int fd = open(strcat(path, i % 2 ? "/ f" : "/f"), O_RDWR | O_CREAT, 0600);
    path[strlen(path) - (i % 2 ? 3 : 2)] = 0;
    CHECK(fd >= 0 && !ftruncate(fd, 1 << 20));
    for (int j = 0; j < 12; j++) {
      int protection = j % 3 == 0 ? PROT_READ : j % 3 == 1 ? PROT_READ | PROT_WRITE : PROT_READ | PROT_EXEC;
      CHECK(mmap(NULL, 8192, protection, j % 2 ? MAP_SHARED : MAP_PRIVATE, fd, j * 8192 * 3) != MAP_FAILED);
      char *apart = mmap(NULL, 5 * 4096, PROT_NONE, MAP_ANONYMOUS | (j % 2 ? MAP_SHARED : MAP_PRIVATE), -1, 0);
      munmap(apart + 4096, 4096);
    }
    close(fd);
    strcat(path, part);
    CHECK(!mkdir(path, 0700));
  }
  check_all();
  CHECK(n_long > 10 && n_offsets > 20);
  n_long = 0;
  CHECK(refuse_queries() && ioctl(0, 0) == -1 && errno == ENOTTY);
  check_all();
  CHECK(n_long > 10);
  return check_failed;
}
