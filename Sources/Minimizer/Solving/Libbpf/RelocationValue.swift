import BTF

/// What a relocation comes to on one side.
struct RelocationValue: Hashable {
    /// What a loader writes into the instruction.
    var value: UInt64
    /// For the offset of a field that is no bitfield, how many bytes a load moves and of what type; else nil.
    var load: Load?

    struct Load: Hashable {
        /// In bytes.
        let size: UInt32
        let type: TypeID
    }
}

/// Computes values on one side, local or target, by libbpf's rules.
///
/// Source: libbpf's `bpf_core_calc_field_relo`, `bpf_core_calc_type_relo` and `bpf_core_calc_enumval_relo`.
struct ValueCalculation<Source: TypeSource> {
    let types: Source
    /// In bytes.
    let pointerSize: UInt32
    /// The byte order of the machine that the program runs on, which decides how a bitfield is shifted out.
    let byteOrder: ByteOrder

    /// The value of a relocation at the end of a path.
    func value(of kind: RelocationKind, at spec: AccessSpec) throws(Refusal) -> RelocationValue {
        switch kind {
        case .fieldExists, .typeExists, .typeMatches, .enumeratorExists: return RelocationValue(value: 1)
        case .fieldByteOffset, .fieldByteSize, .fieldSigned, .fieldLeftShift, .fieldRightShift:
            return try fieldValue(of: kind, at: spec)
        case .typeIDLocal, .typeIDTarget: return RelocationValue(value: UInt64(spec.root.rawValue))
        case .typeSize:
            return RelocationValue(value: UInt64(try types.size(of: spec.root, pointerSize: pointerSize)))
        case .enumeratorValue: return RelocationValue(value: try enumeratorValue(at: spec))
        }
    }

    private func enumeratorValue(at spec: AccessSpec) throws(Refusal) -> UInt64 {
        guard let accessor = spec.accessors.first, let enumeration = types.enumeration(accessor.type) else {
            throw Refusal("the path leads to no enumerator")
        }
        let value = enumeration.enumerators[Int(accessor.index)].value
        // libbpf reads the 32-bit values of both signednesses as signed ones.
        return UInt64(bitPattern: enumeration.is64Bit ? value : Int64(Int32(truncatingIfNeeded: value)))
    }

    private func fieldValue(of kind: RelocationKind, at spec: AccessSpec) throws(Refusal) -> RelocationValue {
        guard let accessor = spec.accessors.last else { throw Refusal("the path leads to no field") }
        guard accessor.name != nil else { return try elementValue(of: kind, accessor.type, at: spec) }
        let member = types.members(of: accessor.type)[Int(accessor.index)]
        let (type, header) = try types.unqualified(member.type)
        let isBitfield = member.bitfieldSize > 0
        let place = isBitfield ? try bitfieldPlace(member, header, at: spec) : try plainPlace(type, at: spec)
        switch kind {
        case .fieldByteOffset:
            let load = isBitfield ? nil : RelocationValue.Load(size: place.byteSize, type: type)
            return RelocationValue(value: UInt64(place.byteOffset), load: load)
        case .fieldByteSize:
            return RelocationValue(value: UInt64(place.byteSize))
        case .fieldSigned:
            let isSigned =
                header.kind.isEnumeration && header.kindFlag
                || types.integer(type)?.encoding.contains(.signed) == true
            return RelocationValue(value: isSigned ? 1 : 0)
        case .fieldLeftShift:
            // The bits above the field are shifted out first. The differences are of 32 bits, as in libbpf.
            let first = place.bitOffset &- place.byteOffset &* 8
            let shift =
                switch byteOrder {
                case .littleEndian: 64 &- (first &+ place.bitSize)
                case .bigEndian: (8 &- place.byteSize) &* 8 &+ first
                }
            return RelocationValue(value: UInt64(shift))
        default:
            return RelocationValue(value: UInt64(64 &- place.bitSize))
        }
    }

    private func elementValue(
        of kind: RelocationKind,
        _ type: TypeID,
        at spec: AccessSpec
    ) throws(Refusal) -> RelocationValue {
        let size = try types.size(of: type, pointerSize: pointerSize)
        switch kind {
        case .fieldByteOffset:
            return RelocationValue(value: UInt64(spec.bitOffset / 8), load: .init(size: size, type: type))
        case .fieldByteSize:
            return RelocationValue(value: UInt64(size))
        default:
            throw Refusal("an array element has no \(kind.name)")
        }
    }

    /// Where a field is and how it is loaded.
    private struct Place {
        var byteOffset: UInt32
        var byteSize: UInt32
        var bitOffset: UInt32
        var bitSize: UInt32
    }

    private func plainPlace(_ type: TypeID, at spec: AccessSpec) throws(Refusal) -> Place {
        let size = try types.size(of: type, pointerSize: pointerSize)
        return Place(
            byteOffset: spec.bitOffset / 8,
            byteSize: size,
            bitOffset: spec.bitOffset,
            bitSize: size &* 8
        )
    }

    /// The smallest aligned load of up to 8 bytes that covers a bitfield.
    private func bitfieldPlace(
        _ member: BTFType.Member,
        _ header: TypeHeader,
        at spec: AccessSpec
    ) throws(Refusal) -> Place {
        let bitSize = UInt32(member.bitfieldSize)
        guard header.kind == .int || header.kind.isEnumeration, (1...8).contains(header.sizeOrType) else {
            throw Refusal("a bitfield's type is neither an integer nor an enumeration of at most 8 bytes")
        }
        var byteSize = header.sizeOrType
        var byteOffset = spec.bitOffset / 8 / byteSize * byteSize
        while UInt64(spec.bitOffset) + UInt64(bitSize) - UInt64(byteOffset) * 8 > UInt64(byteSize) * 8 {
            guard byteSize < 8 else { throw Refusal("a bitfield does not fit one load of 8 bytes") }
            byteSize *= 2
            byteOffset = spec.bitOffset / 8 / byteSize * byteSize
        }
        return Place(byteOffset: byteOffset, byteSize: byteSize, bitOffset: spec.bitOffset, bitSize: bitSize)
    }
}
