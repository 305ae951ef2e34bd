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
	.macro head name, key, kind, flags, encoding, bit, size, count, length=48
	.section allocs_types,"aG",@progbits,type_\name,comdat
	.balign 8
	.weak type_\name
	.hidden type_\name
type_\name:
	.long \length
	.byte \kind, \flags, \encoding, \bit
	.quad 0x\key, \size, \count
	slot
	.endm
	.macro base name, key, encoding, size, bits, flags=0, bit=0
	head \name, \key, 2, \flags, \encoding, \bit, \size, \bits
	.long 0, 0, 0
	.endm
	.macro derived name, key, kind, size, count, target, flags=0
	head \name, \key, \kind, \flags, 0, 0, \size, \count
	.long 0
	ref type_\target
	.long 0
	.endm
	.macro member offset, type
	.quad \offset
	ref type_\type
	.endm

	base int, 3c1b000d33f82db5, 5, 4, 32
	base char, dc478c85db4ecdfd, 6, 1, 8
	base ulong, 1cd32c242bec9859, 7, 8, 64
	base unsigned3, 79ade72d6ac50c81, 7, 1, 3, 0x40, 5
	base uint, 45887390edbdfa55, 7, 4, 32
	head void, e5fdc025e13eeed5, 0, 0, 0, 0, 0, 0
	.long 0, 0, 0
	derived node_pointer, be780b00534740da, 8, 8, 0, node
	derived char_pointer, 387dc2735f51157b, 8, 8, 0, char
	derived int10, fb134b96b4925fa9, 1, 40, 10, int
	derived int3, 163ac0f6f3544ba4, 1, 12, 3, int
	derived tail, 913e8e5297852ac0, 1, -1, -1, ulong
	derived compare_pointer, bac43d2ee733c108, 8, 8, 0, compare
	derived int4, 9e6a8497898a5f8d, 1, 16, 4, int, 8
	derived main_type_pointer, 77244047a6a4f729, 8, 8, 0, main

	# struct node { int value; unsigned flag : 3; struct node *next; int (*compare)(const char *, ...); }
	head node, 688531ddbcfd1674, 6, 0, 0, 0, 32, 0, 144
	text node
	.long 0, 4
	member 0, int
	text value
	.long 0, 0
	member 4, unsigned3
	text flag
	.long 0, 0
	member 8, node_pointer
	text next
	.long 0, 0
	member 16, compare_pointer
	text compare
	text compare_fn
	.long 0

	# int (char *, ...), int (int, char *), three parameters' room for two
	head compare, db9c0bee20237675, 10, 4, 0, 0, 0, 0, 56
	.long 0
	ref type_int
	.long 1
	ref type_char_pointer
	.long 0
	head main, ae8187abe7806dbd, 10, 0, 0, 0, 0, 0, 56
	.long 0
	ref type_int
	.long 2
	ref type_int
	ref type_char_pointer

	# enum color { RED, BLUE = -1 }
	head color, fecb8d397a1a6939, 4, 0, 0, 0, 4, 0, 80
	text color
	ref type_int
	.long 2
	.quad 0
	text RED
	.long 0
	.quad -1
	text BLUE
	.long 0

	# typedef struct { union { int i; char c; }; enum color color; size_t tail[]; } packet
	head packet, f84a40805cfe4b61, 6, 0x10, 0, 0, 8, 0, 120
	text packet
	.long 0, 3
	member 0, arms
	.long 0, 0, 0
	member 4, color
	text color
	.long 0, 0
	member 8, tail
	text tail
	.long 0, 0
	head arms, 2b21b6b130dcdd25, 6, 0x12, 0, 0, 4, 0, 96
	.long 0, 0, 2
	member 0, int
	text i
	.long 0, 0
	member 0, char
	text c
	.long 0, 0
	# struct opaque;
	head opaque, 6a049f131af5e4ce, 6, 1, 0, 0, -1, 0
	text opaque
	.long 0, 0

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
	.balign 8
	.quad 0
	ref table
	ref type_int10
	text table
	.long 0, 0
	text table.c
	.long 3, 1
	.quad 40
	ref calls
	ref type_uint
	text calls
	text push
	text counter_t
	text list.c
	.long 9, 1
	.quad 4
	ref main
	ref type_main
	text main
	.long 0, 0
	text main.c
	.long 3, 2
	.quad 0
	ref point
	ref type_packet
	.long 0, 0, 0
	text p.c
	.long 5, 3
	.quad 8
	.section allocs_literals,"a",@progbits
	.balign 4
	ref hello
	ref type_char
	.long 12
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
	.balign 8
	.long 80, 2
	ref main
	text main
	slot
	text main.c
	.long -48, 3
	.long -20
	ref type_int
	text x
	.long 0, 0, 4
	.long -64
	ref type_int3
	.long 0
	text helper
	.long 0, 9

	.section .note.allocs,"aR",@note
	.balign 4
	.long 8, 60, 1
	.ascii "allocs\0\0"
	.long 2
	.irp table, types, sites, statics, literals, tls, frames, slots
	.hidden __start_allocs_\table, __stop_allocs_\table
	ref __start_allocs_\table
	ref __stop_allocs_\table
	.endr
	.section .note.GNU-stack,"",@progbits
