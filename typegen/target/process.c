/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A live process. Its threads are seized, not attached to, so that no signal is sent; the kernel lets go of them when
   this program ends, however it does.

     1 stop     each thread that there is, until a pass over the list finds none that is new
     2 read     what is mapped, and then memory, in calls of many pieces
     3 go       each thread, with the signal that it was about to take, if any */

#define _GNU_SOURCE
#include "target/process.h"
#include "target/resident.h"
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A thread that is in the middle of something the kernel does not interrupt is waited for so long. */
enum { PATIENCE_MS = 1000, MOST_PIECES = 512, LARGEST = 1 << 26 };

struct thread {
  int id, signal; /* signal: that it was about to take; 0 if none */
  bool is_stopped, has_gone;
};

static struct {
  struct thread *threads;
  size_t n, cap;
  uint64_t since; /* when it was stopped; 0: it is not */
} stop;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static FILE *open_proc(int process, const char *what) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", process, what);
  return fopen(path, "re");
}

/* The number behind a word at the begin of a line of a file; -1 if there is none. */
static long number_in(FILE *file, const char *word) {
  char line[256];
  long ret = -1;
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, word, strlen(word)))
      ret = strtol(line + strlen(word), NULL, 10);
  if (file)
    fclose(file);
  return ret;
}

/* Why it cannot be read, and what would let us. */
static bool say_denied(struct allocs_target *target) {
  long scope = number_in(fopen("/proc/sys/kernel/yama/ptrace_scope", "re"), "");
  if (scope == 3)
    return allocs_diag_file(&target->diag, "not permitted: /proc/sys/kernel/yama/ptrace_scope is 3, which forbids to "
                                           "look into any process until the system starts anew");
  if (scope > 0)
    return allocs_diag_file(&target->diag,
                            "not permitted: /proc/sys/kernel/yama/ptrace_scope is %ld: be root, or set it to 0", scope);
  return allocs_diag_file(&target->diag, "not permitted: be its user, or root");
}

/* Stopping */

static struct thread *thread_of(int id) {
  for (size_t i = 0; i < stop.n; i++)
    if (stop.threads[i].id == id)
      return &stop.threads[i];
  return NULL;
}

/* It stops at once, or within a short time; what it was about to do, a signal or its end, may come first. */
static void wait_for(struct thread *thread) {
  struct timespec pause = {0, 50000};
  for (uint64_t until = now() + PATIENCE_MS * UINT64_C(1000000);;) {
    int status, id = waitpid(thread->id, &status, __WALL | WNOHANG);
    if (id == thread->id && WIFSTOPPED(status)) {
      thread->is_stopped = true;
      thread->signal = status >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
      return;
    }
    if (id < 0 || id == thread->id) {
      thread->has_gone = true;
      return;
    }
    if (now() > until)
      return;
    nanosleep(&pause, NULL);
  }
}

/* 0, or the error number. Zombies need not be stopped. */
static int stop_thread(int id) {
  if (ptrace(PTRACE_SEIZE, id, NULL, NULL))
    return errno == ESRCH ? 0 : errno;
  stop.threads = allocs_grow(stop.threads, stop.n, &stop.cap, sizeof *stop.threads);
  stop.threads[stop.n++] = (struct thread){.id = id};
  return ptrace(PTRACE_INTERRUPT, id, NULL, NULL) && errno != ESRCH ? errno : 0;
}

/* What cannot be had is left out. */
static void read_registers(struct allocs_target *target) {
  uint64_t words[ALLOCS_MACHINE_WORDS];
  for (size_t i = 0; i < stop.n; i++) {
    struct iovec to = {words, sizeof words};
    if (stop.threads[i].is_stopped && !ptrace(PTRACE_GETREGSET, stop.threads[i].id, NT_PRSTATUS, &to))
      allocs_target_add_thread(target, stop.threads[i].id, words, to.iov_len);
  }
}

/* Those that are not known yet are told to stop. 0 if there are none; else how many, or less than 0: the error. */
static int stop_new(int process) {
  char path[64];
  int n_new = 0, error = 0;
  snprintf(path, sizeof path, "/proc/%d/task", process);
  DIR *tasks = opendir(path);
  if (!tasks)
    return -errno;
  for (const struct dirent *entry; !error && (entry = readdir(tasks)) != NULL;) {
    int id = atoi(entry->d_name);
    if (id <= 0 || thread_of(id))
      continue;
    size_t before = stop.n;
    error = stop_thread(id);
    n_new += stop.n != before;
  }
  closedir(tasks);
  return error ? -error : n_new;
}

static bool stop_all(struct allocs_target *target) {
  int found;
  stop.since = now();
  while ((found = stop_new(target->process)) > 0)
    for (size_t i = 0; i < stop.n; i++)
      if (!stop.threads[i].is_stopped && !stop.threads[i].has_gone)
        wait_for(&stop.threads[i]);
  for (size_t i = 0; i < stop.n; i++)
    target->not_stopped += !stop.threads[i].is_stopped && !stop.threads[i].has_gone;
  read_registers(target);
  if (!found)
    return true;
  bool is_traced = found == -EPERM && number_in(open_proc(target->process, "status"), "TracerPid:") > 0;
  allocs_process_go(target);
  target->stopped = 0;
  /* A debugger has it, and has stopped it or not. */
  if (is_traced)
    target->not_stopped = 1;
  return is_traced || say_denied(target);
}

