// Through code without unwind tables a walk goes by frame pointers; where there are none it ends, and what lies beyond is unknown.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// RUN: %clang -O2 -DFOREIGN -fno-asynchronous-unwind-tables -fno-omit-frame-pointer -c %s -o %t.o
// RUN: %allocs-cc -O2 -DLINKED %s %t.o -o %t && %t

void with_rbp(void (*then)(void *), void *arg);
void without(void (*then)(void *), void *arg);
void clobbers(void (*then)(void *), void *arg);
void compiled(void (*then)(void *), void *arg);

#ifdef FOREIGN
void compiled(void (*then)(void *), void *arg) {
  volatile long some[9] = {0};
  then(arg);
  some[3] = 1;
}
#else
#include "../../unit/check.h"
#include <allocs.h>

__asm__(".text\n"
        "with_rbp: push %rbp; mov %rsp, %rbp; sub $64, %rsp; mov %rdi, %rax; mov %rsi, %rdi; call *%rax; leave; ret\n"
        "without: sub $40, %rsp; mov %rdi, %rax; mov %rsi, %rdi; call *%rax; add $40, %rsp; ret\n"
        "clobbers: push %rbp; push %rbp; push %rbp; mov %rdi, %rax; mov %rsi, %rdi; lea 9(%rsp), %rbp; call *%rax;"
        " pop %rbp; pop %rbp; pop %rbp; ret\n");

static unsigned known, unknown;

static void ask(void *p) {
  struct alloc_info info;
  int own[2] = {0};
  CHECK(alloc_get_innermost_type(&own[1]) == alloc_typeof(int));
  CHECK(alloc_get_info(p, &info) == ALLOC_OK);
  if (info.allocator == &alloc_stackframe) {
    CHECK_STRING(UNIQTYPE_NAME(info.type), "__FRAME_main");
    CHECK(alloc_get_innermost_type(p) == alloc_typeof(long));
    known++;
  } else {
    CHECK(alloc_get_innermost_type(p) != alloc_typeof(int));
    unknown++;
  }
}

int main(void) {
  long local[3] = {1, 2, 3};
  with_rbp(ask, &local[1]);
  CHECK(known == 1 && !unknown);
#ifdef LINKED
  compiled(ask, &local[1]);
  CHECK(known == 2 && !unknown);
#endif
  known = unknown = 0;
  without(ask, &local[2]); /* rbp is main's still */
  CHECK(known + unknown == 1);
  clobbers(ask, &local[2]);
  CHECK(known + unknown == 2 && unknown >= 1);
  return check_failed;
}
#endif
