// A program's own annotations reach the optimiser as without the plugin, and none of the plugin's is among them.
// RUN: %allocs-cc -O0 -S -emit-llvm %s -o - | %filecheck %s
// RUN: %allocs-cc -O0 -S -emit-llvm %s -o - | grep -c '@llvm.var.annotation.*(ptr' | grep -x 3
// CHECK: @llvm.global.annotations = appending global [2 x
// CHECK-SAME: @{{variable, .*@function|function, .*@variable}},
// CHECK: call void @llvm.var.annotation
__attribute__((annotate("mine"))) int variable;
int other = 1;
void use(int *);
__attribute__((annotate("mine too"))) void function(void) {
  __attribute__((annotate("and mine"))) int local = 0;
  __attribute__((annotate(""))) int nothing = 0;
  int plain = 0;
  use(&local);
  use(&nothing);
  use(&plain);
}
