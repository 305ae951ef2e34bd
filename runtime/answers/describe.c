/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Descriptions: what an address is, in one line.

   What the allocation is, then where in it the address falls, then the path to the innermost subobject and its type:

     heap struct node[4] from list.c:42 in push(), +24: [1].next (struct node *)

   Each kind of memory has a function that writes its line, by its row in memory_kinds.def; those that several share are
   here, from the pieces at the top. What is not known is left out, words and all. All texts go into the caller's
   buffer, and are cut where that ends. */

#include "answers/memory_kinds.h"
#include "answers/query.h"
#include "answers/steps.h"
#include "ground/readers.h"
#include "ground/text.h"
#include "image/statics.h"
#include "types/subobject.h"
#include "types/type.h"

/* A type's name of more characters is cut, and so is a literal. */
enum { TYPE_TEXT = 256, LITERAL_SHOWN = 20 };

#define ALLOCS_MEMORY(kind, lies_in, where_frames, may_hold, describe, word, traits) allocs_describe_fn describe;
#include "answers/memory_kinds.def"

/* Pieces */

/* By its typedef name, where it was written with one: that is what the reader of the program knows it by. */
static void put_type(struct allocs_text *text, const struct uniqtype *type, const char *alias) {
  char buf[TYPE_TEXT];
  allocs_text_string(text, alias ? alias : uniqtype_c_name(type, buf, sizeof buf));
}

/* list.c:42; the file may not be known where the line is. */
static void put_place(struct allocs_text *text, const struct alloc_pos *answer) {
  allocs_text_string(text, answer->file ? answer->file : "line ");
  if (answer->file)
    allocs_text_char(text, ':');
  allocs_text_decimal(text, answer->line);
}

static void put_in_function(struct allocs_text *text, const char *function) {
  if (!function)
    return;
  allocs_text_string(text, " in ");
  allocs_text_string(text, function);
  allocs_text_string(text, "()");
}

static void put_offset(struct allocs_text *text, uint64_t offset) {
  allocs_text_string(text, ", +");
  allocs_text_decimal(text, offset);
}

/* The typedef name that the type of a step was written with; NULL also where the step is nobody's, since locals share
   the slot. */
static const char *step_alias(const struct allocs_path *path, unsigned step) {
  const struct uniqtype *parent = path->steps[step - 1].type;
  if (step == 1 && path->shared)
    return NULL;
  return UNIQTYPE_IS_COMPOSITE_TYPE(parent) ? UNIQTYPE_MEMBER_ALIAS(parent, path->steps[step].index) : NULL;
}

/* The steps from `first` on. */
static void put_steps(struct allocs_text *text, const struct allocs_path *path, unsigned first) {
  for (unsigned i = first; i < path->n; i++)
    allocs_steps_put(text, path->steps[i - 1].type, path->steps[i].index);
}

/* Where an address falls in the subobject at step `first - 1`, so many bytes in: ", +24: [1].next (struct node *)", or
   ", +28: [1] (padding of struct node)". Only the offset if no step leads further, or to bytes that nothing is known
   of: the type has been told. */
static void put_inside(struct allocs_text *text, const struct allocs_path *path, unsigned first, uint64_t offset) {
  const struct uniqtype_subobject *last = &path->steps[path->n - 1];
  put_offset(text, offset);
  if ((path->n == first && !path->padding) || last->type == allocs_type_byte())
    return;
  allocs_text_string(text, ": ");
  put_steps(text, path, first);
  if (path->padding) {
    allocs_text_string(text, path->n > first ? " (padding of " : "padding of ");
    put_type(text, last->type, NULL);
  } else {
    allocs_text_string(text, " (");
    put_type(text, last->type, step_alias(path, path->n - 1));
  }
  if (!path->padding || path->n > first)
    allocs_text_char(text, ')');
}

/* "hello", as C would have it, of a literal of bytes; of wider characters nothing. Its zero is not shown. */
static void put_literal(struct allocs_text *text, const struct alloc_pos *answer) {
  const struct uniqtype *element = UNIQTYPE_ARRAY_ELEMENT_TYPE(answer->type);
  const unsigned char *bytes = answer->base;
  if (element->size != 1)
    return;
  allocs_text_string(text, " \"");
  for (uint64_t i = 0; i + 1 < answer->size; i++) {
    if (i == LITERAL_SHOWN) {
      allocs_text_string(text, "\"...");
      return;
    }
    if (bytes[i] == '"' || bytes[i] == '\\')
      allocs_text_char(text, '\\');
    if (bytes[i] >= ' ' && bytes[i] < 0x7f) {
      allocs_text_char(text, (char)bytes[i]);
    } else if (bytes[i] == '\n') {
      allocs_text_string(text, "\\n");
    } else if (bytes[i] == '\t') {
      allocs_text_string(text, "\\t");
    } else {
      allocs_text_char(text, '\\');
      for (int shift = 6; shift >= 0; shift -= 3)
        allocs_text_char(text, (char)('0' + (bytes[i] >> shift & 7)));
    }
  }
  allocs_text_char(text, '"');
}

