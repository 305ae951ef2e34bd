// A literal has its own type, whatever other literals, or arrays that are initialised by literals, a unit has.
// RUN: %allocs-cc -std=gnu11 -c %s -o %t.o && %typegen --dump %t.o | %filecheck %s
// RUN: %allocs-cc -std=gnu11 -O2 -fPIC -c %s -o %t.o && %typegen --dump %t.o | %filecheck %s
// RUN: %allocs-cc -std=gnu11 -Xclang -fwritable-strings -c %s -o %t.o && %typegen --dump %t.o | %filecheck %s
// RUN: %if llvm-at-least-19 %{ %allocs-cc -std=c2x -DC23 -c %s -o %t.o && %typegen --dump %t.o | %filecheck --check-prefixes=CHECK,C23 %s %}
// RUN: %allocs-cc -std=gnu11 -c %s -o %t.o && %typegen --dump %t.o | FileCheck --check-prefix=NONE %s
#include <uchar.h>
#include <wchar.h>

unsigned char array[] = "an array's";                       // NONE-NOT: = "an array's";
struct holder { signed char inside[4]; } within = {"in"}, *compound = &(struct holder){.inside = "no"};
const char *plain = "plain", *same = "an array's too";      // CHECK-DAG: literal char[6] = "plain";
const char *with_zero = "a\0b", *empty = "";                // CHECK-DAG: literal char[4] = "a\000b";
const wchar_t *wide = L"wide";                              // CHECK-DAG: literal int[5];
const char32_t *utf32 = U"utf-32";                          // CHECK-DAG: literal unsigned int[7];
const char16_t *utf16 = u"utf-16";                          // CHECK-DAG: literal unsigned short[7];
unsigned char as_text[] = "an array's too";                 // CHECK-DAG: literal char[15] = "an array's too";
const void *function(void) { return __func__; }             // CHECK-DAG: literal char[9] = "function";
const void *address(void) { return &"an address"; }         // CHECK-DAG: literal char[11] = "an address";
#ifdef C23
const void *utf8 = u8"utf-8";                               // C23-DAG: literal unsigned char[6] = "utf-8";
#endif
/* Of one text, and of two types: nobody can tell which one it is. */
const wchar_t *either = L"\x12345";
const char32_t *other = U"\x12345";                         // NONE-NOT: literal {{(unsigned )?}}int[2]
