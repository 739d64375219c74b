/// How a C compiler lays out the types of a BTF, and what it must be told so that sizes and offsets come out right.
///
/// BTF says where members lie but not why; `packed` and `aligned` are told from offsets and sizes.
struct CLayouts {
    /// What a struct or union needs behind its closing brace.
    enum Attribute: Hashable {
        /// Nothing.
        case none
        /// Members at odd places, or a size that is no multiple of the alignment.
        case packed
        /// A union larger than its members.
        case aligned(UInt32)
    }

    /// The sizes of the types.
    let sizes: TypeSizes
    private var alignments: [UInt32]
    private var attributes: [TypeID: Attribute] = [:]

    /// Finds how the types of a BTF and its base are laid out.
    init(of btf: BTF) {
        let order = ContainmentOrder(of: btf)
        sizes = TypeSizes(of: btf, in: order)
        alignments = [UInt32](repeating: 1, count: Int(btf.endID.rawValue))
        for id in order.ids { alignments[Int(id.rawValue)] = findAlignment(of: id, in: btf) }
    }

    /// The alignment that a compiler gives a type, in bytes.
    func alignment(of id: TypeID) -> UInt32 { alignments[Int(id.rawValue)] }

    /// What a struct or union needs behind its closing brace.
    func attribute(of id: TypeID) -> Attribute { attributes[id] ?? .none }

    private mutating func findAlignment(of id: TypeID, in btf: BTF) -> UInt32 {
        let header = btf.header(of: id)
        switch header.kind {
        case .int, .float, .enumeration, .enumeration64:
            // 16 bytes are __int128 or a 64-bit machine's long double; else no machine aligns past its pointers.
            let limit = header.sizeOrType == 16 && sizes.pointerSize == 8 ? 16 : sizes.pointerSize
            let size = header.sizeOrType
            return size > 0 && size & (size - 1) == 0 ? min(size, limit) : min(4, limit)
        case .pointer: return sizes.pointerSize
        case .typedef, .volatile, .const, .restrict, .typeTag: return alignment(of: header.type)
        case .array: return btf.arrayParts(of: id).map { alignment(of: $0.element) } ?? 1
        case .structure: return findAlignment(ofStruct: id, header, in: btf)
        case .union: return findAlignment(ofUnion: id, header, in: btf)
        default: return 1
        }
    }

    private mutating func findAlignment(ofStruct id: TypeID, _ header: TypeHeader, in btf: BTF) -> UInt32 {
        var largest: UInt32 = 1
        var isPacked = false
        for member in btf.members(of: id) {
            let alignment = alignment(of: member.type)
            largest = max(largest, alignment)
            if let bits = btf.bitfield(of: member, statesSizes: header.kindFlag) {
                // A bitfield does not cross a border of its type, unless it is packed.
                let unit = max(UInt64(sizes[member.type] ?? 1) * 8, 1)
                if bits.offset / unit != (bits.offset + max(bits.width, 1) - 1) / unit { isPacked = true }
            } else if UInt64(member.bitOffset) % (UInt64(alignment) * 8) != 0 {
                isPacked = true
            }
        }
        if !isPacked, header.sizeOrType.isMultiple(of: largest) { return largest }
        attributes[id] = .packed
        return 1
    }

    private mutating func findAlignment(ofUnion id: TypeID, _ header: TypeHeader, in btf: BTF) -> UInt32 {
        var alignment: UInt32 = 1
        var largestSize: UInt64 = 0
        for member in btf.members(of: id) {
            alignment = max(alignment, self.alignment(of: member.type))
            largestSize = max(largestSize, size(of: member, statesSizes: header.kindFlag, in: btf))
        }
        let size = UInt64(header.sizeOrType)
        if !size.isMultiple(of: UInt64(alignment)) {
            attributes[id] = .packed
            return 1
        }
        if Self.rounded(largestSize, to: UInt64(alignment)) == size { return alignment }
        var aligned = UInt64(alignment) * 2
        while aligned <= size, Self.rounded(largestSize, to: aligned) < size { aligned *= 2 }
        guard Self.rounded(largestSize, to: aligned) == size, aligned <= 1 << 20 else { return alignment }
        attributes[id] = .aligned(UInt32(aligned))
        return UInt32(aligned)
    }

    private func size(of member: BTFType.Member, statesSizes: Bool, in btf: BTF) -> UInt64 {
        if let bits = btf.bitfield(of: member, statesSizes: statesSizes) { return (bits.width + 7) / 8 }
        return UInt64(sizes[member.type] ?? 0)
    }

    /// The next multiple of a unit.
    static func rounded(_ number: UInt64, to unit: UInt64) -> UInt64 { (number + unit - 1) / unit * unit }
}
