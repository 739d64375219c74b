// What tags, attributes and forms mean to the walk.

extension AbbreviationPlan.Role {
    /// What the walk does with an entry of a tag.
    init(tag: UInt64) {
        self =
            switch tag {
            case Tag.structureType, Tag.classType: .structure
            case Tag.unionType: .union
            case Tag.enumerationType: .enumeration
            case Tag.arrayType: .array
            case Tag.subroutineType: .subroutine
            case Tag.pointerType, Tag.referenceType, Tag.rvalueReferenceType: .pointer
            case Tag.constType: .const
            case Tag.volatileType: .volatile
            case Tag.restrictType: .restrict
            case Tag.typedef: .typedef
            case Tag.atomicType, Tag.immutableType, Tag.sharedType: .alias
            case Tag.unspecifiedType: .void
            case Tag.baseType: .base
            case Tag.member: .member
            case Tag.enumerator: .enumerator
            case Tag.subrangeType: .subrange
            case Tag.subprogram: .subprogram
            case Tag.formalParameter: .parameter
            case Tag.unspecifiedParameters: .unspecifiedParameters
            case Tag.lexicalBlock, Tag.namespace: .scope
            case Tag.variable: .variable
            case Tag.compileUnit: .unit
            case Tag.partialUnit, Tag.typeUnit: .partialUnit
            case Tag.importedUnit: .importedUnit
            case Tag.annotation, Tag.chainedAnnotation: .annotation
            default: .skip
            }
    }
}

extension DecodeStep {
    /// How a form is written (DWARF 5, section 7.5.6).
    init(form: UInt64, unit: UnitHeader, at offset: Int) throws(Fault) {
        var encoding = Encoding.fixed
        var width: UInt8 = 0
        switch form {
        case Form.addr: width = unit.addressSize
        case Form.data1, Form.flag, Form.ref1, Form.strx1, Form.addrx1: width = 1
        case Form.data2, Form.ref2, Form.strx2, Form.addrx2: width = 2
        case Form.strx3, Form.addrx3: width = 3
        case Form.data4, Form.ref4, Form.strx4, Form.addrx4, Form.refSup4: width = 4
        case Form.data8, Form.ref8, Form.refSig8, Form.refSup8: width = 8
        case Form.data16: width = 16
        case Form.strp, Form.lineStrp, Form.strpSup, Form.secOffset, Form.gnuRefAlt, Form.gnuStrpAlt:
            width = unit.offsetSize
        case Form.refAddr: width = unit.version == 2 ? unit.addressSize : unit.offsetSize
        case Form.udata, Form.refUdata, Form.strx, Form.addrx, Form.loclistx, Form.rnglistx: encoding = .unsigned
        case Form.sdata: encoding = .signed
        case Form.string: encoding = .string
        case Form.block, Form.exprloc: encoding = .block
        case Form.block1:
            encoding = .block
            width = 1
        case Form.block2:
            encoding = .block
            width = 2
        case Form.block4:
            encoding = .block
            width = 4
        case Form.flagPresent, Form.implicitConst: encoding = .constant
        case Form.indirect: encoding = .indirect
        default: throw Fault(.form(form), at: offset)
        }
        self.init(skip: 0, encoding: encoding, width: width, slot: .none, constant: 0)
    }
}

extension DecodeStep.Slot {
    /// What an attribute in a form is for; `none` where it is not needed, or where the form says nothing that is.
    init(attribute: UInt64, form: UInt64) {
        let slot: DecodeStep.Slot =
            switch attribute {
            case AttributeName.name: .nameInline
            case AttributeName.type: .type
            case AttributeName.byteSize: .size
            case AttributeName.location: .location
            case AttributeName.dataMemberLocation: .memberLocation
            case AttributeName.bitSize: .bitSize
            case AttributeName.bitOffset: .bitOffset
            case AttributeName.dataBitOffset: .dataBitOffset
            case AttributeName.constValue: .value
            case AttributeName.upperBound: .upperBound
            case AttributeName.count: .count
            case AttributeName.encoding: .encoding
            case AttributeName.sibling: .sibling
            case AttributeName.declaration: .declaration
            case AttributeName.external: .external
            case AttributeName.abstractOrigin, AttributeName.specification, AttributeName.importedUnit: .origin
            case AttributeName.signature: .signature
            case AttributeName.language: .language
            case AttributeName.stringOffsetsBase: .stringOffsetsBase
            case AttributeName.addressBase: .addressBase
            case AttributeName.locationListsBase: .locationListsBase
            case AttributeName.lowAddress: .lowAddress
            case AttributeName.annotation: .annotation
            default: .none
            }
        self = form == Form.indirect ? slot : slot.with(form: form)
    }

