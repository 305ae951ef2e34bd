// Whatever page of a library is made unreadable, unmapped or replaced, no query crashes; what is readable again answers as before.
// RUN: %allocs-cc -g -DLIBRARY -fPIC -shared %s -o %t.so && cp %t.so %t.2.so
// RUN: env ALLOCS_RUNTIME=%allocs-rt %allocs-cc -O1 %s -o %t && %t %t.so %t.2.so protect && %t %t.so %t.2.so unmap && %t %t.so %t.2.so replace && %t %t.so %t.2.so move
#define _GNU_SOURCE
#include <allocs.h>
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef LIBRARY
struct node {
  struct node *next;
  char text[20];
};
struct node variable = {.text = "text"};
const struct node constant[100] = {{.text = "more"}};
const char *literal = "a literal of the library";
_Thread_local struct node local;
void *allocate(void) {
  local.next = malloc(sizeof(struct node));
  return local.next;
}
void call(void (*fn)(void *)) {
  struct node on_stack = {0};
  fn(&on_stack);
}
#else
enum { MOST = 1000, PAGE = 4096 };

static struct {
  uintptr_t begin, end;
  struct {
    uintptr_t begin, end;
    int protection;
  } segments[16];
  int n;
} loaded;
static int find_segments(struct dl_phdr_info *info, size_t size, void *path) {
  (void)size;
  if (strcmp(info->dlpi_name, path))
    return 0;
  loaded.n = 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    if (p->p_type != PT_LOAD)
      continue;
    uintptr_t begin = (info->dlpi_addr + p->p_vaddr) & -(uintptr_t)PAGE;
    loaded.segments[loaded.n].begin = begin;
    loaded.segments[loaded.n].end = (info->dlpi_addr + p->p_vaddr + p->p_memsz + PAGE - 1) & -(uintptr_t)PAGE;
    loaded.segments[loaded.n].protection =
        (p->p_flags & PF_R ? PROT_READ : 0) | (p->p_flags & PF_W ? PROT_WRITE : 0) | (p->p_flags & PF_X ? PROT_EXEC : 0);
    loaded.begin = loaded.n++ ? loaded.begin : begin;
    loaded.end = loaded.segments[loaded.n - 1].end;
  }
  return 1;
}

// All that is told of all that the library has to do with; what is asked about first is asked first.
static const void *asked[40];
static int n_asked;
static char answers[2][40][400];
static int count(const struct alloc_pos *pos, void *arg) {
  (void)pos;
  ++*(int *)arg;
  return ALLOC_WALK_ON;
}
static void ask_all(char (*texts)[400]) {
  for (int i = 0; i < n_asked; i++) {
    struct alloc_pos chain[16];
    struct alloc_site_info site;
    struct alloc_mapping mapping;
    struct alloc_array array;
    if (texts)
      alloc_describe(asked[i], texts[i], sizeof texts[i]);
    else
      alloc_describe(asked[i], (char[400]){0}, 400);
    alloc_get_chain(asked[i], chain, 16);
    alloc_get_site_info(asked[i], &site);
    alloc_get_inner_type(asked[i], 0);
    alloc_get_mapping(asked[i], &mapping);
    alloc_get_array(asked[i], &array);
    alloc_get_name(asked[i], (char[100]){0}, 100);
  }
  uniqtype_by_name("struct node");
}
static char (*texts_of_call)[400];
static void ask_on_stack(void *local) {
  asked[n_asked++] = local;
  ask_all(texts_of_call);
  n_asked--;
}
static void walk(void) {
  int n = 0;
  struct alloc_pos root;
  if (!alloc_get_chain((void *)loaded.begin, &root, 1))
    return;
  alloc_walk(&root, count, &n);
}

