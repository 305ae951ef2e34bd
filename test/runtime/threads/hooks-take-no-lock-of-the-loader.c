// A constructor or destructor of a library may wait for a thread that calls what is hooked, each for the first time.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -pthread -rdynamic %s -o %t
// RUN: timeout 60 %t %t.so && timeout 60 %t %t.so end
// RUN: %allocs-cc -O2 -pthread -rdynamic -no-pie %s -o %t-o && timeout 60 %t-o %t.so && timeout 60 %t-o %t.so end
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

#ifdef LIBRARY
extern void (*at_begin)(void), (*at_end)(void);
void (*at_begin)(void), (*at_end)(void);
__attribute__((constructor)) static void begin(void) {
  void (**from_program)(void) = dlsym(RTLD_DEFAULT, "wait_in_constructor");
  if (from_program && *from_program)
    (*from_program)();
}
__attribute__((destructor)) static void end(void) {
  if (at_end)
    at_end();
}
#else
static void *nothing(void *arg) { return arg; }
static int nothing_either(void *arg) { return arg != NULL; }

// Each in a thread of its own, so that each is the first to be called. To look one up takes the lock.
static void call_pthread_create(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, nothing, NULL);
  pthread_join(thread, NULL);
}
static void call_thrd_create(void) {
  thrd_t thread;
  thrd_create(&thread, nothing_either, NULL);
  thrd_join(thread, NULL);
}
static void call_sigaltstack(void) {
  static char room[1 << 14];
  stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
  sigaltstack(&stack, NULL);
  pid_t child = _Fork(); // where only the forking thread is left, and whoever holds a lock is gone
  if (!child)
    _exit(sigaltstack(&stack, NULL));
  waitpid(child, NULL, 0);
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, NULL);
}
static void call_break(void) {
  void *now = sbrk(16);
  brk(now);
}
static void call_mmap(void) {
  void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  at = mremap(at, 4096, 8192, MREMAP_MAYMOVE);
  munmap(at, 8192);
  int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  at = shmat(id, NULL, 0);
  shmctl(id, IPC_RMID, NULL);
  shmdt(at);
}
static void call_malloc(void) {
  void *volatile blocks[] = {malloc(10),         calloc(2, 10),     memalign(64, 10),  aligned_alloc(64, 64), valloc(10),
                             pvalloc(10),        realloc(NULL, 10), strdup("text"),    strndup("text", 2),    NULL,
                             reallocarray(NULL, 2, 10)};
  if (posix_memalign((void **)&blocks[9], 64, 10))
    abort();
  malloc_usable_size(blocks[0]);
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
    free(blocks[i]);
}

static void (*const calls[])(void) = {call_pthread_create, call_thrd_create, call_sigaltstack,
                                      call_break,          call_mmap,        call_malloc};
static size_t n_done;
static void *call(void *at) {
  (*(void (*const *)(void))at)();
  n_done++;
  return NULL;
}

static void wait_for_all(void) {
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, call, (void *)&calls[i]);
    pthread_join(thread, NULL);
  }
}

void (*wait_in_constructor)(void);

int main(int argc, char **argv) {
  void *self = dlopen(NULL, RTLD_NOW);
  if (argc == 2)
    wait_in_constructor = wait_for_all;
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
  if (argc == 3)
    *(void (**)(void))dlsym(library, "at_end") = wait_for_all;
  dlclose(library);
  printf("%zu of %zu\n", n_done, sizeof calls / sizeof *calls);
  return !(self && n_done == sizeof calls / sizeof *calls);
}
#endif
