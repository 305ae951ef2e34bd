// A meta file of hostile bytes is checked, and what passes is read, made types of and answered from, without a read beyond it.
// REQUIRES: fuzzer
// RUN: %cc -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I%src/runtime %s %src/runtime/ground/*.c \
// RUN:   %src/runtime/types/*.c %src/runtime/bytes/*.c %src/runtime/image/*.c %src/runtime/stack/frame.c -o %t
// RUN: %t -runs=0 -detect_leaks=0 %S/Inputs/meta

#define META_FILE
#include "tables.c"
