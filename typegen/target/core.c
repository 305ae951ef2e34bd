/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A core file. What it leaves out of a mapped file, since nobody had changed it, is read from that file: if it is still
   the one that was mapped, which the first page tells, where the core has that. */

#include "target/core.h"
#include "bytes/elf_headers.h"
#include "bytes/notes.h"
#include "target/unpack.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096 };

struct loaded {                  /* a segment */
  uint64_t begin, size, n_bytes; /* size in memory; bytes of it in the core */
  const unsigned char *bytes;
  unsigned flags;
};
/* What was mapped of a file. */
struct mapped {
  uint64_t begin, end, offset;
  const char *name;
};

static struct {
  const unsigned char *bytes;
  uint64_t size;
  struct loaded *loaded; /* in order of addresses */
  struct mapped *mapped;
  size_t n_loaded, n_mapped, cap_loaded, cap_mapped;
  /* The file that was last read from. */
  const char *name;
  int fd;
} core = {.fd = -1};

/* The number of the first segment that ends after an address. */
static size_t first_behind(uint64_t address) {
  size_t low = 0, high = core.n_loaded;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (core.loaded[middle].begin + core.loaded[middle].size > address)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static const struct loaded *loaded_at(uint64_t address) {
  size_t i = first_behind(address);
  return i < core.n_loaded && core.loaded[i].begin <= address ? &core.loaded[i] : NULL;
}

static const struct mapped *mapped_at(uint64_t address) {
  for (size_t i = 0; i < core.n_mapped; i++)
    if (core.mapped[i].begin <= address && address < core.mapped[i].end)
      return &core.mapped[i];
  return NULL;
}

/* Files */

/* Whether the file begins with what the core has of its first page. */
static bool is_same_file(const char *name, int fd) {
  unsigned char page[PAGE];
  for (size_t i = 0; i < core.n_mapped; i++) {
    if (core.mapped[i].offset || strcmp(core.mapped[i].name, name) != 0)
      continue;
    const struct loaded *loaded = loaded_at(core.mapped[i].begin);
    if (loaded && loaded->begin == core.mapped[i].begin && loaded->n_bytes >= PAGE)
      return pread(fd, page, PAGE, 0) == PAGE && !memcmp(page, loaded->bytes, PAGE);
  }
  return true;
}

static int file_of(const char *name) {
  if (core.name && !strcmp(core.name, name))
    return core.fd;
  if (core.fd >= 0)
    close(core.fd);
  core.name = name;
  core.fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info;
  /* A core may name anything. */
  if (core.fd >= 0 && (fstat(core.fd, &info) || !S_ISREG(info.st_mode) || !is_same_file(name, core.fd))) {
    close(core.fd);
    core.fd = -1;
  }
  return core.fd;
}

/* What lies behind the file's end is zero, to the end of its page. */
static bool read_file(uint64_t address, unsigned char *to, size_t n) {
  const struct mapped *mapped = mapped_at(address);
  int fd = mapped && n <= mapped->end - address ? file_of(mapped->name) : -1;
  uint64_t at = fd >= 0 ? mapped->offset + (address - mapped->begin) : 0;
  while (fd >= 0 && n) {
    ssize_t got = pread(fd, to, n, (off_t)at);
    if (got < 0)
      return false;
    if (!got) {
      memset(to, 0, n);
      return true;
    }
    to += got, at += (uint64_t)got, n -= (size_t)got;
  }
  return fd >= 0;
}

/* How many bytes from an address on are had in one way, and by which: `bytes`, or else from the mapped file. 0: none.
 */
static uint64_t stretch_at(uint64_t address, const unsigned char **bytes) {
  const struct loaded *loaded = loaded_at(address);
  uint64_t at = loaded ? address - loaded->begin : 0;
  *bytes = NULL;
  if (loaded && at < loaded->n_bytes) {
    *bytes = loaded->bytes + at;
    return loaded->n_bytes - at;
  }
  const struct mapped *mapped = mapped_at(address);
  if (!mapped)
    return 0;
  size_t next = first_behind(address);
  uint64_t end = loaded ? loaded->begin + loaded->size : next < core.n_loaded ? core.loaded[next].begin : UINT64_MAX;
  return (end < mapped->end ? end : mapped->end) - address;
}

static bool read_piece(const struct allocs_piece *piece) {
  uint64_t address = piece->address;
  unsigned char *to = piece->to;
  for (size_t left = piece->n; left;) {
    const unsigned char *bytes;
    uint64_t n = stretch_at(address, &bytes);
    n = n < left ? n : left;
    if (!n || (!bytes && !read_file(address, to, n)))
      return false;
    if (bytes)
      memcpy(to, bytes, n);
    address += n, to += n, left -= n;
  }
  return true;
}

static void read_pieces(struct allocs_target *target, struct allocs_piece *pieces, size_t n) {
  (void)target;
  for (size_t i = 0; i < n; i++)
    pieces[i].is_read = read_piece(&pieces[i]);
}

/* Opening */

static bool read_segments(struct allocs_target *target, const struct allocs_source *source,
                          const struct allocs_elf_headers *headers) {
  uint64_t behind = 0;
  for (uint32_t i = 0; i < headers->n_segments; i++) {
    Elf64_Phdr phdr;
    if (!allocs_elf_headers_segment(source, headers, i, &phdr))
      return allocs_diag_file(&target->diag, "the core is cut off in its headers");
    if (phdr.p_type != PT_LOAD && phdr.p_type != PT_NOTE)
      continue;
    if (phdr.p_offset > core.size || phdr.p_filesz > core.size - phdr.p_offset)
      return allocs_diag_file(&target->diag, "the core is cut off: of %llu bytes %llu are there",
                              (unsigned long long)(phdr.p_offset + phdr.p_filesz), (unsigned long long)core.size);
    /* The kernel's own page for old programs lies in its half. */
    if (phdr.p_type == PT_NOTE || !phdr.p_memsz || phdr.p_vaddr > INT64_MAX)
      continue;
    if (phdr.p_vaddr < behind || phdr.p_memsz > INT64_MAX || phdr.p_filesz > phdr.p_memsz)
      return allocs_diag_file(&target->diag, "the core is damaged: its segments overlap");
    behind = phdr.p_vaddr + phdr.p_memsz;
    core.loaded = allocs_grow(core.loaded, core.n_loaded, &core.cap_loaded, sizeof *core.loaded);
    core.loaded[core.n_loaded++] = (struct loaded){.begin = phdr.p_vaddr,
                                                   .size = phdr.p_memsz,
                                                   .n_bytes = phdr.p_filesz,
                                                   .bytes = core.bytes + phdr.p_offset,
                                                   .flags = phdr.p_flags};
  }
  return true;
}

/* NT_FILE: a count, the unit of offsets, begin, end and offset of each, and all names. */
static void take_files(const unsigned char *at, size_t size) {
  uint64_t head[2], range[3];
  if (size < sizeof head)
    return;
  memcpy(head, at, sizeof head);
  if (head[0] > (size - sizeof head) / sizeof range)
    return;
  const char *name = (const char *)at + sizeof head + head[0] * sizeof range, *end = (const char *)at + size;
  for (uint64_t i = 0; i < head[0]; i++) {
    memcpy(range, at + sizeof head + i * sizeof range, sizeof range);
    const char *behind = memchr(name, 0, (size_t)(end - name));
    if (!behind)
      return;
    core.mapped = allocs_grow(core.mapped, core.n_mapped, &core.cap_mapped, sizeof *core.mapped);
    core.mapped[core.n_mapped++] = (struct mapped){range[0], range[1], range[2] * head[1], name};
    name = behind + 1;
  }
}

static void take_thread(struct allocs_target *target, const unsigned char *contents) {
  struct elf_prstatus status;
  memcpy(&status, contents, sizeof status);
  allocs_target_add_thread(target, status.pr_pid, status.pr_reg, sizeof status.pr_reg);
}

static void take_note(struct allocs_target *target, const struct allocs_elf_note *note) {
  if (note->type == NT_FILE)
    take_files(note->contents, note->size);
  if (note->type == NT_AUXV)
    allocs_target_take_auxv(target, note->contents, note->size);
  if (note->type == NT_PRSTATUS && note->size >= sizeof(struct elf_prstatus))
    take_thread(target, note->contents);
  if (note->type == NT_PRPSINFO && note->size >= sizeof(struct elf_prpsinfo)) {
    struct elf_prpsinfo info;
    memcpy(&info, note->contents, sizeof info);
    target->process = info.pr_pid;
  }
}

static void read_notes(struct allocs_target *target, const struct allocs_source *source,
                       const struct allocs_elf_headers *headers) {
  Elf64_Phdr phdr;
  for (uint32_t i = 0; i < headers->n_segments && allocs_elf_headers_segment(source, headers, i, &phdr); i++) {
    if (phdr.p_type != PT_NOTE)
      continue;
    struct allocs_notes notes = {core.bytes + phdr.p_offset, phdr.p_filesz, 4, 0};
    struct allocs_elf_note note;
    while (allocs_notes_next(&notes, &note) && !note.is_cut)
      if (note.name_size == 5 && !memcmp(note.name, "CORE", 5))
        take_note(target, &note);
  }
}

static void add_mapping(struct allocs_target *target, uint64_t begin, uint64_t end, unsigned flags) {
  const struct mapped *mapped = mapped_at(begin);
  struct allocs_target_mapping mapping = {.begin = begin, .end = end, .flags = flags, .name = ""};
  if (target->random >= begin && target->random < end)
    mapping.name = "[stack]";
  if (mapped) {
    mapping.is_file = true;
    mapping.name = mapped->name;
    mapping.offset = mapped->offset + (begin - mapped->begin);
  }
  allocs_target_add_mapping(target, &mapping);
}

/* Debuggers leave out of the core what is as in its file, segment and all: that can be read, whatever else. */
static void make_mappings(struct allocs_target *target) {
  size_t i = 0, j = 0;
  while (i < core.n_loaded || j < core.n_mapped) {
    const struct loaded *loaded = i < core.n_loaded ? &core.loaded[i] : NULL;
    const struct mapped *mapped = j < core.n_mapped ? &core.mapped[j] : NULL;
    if (mapped && (!loaded || mapped->end <= loaded->begin)) {
      add_mapping(target, mapped->begin, mapped->end, ALLOCS_TARGET_READ);
      j++;
    } else if (mapped && mapped->begin < loaded->begin + loaded->size) {
      j++; /* some of it is in the core */
    } else {
      add_mapping(target, loaded->begin, loaded->begin + loaded->size,
                  (loaded->flags & PF_R ? ALLOCS_TARGET_READ : 0) | (loaded->flags & PF_W ? ALLOCS_TARGET_WRITE : 0) |
                      (loaded->flags & PF_X ? ALLOCS_TARGET_EXEC : 0));
      i++;
    }
  }
}

/* It is told by its mapping's name alone which file ran. */
static int open_file(const struct allocs_target *target, const char *path) {
  (void)target;
  return path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
}

/* What is in it. */
static bool find_resident(struct allocs_target *target, bool also_swapped) {
  (void)also_swapped;
  for (size_t i = 0; i < core.n_loaded; i++) {
    if (!core.loaded[i].n_bytes)
      continue;
    target->resident =
        allocs_grow(target->resident, target->n_resident, &target->cap_resident, sizeof *target->resident);
    target->resident[target->n_resident++] =
        (struct allocs_target_range){core.loaded[i].begin, core.loaded[i].begin + core.loaded[i].n_bytes};
  }
  return true;
}

static void close_core(struct allocs_target *target) {
  (void)target;
  if (core.fd >= 0)
    close(core.fd);
  munmap((void *)(uintptr_t)core.bytes, core.size);
  free(core.loaded);
  free(core.mapped);
  memset(&core, 0, sizeof core);
  core.fd = -1;
}

static bool map_file(struct allocs_target *target, const char *file) {
  struct stat info;
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &info)) {
    int error = errno;
    if (fd >= 0)
      close(fd);
    return allocs_diag_file(&target->diag, "%s", strerror(error));
  }
  core.size = (uint64_t)info.st_size;
  void *bytes = S_ISREG(info.st_mode) && core.size ? mmap(NULL, core.size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
  close(fd);
  if (bytes == MAP_FAILED)
    return allocs_diag_file(&target->diag, "neither a process nor a core file");
  core.bytes = bytes;
  return true;
}

