# What gcc 16 writes for btf_decl_tag and btf_type_tag: annotations stand beside all else, and DW_AT_GNU_annotation (0x2139)
# leads to them, the last one first; entries share the ends of chains. annotated.c says the same in C.
    .macro abbreviation code, tag, children
    .uleb128 \code, \tag
    .byte \children
    .endm
    .macro reference target
    .4byte \target - .Lunit
    .endm

    .text
    .globl function
    .type function, @function
function:
    ret
    .size function, . - function

    .section .debug_abbrev, "", @progbits
    abbreviation 1, 0x11, 1             # unit: language
    .uleb128 0x13, 0x0b, 0, 0
    abbreviation 2, 0x24, 0             # base type: name, size, encoding
    .uleb128 0x03, 0x08, 0x0b, 0x0b, 0x3e, 0x0b, 0, 0
    abbreviation 3, 0x24, 0             # the same, annotated
    .uleb128 0x03, 0x08, 0x0b, 0x0b, 0x3e, 0x0b, 0x2139, 0x13, 0, 0
    abbreviation 4, 0x0f, 0             # pointer: size, type
    .uleb128 0x0b, 0x0b, 0x49, 0x13, 0, 0
    abbreviation 5, 0x26, 0             # const: type
    .uleb128 0x49, 0x13, 0, 0
    abbreviation 6, 0x13, 1             # struct: name, size
    .uleb128 0x03, 0x08, 0x0b, 0x0b, 0, 0
    abbreviation 7, 0x0d, 0             # member: name, type, place
    .uleb128 0x03, 0x08, 0x49, 0x13, 0x38, 0x0b, 0, 0
    abbreviation 8, 0x0d, 0             # the same, annotated
    .uleb128 0x03, 0x08, 0x49, 0x13, 0x38, 0x0b, 0x2139, 0x13, 0, 0
    abbreviation 9, 0x16, 0             # typedef: name, type, annotated
    .uleb128 0x03, 0x08, 0x49, 0x13, 0x2139, 0x13, 0, 0
    abbreviation 10, 0x2e, 1            # function: name, type, external, annotated
    .uleb128 0x03, 0x08, 0x49, 0x13, 0x3f, 0x19, 0x2139, 0x13, 0, 0
    abbreviation 11, 0x05, 0            # parameter: name, type, annotated
    .uleb128 0x03, 0x08, 0x49, 0x13, 0x2139, 0x13, 0, 0
    abbreviation 12, 0x6001, 0          # annotation: name, value
    .uleb128 0x03, 0x08, 0x1c, 0x08, 0, 0
    abbreviation 13, 0x6001, 0          # the same, with another before it
    .uleb128 0x03, 0x08, 0x1c, 0x08, 0x2139, 0x13, 0, 0
    .byte 0

    .section .debug_info, "", @progbits
.Lunit:
    .4byte .Lend - .Lversion
.Lversion:
    .2byte 5
    .byte 1, 8
    .4byte 0
    .uleb128 1
    .byte 0x1d
.Lfirst:
    .uleb128 12
    .asciz "btf_decl_tag", "first"
.Lsecond:
    .uleb128 13
    .asciz "btf_decl_tag", "second"
    reference .Lfirst
.Luser:
    .uleb128 12
    .asciz "btf_type_tag", "user"
.Lrcu:
    .uleb128 13
    .asciz "btf_type_tag", "rcu"
    reference .Luser
.Lint:
    .uleb128 2
    .asciz "int"
    .byte 4, 5
.Lchar:
    .uleb128 2
    .asciz "char"
    .byte 1, 6
.Lchar_user:
    .uleb128 3
    .asciz "char"
    .byte 1, 6
    reference .Luser
.Lchar_user_rcu:
    .uleb128 3
    .asciz "char"
    .byte 1, 6
    reference .Lrcu
.Lconst_char_user_rcu:
    .uleb128 5
    reference .Lchar_user_rcu
.Lplain_pointer:
    .uleb128 4
    .byte 8
    reference .Lchar
.Luser_pointer:
    .uleb128 4
    .byte 8
    reference .Lchar_user
.Lboth_pointer:
    .uleb128 4
    .byte 8
    reference .Lconst_char_user_rcu
.Lholder:
    .uleb128 6
    .asciz "holder"
    .byte 40
    .uleb128 8
    .asciz "owned"
    reference .Lint
    .byte 0
    reference .Lsecond
    .uleb128 7
    .asciz "plain"
    reference .Lplain_pointer
    .byte 8
    .uleb128 7
    .asciz "user"
    reference .Luser_pointer
    .byte 16
    .uleb128 7
    .asciz "both"
    reference .Lboth_pointer
    .byte 24
    .uleb128 8
    .asciz "direct"
    reference .Lchar_user
    .byte 32
    reference .Lfirst
    .byte 0
.Lholder_pointer:
    .uleb128 4
    .byte 8
    reference .Lholder
    .uleb128 9
    .asciz "alias"
    reference .Lholder
    reference .Lfirst
    .uleb128 10
    .asciz "function"
    reference .Lint
    reference .Lsecond
    .uleb128 11
    .asciz "held"
    reference .Lholder_pointer
    reference .Lfirst
    .byte 0
    .byte 0
.Lend:
