internal import BTF

/// Where the names, the references and the plain words of a type's record stand, by kind.
///
/// A record is three header words, then elements of a few words each. Source: `Documentation/bpf/btf.rst`.
struct RecordShape {
    /// What a word stands for.
    enum Role: UInt8 { case value, name, type }

    /// The roles of an element's words, in their order: three at most.
    struct Element: RandomAccessCollection, Equatable {
        private let first, second, third: Role
        let count: Int

        var startIndex: Int { 0 }
        var endIndex: Int { count }

        init(_ roles: Role...) {
            count = roles.count
            first = roles.count > 0 ? roles[0] : .value
            second = roles.count > 1 ? roles[1] : .value
            third = roles.count > 2 ? roles[2] : .value
        }

        subscript(index: Int) -> Role { index == 0 ? first : index == 1 ? second : third }
    }

    /// Whether the third word refers to a type.
    let refersThroughHeader: Bool
    /// The roles of an element's words.
    let element: Element
    /// Whether there are as many elements as the record's vlen says, rather than one.
    let isList: Bool

    /// The shape of each kind, by its number.
    private static let byKind = InlineArray<32, RecordShape> { number in
        guard let kind = Kind(rawValue: UInt8(number)) else {
            return RecordShape(refersThroughHeader: false, element: Element(), isList: false)
        }
        let (element, isList): (Element, Bool) =
            switch kind {
            case .structure, .union: (Element(.name, .type, .value), true)
            case .enumeration: (Element(.name, .value), true)
            case .enumeration64: (Element(.name, .value, .value), true)
            case .functionPrototype: (Element(.name, .type), true)
            case .dataSection: (Element(.type, .value, .value), true)
            case .array: (Element(.type, .type, .value), false)
            case .int, .variable, .declarationTag: (Element(.value), false)
            default: (Element(), false)
            }
        return RecordShape(refersThroughHeader: kind.refersThroughHeader, element: element, isList: isList)
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
    func elementCount(info: UInt32) -> Int { isList ? Int(info & 0xffff) : element.isEmpty ? 0 : 1 }

    /// The number of words of the record whose second word this is.
    static func wordCount(info: UInt32) -> Int { 3 + elementWords(info: info) }
}
