// A call that ends the process, or puts another program in its place, prints the census before it where that is asked for and can come true, and is passed on as it is, with its arguments and errno.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s -o %t && %t

#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>
/* The kernel is this one: what can be run is called so. */
#define ALLOCS_OS_KERNEL_H
static long kernel(long call, long a, long b, long c, long d, long e, long f);
#include "doors/hook_next_end.c"
#include "check.h"

#include <setjmp.h>
#include <sys/mman.h>

static char log[3000]; /* what is done, in order */
#define LOG(...) sprintf(log + strlen(log), __VA_ARGS__)
static struct allocs_options options;
static bool is_short;
static int n_maps, n_found;
static char *own_environment[] = {"own", NULL}, *given[] = {"given", NULL}, *vector[] = {"a", "b", NULL};

static long kernel(long call, long a, long b, long c, long d, long e, long f) {
  CHECK(call == SYS_faccessat && c == X_OK && !d && !e && !f), LOG("can %ld %s ", a, (const char *)b), errno = 99;
  return strstr((const char *)b, "run") ? 0 : -ENOENT;
}
const struct allocs_options *allocs_options(void) { return &options; }
void allocs_census_print(bool is_last) { LOG(is_last ? "last " : "census "), errno = 98; }
void *allocs_os_map(size_t size) { return CHECK(size == (FEW + 1) * sizeof(char *)), n_maps += !is_short, is_short ? NULL : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
void allocs_os_unmap(void *begin, size_t size) { CHECK(size == (FEW + 1) * sizeof(char *)), n_maps--, munmap(begin, 4096); }
static void put_all(char *const *all) {
  for (; all && *all; all++)
    LOG("%s,", *all);
  LOG(" ");
}
static jmp_buf back; /* from what does not return */
static void do_end(int status) { LOG("end %d ", status), longjmp(back, 1); }
#define END(call) (setjmp(back) ? (void)0 : call)
static int do_execve(const char *path, char *const *args, char *const *environment) { return LOG("execve %s ", path), put_all(args), put_all(environment), errno = 5, -1; }
static int do_execv(const char *path, char *const *args) { return LOG("execv %s ", path), put_all(args), errno == 7 ? 0 : -1; }
static int do_execvp(const char *path, char *const *args) { return LOG("execvp %s ", path), put_all(args), errno == 7 ? 0 : -1; }
static int do_execvpe(const char *path, char *const *args, char *const *environment) { return LOG("execvpe %s ", path), put_all(args), put_all(environment), -1; }
static int do_fexecve(int fd, char *const *args, char *const *environment) { return LOG("fexecve %d ", fd), put_all(args), put_all(environment), -1; }
static int do_execveat(int folder, const char *path, char *const *args, char *const *environment, int flags) { return LOG("execveat %d %s %d ", folder, path, flags), put_all(args), put_all(environment), -1; }
void *allocs_hook_next_find(void **known, const char *name) {
  static const struct { const char *name; void *fn; } all[] = {{"execve", (void *)do_execve}, {"execv", (void *)do_execv}, {"execvp", (void *)do_execvp}, {"execvpe", (void *)do_execvpe}, {"fexecve", (void *)do_fexecve}, {"execveat", (void *)do_execveat}};
  n_found++;
  for (int i = 0; i < 6; i++)
    if (!strcmp(all[i].name, name))
      return *known = all[i].fn;
  return *known = (void *)do_end;
}
static void did(const char *wanted) { CHECK_STRING(log, wanted), log[0] = 0; }

static void ends(void) {
  END(hook__exit(1)), END(hook__Exit(2)), END(hook_quick_exit(3)), did("end 1 end 2 end 3 "), options.census = true, errno = 7;
  END(hook__exit(1)), END(hook__Exit(2)), END(hook_quick_exit(3)), did("last end 1 last end 2 last end 3 "), CHECK(errno == 7), options.census = false;
}

static void replaces(void) {
  for (int i = 0; i < 2; i++) {
    options.census = i, errno = 7;
    CHECK(!hook_execv("/run", vector) && errno == 7), did(i ? "can -100 /run census execv /run a,b, " : "execv /run a,b, "), hook_execv("/no", vector), did(i ? "can -100 /no execv /no a,b, " : "execv /no a,b, ");
    errno = 7, CHECK(!hook_execvp("/run", vector)), did(i ? "can -100 /run census execvp /run a,b, " : "execvp /run a,b, "), hook_execvp("no", vector), did(i ? "census execvp no a,b, " : "execvp no a,b, ");
    hook_execvp("a/no", vector), did(i ? "can -100 a/no execvp a/no a,b, " : "execvp a/no a,b, "), hook_execvp("", vector), did(i ? "census execvp  a,b, " : "execvp  a,b, ");
    hook_execvpe("x/run", vector, given), did(i ? "can -100 x/run census execvpe x/run a,b, given, " : "execvpe x/run a,b, given, "), hook_execvpe("no", vector, given), did(i ? "census execvpe no a,b, given, " : "execvpe no a,b, given, ");
    CHECK(hook_execve("/run", vector, given) == -1 && errno == 5), did(i ? "can -100 /run census execve /run a,b, given, " : "execve /run a,b, given, "), hook_fexecve(8, vector, given), did(i ? "census fexecve 8 a,b, given, " : "fexecve 8 a,b, given, ");
    hook_execveat(8, "run", vector, given, 9), did(i ? "can 8 run census execveat 8 run 9 a,b, given, " : "execveat 8 run 9 a,b, given, "), hook_execveat(8, "no", vector, given, 9), did(i ? "can 8 no execveat 8 no 9 a,b, given, " : "execveat 8 no 9 a,b, given, ");
    hook_execveat(8, "", vector, given, 9), did(i ? "census execveat 8  9 a,b, given, " : "execveat 8  9 a,b, given, ");
  }
  options.census = false;
}

#define EIGHT "1", "2", "3", "4", "5", "6", "7", "8"
#define MANY EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, "1", "2", "3", "4", "5", "6", "7"
static void lists(void) {
  environ = own_environment;
  hook_execl("/run", "a", "b", NULL), did("execve /run a,b, own, "), hook_execle("/run", "a", "b", NULL, given), did("execve /run a,b, given, "), hook_execlp("run", "a", "b", NULL), did("execvpe run a,b, own, ");
  hook_execl("/run", NULL), did("execve /run  own, "), hook_execle("/run", NULL, given), did("execve /run  given, ");
  CHECK(hook_execle("/run", MANY, NULL, given) == -1 && strstr(log, ",6,7, given, ") && !n_maps), log[0] = 0; /* the most that need no memory */
  CHECK(hook_execle("/run", MANY, "last", NULL, given) == -1 && strstr(log, ",7,last, given, ") && !n_maps), log[0] = 0, is_short = true, errno = 7;
  CHECK(hook_execle("/run", MANY, "last", NULL, given) == -1 && errno == ENOMEM), did("");
}

int main(void) {
  n_found = 0, allocs_hook_next_end_start(), CHECK(n_found == 12 && (void *)real.execve == (void *)do_execve && (void *)real._exit == (void *)do_end && (void *)real.execlp == (void *)do_end);
  ends();
  replaces();
  lists();
  return check_failed;
}