static void (*call)(void (*)(void *));
static void open_library(const char *path, int ask) {
  void *library = dlopen(path, RTLD_NOW);
  dl_iterate_phdr(find_segments, (void *)path);
  *(void **)&call = dlsym(library, "call");
  void *(*allocate)(void) = NULL;
  *(void **)&allocate = dlsym(library, "allocate");
  n_asked = 0;
  asked[n_asked++] = allocate();
  asked[n_asked++] = dlsym(library, "variable");
  asked[n_asked++] = *(char **)dlsym(library, "literal");
  asked[n_asked++] = dlsym(library, "constant");
  asked[n_asked++] = dlsym(library, "local");
  asked[n_asked++] = dlsym(library, "allocate");
  for (uintptr_t at = loaded.begin; at < loaded.end && n_asked < 30; at += PAGE)
    asked[n_asked++] = (void *)(at + 8);
  asked[n_asked++] = (void *)(loaded.end - 1);
  asked[n_asked++] = stdout;
  asked[n_asked++] = (void *)open_library;
  if (ask) {
    texts_of_call = answers[0];
    call(ask_on_stack);
    texts_of_call = NULL;
  }
}

// Pages with what the program itself needs to go on, as any caller of the library would.
static int is_needed(uintptr_t page) { return page == ((uintptr_t)call & -(uintptr_t)PAGE); }

static int protect(void) {
  int bad = 0, n_changed = 0;
  for (int i = 0; i < loaded.n; i++)
    for (uintptr_t at = loaded.segments[i].begin; at < loaded.segments[i].end; at += PAGE) {
      if (mprotect((void *)at, PAGE, PROT_NONE))
        return 1;
      ask_all(NULL);
      walk();
      if (!is_needed(at) && !(loaded.segments[i].protection & PROT_WRITE))
        call(ask_on_stack);
      alloc_describe(asked[1], answers[1][1], 400);
      n_changed += strcmp(answers[0][1], answers[1][1]) != 0;
      if (mprotect((void *)at, PAGE, loaded.segments[i].protection))
        return 1;
      texts_of_call = answers[1];
      call(ask_on_stack);
      for (int j = 0; j <= n_asked; j++)
        if (strcmp(answers[0][j], answers[1][j]))
          bad = printf("page %#lx, %d: %s, then %s\n", at - loaded.begin, j, answers[0][j], answers[1][j]);
      texts_of_call = NULL;
    }
  if (!n_changed)
    bad = printf("no page mattered\n");
  return bad != 0;
}

static void take(uintptr_t at, size_t size, char how) {
  static char *else_where = (char *)0x200000000000;
  if (how == 'u')
    munmap((void *)at, size);
  else if (how == 'r')
    memset(mmap((void *)at, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), 0x5a, size);
  else
    mremap((void *)at, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, else_where);
}

// In a child of its own for each: what is gone stays gone.
static int gone(char how) {
  int bad = 0;
  for (int i = 0; i < loaded.n; i++)
    for (uintptr_t at = loaded.segments[i].begin; at <= loaded.segments[i].end; at += PAGE) {
      int all = at == loaded.segments[i].end, status;
      if (!fork()) {
        take(all ? loaded.segments[i].begin : at, all ? at - loaded.segments[i].begin : PAGE, how);
        ask_all(NULL);
        walk();
        _exit(0);
      }
      if (wait(&status) < 0 || status)
        bad = printf("%c: page %#lx%s: status %d\n", how, at - loaded.begin, all ? ", all" : "", status);
    }
  return bad != 0;
}

int main(int argc, char **argv) {
  int bad;
  (void)argc;
  open_library(argv[1], 1);
  bad = *argv[3] == 'p' ? protect() : gone(*argv[3]);
  open_library(argv[2], 0); // of which nobody has asked anything
  if (*argv[3] != 'p')
    bad |= gone(*argv[3]);
  take(loaded.begin, loaded.end - loaded.begin, *argv[3] == 'p' ? 'u' : *argv[3]);
  ask_all(NULL);
  fflush(stdout);
  _exit(bad); // its destructors have gone
}
#endif
