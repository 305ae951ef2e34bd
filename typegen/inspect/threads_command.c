/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Stacks of threads, the newest frame first: where each stands, in which function, and where in the source that is. */

#include "inspect/threads_command.h"
#include "image/statics.h"
#include "inspect/lines.h"
#include "inspect/values.h"
#include "stack/dynamic_blocks.h"
#include "stack/thread.h"
#include "state/frames.h"
#include "target/images.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BLOCKS = 64, LONGEST = 512 };

/* As the runtime's own list has it, if there is one. */
static const char *name_of(const struct allocs_target_thread *thread) {
  struct allocs_running at = {.thread = NULL};
  bool is_any = false;
  for (; allocs_thread_next(&at); is_any = true)
    if (at.control == thread->words[ALLOCS_MACHINE_WORD_THREAD])
      return at.is_first ? ", the first" : "";
  return is_any ? ", of no list" : "";
}

static const char *last_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash && slash[1] ? slash + 1 : path;
}

/* Where a frame stands. */
struct place {
  uint64_t code;                /* the target's */
  const char *function, *image; /* NULL: not known */
  uint64_t offset;              /* in the image */
  struct allocs_line line;
  bool has_line, is_library, is_signal;
};

/* A return address belongs to the instruction before it. */
static struct place place_of(const struct allocs_cursor *cursor) {
  uint64_t code = cursor->regs[ALLOCS_ARCH_RA], at = code - !cursor->exact;
  struct place ret = {.code = allocs_images_to_target(code), .is_signal = cursor->signal};
  struct alloc_pos function = {.size = 0};
  const struct allocs_copied_image *image = allocs_images_of_local(at);
  if (!ret.is_signal && allocs_statics_find(at, &function))
    ret.function = function.name;
  if (image) {
    ret.image = image->name;
    ret.offset = at - image->os.bias;
    ret.is_library = image->os.name[0];
  }
  ret.has_line = allocs_lines_find(at, &ret.line);
  return ret;
}

static void print_place(FILE *out, const struct place *place) {
  fprintf(out, "0x%" PRIx64, place->code);
  if (place->is_signal)
    fputs(" (a signal handler was called)", out);
  else if (place->function)
    fprintf(out, " %s", place->function);
  else if (place->image)
    fprintf(out, " in %s+0x%" PRIx64, last_name(place->image), place->offset);
  if (place->has_line)
    fprintf(out, ", %s:%d", place->line.file, place->line.line);
  else if (place->function && place->is_library)
    fprintf(out, ", in %s", last_name(place->image));
  fputc('\n', out);
}

static void put_place(struct allocs_json *json, const struct place *place) {
  allocs_json_address(json, "address", place->code);
  if (place->is_signal)
    allocs_json_bool(json, "signal", true);
  if (place->function)
    allocs_json_text(json, "function", place->function);
  if (place->has_line) {
    allocs_json_text(json, "file", place->line.file);
    allocs_json_number(json, "line", place->line.line);
  }
  if (place->image) {
    allocs_json_text(json, "image", place->image);
    allocs_json_address(json, "offset", place->offset);
  }
}

static void print_block(FILE *out, const struct alloc_pos *block, unsigned depth) {
  char type[LONGEST];
  fprintf(out, "      %s %s, 0x%" PRIx64 ":\n", uniqtype_c_name(block->type, type, sizeof type),
          block->name ? block->name : "by alloca()", allocs_images_to_target((uintptr_t)block->base));
  allocs_values_print(out, block->type, block->size, (uintptr_t)block->base, depth, 6);
}

/* Blocks are linked newest first. */
static void print_blocks(FILE *out, const struct allocs_image *image, const struct allocs_cursor *cursor,
                         uintptr_t head, unsigned depth) {
  struct allocs_dynamic_blocks blocks;
  if (!allocs_dynamic_blocks_begin(&blocks, image, cursor, head))
    return;
  for (unsigned i = 0; i < MOST_BLOCKS && allocs_dynamic_blocks_next(&blocks); i++) {
    struct alloc_pos block = {.size = 0};
    allocs_dynamic_blocks_answer(&blocks, &block);
    block.base = (void *)allocs_images_to_local((uintptr_t)block.base);
    if (block.type)
      print_block(out, &block, depth);
  }
}

static void print_locals(FILE *out, const struct allocs_cursor *cursor, unsigned depth) {
  struct allocs_image *image;
  struct allocs_known_frame spare;
  const struct allocs_known_frame *frame = cursor->signal ? NULL : allocs_activation_frame(cursor, &image, &spare);
  if (!frame)
    return;
  if (frame->type)
    allocs_values_print(out, frame->type, frame->size, allocs_images_to_local(allocs_activation_base(cursor, frame)),
                        depth, 6);
  if (frame->dynamic != ALLOCS_NO_DYNAMIC)
    print_blocks(out, image, cursor, allocs_activation_head(cursor, frame), depth);
}

/* As text that is made, so that it can be a text of JSON. */
static void put_locals(struct allocs_json *json, const struct allocs_cursor *cursor, unsigned depth) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (!out)
    return;
  print_locals(out, cursor, depth);
  fclose(out);
  if (size)
    allocs_json_text(json, "values", text);
  free(text);
}

static void put_frame(struct allocs_json *json, const struct allocs_cursor *cursor, bool values, unsigned depth) {
  struct place place = place_of(cursor);
  allocs_json_open(json, NULL, '{');
  put_place(json, &place);
  if (values)
    put_locals(json, cursor, depth);
  allocs_json_close(json, '}');
}

void allocs_threads_put(struct allocs_json *json, struct allocs_target *target, bool values, unsigned depth) {
  const struct allocs_frame_copy *frame = allocs_frames_at(0);
  for (size_t i = 0; frame;) {
    unsigned thread = frame->thread;
    allocs_json_open(json, NULL, '{');
    allocs_json_number(json, "thread", target->threads[thread].id);
    allocs_json_open(json, "frames", '[');
    for (; frame && frame->thread == thread; frame = allocs_frames_at(++i))
      put_frame(json, &frame->cursor, values, depth);
    allocs_json_close(json, ']');
    allocs_json_close(json, '}');
  }
  allocs_lines_fini();
}

void allocs_threads_command(FILE *out, struct allocs_target *target, bool values, unsigned depth) {
  const struct allocs_frame_copy *frame;
  unsigned thread = UINT32_MAX, number = 0;
  for (size_t i = 0; (frame = allocs_frames_at(i)) != NULL; i++, number++) {
    if (frame->thread != thread) {
      thread = frame->thread;
      fprintf(out, "thread %d%s\n", target->threads[thread].id, name_of(&target->threads[thread]));
      number = 0;
    }
    fprintf(out, "  #%-3u ", number);
    struct place place = place_of(&frame->cursor);
    print_place(out, &place);
    if (values)
      print_locals(out, &frame->cursor, depth);
  }
  if (!target->n_threads)
    fprintf(out, "(the registers of its threads are not known)\n");
  allocs_lines_fini();
}