/* What an allocator calls its allocations. */
static const char *word_of(const struct allocs_described *what) {
  const char *name = what->answer->allocator->name;
  return what->word ? what->word : name ? name : "allocation";
}

/* Whether more is known of it than that it is bytes. */
static bool is_typed(const struct alloc_pos *answer) {
  return !UNIQTYPE_IS_ARRAY_TYPE(answer->type) || UNIQTYPE_ARRAY_ELEMENT_TYPE(answer->type) != allocs_type_byte();
}

/* Kinds */

/* function main, +4: int (int, char **) */
static void describe_function(struct allocs_text *text, const struct allocs_described *what) {
  allocs_text_string(text, "function ");
  allocs_text_string(text, what->answer->name);
  put_offset(text, what->offset);
  allocs_text_string(text, ": ");
  put_type(text, what->answer->type, what->answer->alias);
}

/* static int[8] table (list.c:7), +8: [2] (int); string literal char[6] "hello", +0; or the function, static, too.
   Of variables only compound literals have no name. */
void allocs_describe_static(struct allocs_text *text, const struct allocs_described *what) {
  const struct alloc_pos *answer = what->answer;
  bool is_literal = answer->flags & ALLOC_POS_LITERAL;
  if (UNIQTYPE_IS_SUBPROGRAM_TYPE(answer->type)) {
    describe_function(text, what);
    return;
  }
  allocs_text_string(text, is_literal ? "string literal" : word_of(what));
  allocs_text_char(text, ' ');
  put_type(text, answer->type, answer->alias);
  if (is_literal) {
    put_literal(text, answer);
  } else {
    allocs_text_char(text, ' ');
    allocs_text_string(text, answer->name ? answer->name : "compound literal");
  }
  put_in_function(text, answer->function);
  if (answer->file) {
    allocs_text_string(text, " (");
    put_place(text, answer);
    allocs_text_char(text, ')');
  }
  put_inside(text, what->path, 1, what->offset);
}

/* The function that a call was in, which returned to this address: that may be behind its end. */
static void put_caller(struct allocs_text *text, const void *site) {
  struct alloc_pos function = {.size = 0};
  bool held = site && allocs_readers_enter();
  if (held && allocs_statics_find((uintptr_t)site - 1, &function))
    put_in_function(text, function.name);
  if (held)
    allocs_readers_leave();
}

/* heap struct node[4] from list.c:42 in push(), …: heap blocks, dynamic blocks, what programs' own allocators tell.
   Where the place in the source is not known, the code that asked for it may be. */
void allocs_describe_block(struct allocs_text *text, const struct allocs_described *what) {
  const struct alloc_pos *answer = what->answer;
  allocs_text_string(text, word_of(what));
  allocs_text_char(text, ' ');
  put_type(text, answer->type, answer->alias);
  if (answer->name) {
    allocs_text_char(text, ' ');
    allocs_text_string(text, answer->name);
  }
  if (answer->file || answer->line) {
    allocs_text_string(text, " from ");
    put_place(text, answer);
  } else if (answer->site) {
    allocs_text_string(text, " from code at ");
    allocs_text_hex(text, (uintptr_t)answer->site);
    if (!answer->function)
      put_caller(text, answer->site);
  }
  put_in_function(text, answer->function);
  put_inside(text, what->path, 1, what->offset);
}

/* The name of the local that a frame's path leads into: its first step. NULL for what locals share. */
static const char *local_name(const struct allocs_path *path) {
  if (path->n < 2 || path->shared || !UNIQTYPE_IS_COMPOSITE_TYPE(path->steps[0].type))
    return NULL;
  return UNIQTYPE_MEMBER_NAME(path->steps[0].type, path->steps[1].index);
}

/* local node in push() at list.c:40: struct node, +8: .next (struct node *). Between the locals there is only the frame
   to tell of: what the compiler keeps there is nobody's. */
void allocs_describe_frame(struct allocs_text *text, const struct allocs_described *what) {
  const struct alloc_pos *answer = what->answer;
  const struct allocs_path *path = what->path;
  if (path->n < 2) {
    allocs_text_string(text, "frame of ");
    allocs_text_string(text, answer->function);
    allocs_text_string(text, "()");
    put_offset(text, what->offset);
    return;
  }
  allocs_text_string(text, "local ");
  allocs_text_string(text, local_name(path) ? local_name(path) : path->shared ? "in a shared slot" : "without a name");
  put_in_function(text, answer->function);
  if (answer->file || answer->line) {
    allocs_text_string(text, " at ");
    put_place(text, answer);
  }
  allocs_text_string(text, ": ");
  put_type(text, path->steps[1].type, step_alias(path, 1));
  if (path->n > 2 || what->offset != path->steps[1].offset)
    put_inside(text, path, 2, what->offset - path->steps[1].offset);
}

/* argv, char *[3], +8: [1] (char *) */
void allocs_describe_vector(struct allocs_text *text, const struct allocs_described *what) {
  allocs_text_string(text, what->answer->name);
  allocs_text_string(text, ", ");
  put_type(text, what->answer->type, NULL);
  if (what->offset || what->path->n > 2)
    put_inside(text, what->path, 1, what->offset);
}

