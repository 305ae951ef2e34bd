/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Hooks of the calls that end a process, or put another program in its place, without running destructors: where a
   census is to be printed at exit, it is printed before them. Else they are passed on as they are.

   Whether a program can be run is looked at before, as far as that is one question: shells try the folders of PATH in
   turn. If the call fails all the same, the census comes once more in the end. */

#define _GNU_SOURCE
#include "answers/census.h"
#include "doors/hook_next.h"
#include "doors/hooks.h"
#include "ground/options.h"
#include "os/os.h"
#include "os/os_kernel.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

extern char **environ __attribute__((weak));

static struct {
#define ALLOCS_ENDS(name, ...) __typeof__(&name) name;
#include "allocs/hooked.def"
} real;

#define REAL(name) (*(__typeof__(&name))allocs_hook_next_find((void **)&real.name, #name))

static bool is_asked(void) { return ALLOCS_UNLIKELY(allocs_options()->census); }

static void end(void) {
  int saved = errno;
  if (is_asked())
    allocs_census_print(true);
  errno = saved;
}

static bool is_path(const char *file) {
  while (*file && *file != '/')
    file++;
  return *file;
}

/* NULL: one that the call itself looks for. */
static void replace(int folder, const char *path) {
  int saved = errno;
  if (is_asked() && (!path || !kernel(SYS_faccessat, folder, (long)path, X_OK, 0, 0, 0)))
    allocs_census_print(false);
  errno = saved;
}

static void hook__exit(int status) {
  end();
  REAL(_exit)(status);
}

static void hook__Exit(int status) {
  end();
  REAL(_Exit)(status);
}

static void hook_quick_exit(int status) {
  end();
  REAL(quick_exit)(status);
}

static int hook_execve(const char *path, char *const *args, char *const *environment) {
  replace(AT_FDCWD, path);
  return REAL(execve)(path, args, environment);
}

static int hook_execv(const char *path, char *const *args) {
  replace(AT_FDCWD, path);
  return REAL(execv)(path, args);
}

static int hook_execvp(const char *file, char *const *args) {
  replace(AT_FDCWD, is_path(file) ? file : NULL);
  return REAL(execvp)(file, args);
}

static int hook_execvpe(const char *file, char *const *args, char *const *environment) {
  replace(AT_FDCWD, is_path(file) ? file : NULL);
  return REAL(execvpe)(file, args, environment);
}

static int hook_fexecve(int fd, char *const *args, char *const *environment) {
  replace(AT_FDCWD, NULL);
  return REAL(fexecve)(fd, args, environment);
}

static int hook_execveat(int folder, const char *path, char *const *args, char *const *environment, int flags) {
  replace(folder, *path ? path : NULL);
  return REAL(execveat)(folder, path, args, environment, flags);
}

/* Those with a list of arguments become those with a vector. */
enum { FEW = 64 };
typedef int run_fn(const char *path, char *const *args, char *const *environment);

static size_t count_arguments(const char *first, va_list list) {
  size_t n = 0;
  for (const char *at = first; at; at = va_arg(list, const char *))
    n++;
  return n;
}

/* The environment, if it is in the list, is behind the NULL at its end. */
static int run_list(run_fn *run, const char *path, const char *first, va_list *list, bool has_environment) {
  va_list counted;
  char *few[FEW];
  va_copy(counted, *list);
  size_t n = count_arguments(first, counted), size = (n + 1) * sizeof *few;
  va_end(counted);
  char **args = n < FEW ? few : allocs_os_map(size);
  if (!args) {
    errno = ENOMEM;
    return -1;
  }
  args[0] = (char *)(uintptr_t)first;
  for (size_t i = 1; i <= n; i++)
    args[i] = va_arg(*list, char *);
  int result = run(path, args, has_environment ? va_arg(*list, char **) : environ);
  if (args != few)
    allocs_os_unmap(args, size);
  return result;
}

static int hook_execl(const char *path, const char *first, ...) {
  va_list list;
  va_start(list, first);
  int result = run_list(hook_execve, path, first, &list, false);
  va_end(list);
  return result;
}

static int hook_execle(const char *path, const char *first, ...) {
  va_list list;
  va_start(list, first);
  int result = run_list(hook_execve, path, first, &list, true);
  va_end(list);
  return result;
}

static int hook_execlp(const char *file, const char *first, ...) {
  va_list list;
  va_start(list, first);
  int result = run_list(hook_execvpe, file, first, &list, false);
  va_end(list);
  return result;
}

#define ALLOCS_ENDS(name, ...) ALLOCS_HOOK_PUBLIC(name)
#include "allocs/hooked.def"

void allocs_hook_next_end_start(void) {
#define ALLOCS_ENDS(name, ...) (void)REAL(name);
#include "allocs/hooked.def"
}
