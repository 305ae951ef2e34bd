// A program that closes standard error, or opens a file in its place, has its census, and none in that file.
// RUN: %allocs-cc %s -o %t
// RUN: env ALLOCS_OPTIONS=census=1 %t 2>&1 > /dev/null | %filecheck %s
// RUN: env ALLOCS_OPTIONS=census=1 %t %t.file 2>&1 > /dev/null | %filecheck %s
// RUN: count 0 < %t.file
// RUN: env ALLOCS_OPTIONS=census=1 %t %t.file all
// RUN: count 0 < %t.file
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static int *volatile numbers;
int main(int argc, char **argv) {
  numbers = malloc(7 * sizeof(int));
  fclose(stderr);
  if (argc > 1 && open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0666) != 2)
    return 1;
  for (int fd = 3; argc > 2 && fd < 1000; fd++)
    close(fd);
}
// CHECK: 1 28 {{.*}} int[]
// CHECK: typed: 1 of
