// A census can be written to any descriptor, again and again, from any thread and signal handler, mallocs nothing, and says how it failed.
// RUN: %allocs-cc -O0 -Wall -Wextra -Werror -I%src/test/unit %s -pthread -Wl,--wrap=allocs_os_map -o %t && %t
// RUN: %allocs-cc -O2 -static -Wall -Wextra -Werror -I%src/test/unit %s -pthread -Wl,--wrap=allocs_os_map -o %t.static && %t.static

#include "check.h"
#include <allocs.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct item { long n; struct item *next; };
static int refused, status = -1;
static volatile int stop, out = -1;
static char text[1 << 16], before[1 << 16];

void *__real_allocs_os_map(size_t size);
void *__wrap_allocs_os_map(size_t size) { return __atomic_load_n(&refused, __ATOMIC_RELAXED) ? NULL : __real_allocs_os_map(size); }

static int file(void) {
  char name[] = "/tmp/census-XXXXXX";
  int fd = mkstemp(name);
  unlink(name);
  return fd;
}

/* What was written, from the begin of the file. */
static const char *read_back(int fd) {
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  text[n > 0 ? n : 0] = '\0';
  CHECK(n > 0 && text[n - 1] == '\n');
  return text;
}

static const char *take(int *ret) {
  int fd = file();
  errno = 77;
  *ret = alloc_census(fd);
  CHECK(errno == 77);
  read_back(fd);
  close(fd);
  return text;
}

/* Blocks and bytes of a type, by the line that ends with its name. */
static int has_row(const char *name, unsigned long blocks, unsigned long bytes) {
  char line[100], *at = text;
  unsigned long b, n;
  snprintf(line, sizeof line, "%%  %s\n", name);
  if (!(at = strstr(text, line)))
    return 0;
  while (at > text && at[-1] != '\n')
    at--;
  return sscanf(at, "%lu %lu", &b, &n) == 2 && b == blocks && n == bytes;
}

static void handle(int signal) { (void)signal, status = alloc_census(out); }

static void *churn(void *arg) {
  while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
    char *volatile p = malloc(50);
    free(p);
  }
  return arg;
}

static void *write_one(void *arg) { return (void *)(long)alloc_census(*(int *)arg); }

static void in_a_handler(void) {
  enum { STACK = 16 << 10 };
  char *pages = mmap(NULL, STACK + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(pages + 4096, STACK, PROT_READ | PROT_WRITE);
  stack_t stack = {.ss_sp = pages + 4096, .ss_size = STACK};
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
  CHECK(!sigaltstack(&stack, NULL) && !sigaction(SIGUSR1, &action, NULL));
  out = file();
  raise(SIGUSR1);
  read_back(out);
  CHECK(status == 0 && has_row("struct item", 3, 48) && has_row("struct item[]", 1, 16 * 16));
  CHECK(!sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL) && !munmap(pages, STACK + 8192));
}

static void among_threads(void) {
  pthread_t threads[3];
  void *result;
  int fd = file();
  pthread_create(&threads[0], NULL, churn, NULL);
  pthread_create(&threads[1], NULL, churn, NULL);
  for (int i = 0; i < 50; i++) {
    int n;
    take(&n);
    CHECK(n == 0 && has_row("struct item", 3, 48) && has_row("struct item[]", 1, 16 * 16));
  }
  CHECK(!pthread_create(&threads[2], NULL, write_one, &fd) && !pthread_join(threads[2], &result) && !result);
  read_back(fd);
  CHECK(has_row("struct item", 3, 48));
  stop = 1;
  pthread_join(threads[0], NULL), pthread_join(threads[1], NULL);
}

static void failures(void) {
  int ends[2], full = open("/dev/full", O_WRONLY);
  CHECK(alloc_census(-1) == EBADF && alloc_census(full) == ENOSPC);
  signal(SIGPIPE, SIG_IGN);
  CHECK(!pipe(ends) && !close(ends[0]) && alloc_census(ends[1]) == EPIPE);
}

int main(void) {
  struct item *volatile items[4];
  int first, second, short_of_memory, after;
  for (int i = 0; i < 3; i++)
    items[i] = malloc(sizeof(struct item));
  items[3] = calloc(16, sizeof(struct item));
  take(&first);
  CHECK(first == 0 && has_row("struct item", 3, 48) && has_row("struct item[]", 1, 16 * 16) && !strstr(text, "not complete"));
  strcpy(before, text);
  take(&second);
  CHECK(second == 0 && !strcmp(before, text)); /* nor is there a block more */
  __atomic_store_n(&refused, 1, __ATOMIC_RELAXED);
  take(&short_of_memory);
  __atomic_store_n(&refused, 0, __ATOMIC_RELAXED);
  CHECK(short_of_memory == ENOMEM && strstr(text, "not complete: no memory for it\n") && strstr(text, "typed: "));
  free(items[0]);
  take(&after);
  CHECK(after == 0 && has_row("struct item", 2, 32));
  items[0] = malloc(sizeof(struct item));
  failures();
  in_a_handler();
  among_threads();
  return check_failed;
}
