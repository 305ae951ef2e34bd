/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The root of the runtime's state, for readers from outside. Constant: nobody in the process looks at it. Its version
   changes with any of what the assertions hold. */

#include "doors/state_root.h"
#include "heap/block_marks.h"
#include "heap/heap_map.h"
#include "heap/site.h"

ALLOCS_STATIC_ASSERT(ALLOCS_ROOT_VERSION == 1);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_heap_map_stretch) == (1 << 17) + 8 * ((1 << 10) + (1 << 4) + 1));
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_heap_map, crossing) == 8u * ALLOCS_HEAP_MAP_STRETCHES);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_heap_map, is_kept) == 16u * ALLOCS_HEAP_MAP_STRETCHES);
ALLOCS_STATIC_ASSERT(ALLOCS_ORIGIN_AT == 14 && ALLOCS_ORIGIN_BITS == 17);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_known_site) == 168);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_known_site, record) == 8);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_known_site, info) == 40);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_mark) == 32);
ALLOCS_STATIC_ASSERT(sizeof(struct uniqtype) == 56 && sizeof(struct uniqtype_member) == 32);

const struct allocs_root __allocs_root = {
    .magic = ALLOCS_ROOT_MAGIC,
    .version = ALLOCS_ROOT_VERSION,
    .size = sizeof(struct allocs_root),
    .stretch_size = sizeof(struct allocs_heap_map_stretch),
    .site_size = sizeof(struct allocs_known_site),
    .mark_size = sizeof(struct allocs_mark),
    .type_size = sizeof(struct uniqtype),
    .member_size = sizeof(struct uniqtype_member),
    .address_bits = ALLOCS_ARCH_ADDRESS_BITS,
    .heap_map = &allocs_heap_map,
    .origins = &allocs_origin_table,
};

/* Written for the assembler, since no initialiser of C has a distance. It begins and ends at the same places padded to
   4 bytes and to 8. */
ALLOCS_STATIC_ASSERT(ALLOCS_ROOT_NOTE_TYPE == 2);
__asm__(".pushsection .note.allocs.root, \"a\", %note\n"
        ".balign 4\n"
        ".long 12, 8, 2\n"
        ".ascii \"" ALLOCS_NOTE_NAME "\\0\\0\\0\\0\\0\\0\"\n"
        ".long 1\n"
        ".long __allocs_root - .\n"
        ".popsection\n");
