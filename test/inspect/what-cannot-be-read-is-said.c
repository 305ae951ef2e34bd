// What is no process, no core or has no runtime that is known is told in a line, with exit status 1; wrong arguments give 2.
// REQUIRES: gdb
// RUN: not %inspect census 999999999 2>&1 | grep -x "allocs: 999999999: there is no such process"
// RUN: not %inspect census 99999999999999999999 2>&1 | grep -x "allocs: 99999999999999999999: there is no such process"
// RUN: not %inspect census %t.none 2>&1 | grep -x "allocs: .*none: No such file or directory"
// RUN: not %inspect census %s 2>&1 | grep -x "allocs: .*: neither a process nor a core file"
// RUN: not %inspect census %inspect 2>&1 | grep -x "allocs: .*: neither a process nor a core file"
// RUN: not %python -c "import os, sys; os.execv(sys.argv[1], ['allocs', 'census', str(os.getppid())])" %inspect 2>&1 | grep "no runtime of allocs"
// RUN: %allocs-cc -O1 %s -o %t
// RUN: env CORE=gcore %python %S/Inputs/beside.py %t %t.in cp TARGET %t.core
// RUN: head -c 300000 %t.core > %t.cut && not %inspect census %t.cut 2>&1 | grep -x "allocs: .*cut: the core is cut off: of [0-9]* bytes 300000 are there"
// RUN: head -c 100 %t.core > %t.cut && not %inspect census %t.cut 2>&1 | grep -x "allocs: .*cut: the core is cut off in its headers"
// RUN: gzip -c %t.core > %t.packed && not %inspect census %t.packed 2>&1 | grep -x "allocs: .*packed: it is compressed: unpack it first, by gunzip"
// RUN: %python %S/Inputs/pack.py %t.core %t.zst && %inspect census %t.zst > %t.packed && %inspect census %t.core | diff - %t.packed
// RUN: head -c 20000 %t.zst > %t.cut && not %inspect census %t.cut 2>&1 | grep -x "allocs: .*cut: it is compressed, and cut off"
// RUN: %python -c "import sys; b = bytearray(open(sys.argv[1], 'rb').read()); b[30:60] = bytes(range(200, 230)); open(sys.argv[2], 'wb').write(b)" %t.zst %t.cut
// RUN: not %inspect census %t.cut 2>&1 | grep -x "allocs: .*cut: it is compressed, and damaged"
//
// A runtime of another version: of its note, the root's, in the program's file.
// RUN: %python -c "import sys; b = open(sys.argv[1], 'rb').read(); n = b'\2\0\0\0allocs' + bytes(6); assert b.count(n) == 1; open(sys.argv[1], 'r+b').write(b.replace(n + b'\2', n + b'\7'))" %t
// RUN: not %python %S/Inputs/beside.py %t %t.in %inspect census TARGET 2>&1 | grep "another version: 7; this reads 2"
//
// RUN: not %inspect 2>&1 | grep "usage: allocs COMMAND" && not %inspect census 2>&1 | grep "no target"
// RUN: not %inspect sensus 1 2>&1 | grep "unknown command sensus" && not %inspect census 1 2 2>&1 | grep "one argument too many: 2"
// RUN: not %inspect census 1 -d type,type 2>&1 | grep "value of -d" && not %inspect census 1 --top 0 2>&1 | grep "value of --top"
// RUN: not %inspect census 1 --filter "[" 2>&1 | grep "value of --filter" && not %inspect census 1 --tip 3 2>&1 | grep "option --tip"
// RUN: %python -c "import subprocess, sys; sys.exit(subprocess.run([sys.argv[1]], stderr=subprocess.DEVNULL).returncode != 2)" %inspect

#include "Inputs/heap.h"

int main(void) {
  make_heap();
  return be_ready();
}
