// With -g, each allocation call has the type that it allocates in the IR, as !heapallocsite of Clang's; without, none has, nor has a call of which no one type is known. LLVM 22 writes it into the object.
// RUN: %allocs-cc -g -O2 -S -emit-llvm %s -o %t.ll && %filecheck --input-file %t.ll %s && grep -c 'heapallocsite' %t.ll | grep -x 7
// RUN: %allocs-cc -g -O0 -S -emit-llvm %s -o %t.ll && grep -c 'call .*heapallocsite' %t.ll | grep -x 7
// RUN: %allocs-cc -O2 -S -emit-llvm %s -o %t.ll && grep 'call .*__allocs_malloc' %t.ll && not grep heapallocsite %t.ll
#include <stdlib.h>

struct node { struct node *next; int value; };
typedef struct { double x, y; } point;
struct flexible { int n; long tail[]; };
void use(void *);

void f(size_t n, void *before) {
  struct node *p = malloc(sizeof *p); // CHECK: call {{.*}}@__allocs_malloc({{.*}}, !heapallocsite ![[NODE:[0-9]+]]
  use(p);
  struct node **table = calloc(n, sizeof *table); // CHECK: call {{.*}}@__allocs_calloc({{.*}}, !heapallocsite ![[POINTER:[0-9]+]]
  use(table);
  point *points = realloc(before, n * sizeof *points); // CHECK: call {{.*}}@__allocs_realloc({{.*}}, !heapallocsite ![[POINT:[0-9]+]]
  use(points);
  struct flexible *flexible = malloc(sizeof *flexible + n * sizeof(long)); // CHECK: call {{.*}}@__allocs_malloc({{.*}}, !heapallocsite ![[FLEXIBLE:[0-9]+]]
  use(flexible);
  int(*rows)[4] = malloc(n * sizeof *rows); // CHECK: call {{.*}}@__allocs_malloc({{.*}}, !heapallocsite ![[ROW:[0-9]+]]
  use(rows);
  struct node *aligned = aligned_alloc(64, n * sizeof *aligned); // CHECK: call {{.*}}@aligned_alloc({{.*}}, !heapallocsite ![[NODE]]
  use(aligned);
  void *volatile unknown = malloc(n); // CHECK: call {{.*}}@__allocs_malloc(
  use(unknown);
  char *text = malloc(n); // CHECK: call {{.*}}@__allocs_malloc({{.*}}, !heapallocsite ![[CHAR:[0-9]+]]
  use(text);
}
// CHECK-DAG: ![[NODE]] = {{.*}}!DICompositeType(tag: DW_TAG_structure_type, name: "node"
// CHECK-DAG: ![[POINTER]] = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: ![[NODE]], size: 64)
// CHECK-DAG: ![[POINT]] = {{.*}}!DICompositeType(tag: DW_TAG_structure_type, file: {{.*}}, size: 128
// CHECK-DAG: ![[FLEXIBLE]] = {{.*}}!DICompositeType(tag: DW_TAG_structure_type, name: "flexible"
// CHECK-DAG: ![[ROW]] = !DICompositeType(tag: DW_TAG_array_type, {{.*}}size: 128
// CHECK-DAG: ![[CHAR]] = !DIBasicType(name: "char"
