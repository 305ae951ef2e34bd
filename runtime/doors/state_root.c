/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The root of the runtime's state, for readers from outside. Constant: nobody in the process looks at it. Its version
   changes with any of what the assertions hold. */

#include "doors/state_root.h"
#include "answers/memory_kinds.h"
#include "arenas/arena_table.h"
#include "arenas/part_index.h"
#include "heap/block_marks.h"
#include "heap/heap_map.h"
#include "heap/site.h"
#include "mapping/map_regions_index.h"
#include "stack/auxv.h"
#include "stack/thread.h"
#include "stack/thread_stack.h"
#include "stack/tls.h"

ALLOCS_STATIC_ASSERT(ALLOCS_ROOT_VERSION == 2);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_heap_map_stretch) == (1 << 17) + 8 * ((1 << 10) + (1 << 4) + 1));
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_heap_map, crossing) == 8u * ALLOCS_HEAP_MAP_STRETCHES);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_heap_map, is_kept) == 16u * ALLOCS_HEAP_MAP_STRETCHES);
ALLOCS_STATIC_ASSERT(ALLOCS_ORIGIN_AT == 14 && ALLOCS_ORIGIN_BITS == 17);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_known_site) == 168);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_known_site, record) == 8);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_known_site, info) == 40);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_mark) == 32);
ALLOCS_STATIC_ASSERT(sizeof(struct uniqtype) == 56 && sizeof(struct uniqtype_member) == 32);

ALLOCS_STATIC_ASSERT(sizeof(struct allocs_thread) == 88 && offsetof(struct allocs_thread_list, newest) == 88);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_auxv_layout) == 64);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_region_record) == 48 && sizeof(struct allocs_map_regions_state) == 32);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_region_leaf, records) == 8 + 512);
ALLOCS_STATIC_ASSERT(offsetof(struct allocs_region_index, branches) == 120 + 8 * ALLOCS_REGIONS_UPPER);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_tls_loader) == 24);
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_arena_node) == 120 && sizeof(struct allocs_arena_table) == 32);

static const struct allocator *const allocators[] = {
#define ALLOCS_MEMORY(kind, lies_in, where_frames, may_hold, describe, word, traits) &alloc_##kind,
#include "answers/memory_kinds.def"
    &alloc_pool, &alloc_packed_texts};

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
    .thread_size = sizeof(struct allocs_thread),
    .arena_size = sizeof(struct allocs_arena_node),
    .heap_map = &allocs_heap_map,
    .origins = &allocs_origin_table,
    .threads = &allocs_thread_list,
    .auxv = &allocs_auxv_layout,
    .regions = &allocs_map_regions_state,
    .arenas = &allocs_arena_table_state,
    .parts = &allocs_part_index_stretches,
    .allocators = allocators,
    .tls = &allocs_tls_loader,
    .is_stack_anywhere = &allocs_thread_stack_anywhere,
};

/* Written for the assembler, since no initialiser of C has a distance. It begins and ends at the same places padded to
   4 bytes and to 8. */
ALLOCS_STATIC_ASSERT(ALLOCS_ROOT_NOTE_TYPE == 2);
__asm__(".pushsection .note.allocs.root, \"a\", %note\n"
        ".balign 4\n"
        ".long 12, 8, 2\n"
        ".ascii \"" ALLOCS_NOTE_NAME "\\0\\0\\0\\0\\0\\0\"\n"
        ".long 2\n"
        ".long __allocs_root - .\n"
        ".popsection\n");
