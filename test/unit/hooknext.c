// What is beneath a hook is the next definition in the process, but for a preloaded runtime, known by its note, which tells what is beneath itself; a library that has none is not looked into again, what is not there is not looked for, and errno is kept.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s -o %t && %t

#define _GNU_SOURCE
#include <dlfcn.h>
#define dlsym(handle, name) look_up(handle, name)
static void *look_up(void *handle, const char *name);
#include "doors/hook_next.c"
#include <unistd.h>
#include "check.h"

static int n_looked_up, n_beneath;
static bool is_preloaded, has_any = true;
static char next, beneath_that;
static void *beneath_it(const char *name) { return n_beneath++, strcmp(name, "malloc") ? NULL : &beneath_that; }
static void *look_up(void *handle, const char *name) {
  CHECK(handle == RTLD_NEXT), n_looked_up++, errno = 5;
  if (!strcmp(name, "__allocs_preload_beneath")) {
    CHECK(is_preloaded);
    return (void *)beneath_it;
  }
  return has_any ? &next : NULL;
}
static int n_looked_into;
bool allocs_os_find_loaded(uintptr_t address, struct allocs_os_image *ret) {
  return ret->handle = &next, address == (uintptr_t)&next;
}
bool allocs_os_find_image(uintptr_t address, struct allocs_os_image *ret) {
  return ret->bias = 99, allocs_os_find_loaded(address, ret);
}
bool allocs_image_each_note(const struct allocs_os_image *os, allocs_note_fn *fn, void *arg) {
  (void)fn, (void)arg;
  return n_looked_into++, CHECK(os->bias == 99), is_preloaded;
}
bool allocs_notes_is_root(const struct allocs_elf_note *note) { return note != NULL; }

int main(int argc, char **argv) {
  void *known = NULL;
  is_preloaded = argc > 1; /* each process finds out once */
  errno = 7, has_any = false, CHECK(!allocs_hook_next_find(&known, "none") && !known && errno == 7 && n_looked_up == 1), has_any = true;
  n_looked_up = n_beneath = 0, CHECK(allocs_hook_next_find(&known, "malloc") == (is_preloaded ? &beneath_that : &next) && errno == 7);
  CHECK(known == (is_preloaded ? &beneath_that : &next) && n_looked_up == 1 + is_preloaded && n_beneath == is_preloaded);
  n_looked_up = n_beneath = 0, CHECK(allocs_hook_next_find(&known, "malloc") == known && !n_looked_up && !n_beneath);
  CHECK(allocs_hook_next_symbol("malloc") == known && n_looked_up == !is_preloaded && n_beneath == is_preloaded);
  CHECK(n_looked_into == 1);
  if (!is_preloaded)
    execl(argv[0], argv[0], "preloaded", NULL), CHECK(!"started again");
  return check_failed;
}
