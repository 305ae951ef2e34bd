// A target goes on unchanged, whenever and however the tool ends: its threads run, its signals arrive, its memory is as it was.
// RUN: %allocs-cc -O1 -pthread %s -o %t
// RUN: %python %S/Inputs/goes-on.py %t %inspect

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile unsigned long counts[4];
static volatile int n_signals;

static void count(int signal) {
  (void)signal;
  __atomic_fetch_add(&n_signals, 1, __ATOMIC_RELAXED); /* any thread may be the one */
}

/* Allocates, so that the index changes while it is looked at. */
static void *run(void *counter) {
  for (;;) {
    free(malloc(40));
    ++*(volatile unsigned long *)counter;
  }
}

int main(void) {
  pthread_t threads[3];
  char line[8];
  signal(SIGRTMIN, count);
  for (int i = 0; i < 3; i++)
    pthread_create(&threads[i], NULL, run, (void *)&counts[i]);
  for (;;) {
    if (!fgets(line, sizeof line, stdin))
      continue;
    printf("%lu %lu %lu %d\n", counts[0], counts[1], counts[2], n_signals);
    fflush(stdout);
  }
}