    /// Whether an attribute in a form may refer to an entry of another unit.
    @inline(__always)
    func mayLeaveUnit(_ form: UInt64) -> Bool {
        switch self {
        case .typeAnywhere, .typeBySignature, .typeElsewhere, .originAnywhere, .originElsewhere, .signature,
            .annotationAnywhere, .annotationElsewhere:
            true
        case .type: form == Form.indirect
        default: false
        }
    }

    /// The slot for the same attribute, now that its form is known.
    func with(form: UInt64) -> DecodeStep.Slot {
        switch self {
        case .nameInline:
            switch form {
            case Form.string: return .nameInline
            case Form.strp: return .nameInStrings
            case Form.lineStrp: return .nameInLineStrings
            case Form.strx, Form.strx1, Form.strx2, Form.strx3, Form.strx4: return .nameByIndex
            case Form.strpSup, Form.gnuStrpAlt: return .nameElsewhere
            default: return .none
            }
        case .type:
            switch form {
            case Form.ref1, Form.ref2, Form.ref4, Form.ref8, Form.refUdata: return .type
            case Form.refAddr: return .typeAnywhere
            case Form.refSig8: return .typeBySignature
            case Form.refSup4, Form.refSup8, Form.gnuRefAlt: return .typeElsewhere
            default: return .none
            }
        case .origin:
            switch form {
            case Form.ref1, Form.ref2, Form.ref4, Form.ref8, Form.refUdata: return .origin
            case Form.refAddr: return .originAnywhere
            case Form.refSup4, Form.refSup8, Form.gnuRefAlt: return .originElsewhere
            default: return .none
            }
        case .annotation:
            switch form {
            case Form.ref1, Form.ref2, Form.ref4, Form.ref8, Form.refUdata: return .annotation
            case Form.refAddr: return .annotationAnywhere
            case Form.refSup4, Form.refSup8, Form.gnuRefAlt: return .annotationElsewhere
            default: return .none
            }
        case .signature: return form == Form.refSig8 ? .signature : .none
        case .sibling:
            switch form {
            case Form.ref1, Form.ref2, Form.ref4, Form.ref8, Form.refUdata: return .sibling
            default: return .none
            }
        case .location:
            switch form {
            case Form.exprloc, Form.block, Form.block1, Form.block2, Form.block4: return .location
            case Form.secOffset, Form.data4, Form.data8: return .locationList
            case Form.loclistx: return .locationListByIndex
            default: return .none
            }
        case .lowAddress: return form == Form.addr ? .lowAddress : .none
        case .memberLocation:
            switch form {
            case Form.exprloc, Form.block, Form.block1, Form.block2, Form.block4: return .memberLocation
            default: return form.isConstantForm ? .memberLocation : .none
            }
        case .value:
            switch form {
            case Form.string: return .textInline
            case Form.strp: return .textInStrings
            case Form.strpSup, Form.gnuStrpAlt: return .textElsewhere
            case Form.strx, Form.strx1, Form.strx2, Form.strx3, Form.strx4: return .textByIndex
            default: return form.isConstantForm ? .value : .none
            }
        case .size, .bitSize, .bitOffset, .dataBitOffset, .upperBound, .count, .encoding, .language:
            return form.isConstantForm ? self : .none
        case .declaration, .external:
            return form == Form.flag || form == Form.flagPresent ? self : .none
        case .stringOffsetsBase, .addressBase, .locationListsBase:
            return form == Form.secOffset || form.isConstantForm ? self : .none
        default: return self
        }
    }
}

