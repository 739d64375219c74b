// Numbers of the DWARF standard, version 5, section 7.5, as far as types need them.

/// DW_TAG_*: what an entry describes (table 7.3).
enum Tag {
    static let arrayType: UInt64 = 0x01
    static let classType: UInt64 = 0x02
    static let enumerationType: UInt64 = 0x04
    static let formalParameter: UInt64 = 0x05
    static let lexicalBlock: UInt64 = 0x0b
    static let member: UInt64 = 0x0d
    static let pointerType: UInt64 = 0x0f
    static let referenceType: UInt64 = 0x10
    static let compileUnit: UInt64 = 0x11
    static let structureType: UInt64 = 0x13
    static let subroutineType: UInt64 = 0x15
    static let typedef: UInt64 = 0x16
    static let unionType: UInt64 = 0x17
    static let unspecifiedParameters: UInt64 = 0x18
    static let subrangeType: UInt64 = 0x21
    static let baseType: UInt64 = 0x24
    static let constType: UInt64 = 0x26
    static let enumerator: UInt64 = 0x28
    static let subprogram: UInt64 = 0x2e
    static let variable: UInt64 = 0x34
    static let volatileType: UInt64 = 0x35
    static let restrictType: UInt64 = 0x37
    static let namespace: UInt64 = 0x39
    static let unspecifiedType: UInt64 = 0x3b
    static let partialUnit: UInt64 = 0x3c
    static let importedUnit: UInt64 = 0x3d
    static let typeUnit: UInt64 = 0x41
    static let rvalueReferenceType: UInt64 = 0x42
    static let sharedType: UInt64 = 0x40
    static let atomicType: UInt64 = 0x47
    static let immutableType: UInt64 = 0x4b
    /// DW_TAG_LLVM_annotation.
    static let annotation: UInt64 = 0x6000
    /// DW_TAG_GNU_annotation.
    static let chainedAnnotation: UInt64 = 0x6001
}

/// DW_AT_*: the attributes that are read (table 7.5).
enum AttributeName {
    static let sibling: UInt64 = 0x01
    static let location: UInt64 = 0x02
    static let name: UInt64 = 0x03
    static let byteSize: UInt64 = 0x0b
    static let bitOffset: UInt64 = 0x0c
    static let bitSize: UInt64 = 0x0d
    static let lowAddress: UInt64 = 0x11
    static let language: UInt64 = 0x13
    static let importedUnit: UInt64 = 0x18
    static let constValue: UInt64 = 0x1c
    static let upperBound: UInt64 = 0x2f
    static let abstractOrigin: UInt64 = 0x31
    static let count: UInt64 = 0x37
    static let dataMemberLocation: UInt64 = 0x38
    static let declaration: UInt64 = 0x3c
    static let encoding: UInt64 = 0x3e
    static let external: UInt64 = 0x3f
    static let specification: UInt64 = 0x47
    static let type: UInt64 = 0x49
    static let signature: UInt64 = 0x69
    static let dataBitOffset: UInt64 = 0x6b
    static let stringOffsetsBase: UInt64 = 0x72
    static let addressBase: UInt64 = 0x73
    static let locationListsBase: UInt64 = 0x8c
    /// DW_AT_GNU_annotation.
    static let annotation: UInt64 = 0x2139
}

/// DW_FORM_*: how an attribute's value is written (table 7.6, and GNU's extensions).
enum Form {
    static let addr: UInt64 = 0x01
    static let block2: UInt64 = 0x03
    static let block4: UInt64 = 0x04
    static let data2: UInt64 = 0x05
    static let data4: UInt64 = 0x06
    static let data8: UInt64 = 0x07
    static let string: UInt64 = 0x08
    static let block: UInt64 = 0x09
    static let block1: UInt64 = 0x0a
    static let data1: UInt64 = 0x0b
    static let flag: UInt64 = 0x0c
    static let sdata: UInt64 = 0x0d
    static let strp: UInt64 = 0x0e
    static let udata: UInt64 = 0x0f
    static let refAddr: UInt64 = 0x10
    static let ref1: UInt64 = 0x11
    static let ref2: UInt64 = 0x12
    static let ref4: UInt64 = 0x13
    static let ref8: UInt64 = 0x14
    static let refUdata: UInt64 = 0x15
    static let indirect: UInt64 = 0x16
    static let secOffset: UInt64 = 0x17
    static let exprloc: UInt64 = 0x18
    static let flagPresent: UInt64 = 0x19
    static let strx: UInt64 = 0x1a
    static let addrx: UInt64 = 0x1b
    static let refSup4: UInt64 = 0x1c
    static let strpSup: UInt64 = 0x1d
    static let data16: UInt64 = 0x1e
    static let lineStrp: UInt64 = 0x1f
    static let refSig8: UInt64 = 0x20
    static let implicitConst: UInt64 = 0x21
    static let loclistx: UInt64 = 0x22
    static let rnglistx: UInt64 = 0x23
    static let refSup8: UInt64 = 0x24
    static let strx1: UInt64 = 0x25
    static let strx2: UInt64 = 0x26
    static let strx3: UInt64 = 0x27
    static let strx4: UInt64 = 0x28
    static let addrx1: UInt64 = 0x29
    static let addrx2: UInt64 = 0x2a
    static let addrx3: UInt64 = 0x2b
    static let addrx4: UInt64 = 0x2c
    static let gnuRefAlt: UInt64 = 0x1f20
    static let gnuStrpAlt: UInt64 = 0x1f21
}

/// DW_ATE_*: what a base type's bits mean (table 7.11).
enum Encoding {
    static let boolean: UInt64 = 0x02
    static let complexFloat: UInt64 = 0x03
    static let float: UInt64 = 0x04
    static let signed: UInt64 = 0x05
    static let signedChar: UInt64 = 0x06
    static let imaginaryFloat: UInt64 = 0x09
    static let decimalFloat: UInt64 = 0x0f
}

/// DW_LANG_*: source languages (table 7.17 and later assignments).
enum Language {
    static let c: Set<UInt64> = [0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x3e]
    static let rust: UInt64 = 0x1c
    static let assembler: Set<UInt64> = [0x8001, 0x31]
}

/// DW_OP_*: the operations that say where a parameter is (section 7.7.1, and GNU's extension).
enum Operation {
    static let registers: ClosedRange<UInt64> = 0x50...0x6f
    /// DW_OP_regx, DW_OP_regval_type and its older form.
    static let registersByNumber: [UInt64] = [0x90, 0xa5, 0xf5]
    static let stackValue: UInt64 = 0x9f
    static let entryValue: UInt64 = 0xa3
    static let gnuEntryValue: UInt64 = 0xf3
}

/// DW_LLE_*: the kinds of entries in .debug_loclists (table 7.10, and GNU's extension).
enum LocationListEntry {
    static let end: UInt64 = 0x00
    static let baseAddressByIndex: UInt64 = 0x01
    static let startEndByIndex: UInt64 = 0x02
    static let startLengthByIndex: UInt64 = 0x03
    static let offsetPair: UInt64 = 0x04
    static let defaultLocation: UInt64 = 0x05
    static let baseAddress: UInt64 = 0x06
    static let startEnd: UInt64 = 0x07
    static let startLength: UInt64 = 0x08
    static let gnuViewPair: UInt64 = 0x09
}
