// Tables of hostile bytes are checked, and what passes is read, made types of and answered from, without a read beyond them.
// REQUIRES: fuzzer
// RUN: %cc -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I%src/runtime %s %src/runtime/ground/*.c \
// RUN:   %src/runtime/types/*.c %src/runtime/bytes/*.c %src/runtime/image/*.c %src/runtime/stack/frame.c -o %t
// RUN: %t -runs=0 -detect_leaks=0 %S/Inputs/elf

/* The input is a linked file, whose segments are loaded as a loader would; what is in none is not readable. What its
   other program headers say need not be so. The rest of the process is not there: it has no files, and no other
   images. */

#include "allocs/uniqtype.h"
#include "image/call_places.h"
#include "image/image.h"
#include "image/statics.h"
#include "image/symbols.h"
#include "image/image_parts.h"
#include "os/os.h"
#include "stack/frame.h"
#include "unwind/cfi.h"

#include <elf.h>
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ROOM = 1 << 16, SEGMENTS_MAX = 16, LARGE = 1 << 22 };

static _Alignas(ALLOCS_PAGE) unsigned char memory[ROOM];
static Elf64_Phdr phdrs[SEGMENTS_MAX];
static struct allocs_os_image loaded;

/* The system */

void *allocs_os_map(size_t size) {
  void *ret;
  if (size >= LARGE) {
    ret = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return ret == MAP_FAILED ? NULL : ret;
  }
  ret = aligned_alloc(ALLOCS_PAGE, allocs_round_up(size ? size : 1, ALLOCS_PAGE));
  return memset(ret, 0, size);
}
void allocs_os_unmap(void *begin, size_t size) {
  if (size >= LARGE)
    munmap(begin, size);
  else
    free(begin);
}
bool allocs_os_find_image(uintptr_t address, struct allocs_os_image *ret) {
  *ret = loaded;
  return address - loaded.begin < loaded.end - loaded.begin;
}
bool allocs_os_find_loaded(uintptr_t address, struct allocs_os_image *ret) { return allocs_os_find_image(address, ret); }
int allocs_os_each_image(int (*fn)(const struct allocs_os_image *, void *arg), void *arg) { return fn(&loaded, arg); }
bool allocs_os_may_list(void) { return true; }
bool allocs_os_find_mapping(uintptr_t address, struct allocs_os_mapping *ret) { return (void)address, (void)ret, false; }
bool allocs_os_next_mapping(uintptr_t address, struct allocs_os_mapping *ret) { return (void)address, (void)ret, false; }
const char *allocs_os_getenv(const char *name) { return (void)name, NULL; }
int allocs_os_open(const char *path, uint64_t *size) { return (void)path, (void)size, -1; }
void allocs_os_close(int fd) { (void)fd; }
bool allocs_os_read_file(int fd, uint64_t offset, void *ret, size_t n) {
  return (void)fd, (void)offset, (void)ret, (void)n, false;
}
bool allocs_os_read(uintptr_t address, void *ret, size_t n) { return (void)address, (void)ret, (void)n, false; }
int allocs_os_write(int fd, const void *bytes, size_t n) { return (void)fd, (void)bytes, (void)n, 0; }
void allocs_os_tell(const void *begin, size_t size) { (void)begin, (void)size; }
void allocs_os_tell_arguments(void) {}
void allocs_os_pause(unsigned microseconds) { (void)microseconds; }
int allocs_os_process(void) { return 1; }
bool allocs_cfi_find(const struct allocs_segments *segments, uintptr_t header, uintptr_t code,
                     struct allocs_cfi_entry *ret) {
  (void)segments, (void)header;
  ret->begin = code;
  ret->end = code + 1;
  return true;
}

bool allocs_os_is_secure(void) { return false; }

#ifdef META_FILE
/* The image is always the same, of one segment that begins with its build ID, 20 times 'i'. Its meta file is the
   input. */
static struct allocs_os_file input;

bool allocs_os_map_trusted_file(const char *path, struct allocs_os_file *ret) {
  *ret = input;
  return !strcmp(path, "/input.allocs");
}
bool allocs_os_widen_file(struct allocs_os_file *file, size_t kept, size_t size) {
  if (kept > file->mapped || kept > size || size >= LARGE)
    return false;
  char *room = allocs_os_map(size);
  ASAN_UNPOISON_MEMORY_REGION(file->begin, file->mapped);
  memcpy(room, file->begin, kept);
  free((void *)(uintptr_t)file->begin);
  *file = (struct allocs_os_file){room, file->size, size};
  return true;
}
void allocs_os_unmap_file(const struct allocs_os_file *file) { free((void *)(uintptr_t)file->begin); }