/* As systemd-coredump leaves it. What others pack, they unpack. */
static bool unpack(struct allocs_target *target) {
  static const struct {
    const char *magic, *program;
  } others[] = {{"\x1f\x8b", "gunzip"},
                {"\xfd"
                 "7zXZ",
                 "unxz"},
                {"\x04\x22\x4d\x18", "unlz4"},
                {"BZh", "bunzip2"}};
  struct allocs_unpacked unpacked;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (core.size >= 8 && !memcmp(core.bytes, others[i].magic, strlen(others[i].magic)))
      return allocs_diag_file(&target->diag, "it is compressed: unpack it first, by %s", others[i].program);
  if (!allocs_unpack_is(core.bytes, core.size))
    return true;
  if (!allocs_unpack(&target->diag, core.bytes, core.size, &unpacked))
    return false;
  munmap((void *)(uintptr_t)core.bytes, core.size);
  core.bytes = unpacked.bytes;
  core.size = unpacked.size;
  return true;
}

bool allocs_core_open(struct allocs_target *target, const char *file) {
  struct allocs_elf_headers headers;
  target->read = read_pieces;
  target->open_file = open_file;
  target->find_resident = find_resident;
  target->close = close_core;
  if (!map_file(target, file) || !unpack(target))
    return false;
  struct allocs_memory memory = allocs_memory(core.bytes, core.size);
  if (!allocs_elf_headers_read(&memory.source, &headers) || headers.type != ET_CORE)
    return allocs_diag_file(&target->diag, "neither a process nor a core file");
  if (!read_segments(target, &memory.source, &headers))
    return false;
  read_notes(target, &memory.source, &headers);
  make_mappings(target);
  return core.n_loaded || allocs_diag_file(&target->diag, "the core has no memory in it");
}
