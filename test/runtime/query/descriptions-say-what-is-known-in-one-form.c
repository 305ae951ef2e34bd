// A description says what is known of each kind of memory in one form, leaves out what is not, and is cut where the buffer ends.
// RUN: %allocs-cc -O0 %s -o %t && %t > %t.out && %filecheck --match-full-lines --strict-whitespace %s < %t.out

#define _GNU_SOURCE
#include <alloca.h>
#include <allocs.h>
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

typedef unsigned short id_no;
typedef struct pair {
  char tag;
  long number;
  struct {
    id_no id, ids[3];
  };
  union {
    int i;
    float f;
  } value;
} pair_t;

static pair_t pairs[2], single;
static char twenty[] = "a", bytes[8];
static int (*const *nothing)(void);
static wchar_t *wide = L"wide";

static void say(const void *p) {
  char line[300], part[300];
  puts(alloc_describe(p, line, sizeof line));
  for (size_t n = 1; n <= strlen(line) + 1; n++) {
    memset(part, 'x', sizeof part);
    assert(alloc_describe(p, part, n) == part && strlen(part) == n - 1 && !memcmp(part, line, n - 1) && part[n] == 'x');
  }
}

static void *(*volatile any)(size_t) = malloc; static __attribute__((noinline)) void *hidden(int n) { return any((size_t)n); } /* no site */

__attribute__((noinline)) static void mappings(void) {
  int fd = open("/proc/self/exe", O_RDONLY);
  char *none = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *all = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *file = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  say(none); // CHECK:mapping without a name, without access, by mmap() in mappings() +0x0
  say(all + 4097); // CHECK-NEXT:mapping without a name, readable, writable, executable, by mmap() in mappings() +0x1001
  say(file + 16); // CHECK-NEXT:mapping {{.*}}.tmp (mmap), readable, by mmap() in mappings() +0x10
  assert(!alloc_set_type(all, uniqtype_array(alloc_typeof(long), 1024)));
  say(all + 8); // CHECK-NEXT:mapping long[1024] without a name, readable, writable, executable, by mmap() in mappings(), +8: [1] (long)
  say(all + 9); // CHECK-NEXT:mapping long[1024] without a name, readable, writable, executable, by mmap() in mappings(), +9: [1] (long)
  mprotect(all, 4096, PROT_READ);
  say(all); // CHECK-NEXT:mapping long[1024] without a name, readable, by mmap() in mappings(), +0: [0] (long)
}

__attribute__((noinline)) static void blocks(int n) {
  pair_t *block = malloc(2 * sizeof *block), *one = malloc(sizeof *one), *unknown = hidden(9);
  say(&block[1].ids[2]); // CHECK-NEXT:heap struct pair[2] from {{.*}}form.c:[[@LINE-1]] in blocks(), +54: [1].ids[2] (unsigned short)
  say(&block[1]); // CHECK-NEXT:heap struct pair[2] from {{.*}}form.c:[[@LINE-2]] in blocks(), +32: [1].tag (char)
  say(&block->tag + 1); // CHECK-NEXT:heap struct pair[2] from {{.*}}form.c:[[@LINE-3]] in blocks(), +1: [0] (padding of struct pair)
  say(&one->tag + 1); // CHECK-NEXT:heap pair_t from {{.*}}form.c:[[@LINE-4]] in blocks(), +1: padding of struct pair
  say((char *)unknown + 3); // CHECK-NEXT:heap __uninterpreted_byte[9] from code at 0x{{[0-9a-f]+}} in hidden(), +3
  char *dynamic = alloca((size_t)n);
  say(dynamic + 2); // CHECK-NEXT:alloca char[10] from {{.*}}form.c:[[@LINE-1]] in blocks(), +2: [2] (char)
  free(block);
  free(one);
  free(unknown);
}

__attribute__((noinline)) static void locals(int n) {
  pair_t local = {.tag = (char)n}, *p = &local;
  id_no plain = 1, *q = &plain;
  say(p); // CHECK-NEXT:local local in locals() at {{.*}}form.c:[[@LINE-3]]: pair_t, +0: .tag (char)
  say(&p->id); // CHECK-NEXT:local local in locals() at {{.*}}form.c:[[@LINE-4]]: pair_t, +16: .id (id_no)
  say(&p->tag + 3); // CHECK-NEXT:local local in locals() at {{.*}}form.c:[[@LINE-5]]: pair_t, +3: padding of struct pair
  say(q); // CHECK-NEXT:local plain in locals() at {{.*}}form.c:[[@LINE-6]]: id_no
  say((char *)q + 1); // CHECK-NEXT:local plain in locals() at {{.*}}form.c:[[@LINE-7]]: id_no, +1
}

static void statics(void) {
  say(&pairs[1].id); // CHECK-NEXT:static struct pair[2] pairs ({{.*}}form.c:[[@LINE-56]]), +48: [1].id (id_no)
  say(&single.value.i); // CHECK-NEXT:static pair_t single ({{.*}}form.c:[[@LINE-57]]), +24: .value (union {...})
  say(&single.tag + 1); // CHECK-NEXT:static pair_t single ({{.*}}form.c:[[@LINE-58]]), +1: padding of struct pair
  say(twenty); // CHECK-NEXT:static char[2] twenty ({{.*}}form.c:[[@LINE-58]]), +0: [0] (char)
  say(&nothing); // CHECK-NEXT:static int (**)(void) nothing ({{.*}}form.c:[[@LINE-58]]), +0
  say(wide + 1); // CHECK-NEXT:string literal int[5], +4: [1] (int)
  say("\001\x7f\\\"\n\t\xff"); // CHECK-NEXT:string literal char[8] "\001\177\\\"\n\t\377", +0: [0] (char)
  say("12345678901234567890"); // CHECK-NEXT:string literal char[21] "12345678901234567890", +0: [0] (char)
  say("123456789012345678901"); // CHECK-NEXT:string literal char[22] "12345678901234567890"..., +0: [0] (char)
  say(""); // CHECK-NEXT:string literal char[1] "", +0: [0] (char)
  say((void *)statics); // CHECK-NEXT:function statics, +0: void (void)
  say(bytes + 7); // CHECK-NEXT:static char[8] bytes ({{.*}}form.c:[[@LINE-66]]), +7: [7] (char)
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOFBF, 1 << 14);
  mappings();
  blocks(10);
  locals(argc);
  statics();
  say(argv); // CHECK-NEXT:argv, char *[2]
  say(&argv[1]); // CHECK-NEXT:argv, char *[2], +8: [1] (char *)
  say(argv[0]); // CHECK-NEXT:argv[0], char[{{[0-9]+}}]
  say(argv[0] + 1); // CHECK-NEXT:argv[0], char[{{[0-9]+}}], +1: [1] (char)
}
