// The census that was asked for comes once for each process, by its number, however it ends: by _exit, quick_exit, exec; not for a child by vfork.
// RUN: %allocs-cc -O1 %s -o %t && %t
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""
static char *const args[] = {"true", NULL};
static void by_exit(void) { exit(3); }
static void by__exit(void) { _exit(3); }
static void by__Exit(void) { _Exit(3); }
static void by_quick_exit(void) { quick_exit(3); }
static void by_execve(void) { execve("/bin/true", args, environ); }
static void by_execv(void) { execv("/bin/true", args); }
static void by_execvp(void) { execvp("true", args); }
static void by_execvpe(void) { execvpe("true", args, environ); }
static void by_execl(void) { execl("/bin/sh", "sh", "-c", "exit $#", MANY, MANY, MANY, MANY, NULL); }
static void by_execlp(void) { execlp("sh", "sh", "-c", "exit $3", "", "1", "2", "3", NULL); }
static void by_execle(void) { execle("/bin/sh", "sh", "-c", "exit $here", NULL, (char *[]){"here=3", NULL}); }
static void by_fexecve(void) { fexecve(open("/bin/true", O_RDONLY), args, environ); }
static void by_execveat(void) { execveat(AT_FDCWD, "/bin/true", args, environ, 0); }
static void by_failing_exec(void) {
  execv("/there/is/no/such/program", args);
  execl("/there/is/no/such/program", "", NULL);
  _exit(3);
}
static void by_exec_in_vfork(void) {
  if (!vfork()) {
    execv("/bin/true", args);
    _exit(1);
  }
  wait(NULL);
  if (!vfork())
    _exit(1);
  wait(NULL);
  _exit(3);
}
static void at_exit(void) { _exit(3); }
static void by__exit_at_exit(void) {
  atexit(at_exit);
  exit(1);
}
static int ends_late;
// Behind all other destructors, those of the runtime too.
__attribute__((destructor(101))) static void end_late(void) {
  if (ends_late)
    _exit(3);
}
static void by__exit_after_the_census(void) {
  ends_late = 1;
  exit(1);
}
static const struct {
  void (*end)(void);
  int status;
} ways[] = {
    {by_exit, 3},       {by__exit, 3},    {by__Exit, 3},    {by_quick_exit, 3}, {by_execve, 0},
    {by_execv, 0},      {by_execvp, 0},   {by_execvpe, 0},  {by_execl, 79},     {by_execlp, 3},
    {by_execle, 3},     {by_fexecve, 0},  {by_execveat, 0}, {by_failing_exec, 3}, {by_exec_in_vfork, 3},
    {by__exit_at_exit, 3}, {by__exit_after_the_census, 3},
};

// How many censuses of process `child` came through the pipe, and of others.
static void count(FILE *from, pid_t child, int *own, int *others) {
  char line[2000];
  static const char head[] = "allocs: the live heap by type, of process ";
  *own = *others = 0;
  while (fgets(line, sizeof line, from))
    if (!strncmp(line, head, strlen(head)))
      ++*(atoi(line + strlen(head)) == child ? own : others);
}

static int run(char *self, int way, int asked) {
  char number[4];
  int ends[2], own, others, status;
  snprintf(number, sizeof number, "%d", way);
  if (pipe(ends))
    return 1;
  pid_t child = fork();
  if (!child) {
    dup2(ends[1], 2);
    close(ends[0]);
    close(ends[1]);
    if (asked)
      putenv("ALLOCS_OPTIONS=census=1");
    execl(self, self, number, NULL);
    _exit(99);
  }
  close(ends[1]);
  FILE *from = fdopen(ends[0], "r");
  count(from, child, &own, &others);
  fclose(from);
  waitpid(child, &status, 0);
  if (own == asked && !others && WIFEXITED(status) && WEXITSTATUS(status) == ways[way].status)
    return 0;
  printf("way %d, asked %d: %d and %d of others, status %x\n", way, asked, own, others, status);
  return 1;
}

int main(int argc, char **argv) {
  int bad = 0;
  if (argc > 1) {
    volatile char *block = malloc(100);
    *block = 1;
    ways[atoi(argv[1])].end();
    return 98;
  }
  for (int way = 0; way < (int)(sizeof ways / sizeof *ways); way++)
    bad |= run(argv[0], way, 0) | run(argv[0], way, 1);
  return bad;
}