extension DecodeStep.Slot {
    /// The slot in a unit of a supplementary file, whose own sections are "elsewhere"; nil for what such units are not
    /// known to use.
    var inSupplement: DecodeStep.Slot? {
        switch self {
        case .nameInStrings: .nameElsewhere
        case .textInStrings: .textElsewhere
        case .typeAnywhere: .typeElsewhere
        case .originAnywhere: .originElsewhere
        case .annotationAnywhere: .annotationElsewhere
        case .nameInLineStrings, .nameByIndex, .textByIndex, .nameElsewhere, .textElsewhere, .typeElsewhere,
            .originElsewhere, .annotationElsewhere:
            nil
        default: self
        }
    }
}

extension UInt64 {
    /// Whether a form's class is constant, in 8 bytes or fewer.
    fileprivate var isConstantForm: Bool {
        switch self {
        case Form.data1, Form.data2, Form.data4, Form.data8, Form.udata, Form.sdata, Form.implicitConst: true
        default: false
        }
    }
}

extension AbbreviationPlan.Role {
    /// Whether the walk needs what is in a slot of entries with this role.
    func needs(_ slot: DecodeStep.Slot) -> Bool {
        switch slot {
        case .none: false
        case .sibling: true
        case .nameInline, .nameInStrings, .nameInLineStrings, .nameByIndex, .nameElsewhere:
            switch self {
            case .structure, .union, .enumeration, .typedef, .base, .member, .enumerator, .subprogram, .parameter,
                .variable, .annotation:
                true
            default: false
            }
        case .type, .typeAnywhere, .typeBySignature, .typeElsewhere:
            switch self {
            case .pointer, .const, .volatile, .restrict, .typedef, .alias, .array, .subroutine, .enumeration, .member,
                .subprogram, .parameter, .variable:
                true
            default: false
            }
        case .size:
            switch self {
            case .structure, .union, .enumeration, .base, .member: true
            default: false
            }
        case .memberLocation, .memberLocationBlock, .bitOffset, .dataBitOffset: self == .member
        case .bitSize: self == .member || self == .base
        case .value: self == .enumerator
        case .textInline, .textInStrings, .textByIndex, .textElsewhere: self == .annotation
        case .upperBound, .count: self == .subrange
        case .encoding: self == .base
        case .location: self == .variable || self == .parameter
        case .locationList, .locationListByIndex: self == .parameter
        case .lowAddress: self == .subprogram
        case .declaration, .external:
            switch self {
            case .structure, .union, .enumeration, .member, .subprogram, .variable: true
            default: false
            }
        case .origin: self == .variable || self == .subprogram || self == .parameter
        case .originAnywhere, .originElsewhere:
            self == .variable || self == .subprogram || self == .parameter || self == .importedUnit
        case .annotation, .annotationAnywhere, .annotationElsewhere:
            switch self {
            case .structure, .union, .enumeration, .array, .subroutine, .pointer, .const, .volatile, .restrict,
                .typedef,
                .alias, .base, .void, .member, .subprogram, .parameter, .variable, .annotation:
                true
            default: false
            }
        case .signature: self == .structure || self == .union || self == .enumeration
        case .language, .stringOffsetsBase, .addressBase, .locationListsBase: self == .unit || self == .partialUnit
        }
    }
}

extension AbbreviationPlan {
    /// Sets the field for a slot.
    ///
    /// - Returns: whether entries of this role can be read with it; there is no field for every slot.
    mutating func set(_ slot: DecodeStep.Slot, _ field: Field) -> Bool {
        switch slot {
        case .nameInStrings:
            name = field
            flags.insert(.nameInStrings)
        case .type: type = field
        case .memberLocation: place = field
        case .dataBitOffset:
            place = field
            flags.insert(.placeInBits)
        case .bitSize where role == .member: bitSize = field
        case .size where role != .member: value = field
        case .lowAddress: value = field
        case .locationList: place = field
        case .value: value = field
        case .sibling: sibling = field
        default: return false
        }
        return true
    }
}
