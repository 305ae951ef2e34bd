# Tables as the plugin writes them, by hand: every kind of record, most kinds of type. Some records stand in sections of
# their own, as COMDATs do; forward references lead from one to the other.
	.macro ref to
	.long \to - .
	.endm
	.macro text t
	.pushsection allocs_strings,"aMS",@progbits,1
.Ltext\@:
	.asciz "\t"
	.popsection
	.long .Ltext\@ - .
	.endm
	.macro slot
	.pushsection allocs_slots,"aw",@nobits
	.balign 8
.Lslot\@:
	.zero 8
	.popsection
	.long .Lslot\@ - .
	.endm
	.macro head name, kind, flags, cut=0
	.section allocs_types,"aG",@progbits,type_\name,comdat
	.weak type_\name
	.hidden type_\name
type_\name:
	.uleb128 .Lend_\name - . - 1 - \cut
	.byte \kind, \flags
	.endm
	.macro end name
.Lend_\name:
	.endm
	.macro base name, encoding, size, bits, flags=0, bit=0
	head \name, 2, \flags
	.byte \encoding, \bit, \size, \bits
	end \name
	.endm
	.macro pointer name, target
	head \name, 8, 0
	ref type_\target
	end \name
	.endm
	.macro array name, target, count
	head \name, 1, 0
	ref type_\target
	.uleb128 \count + 1
	end \name
	.endm
	.macro tagged name, key, kind, flags, size, text, cut=0
	head \name, \kind, \flags, \cut
	.quad 0x\key
	\text
	.uleb128 \size + 1
	.endm
	# step: 2 * the distance from the member before, + 1 if there is an alias
	.macro member step, type
	.uleb128 \step
	ref type_\type
	.endm

	base int, 5, 4, 32
	base char, 6, 1, 8
	base ulong, 7, 8, 64
	base unsigned3, 7, 1, 3, 0x40, 5
	base uint, 7, 4, 32
	head void, 0, 0
	.byte 0
	end void
	pointer node_pointer, node
	pointer char_pointer, char
	array int10, int, 10
	array int3, int, 3
	array tail, ulong, -1
	pointer compare_pointer, compare
	head int4, 1, 8
	ref type_int
	.uleb128 5, 16
	end int4
	pointer main_type_pointer, main

	# struct node { int value; unsigned flag : 3; struct node *next; int (*compare)(const char *, ...); }
	tagged node, 688531ddbcfd1674, 6, 0, 32, "text node"
	.uleb128 4
	member 0, int
	text value
	member 8, unsigned3
	text flag
	member 8, node_pointer
	text next
	member 17, compare_pointer
	text compare
	text compare_fn
	end node

	# int (char *, ...), int (int, char *)
	head compare, 10, 4
	ref type_int
	ref type_char_pointer
	end compare
	head main, 10, 0
	ref type_int
	ref type_int
	ref type_char_pointer
	end main

	# enum color { RED, BLUE = -1 }
	tagged color, fecb8d397a1a6939, 4, 0, 4, "text color"
	ref type_int
	.uleb128 2
	text RED
	.uleb128 0
	text BLUE
	.uleb128 1
	end color

	# typedef struct { union { int i; char c; }; enum color color; size_t tail[]; } packet
	tagged packet, f84a40805cfe4b61, 6, 0x10, 8, "text packet"
	.uleb128 3
	member 0, arms
	.long 0
	member 8, color
	text color
	member 8, tail
	text tail
	end packet
	tagged arms, 2b21b6b130dcdd25, 6, 0x12, 4, ".long 0"
	.uleb128 2
	member 0, int
	text i
	member 0, char
	text c
	end arms
	# struct opaque;
	tagged opaque, 6a049f131af5e4ce, 6, 1, -1, "text opaque"
	.uleb128 0
	end opaque

	.data
	.balign 8
table:
	.zero 40
calls:
	.zero 4
point:
	.zero 8
	.section .rodata.str1.1,"aMS",@progbits,1
hello:
	.asciz "hi \"there\"\n"
	.section .rodata,"a",@progbits
zeroes:
	.zero 3
	.text
	.globl main
	.hidden main
main:
	ret
counter_offset:
	.long 0

	.macro site type, callee, line, column, shape, rule
	slot
	ref main
	\type
	.long 0
	text \callee
	text push
	text list.c
	.long \line
	.short \column
	.byte \shape, \rule
	.long 0
	.endm
	.section allocs_sites,"a",@progbits
	.balign 4
	site "ref type_node", malloc, 42, 13, 1, 1
	site "ref type_int", calloc, 7, 3, 2, 5
	site ".long 0", malloc, 42, 2, 0, 0

	.section allocs_statics,"a",@progbits
	.byte 0, 4
	text table.c
	.byte 1, 3
	ref table
	ref type_int10
	text table
	.uleb128 40
	.byte 4
	text list.c
	.byte 0x19, 9
	ref calls
	ref type_uint
	text calls
	text push
	text counter_t
	.uleb128 4
	.byte 4
	text main.c
main_record:
	.byte 2, 3
	ref main
	ref type_main
	text main
	.byte 4
	text p.c
	.byte 3, 5
	ref point
	ref type_packet
	.uleb128 8
	.section allocs_literals,"a",@progbits
	.byte 1, 0
	ref type_char
	ref hello
	.byte 1, 1
	ref type_char
	ref zeroes
	.uleb128 3
	.section allocs_tls,"a",@progbits
	.balign 8
	ref counter_offset
	ref type_uint
	text counter
	.long 0, 0
	text tls.c
	.long 4, 0
	.quad 4
	.section allocs_frames,"a",@progbits
	.byte 5, 1
	text main.c
	.uleb128 .Lframe_end - . - 1
	.byte 4
	ref main_record
	.long -48
	.long -20
	.uleb128 4 << 3
	ref type_int
	text x
	.long -64
	.uleb128 5 << 3 | 2
	ref type_int3
	.long 0
	text helper
.Lframe_end:
	# one that tells itself of its function, whose record is elsewhere
	.uleb128 .Lown_end - . - 1
	.byte 2
	.uleb128 300
	ref counter_offset
	text own
	.long -8
	.uleb128 302 << 3 | 1
	ref type_uint
	text y
	text counter_t
.Lown_end:

	.section .note.allocs,"aR",@note
	.balign 4
	.long 8, 60, 1
	.ascii "allocs\0\0"
	.long 3
	.irp table, types, sites, statics, literals, tls, frames, slots
	.hidden __start_allocs_\table, __stop_allocs_\table
	ref __start_allocs_\table
	ref __stop_allocs_\table
	.endr
	.section .note.GNU-stack,"",@progbits
