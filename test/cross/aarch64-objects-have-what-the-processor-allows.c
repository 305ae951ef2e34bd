// For AArch64, all is recorded but frames, blocks on the stack and thread-locals; no code or relocation of x86-64 gets in.
// REQUIRES: aarch64-target
// RUN: %clang --target=aarch64-linux-gnu -fplugin=%plugin -O2 -fPIC -c %s -o %t.o 2>&1 | count 0
// RUN: llvm-readelf -hSrW %t.o > %t && %filecheck --implicit-check-not=X86 --implicit-check-not=allocs.offset_of %s < %t
// Records are tied to what they describe (L).
// RUN: not grep -E 'allocs_(frames|tls) .* AL ' %t
// RUN: %clang --target=aarch64-linux-gnu -fplugin=%plugin -O2 -S %s -o - | not grep -E '\.byte.*0x48|R_X86|frame_escape|dtpoff|r[bs]p\b'
// RUN: %clang --target=aarch64-linux-gnu -fplugin=%plugin -O0 -flto -c %s -o %t.bc && llvm-dis %t.bc -o - | not grep -E 'llvm.localescape|!allocs\.(frame|local|head)|call .* asm'
// RUN: not %typegen --dump %t.o 2>&1 | grep 'not for x86-64'

// CHECK: Machine: {{.*}}AArch64
// CHECK-DAG: allocs_types PROGBITS
// CHECK-DAG: allocs_statics PROGBITS {{.*}} AL
// CHECK-DAG: allocs_literals PROGBITS {{.*}} AL
// CHECK-DAG: allocs_sites PROGBITS {{.*}} AL
// CHECK: R_AARCH64_PREL32

void *malloc(unsigned long);
void use(void *, const void *);

struct point {
  int x, y;
};
struct point where;
_Thread_local struct point mine;

void each(int n) {
  struct point local, array[n];
  use(&local, array);
  use(&mine, "a text");
  use(__builtin_alloca(n), malloc(n * sizeof local));
}
