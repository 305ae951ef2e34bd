// A library whose tables are damaged is ignored, with one line that tells where and what; the program runs.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -I%src/test/unit %s -o %t
// RUN: %t %t.so 2>&1 | %filecheck --check-prefix=WHOLE %s
// RUN: %python %S/Inputs/damage.py %t.so %t.length.so allocs_types 0 4 0x07ffffff
// RUN: %t %t.length.so 2>&1 | %filecheck -DTABLE=allocs_types -DWHAT="no type, or it does not fit its length" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.kind.so allocs_types 1 1 0x3
// RUN: %t %t.kind.so 2>&1 | %filecheck -DTABLE=allocs_types -DWHAT="no type, or it does not fit its length" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.type.so allocs_statics 11 4 0x2
// RUN: %t %t.type.so 2>&1 | %filecheck -DTABLE=allocs_statics -DWHAT="reference to a type leads to none" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.address.so allocs_statics 7 4 0x40000000
// RUN: %t %t.address.so 2>&1 | %filecheck -DTABLE=allocs_statics -DWHAT="address is not in the image" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.text.so allocs_statics 15 4 0x70000000
// RUN: %t %t.text.so 2>&1 | %filecheck -DTABLE=allocs_statics -DWHAT="text does not end in the image" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.file.so allocs_statics 1 4 0x70000000
// RUN: %t %t.file.so 2>&1 | %filecheck -DTABLE=allocs_statics -DWHAT="text does not end in the image" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.static.so allocs_statics 5 1 0x20
// RUN: %t %t.static.so 2>&1 | %filecheck -DTABLE=allocs_statics -DWHAT="no such kind of static" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.literal.so allocs_literals 6 4 0x40000000
// RUN: %t %t.literal.so 2>&1 | %filecheck -DTABLE=allocs_literals -DWHAT="address is not in the image" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.element.so allocs_literals 2 4 0
// RUN: %t %t.element.so 2>&1 | %filecheck -DTABLE=allocs_literals -DWHAT="literal of elements without size" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.frame.so allocs_frames 8 4 0x40000000
// RUN: %t %t.frame.so 2>&1 | %filecheck -DTABLE=allocs_frames -DWHAT="frame of no function" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.local.so allocs_frames 0 1 0xff
// RUN: %t %t.local.so 2>&1 | %filecheck -DTABLE=allocs_frames -DWHAT="record is cut off" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.slot.so allocs_sites 0 4 0x2000000
// RUN: %t %t.slot.so 2>&1 | %filecheck -DTABLE=allocs_sites -DWHAT="slot is none" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.taken.so allocs_sites 0 4 +8
// RUN: %t %t.taken.so 2>&1 | %filecheck -DTABLE=allocs_sites -DWHAT="slot is another record's" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.version.so .note.allocs 24 4 +1
// RUN: %t %t.version.so 2>&1 | %filecheck -DTABLE=.note.allocs -DWHAT="made for another version of allocs" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.bounds.so .note.allocs 28 4 0x7ff00000
// RUN: %t %t.bounds.so 2>&1 | %filecheck -DTABLE=allocs_types -DWHAT="bounds are not in the image" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.slots.so .note.allocs 80 4 0x7ff00000
// RUN: %t %t.slots.so 2>&1 | %filecheck -DTABLE=allocs_slots -DWHAT="bounds are not in the image" %s
// RUN: %python %S/Inputs/damage.py %t.so %t.tls.so allocs_tls 0 4 0x70000000
// RUN: %t %t.tls.so 2>&1 | %filecheck -DTABLE=allocs_tls -DWHAT="offset is not in the image" %s

#ifdef LIBRARY
#include <stdio.h>
#include <stdlib.h>
struct pair {
  long a, b;
};
struct pair exported[3] = {{1, 2}};
_Thread_local int counted;
long use(void) { return exported[1].a; }
long *put(long **to) {
  long *block = malloc(sizeof *block), local = 0;
  *to = block ? &local : malloc(sizeof local);
  puts("a literal");
  return block;
}
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
