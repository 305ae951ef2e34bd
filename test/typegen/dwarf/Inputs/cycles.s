# DWARF that goes round: which part is made with is chosen by symbols given to the assembler.
.section .debug_abbrev,"",@progbits
.byte 1, 0x11, 1, 0, 0          # unit, with children
.byte 2, 0x16, 0, 3, 8, 0x49, 0x13, 0, 0 # typedef: name, type
.byte 3, 0x13, 1, 3, 8, 0x0b, 0x0b, 0, 0 # structure: name, size
.byte 4, 0x0d, 0, 3, 8, 0x49, 0x13, 0x38, 0x0b, 0, 0 # member: name, type, offset
.byte 5, 0x13, 1, 1, 0x13, 0, 0 # structure, whose sibling is told
.byte 6, 0x0b, 1, 0, 0          # block
.byte 0
.section .debug_info,"",@progbits
begin:
.long end - version
version:
.short 4
.long .debug_abbrev
.byte 8
.byte 1
.ifdef TYPEDEF
one: .byte 2
.asciz "one"
.long two - begin
two: .byte 2
.asciz "two"
.long one - begin
.endif
.ifdef CONTAINS
self: .byte 3
.asciz "self"
.byte 8
.byte 4
.asciz "inner"
.long self - begin
.byte 0
.byte 0
.endif
.ifdef OUTSIDE
out: .byte 3
.asciz "out"
.byte 8
.byte 4
.asciz "inner"
.long out - begin
.byte 9
.byte 0
.endif
.ifdef SIBLING
back: .byte 5
.long back - begin
.byte 0
.endif
.ifdef DEEP
.rept 2000
.byte 6
.endr
.rept 2000
.byte 0
.endr
.endif
.byte 0
end:
.text
.globl _start
_start: ret