/* , readable, writable, by mmap() in main(): as the kernel has the page of that address now, and who mapped it, if that
   was seen. */
static void put_mapping(struct allocs_text *text, const char *at) {
  static const char *const words[] = {", readable", ", writable", ", executable"};
  struct alloc_mapping mapping;
  if (alloc_get_mapping(at, &mapping))
    return;
  for (unsigned i = 0; i < 3; i++)
    if (mapping.protection >> i & 1)
      allocs_text_string(text, words[i]);
  if (!mapping.protection)
    allocs_text_string(text, ", without access");
  if (mapping.call) {
    allocs_text_string(text, ", by ");
    allocs_text_string(text, mapping.call);
    allocs_text_string(text, "()");
    put_caller(text, mapping.site);
  }
}

/* mapping /lib/libc.so.6 (mmap). What the kernel names in brackets needs no more words. */
static void put_part(struct allocs_text *text, const struct alloc_pos *answer) {
  allocs_text_string(text, "mapping ");
  if (is_typed(answer)) {
    put_type(text, answer->type, answer->alias);
    allocs_text_char(text, ' ');
  }
  allocs_text_string(text, answer->name ? answer->name : "without a name");
  if (answer->name && answer->name[0] != '[') {
    allocs_text_string(text, " (");
    allocs_text_string(text, answer->allocator->name);
    allocs_text_char(text, ')');
  }
}

/* Of what has no type the offset alone, in hexadecimal, as in other tools that print mappings. */
static void put_offset_in_part(struct allocs_text *text, const struct allocs_described *what) {
  if (is_typed(what->answer)) {
    put_inside(text, what->path, 1, what->offset);
    return;
  }
  allocs_text_string(text, " +");
  allocs_text_hex(text, what->offset);
}

/* What is a part of a mapping: the program break's, files, segments, sections, blocks of thread-local variables. */
void allocs_describe_part(struct allocs_text *text, const struct allocs_described *what) {
  put_part(text, what->answer);
  put_offset_in_part(text, what);
}

void allocs_describe_mapping(struct allocs_text *text, const struct allocs_described *what) {
  put_part(text, what->answer);
  put_mapping(text, (const char *)what->answer->base + what->offset);
  put_offset_in_part(text, what);
}

/* stack of thread 4711, +0x1f20 */
void allocs_describe_stack(struct allocs_text *text, const struct allocs_described *what) {
  allocs_text_string(text, "stack of ");
  allocs_text_string(text, what->answer->name ? what->answer->name : "a thread");
  allocs_text_string(text, ", +");
  allocs_text_hex(text, what->offset);
}

/* How to describe which kind; what a program's own allocator tells is a block. */
static const struct {
  allocs_describe_fn *describe;
  const char *word;
} ways[] = {
#define ALLOCS_MEMORY(kind, lies_in, where_frames, may_hold, describe, word, traits) {describe, word},
#include "answers/memory_kinds.def"
    [ALLOCS_MEMORY_other] = {allocs_describe_block, NULL},
};

static void describe(struct allocs_text *text, const void *obj, const struct alloc_pos *answer,
                     const struct allocs_path *path) {
  unsigned kind = allocs_memory_kinds_number(answer->allocator);
  ways[kind].describe(text, &(struct allocs_described){
                                .answer = answer,
                                .path = path,
                                .offset = (uintptr_t)obj - (uintptr_t)answer->base,
                                .word = ways[kind].word,
                            });
}

/* An answer without a path has no type, since memory for one was short. */
const char *alloc_describe(const void *obj, char *buf, size_t len) {
  struct alloc_pos answer;
  struct allocs_path path;
  struct allocs_text text;
  allocs_text_init(&text, buf, len);
  if (!allocs_query_path(obj, &answer, &path)) {
    allocs_text_string(&text, "unknown address ");
    allocs_text_hex(&text, (uintptr_t)obj);
    return buf;
  }
  if (!path.n)
    allocs_text_string(&text, "no memory to tell");
  if (path.n)
    describe(&text, obj, &answer, &path);
  allocs_query_end(&answer);
  return buf;
}

/* A frame is named by its local at the address, a block without a name by where it came from: a local's place in the
   source would not tell which it is. */
const char *alloc_get_name(const void *obj, char *buf, size_t len) {
  struct alloc_pos answer;
  struct allocs_path path;
  struct allocs_text text;
  allocs_text_init(&text, buf, len);
  if (!allocs_query_path(obj, &answer, &path))
    return NULL;
  bool has_locals = allocs_memory_kinds_has(answer.allocator, ALLOCS_MEMORY_LOCALS);
  const char *name = has_locals && path.n > 1 ? local_name(&path) : answer.name;
  bool has_place = !name && !has_locals && answer.file;
  if (name)
    allocs_text_string(&text, name);
  else if (has_place)
    put_place(&text, &answer);
  allocs_query_end(&answer);
  return name || has_place ? buf : NULL;
}
