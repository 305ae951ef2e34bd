/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Descriptions: what an address is, in one line.

   What the allocation is, then where in it the address falls, then the path to the innermost subobject and its type. */

#include "answers/query.h"
#include "ground/text.h"
#include "types/subobject.h"

enum { TYPE_TEXT = 256, LITERAL_SHOWN = 20 };

/* Its typedef name, where it was written with one. */
static void put_type(struct allocs_text *text, const struct uniqtype *type, const char *alias) {
  char buf[TYPE_TEXT];
  allocs_text_string(text, alias ? alias : uniqtype_c_name(type, buf, sizeof buf));
}

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

/* The typedef name that the type of a step was written with. */
static const char *step_alias(const struct allocs_path *path, unsigned step) {
  const struct uniqtype *parent = path->steps[step - 1].type;
  if (step == 1 && path->shared)
    return NULL;
  return UNIQTYPE_IS_COMPOSITE_TYPE(parent) ? UNIQTYPE_MEMBER_ALIAS(parent, path->steps[step].index) : NULL;
}

/* [1].next of the steps from `first` on; an anonymous member adds nothing. */
static void put_steps(struct allocs_text *text, const struct allocs_path *path, unsigned first) {
  for (unsigned i = first; i < path->n; i++) {
    const struct uniqtype *parent = path->steps[i - 1].type;
    if (UNIQTYPE_IS_ARRAY_TYPE(parent)) {
      allocs_text_char(text, '[');
      allocs_text_decimal(text, path->steps[i].index);
      allocs_text_char(text, ']');
    } else if (UNIQTYPE_MEMBER_NAME(parent, path->steps[i].index)) {
      allocs_text_char(text, '.');
      allocs_text_string(text, UNIQTYPE_MEMBER_NAME(parent, path->steps[i].index));
    }
  }
}

/* Where an address falls in the subobject at step `first - 1`, so many bytes in. */
static void put_inside(struct allocs_text *text, const struct allocs_path *path, unsigned first, uint64_t offset) {
  const struct uniqtype_subobject *last = &path->steps[path->n - 1];
  uint64_t within = offset + path->steps[first - 1].offset - last->offset;
  struct uniqtype_subobject member;
  put_offset(text, offset);
  bool is_padding = UNIQTYPE_IS_COMPOSITE_TYPE(last->type) && !uniqtype_subobjects(last->type, within, &member, 1);
  if ((path->n == first && !is_padding) || last->type == allocs_type_byte())
    return;
  allocs_text_string(text, ": ");
  put_steps(text, path, first);
  if (is_padding) {
    allocs_text_string(text, path->n > first ? " (padding of " : "padding of ");
    put_type(text, last->type, NULL);
  } else {
    allocs_text_string(text, " (");
    put_type(text, last->type, step_alias(path, path->n - 1));
  }
  if (!is_padding || path->n > first)
    allocs_text_char(text, ')');
}

/* "hello" of an array of characters in static memory; what is longer is cut. */
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

static bool is_literal(const struct alloc_pos *answer) { return (answer->flags & ALLOC_POS_LITERAL) != 0; }

static void describe_static(struct allocs_text *text, const struct alloc_pos *answer, const struct allocs_path *path,
                            uint64_t offset) {
  if (UNIQTYPE_IS_SUBPROGRAM_TYPE(answer->type)) {
    allocs_text_string(text, "function ");
    allocs_text_string(text, answer->name);
    put_offset(text, offset);
    allocs_text_string(text, ": ");
    put_type(text, answer->type, answer->alias);
    return;
  }
  allocs_text_string(text, is_literal(answer)                ? "string literal "
                           : answer->allocator == &alloc_tls ? "thread-local "
                                                             : "static ");
  put_type(text, answer->type, answer->alias);
  if (is_literal(answer)) {
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
  put_inside(text, path, 1, offset);
}

/* Heap blocks, alloca and variable-length arrays, objects of the program's own allocators. */
static void describe_block(struct allocs_text *text, const struct alloc_pos *answer, const struct allocs_path *path,
                           uint64_t offset) {
  bool is_heap = answer->allocator == &alloc_heap;
  allocs_text_string(text, is_heap ? "heap" : answer->allocator->name ? answer->allocator->name : "allocation");
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
  }
  put_in_function(text, answer->function);
  put_inside(text, path, 1, offset);
}

static const char *local_name(const struct allocs_path *path) {
  if (path->n < 2 || path->shared || !UNIQTYPE_IS_COMPOSITE_TYPE(path->steps[0].type))
    return NULL;
  return UNIQTYPE_MEMBER_NAME(path->steps[0].type, path->steps[1].index);
}

