// Files are opened only if they are files with bytes, read to the last byte however the kernel hands it out, and closed again.
// RUN: %cc -O1 -Wall -Wextra -Werror -iquote %src/runtime %s -o %t && %t

/* The kernel is this one, which answers as it is told and notes what it is asked. */
#define ALLOCS_OS_KERNEL_H
#include "check.h"

#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static const char contents[] = "0123456789";
static struct stat status;
static long opened, fstat_result, answers[8];
static unsigned n_answers, n_closed, flags;

static long kernel(long call, long a, long b, long c, long d, long e, long f) {
  CHECK(call == SYS_pread64 && a == 105 && !e && !f && n_answers < 8);
  long n = answers[n_answers++];
  if (n > 0)
    memcpy((void *)b, contents + d, (size_t)(n < c ? n : c));
  return n < c ? n : c;
}
static long kernel3(long call, long a, long b, long c) {
  CHECK(a == opened && !c && (call == SYS_fstat || (call == SYS_close && !b)));
  n_closed += call == SYS_close;
  if (call == SYS_fstat)
    memcpy((void *)b, &status, sizeof status);
  return call == SYS_fstat ? fstat_result : 0;
}
/* What is open below stands out of the way of the program's. */
static int kernel_move_away(int fd) { return fd < 0 ? fd : fd + 100; }
static int kernel_open(const char *path, int how) {
  CHECK_STRING(path, "path");
  flags = (unsigned)how;
  return (int)(opened < 0 ? opened : opened - 100);
}

#include "os/os_files.c"

static bool opens(long fd, mode_t mode, long size, long result) {
  uint64_t got = 77;
  opened = fd, status.st_mode = mode, status.st_size = size, fstat_result = result, n_closed = 0;
  int answer = allocs_os_open("path", &got);
  CHECK(answer == (got == 77 ? -1 : fd) && (got == 77 || got == (uint64_t)size) && answer >= -1);
  CHECK(n_closed == (answer < 0 && fd >= 0)); /* what is of no use is not kept */
  CHECK(flags == (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  return answer >= 0;
}

/* What is read of 7 bytes from the third on, when the kernel answers so. */
static const char *read_by(long a, long b, long c) {
  static char got[12];
  memset(got, '.', sizeof got - 1);
  n_answers = 0, answers[0] = a, answers[1] = b, answers[2] = c, answers[3] = -EIO;
  return allocs_os_read_file(105, 2, got, 7) ? got : NULL;
}

int main(void) {
  CHECK(opens(105, S_IFREG | 0600, 10, 0) && opens(100, S_IFREG, 1, 0) && !opens(-1, S_IFREG, 1, 0));
  CHECK(!opens(-ENOENT, S_IFREG, 1, 0) && !opens(105, S_IFREG, 0, 0) && !opens(105, S_IFREG, -1, 0));
  CHECK(!opens(105, S_IFIFO, 10, 0) && !opens(105, S_IFDIR, 10, 0) && !opens(105, S_IFREG, 10, -EIO));
  CHECK_STRING(read_by(7, -EIO, 0), "2345678....");
  CHECK(n_answers == 1);
  CHECK_STRING(read_by(-EINTR, 3, 9), "2345678....");
  CHECK_STRING(read_by(1, 5, 1), "2345678....");
  CHECK_STRING(read_by(-EINTR, -EINTR, 7), "2345678....");
  CHECK(!read_by(3, 0, 4) && n_answers == 2 && !read_by(6, -EIO, 1) && n_answers == 2 && !read_by(0, 7, 0));
  n_answers = 0;
  CHECK(allocs_os_read_file(105, 2, NULL, 0) && !n_answers);
  n_closed = 0, allocs_os_close((int)opened);
  CHECK(n_closed == 1);
  return check_failed;
}
