// A snapshot with contents, once the process has gone, tells of addresses what the process did, and of its heap, threads, leaks and memory what was told of the process.
// RUN: %allocs-cc -O0 -pthread %S/every-kind-of-memory-is-told-as-in-the-process.c -o %t
// RUN: env CORE=snapshot %python %S/Inputs/same.py %inspect %t
// RUN: %python %S/Inputs/snapshot.py %inspect %t %t.snapshot
//
// Cut off, or damaged, it is said; what can be had is.
// RUN: head -c 100000 %t.snapshot > %t.cut && not %inspect describe %t.cut 8 2>&1 | grep -x "allocs: .*: the snapshot is cut off"
// RUN: head -c 20 %t.snapshot > %t.cut && not %inspect census %t.cut 2>&1 | grep -x "allocs: .*: the snapshot is cut off"
// RUN: %python -c "import sys; b = bytearray(open(sys.argv[1], 'rb').read()); b[16] = 9; open(sys.argv[2], 'wb').write(b)" %t.snapshot %t.cut
// RUN: not %inspect find %t.cut "struct node" 2>&1 | grep -x "allocs: .*: the snapshot is of another version: 9; this reads 1"
// RUN: %python -c "import sys; b = bytearray(open(sys.argv[1], 'rb').read()); b[-100] ^= 9; open(sys.argv[2], 'wb').write(b)" %t.snapshot %t.cut
// RUN: not %inspect census %t.cut 2>&1 | grep -x "allocs: .*: the snapshot is damaged"
// RUN: %python -c "import sys; b = bytearray(open(sys.argv[1], 'rb').read()); b[60:200] = bytes(140); open(sys.argv[2], 'wb').write(b)" %t.snapshot %t.cut
// RUN: %inspect census %t.cut | grep "struct node"
// RUN: %inspect snapshot %t.snapshot --no-contents -o %t.small && not %inspect describe %t.small 8 2>&1 | grep -x "allocs: .*: it has no contents: it was made with --no-contents"
// RUN: %inspect diff %t.small %t.snapshot | grep -x "sum: +0 blocks, +0 bytes"
