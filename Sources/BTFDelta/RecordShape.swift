internal import BTF

/// Where the names, the references and the plain words of a type's record stand, by kind.
///
/// A record is three header words, then elements of a few words each. Source: `Documentation/bpf/btf.rst`.
struct RecordShape {
    /// What a word stands for.
    enum Role: UInt8 { case value, name, type }

    /// The roles of an element's words, in their order: three at most.
    struct Roles: RandomAccessCollection, Equatable {
        private let one, two, three: Role
        let count: Int

        var startIndex: Int { 0 }
        var endIndex: Int { count }

        init(_ roles: Role...) {
            count = roles.count
            one = roles.count > 0 ? roles[0] : .value
            two = roles.count > 1 ? roles[1] : .value
            three = roles.count > 2 ? roles[2] : .value
        }

        subscript(index: Int) -> Role { index == 0 ? one : index == 1 ? two : three }
    }

    /// Whether the third word refers to a type.
    let refersThroughHeader: Bool
    /// The roles of an element's words.
    let roles: Roles
    /// Whether there are as many elements as the record's vlen says, rather than one.
    let isList: Bool

    /// The shape of each kind, by its number.
    private static let byKind = InlineArray<32, RecordShape> { number in
        guard let kind = Kind(rawValue: UInt8(number)) else {
            return RecordShape(refersThroughHeader: false, roles: Roles(), isList: false)
        }
        let (roles, isList): (Roles, Bool) =
            switch kind {
            case .structure, .union: (Roles(.name, .type, .value), true)
            case .enumeration: (Roles(.name, .value), true)
            case .enumeration64: (Roles(.name, .value, .value), true)
            case .functionPrototype: (Roles(.name, .type), true)
            case .dataSection: (Roles(.type, .value, .value), true)
            case .array: (Roles(.type, .type, .value), false)
            case .int, .variable, .declarationTag: (Roles(.value), false)
            default: (Roles(), false)
            }
        return RecordShape(refersThroughHeader: kind.refersThroughHeader, roles: roles, isList: isList)
    }

    /// The shape of the record whose second word this is.
    @inline(__always)
    static func of(info: UInt32) -> RecordShape { byKind[Int(info >> 24 & 31)] }

    /// Whether the third word of a kind's records refers to a type.
    @inline(__always)
    static func refersThroughHeader(kind: UInt32) -> Bool { 0b0110_0111_1111_0000_0100 &>> kind & 1 == 1 }

    /// The number of words behind the first three of the record whose second word this is.
    @inline(__always)
    static func elementWords(info: UInt32) -> Int {
        let kind = info >> 24 & 31
        let count = Int(info & 0xffff)
        switch kind {
        case 4, 5, 15, 19: return 3 * count
        case 6, 13: return 2 * count
        case 3: return 3
        case 1, 14, 17: return 1
        default: return 0
        }
    }

    /// The number of elements of the record whose second word this is.
    @inline(__always)
    func elementCount(info: UInt32) -> Int { isList ? Int(info & 0xffff) : roles.isEmpty ? 0 : 1 }

    /// The number of words of the record whose second word this is.
    static func wordCount(info: UInt32) -> Int { 3 + elementWords(info: info) }
}