static bool load(const uint8_t *data, size_t size) {
  static const char id[] = "\4\0\0\0\24\0\0\0\3\0\0\0GNU\0iiiiiiiiiiiiiiiiiiii";
  memcpy(memory, id, sizeof id - 1);
  phdrs[0] = (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X, .p_filesz = ROOM, .p_memsz = ROOM};
  phdrs[1] = (Elf64_Phdr){.p_type = PT_NOTE, .p_flags = PF_R, .p_filesz = sizeof id - 1, .p_memsz = sizeof id - 1};
  loaded = (struct allocs_os_image){.handle = memory, .begin = (uintptr_t)memory, .end = (uintptr_t)memory + ROOM,
                                    .bias = (uintptr_t)memory, .phdrs = phdrs, .n_phdrs = 2, .name = "/input"};
  if (!size || size >= LARGE)
    return false;
  input = (struct allocs_os_file){aligned_alloc(ALLOCS_PAGE, allocs_round_up(size, ALLOCS_PAGE)), size,
                                  allocs_round_up(size, ALLOCS_PAGE)};
  memcpy((void *)(uintptr_t)input.begin, data, size);
  return true;
}
#else
bool allocs_os_map_trusted_file(const char *path, struct allocs_os_file *ret) { return (void)path, (void)ret, false; }
bool allocs_os_widen_file(struct allocs_os_file *file, size_t kept, size_t size) {
  return (void)file, (void)kept, (void)size, false;
}
void allocs_os_unmap_file(const struct allocs_os_file *file) { (void)file; }

static bool load(const uint8_t *data, size_t size) {
  Elf64_Ehdr header;
  size_t n = 0, end = 0;
  ASAN_UNPOISON_MEMORY_REGION(memory, ROOM);
  memset(memory, 0, ROOM);
  if (size < sizeof header)
    return false;
  memcpy(&header, data, sizeof header);
  for (size_t i = 0; i < header.e_phnum && i < SEGMENTS_MAX; i++) {
    Elf64_Phdr phdr;
    if (header.e_phoff > size || size - header.e_phoff < (i + 1) * sizeof phdr)
      return false;
    memcpy(&phdr, data + header.e_phoff + i * sizeof phdr, sizeof phdr);
    if (phdr.p_type == PT_LOAD) {
      if (phdr.p_offset > size || phdr.p_filesz > size - phdr.p_offset || phdr.p_filesz > phdr.p_memsz ||
          phdr.p_vaddr < end || phdr.p_vaddr > ROOM || phdr.p_memsz > ROOM - phdr.p_vaddr || !phdr.p_memsz)
        return false;
      memcpy(memory + phdr.p_vaddr, data + phdr.p_offset, phdr.p_filesz);
      ASAN_POISON_MEMORY_REGION(memory + end, phdr.p_vaddr - end);
      end = phdr.p_vaddr + phdr.p_memsz;
    }
    phdrs[n++] = phdr;
  }
  if (!end)
    return false;
  ASAN_POISON_MEMORY_REGION(memory + end, ROOM - end);
  loaded = (struct allocs_os_image){.handle = memory, .begin = (uintptr_t)memory, .end = (uintptr_t)memory + end,
                                    .bias = (uintptr_t)memory, .phdrs = phdrs, .n_phdrs = n, .name = "input"};
  return true;
}
#endif

/* Questions */

static int look_at_type(const struct uniqtype *type, void *arg) {
  size_t *length = arg;
  *length += strlen(uniqtype_name(type));
  return 0;
}

static void ask(struct allocs_image *image) {
  size_t length = 0;
  struct alloc_pos pos;
  struct allocs_known_frame spare;
  struct allocs_call_text call;
  uniqtype_each(memory, look_at_type, &length);
  for (uintptr_t at = image->os.begin; at < image->os.end; at += 4) {
    if (allocs_statics_find(at, &pos) && at - (uintptr_t)pos.base >= pos.size && pos.size)
      abort();
    allocs_frame_find(image, at, &spare);
    if (allocs_call_places_find(image, at, &call))
      length += strlen(call.file) + (call.function ? strlen(call.function) : 0);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!load(data, size))
    return 0;
  struct allocs_image *image = allocs_image_find(loaded.begin);
  if (!image)
    return 0;
  if (image->note && !image->damaged)
    ask(image);
  allocs_statics_drop(image);
  allocs_symbols_drop(image);
  allocs_image_parts_drop(image);
  allocs_frame_drop(image);
  allocs_call_places_drop(image);
  allocs_image_forget(image);
  return 0;
}
