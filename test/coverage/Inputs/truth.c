/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What truth.cpp has a program call: compares what a local is with what is answered of its first and last byte. Each
   verdict on a local is a line of the file TRUTH_LOG, written when it is first come to, since a program may be killed.
 */

#define _GNU_SOURCE
#include <allocs.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct truth {
  const char *name, *type, *function, *file;
  unsigned line, is_dynamic;
  unsigned n_checks, seen;
};
extern struct truth __start_truth[] __attribute__((weak)), __stop_truth[] __attribute__((weak));

/* All of the first checks of a local, then some. */
enum { ALWAYS = 64, SOME = 1023 };
enum verdict { EXACT, NAMELESS, UNKNOWN, WRONG, N_VERDICTS };
static const char *const words[N_VERDICTS + 1] = {"exact", "nameless", "unknown", "wrong", "there"};

static void report(const char *word, const struct truth *of, const char *told) {
  char line[1024];
  const char *log = getenv("TRUTH_LOG");
  int fd = log ? open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : -1;
  int n = snprintf(line, sizeof line, "%s\t%s\t%td\t%s\t%s\t%s:%u\t%s\t%s\n", word, program_invocation_short_name,
                   of - __start_truth, of->function, of->name, of->file, of->line, of->type, told);
  if (fd >= 0 && write(fd, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1) < 0)
    abort();
  close(fd);
}

/* Whether the type is the one spelled at *at, which ends up behind it. */
static int is_named(const char **at, const char *name) {
  size_t n = strcspn(*at, ";");
  int same = **at == '?' || (name && strlen(name) == n && !strncmp(*at, name, n));
  *at += n + 1;
  return same;
}

static int is_type(const char *at, const struct uniqtype *type) {
  for (;; type = type->target) {
    unsigned long size;
    long count;
    unsigned encoding;
    if (!type)
      return 0;
    switch (*at++) {
    case 'v':
      return UNIQTYPE_IS_VOID_TYPE(type);
    case 'f':
      return UNIQTYPE_IS_SUBPROGRAM_TYPE(type);
    case 's':
      return UNIQTYPE_IS_COMPOSITE_TYPE(type) && !UNIQTYPE_IS_UNION_TYPE(type) && is_named(&at, type->name);
    case 'u':
      return UNIQTYPE_IS_UNION_TYPE(type) && is_named(&at, type->name);
    case 'e':
      return UNIQTYPE_IS_ENUM_TYPE(type) && is_named(&at, type->name);
    case 'b':
      return sscanf(at, "%u.%lu;", &encoding, &size) == 2 && UNIQTYPE_IS_BASE_TYPE(type) &&
             type->encoding == encoding && type->size == size;
    case '*':
      if (!UNIQTYPE_IS_POINTER_TYPE(type))
        return 0;
      break;
    case 'a':
      count = strtol(at, NULL, 10);
      if (!UNIQTYPE_IS_ARRAY_TYPE(type) || (count >= 0 && type->count != (unsigned long)count))
        return 0;
      at = strchr(at, ';') + 1;
      break;
    default:
      return 0;
    }
  }
}

static enum verdict judge_block(const struct alloc_pos *leaf, const char *local, unsigned long size,
                                const struct truth *of) {
  if (leaf->allocator != &alloc_alloca || leaf->base != local || leaf->size != size || !leaf->type ||
      (!of->is_dynamic && !is_type(of->type, leaf->type)))
    return WRONG;
  return leaf->name && !strcmp(leaf->name, of->name) ? EXACT : WRONG;
}

/* By what is told of one byte of it. */
static enum verdict judge(const char *at, const char *local, unsigned long size, const struct truth *of) {
  struct alloc_pos chain[64];
  unsigned n = alloc_get_chain(at, chain, 64), leaf = 0;
  while (leaf < n && chain[leaf].level != ALLOC_LEVEL_ALLOCATION)
    leaf++;
  if (leaf >= n || (chain[leaf].allocator == &alloc_stack || chain[leaf].allocator == &alloc_mmap))
    return UNKNOWN;
  if (of->is_dynamic || chain[leaf].allocator == &alloc_alloca) /* or aligned to more than the stack is */
    return judge_block(&chain[leaf], local, size, of);
  if (chain[leaf].allocator != &alloc_stackframe)
    return WRONG;
  if (leaf == 0)
    return UNKNOWN;
  const struct alloc_pos *told = &chain[leaf - 1];
  if (told->base != local || told->size != size || !told->type || !is_type(of->type, told->type) ||
      (told->name && strcmp(told->name, of->name)))
    return WRONG;
  return told->name ? EXACT : NAMELESS;
}

void truth_check(const char *local, unsigned long size, struct truth *of) {
  unsigned n = __atomic_fetch_add(&of->n_checks, 1, __ATOMIC_RELAXED);
  if (n >= ALWAYS && (n & SOME))
    return;
  int kept = errno;
  enum verdict first = judge(local, local, size, of), last = judge(local + size - !!size, local, size, of);
  enum verdict worst = first > last ? first : last;
  if (!(__atomic_fetch_or(&of->seen, 1u << worst, __ATOMIC_RELAXED) >> worst & 1)) {
    char told[512];
    alloc_describe(first == worst ? local : local + size - 1, told, sizeof told);
    report(words[worst], of, told);
  }
  errno = kept;
}

/* All there are, reached or not. */
__attribute__((constructor)) static void list(void) {
  for (const struct truth *of = __start_truth; of < __stop_truth; of++)
    report(words[N_VERDICTS], of, "");
}