static void describe_frame(struct allocs_text *text, const struct alloc_pos *answer, const struct allocs_path *path,
                           uint64_t offset) {
  if (path->n < 2) {
    allocs_text_string(text, "frame of ");
    allocs_text_string(text, answer->function);
    allocs_text_string(text, "()");
    put_offset(text, offset);
    return;
  }
  allocs_text_string(text, "local ");
  allocs_text_string(text, local_name(path) ? local_name(path) : path->shared ? "in a shared slot" : "alloca");
  put_in_function(text, answer->function);
  if (answer->file || answer->line) {
    allocs_text_string(text, " at ");
    put_place(text, answer);
  }
  allocs_text_string(text, ": ");
  put_type(text, path->steps[1].type, step_alias(path, 1));
  if (path->n > 2 || offset != path->steps[1].offset)
    put_inside(text, path, 2, offset - path->steps[1].offset);
}

static void describe_auxv(struct allocs_text *text, const struct alloc_pos *answer, const struct allocs_path *path,
                          uint64_t offset) {
  allocs_text_string(text, answer->name);
  allocs_text_string(text, ", ");
  put_type(text, answer->type, NULL);
  if (offset || path->n > 2)
    put_inside(text, path, 1, offset);
}

/* , readable, writable, by mmap() in main() */
static void put_mapping(struct allocs_text *text, const char *at) {
  static const char *const words[] = {", readable", ", writable", ", executable"};
  struct alloc_mapping mapping;
  char function[64];
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
    put_in_function(text, alloc_get_name(mapping.site, function, sizeof function));
  }
}

static bool is_typed(const struct alloc_pos *answer) {
  return !UNIQTYPE_IS_ARRAY_TYPE(answer->type) || UNIQTYPE_ARRAY_ELEMENT_TYPE(answer->type) != allocs_type_byte();
}

static void describe_mapping(struct allocs_text *text, const struct alloc_pos *answer, const struct allocs_path *path,
                             uint64_t offset) {
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
  if (answer->allocator == &alloc_mmap)
    put_mapping(text, (const char *)answer->base + offset);
  if (is_typed(answer)) {
    put_inside(text, path, 1, offset);
    return;
  }
  allocs_text_string(text, " +");
  allocs_text_hex(text, offset);
}

static void describe_stack(struct allocs_text *text, const struct alloc_pos *answer, const struct allocs_path *path,
                           uint64_t offset) {
  (void)path;
  allocs_text_string(text, "stack of ");
  allocs_text_string(text, answer->name ? answer->name : "a thread");
  allocs_text_string(text, ", +");
  allocs_text_hex(text, offset);
}

static const struct {
  const struct allocator *kind;
  void (*describe)(struct allocs_text *, const struct alloc_pos *, const struct allocs_path *, uint64_t offset);
} kinds[] = {
    {&alloc_heap, describe_block},
    {&alloc_alloca, describe_block},
    {&alloc_static, describe_static},
    {&alloc_stackframe, describe_frame},
    {&alloc_auxv, describe_auxv},
    {&alloc_brk, describe_mapping},
    {&alloc_mmap, describe_mapping},
    {&alloc_stack, describe_stack},
    {&alloc_tls, describe_static},
    {&alloc_tls_block, describe_mapping},
    {&alloc_static_file, describe_mapping},
    {&alloc_static_segment, describe_mapping},
    {&alloc_static_section, describe_mapping},
};

static void describe_by_kind(struct allocs_text *text, const struct alloc_pos *answer, const struct allocs_path *path,
                             uint64_t offset) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i].kind == answer->allocator) {
      kinds[i].describe(text, answer, path, offset);
      return;
    }
  describe_block(text, answer, path, offset);
}

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
    describe_by_kind(&text, &answer, &path, (uintptr_t)obj - (uintptr_t)answer.base);
  allocs_query_end(&answer);
  return buf;
}

const char *alloc_get_name(const void *obj, char *buf, size_t len) {
  struct alloc_pos answer;
  struct allocs_path path;
  struct allocs_text text;
  allocs_text_init(&text, buf, len);
  if (!allocs_query_path(obj, &answer, &path))
    return NULL;
  bool is_frame = answer.allocator == &alloc_stackframe;
  const char *name = is_frame && path.n > 1 ? local_name(&path) : is_frame ? answer.function : answer.name;
  if (name)
    allocs_text_string(&text, name);
  else if (answer.file && !is_frame)
    put_place(&text, &answer);
  allocs_query_end(&answer);
  return name || (answer.file && !is_frame) ? buf : NULL;
}
