// For a target that the plugin does not know it says so, in one line, and the object is the same as without it.
// RUN: %clang --target=i386-linux-gnu -O2 -c %s -o %t.plain && %clang --target=i386-linux-gnu -fplugin=%plugin -Werror -O2 -c %s -o %t.o 2> %t.i386
// RUN: cmp %t.plain %t.o && %filecheck --check-prefix=I386 --implicit-check-not=remark %s < %t.i386
// RUN: %clang --target=x86_64-linux-gnux32 -O2 -c %s -o %t.plain && %clang --target=x86_64-linux-gnux32 -fplugin=%plugin -O2 -c %s -o %t.o 2> %t.x32
// RUN: cmp %t.plain %t.o && grep "remark: allocs: .* 'x86_64-unknown-linux-gnux32'" %t.x32
// RUN: %clang --target=x86_64-apple-macosx10.15 -O2 -c %s -o %t.plain && %clang --target=x86_64-apple-macosx10.15 -fplugin=%plugin -O2 -c %s -o %t.o
// RUN: cmp %t.plain %t.o
// RUN: %clang --target=riscv64-linux-gnu -S -emit-llvm %s -o %t.plain && %clang --target=riscv64-linux-gnu -fplugin=%plugin -S -emit-llvm %s -o %t.ll 2> %t.riscv
// RUN: cmp %t.plain %t.ll && grep -c "remark: allocs: .* 'riscv64-unknown-linux-gnu'" %t.riscv
// RUN: %clang --target=i386-linux-gnu -fplugin=%plugin -fsyntax-only %s 2>&1 | count 0
// I386: remark: allocs: does not know the target 'i386-unknown-linux-gnu', and leaves the code as it is

void *malloc(__SIZE_TYPE__);
_Thread_local int mine;
void *each(int n) {
  int local = n;
  mine = n;
  __asm__("" ::"r"(&local) : "memory");
  return malloc(n * sizeof local);
}
