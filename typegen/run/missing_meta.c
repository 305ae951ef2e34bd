/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Meta files that are missing: made by typegen into the user's cache, of what has debug information, in the file or
   under its build ID in /usr/lib/debug. They are complete when they get their names. Where typegen fails, an empty
   file keeps others from trying again. Nothing is said: the program can do without. */

#include "run/missing_meta.h"
#include "run/environment.h"
#include "run/run_file.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static struct allocs_meta_places places_of(const char *image) {
  return (struct allocs_meta_places){image, getenv("ALLOCS_META_PATH"), getenv("XDG_CACHE_HOME"), getenv("HOME")};
}

static bool is_made(const struct allocs_meta_places *places, const struct allocs_build_id *id) {
  struct allocs_meta_path it = {.step = 0};
  while (allocs_meta_paths_next(places, id, &it))
    if (!access(it.path, F_OK))
      return true;
  return false;
}

/* Another place where files are found by build ID, with other ends. */
static bool has_debug_file(const struct allocs_build_id *id) {
  char path[64 + 2 * ALLOCS_BUILD_ID_LONGEST], *at = path;
  at += sprintf(at, "/usr/lib/debug/.build-id/%02x/", id->bytes[0]);
  for (size_t i = 1; i < id->size; i++)
    at += sprintf(at, "%02x", id->bytes[i]);
  strcpy(at, ".debug");
  return !access(path, R_OK);
}

static bool make_folders(char *path) {
  for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
    *at = 0;
    bool ok = !mkdir(path, 0755) || errno == EEXIST;
    *at = '/';
    if (!ok)
      return false;
  }
  return true;
}

/* Runs it without input, and output to `out`, or nowhere if that is -1; true if it ends with 0. *ret_pid is for who
   reads its output first. */
static bool start(const char *path, char *const *args, int out, pid_t *ret_pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  if (out < 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  else
    posix_spawn_file_actions_adddup2(&actions, out, 1);
  bool ok = !posix_spawn(ret_pid, path, &actions, NULL, args, environ);
  posix_spawn_file_actions_destroy(&actions);
  return ok;
}

/* The exit status; -1 if it was ended otherwise. */
static int end(pid_t pid) {
  int status;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void make(const char *typegen, const char *file, const char *path) {
  char draft[ALLOCS_META_PATH_SIZE + 32], output[] = "-o";
  pid_t pid;
  snprintf(draft, sizeof draft, "%s.%ld", path, (long)getpid());
  char *const args[] = {(char *)(uintptr_t)typegen, output, draft, (char *)(uintptr_t)file, NULL};
  int status = start(typegen, args, -1, &pid) ? end(pid) : -1;
  if (status > 0)
    close(open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (status < 0 || chmod(draft, 0644) || rename(draft, path))
    unlink(draft);
}

static void make_of(const char *typegen, const char *path) {
  unsigned char room[ALLOCS_BUILD_ID_LONGEST];
  struct allocs_run_file file;
  struct allocs_build_id id;
  struct allocs_meta_path cached = {.step = 0};
  if (!allocs_run_file_open(path, &file))
    return;
  struct allocs_meta_places places = places_of(path);
  if (allocs_run_file_build_id(&file, room, &id) && !is_made(&places, &id) &&
      !allocs_run_file_has_section(&file, ".note.allocs") &&
      (allocs_run_file_has_section(&file, ".debug_info") || has_debug_file(&id)) &&
      allocs_meta_paths_cached(&places, &id, &cached) && make_folders(cached.path))
    make(typegen, path, cached.path);
  allocs_run_file_close(&file);
}

/* Lines as the dynamic linker lists what it would load: "name => path (address)", or "path (address)". */
static void make_of_libraries(const char *typegen, FILE *list) {
  char line[2 * PATH_MAX];
  while (fgets(line, sizeof line, list)) {
    char *path = strchr(line, '/'), *arrow = strstr(line, " => "), *address = strrchr(line, '(');
    if (arrow)
      path = arrow + 4;
    if (!path || *path != '/' || !address || address <= path || address[-1] != ' ')
      continue;
    address[-1] = 0;
    make_of(typegen, path);
  }
}

void allocs_run_make_meta(const struct allocs_run_program *program) {
  char typegen[PATH_MAX], list[] = "--list", *path = (char *)(uintptr_t)program->path;
  char *const args[] = {(char *)(uintptr_t)program->interpreter, list, path, NULL};
  int ends[2];
  pid_t pid;
  if (!program->interpreter[0] || program->is_secure || !allocs_run_beside("typegen", typegen) ||
      pipe2(ends, O_CLOEXEC))
    return;
  make_of(typegen, path);
  bool ok = start(program->interpreter, args, ends[1], &pid);
  close(ends[1]);
  FILE *lines = ok ? fdopen(ends[0], "r") : NULL;
  if (lines) {
    make_of_libraries(typegen, lines);
    fclose(lines);
  } else {
    close(ends[0]);
  }
  if (ok)
    end(pid);
}
