// What is wrong in a declaration of an allocator is told with file, line and column, and what was expected there.
// RUN: rm -rf %t && split-file %s %t
// RUN: not %allocs-cc -fplugin-arg-allocs-allocators=%t/bad -c %t/unit.c -o %t/unit.o 2>&1 | %filecheck --implicit-check-not=error: %s
// RUN: not %allocs-cc -fplugin-arg-allocs-allocators=%t/none -c %t/unit.c -o %t/unit.o 2>&1 | %filecheck --check-prefix=NONE %s
// RUN: not %allocs-cc -fplugin-arg-allocs-allocators=%t/form -c %t/unit.c -o %t/unit.o 2>&1 | %filecheck --check-prefix=FORM %s
// RUN: not %allocs-cc -DANNOTATED -c %t/unit.c -o %t/unit.o 2>&1 | %filecheck --check-prefix=ANNOTATED %s
// RUN: env "LIBALLOCS_ALLOC_FNS=xmalloc(Z)p give(q)p" not %allocs-cc -c %t/unit.c -o %t/unit.o 2>&1 | %filecheck --check-prefix=VARIABLE %s
// RUN: %allocs-cc -fplugin-arg-allocs-allocators=%t/good -fplugin-arg-allocs-allocators=%t/good -c %t/unit.c -o %t/unit.o 2>&1 | count 0

// CHECK: bad:2:1: error: expected the kind of a function: block, part, cells, text, free or reset
// CHECK: bad:3:6: error: expected the name of a function
// CHECK: bad:4:10: error: expected '('
// CHECK: bad:5:11: error: expected size, count, pool, object or -
// CHECK: bad:6:12: error: expected no pool of a function of kind block
// CHECK: bad:7:15: error: expected ',' or ')'
// CHECK: bad:8:12: error: expected an argument that is the size
// CHECK: bad:9:17: error: expected the end of the declaration
// CHECK: bad:10:17: error: expected only one size
// CHECK: bad:12:6: error: allocs: twice is declared as something else before
// NONE: error: allocs: {{.*}}none: No such file or directory
// FORM: form:1:6: error: allocs: give has no such arguments or result
// ANNOTATED: unit.c:3:{{[0-9]+}}: error: expected an argument that is the size at ')'
// VARIABLE: error: allocs: LIBALLOCS_ALLOC_FNS: expected name(letters)letter, of the letters z, p and i, not 'give(q)p'

//--- bad
# The kind
gives give(size)
part (size)
part give
part give(sze)
block give(pool)
part give(size
part give(-)
part give(size) -
part give(size, size)
part twice(size)
part twice(size, -)
//--- form
part give(size, pool)
//--- good
  part   give ( size )   # a comment
free absent(object)
//--- unit.c
#include <stddef.h>
#ifdef ANNOTATED
void *give(size_t size) __attribute__((annotate("allocs.function:part(-)")));
#else
void *give(size_t size);
#endif
int *use(void) { return give(sizeof(int)); }