void allocs_process_go(struct allocs_target *target) {
  if (!stop.since)
    return;
  for (size_t i = 0; i < stop.n; i++)
    if (stop.threads[i].is_stopped)
      ptrace(PTRACE_DETACH, stop.threads[i].id, NULL, (void *)(intptr_t)stop.threads[i].signal);
  target->stopped = now() - stop.since;
  free(stop.threads);
  memset(&stop, 0, sizeof stop);
}

/* Reading */

/* Of [from, n), as many as one call takes; it stops at the first that cannot be read whole. Returns how many it read.
 */
static size_t read_some(int process, struct allocs_piece *pieces, size_t n) {
  struct iovec here[MOST_PIECES], there[MOST_PIECES];
  size_t wanted = 0, k = 0, i;
  for (; k < n && k < MOST_PIECES && wanted + pieces[k].n <= LARGEST; k++) {
    here[k] = (struct iovec){pieces[k].to, pieces[k].n};
    there[k] = (struct iovec){(void *)(uintptr_t)pieces[k].address, pieces[k].n};
    wanted += pieces[k].n;
  }
  ssize_t got = k ? process_vm_readv(process, here, k, there, k, 0) : 0;
  for (i = 0; i < k && got >= (ssize_t)pieces[i].n; i++) {
    got -= (ssize_t)pieces[i].n;
    pieces[i].is_read = true;
  }
  return i;
}

/* In parts, since one call moves no more than 2 GiB. */
static bool read_large(int process, const struct allocs_piece *piece) {
  for (size_t at = 0; at < piece->n;) {
    size_t n = piece->n - at < LARGEST ? piece->n - at : LARGEST;
    struct iovec here = {(char *)piece->to + at, n}, there = {(void *)(uintptr_t)(piece->address + at), n};
    ssize_t got = process_vm_readv(process, &here, 1, &there, 1, 0);
    if (got <= 0)
      return false;
    at += (size_t)got;
  }
  return true;
}

static void read_pieces(struct allocs_target *target, struct allocs_piece *pieces, size_t n) {
  for (size_t i = 0; i < n;) {
    i += read_some(target->process, pieces + i, n - i);
    /* What stopped it is too large for one call, or cannot be read. */
    if (i < n) {
      pieces[i].is_read = read_large(target->process, &pieces[i]);
      i++;
    }
  }
}

static unsigned flags_of(const char *letters) {
  return (letters[0] == 'r' ? ALLOCS_TARGET_READ : 0) | (letters[1] == 'w' ? ALLOCS_TARGET_WRITE : 0) |
         (letters[2] == 'x' ? ALLOCS_TARGET_EXEC : 0) | (letters[3] == 's' ? ALLOCS_TARGET_SHARED : 0);
}

static void read_maps(struct allocs_target *target, FILE *maps) {
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, maps) > 0) {
    struct allocs_target_mapping mapping = {.name = ""};
    char letters[5];
    uint64_t inode = 0;
    int at = 0;
    line[strcspn(line, "\n")] = 0;
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %" SCNu64 "%n", &mapping.begin, &mapping.end, letters,
               &mapping.offset, &inode, &at) < 5 ||
        !at)
      continue;
    mapping.flags = flags_of(letters);
    mapping.is_file = inode != 0;
    mapping.name = line + at + strspn(line + at, " ");
    allocs_target_add_mapping(target, &mapping);
  }
  free(line);
  fclose(maps);
}

static void read_auxv(struct allocs_target *target) {
  char bytes[4096];
  FILE *file = open_proc(target->process, "auxv");
  if (!file)
    return;
  allocs_target_take_auxv(target, bytes, fread(bytes, 1, sizeof bytes, file));
  fclose(file);
}

/* Field 47, behind the name, which is in parentheses and may hold anything. */
static void read_break(struct allocs_target *target) {
  char line[2048];
  FILE *file = open_proc(target->process, "stat");
  size_t n = file ? fread(line, 1, sizeof line - 1, file) : 0;
  if (file)
    fclose(file);
  line[n] = 0;
  const char *at = strrchr(line, ')');
  for (int field = 2; at && field < 47; field++)
    at = strchr(at + 1, ' ');
  target->heap = at ? strtoull(at, NULL, 10) : 0;
}

/* As it sees it, which may be in a container. */
static int open_file(const struct allocs_target *target, const char *path) {
  char name[4096];
  int n = path ? snprintf(name, sizeof name, "/proc/%d/root%s", target->process, path)
               : snprintf(name, sizeof name, "/proc/%d/exe", target->process);
  return n < (int)sizeof name ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
}

bool allocs_process_open(struct allocs_target *target, int process, bool stop_it) {
  target->process = process;
  target->read = read_pieces;
  target->open_file = open_file;
  target->find_resident = allocs_resident_read;
  target->close = allocs_process_go;
  if (kill(process, 0) && errno == ESRCH)
    return allocs_diag_file(&target->diag, "there is no such process");
  if (stop_it && !stop_all(target))
    return false;
  FILE *maps = open_proc(process, "maps");
  if (!maps)
    return errno == EACCES || errno == EPERM ? say_denied(target)
                                             : allocs_diag_file(&target->diag, "%s", strerror(errno));
  read_maps(target, maps);
  read_auxv(target);
  read_break(target);
  char byte;
  if (!target->n_mappings)
    return allocs_diag_file(&target->diag, "it has no memory: it is the kernel's, or has ended");
  if (!target->headers || !allocs_target_read(target, target->headers, &byte, 1))
    return say_denied(target);
  return true;
}
