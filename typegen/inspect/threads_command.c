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

/* The address, the function, and the line. A return address belongs to the instruction before it. */
static void print_place(FILE *out, const struct allocs_cursor *cursor) {
  uint64_t code = cursor->regs[ALLOCS_ARCH_RA], at = code - !cursor->exact;
  struct alloc_pos function = {.size = 0};
  struct allocs_line line;
  const struct allocs_copied_image *image = allocs_images_of_local(at);
  fprintf(out, "0x%" PRIx64, allocs_images_to_target(code));
  if (cursor->signal)
    fputs(" (a signal handler was called)", out);
  else if (allocs_statics_find(at, &function) && function.name)
    fprintf(out, " %s", function.name);
  else if (image)
    fprintf(out, " in %s+0x%" PRIx64, last_name(image->name), at - image->os.bias);
  if (allocs_lines_find(at, &line))
    fprintf(out, ", %s:%d", line.file, line.line);
  else if (function.name && image && image->os.name[0])
    fprintf(out, ", in %s", last_name(image->name));
  fputc('\n', out);
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
    print_place(out, &frame->cursor);
    if (values)
      print_locals(out, &frame->cursor, depth);
  }
  if (!target->n_threads)
    fprintf(out, "(the registers of its threads are not known)\n");
  allocs_lines_fini();
}
