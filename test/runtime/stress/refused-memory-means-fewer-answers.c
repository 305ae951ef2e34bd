// When any request of the runtime for memory is refused, or all from it on, the program runs and no answer is wrong.
// RUN: %allocs-cc -O2 -fPIC -shared %S/Inputs/library.c -o %t.so
// RUN: %allocs-cc -O2 -pthread -Wl,--wrap=allocs_os_map %s -o %t && %t %t.so
#include <allocs.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NEVER_REACHED = 7 };
struct item { long a; struct item *next; char text[8]; };
static struct item a_static;
static int requests, failures, asked, told;

void *__real_allocs_os_map(size_t size);
void *__wrap_allocs_os_map(size_t size) {
  const char *which = getenv("REFUSED");
  int n = which ? atoi(which) : 0, here = __atomic_add_fetch(&requests, 1, __ATOMIC_RELAXED);
  return here == n || (n < 0 && here >= -n) ? NULL : __real_allocs_os_map(size);
}

/* What is told must be so; that nothing, or only what is around it, is told, may be. */
static void check(const char *kind, const void *base, size_t size, const struct uniqtype *type) {
  const char *p = (const char *)base + size / 2;
  struct alloc_info info;
  char buf[200];
  asked++;
  if (alloc_get_info(p, &info) != ALLOC_OK)
    return;
  int is_kind = !strcmp(info.allocator->name, kind), is_mapping = !strcmp(info.allocator->name, "mmap");
  int is_exact = info.base == base && info.size == size;
  int holds = p >= (char *)info.base && p < (char *)info.base + info.size;
  int is_type = info.type == type || !type || !info.type ||
                (UNIQTYPE_IS_ARRAY_TYPE(info.type) && UNIQTYPE_SIZE_IN_BYTES(UNIQTYPE_ARRAY_ELEMENT_TYPE(info.type)) == 1);
  told += is_kind && is_exact && info.type && (info.type == type || !type);
  if (!holds || (is_kind && !is_mapping && (!is_exact || !is_type))) {
    printf("wrong: %s\n", alloc_describe(p, buf, sizeof buf));
    failures++;
  }
  failures += !*alloc_describe(p, buf, sizeof buf); /* if nothing else, that memory is short */
}

static void *in_thread(void *arg) {
  check("static", &a_static, sizeof a_static, alloc_typeof(struct item));
  return arg;
}

static int see(const struct alloc_pos *pos, void *arg) {
  ++*(int *)arg;
  return pos->base ? ALLOC_WALK_ON : ALLOC_WALK_STOP;
}

static int run(const char *library) {
  struct item local, *items = malloc(10 * sizeof *items), *big = malloc(100000 * sizeof *big);
  char *mapping = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void *handle = dlopen(library, RTLD_NOW), *(*first)(void);
  *(void **)&first = dlsym(handle, "shared_first");
  struct alloc_pos chain[32];
  pthread_t thread;
  int n = 0;
  struct item *volatile escaped = &local;
  for (int round = 0; round < 3; round++) {
    items = realloc(items, (size_t)(round + 5) * sizeof *items);
    check("__default_lib_malloc", items, (size_t)(round + 5) * sizeof *items,
          uniqtype_array(alloc_typeof(struct item), (unsigned)round + 5));
    check("__default_lib_malloc", big, 100000 * sizeof *big, NULL);
    check("static", &a_static, sizeof a_static, alloc_typeof(struct item));
    check("static", first(), 16, NULL);
    check("mmap", mapping, 8192, NULL);
    alloc_get_innermost_type(escaped);
    uniqtype_by_name("item");
    alloc_get_chain(&big[5], chain, 32);
    for (unsigned i = 0; i < 5000; i++)
      uniqtype_array(alloc_typeof(struct item), i);
  }
  alloc_walk_tree(NULL, &(struct alloc_walk_options){.allocations_only = 1}, see, &n);
  if (!pthread_create(&thread, NULL, in_thread, NULL))
    pthread_join(thread, NULL);
  memset(big, 1, 100000 * sizeof *big);
  dlclose(handle);
  munmap(mapping, 8192);
  free(big);
  free(items);
  const char *which = getenv("REFUSED");
  if (abs(atoi(which)) <= requests)
    return failures != 0;
  return failures || asked != 16 || told != asked ? 1 : NEVER_REACHED; /* all is told where nothing was refused */
}

/* The exit status of this program with the request refused. */
static int outcome(char **argv, int which) {
  char text[12];
  int status = -1;
  snprintf(text, sizeof text, "%d", which);
  setenv("REFUSED", text, 1);
  pid_t child = fork();
  if (!child) {
    execv("/proc/self/exe", argv);
    _exit(1);
  }
  waitpid(child, &status, 0);
  if (status && !(WIFEXITED(status) && WEXITSTATUS(status) == NEVER_REACHED))
    printf("request %d refused: status %#x\n", which, status);
  return status;
}

int main(int argc, char **argv) {
  int bad = 0, n = 1, never = 0;
  if (argc < 2)
    return 1;
  if (getenv("REFUSED"))
    return run(argv[1]);
  for (; n < 500 && !never; n++)
    for (int sign = 1; sign >= -1; sign -= 2) {
      int status = outcome(argv, sign * n);
      never |= WIFEXITED(status) && WEXITSTATUS(status) == NEVER_REACHED && sign > 0;
      bad += status && !(WIFEXITED(status) && WEXITSTATUS(status) == NEVER_REACHED);
    }
  printf("%d requests refused in turn, %d bad\n", n - 2, bad);
  return bad || n < 10;
}
