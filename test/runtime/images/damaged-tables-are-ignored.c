// A library whose tables are damaged is ignored, with one line that tells where and what; the program runs.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -I%src/test/unit %s -o %t
// RUN: %t %t.so 2>&1 | %filecheck --check-prefix=WHOLE %s
// RUN: %python %S/Inputs/damage.py %t.so %t.length.so allocs_types 0 4 0x7fffff00
// RUN: %t %t.length.so 2>&1 | %filecheck -DTABLE=allocs_types -DWHAT="length does not fit the table" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.kind.so allocs_types 4 1 0x3
// RUN: %t %t.kind.so 2>&1 | %filecheck -DTABLE=allocs_types -DWHAT="no such kind of type" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.slot.so allocs_types 32 4 0x2000000
// RUN: %t %t.slot.so 2>&1 | %filecheck -DTABLE=allocs_types -DWHAT="slot is none" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.taken.so allocs_types 32 4 +8
// RUN: %t %t.taken.so 2>&1 | %filecheck -DTABLE=allocs_types -DWHAT="slot is another record's" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.type.so allocs_statics 4 4 0x2
// RUN: %t %t.type.so 2>&1 | %filecheck -DTABLE=allocs_statics -DWHAT="reference to a type leads to none" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.size.so allocs_statics 32 8 0xffffffffffffff
// RUN: %t %t.size.so 2>&1 | %filecheck -DTABLE=allocs_statics -DWHAT="address is not in the image" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.text.so allocs_statics 8 4 0x70000000
// RUN: %t %t.text.so 2>&1 | %filecheck -DTABLE=allocs_statics -DWHAT="text does not end in the image" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.version.so .note.allocs 20 4 3
// RUN: %t %t.version.so 2>&1 | %filecheck -DTABLE=.note.allocs -DWHAT="made for another version of allocs" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.bounds.so .note.allocs 24 4 0x7ff00000
// RUN: %t %t.bounds.so 2>&1 | %filecheck -DTABLE=allocs_types -DWHAT="bounds are not in the image" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.slots.so .note.allocs 76 4 0x7ff00000
// RUN: %t %t.slots.so 2>&1 | %filecheck -DTABLE=allocs_slots -DWHAT="bounds are not in the image" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.tls.so allocs_tls 0 4 0x70000000
// RUN: %t %t.tls.so 2>&1 | %filecheck -DTABLE=allocs_tls -DWHAT="offset is not in the image" %s

#ifdef LIBRARY
struct pair {
  long a, b;
};
struct pair exported[3] = {{1, 2}};
_Thread_local int counted;
long use(void) { return exported[1].a; }
#else
#include <allocs.h>
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv) {
  void *library = dlopen(argv[argc - 1], RTLD_NOW);
  char *p = dlsym(library, "exported"), line[300];
  if (!p)
    return 1;
  for (int i = 0; i < 3; i++)
    fprintf(stderr, "%s\n", alloc_describe(p + 24, line, sizeof line));
}
#endif
// WHOLE: {{^}}static struct pair[3] exported
// CHECK: {{^}}allocs: {{.*}}.so: table [[TABLE]]+0x{{[0-9a-f]+}}: [[WHAT]]; ignored{{$}}
// CHECK-NEXT: {{^}}static __uninterpreted_byte[48] exported, +24{{$}}
// CHECK-NEXT: {{^}}static __uninterpreted_byte[48] exported, +24{{$}}
