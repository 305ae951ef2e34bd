// A program compiled with the plugin and linked without the runtime is told with its types under allocs-run.
// RUN: %clang -O1 -fno-builtin -fplugin=%plugin %s -o %t && %t
// RUN: %allocs-run --census %t 2>&1 | grep ' 1 .* 12 .* int\[\]$'
#include <stdlib.h>

int *numbers;

int main(void) {
  numbers = malloc(3 * sizeof *numbers);
  return 0;
}
