/// What a 32-bit word of a type record stands for.
enum WordRole {
    /// An offset into the strings.
    case name
    /// The id of a type.
    case type
    /// Anything else: sizes, offsets, counts, values.
    case value
}

extension WordRole {
    /// Hands out each word of a record with its role, in the record's order.
    ///
    /// - Parameters:
    ///   - start: where the record starts.
    ///   - kind: what the record describes.
    ///   - count: its number of members, enumerators, parameters or entries.
    ///   - body: takes the word's index and its role.
    /// - Throws: what the body throws.
    @inline(__always)
    static func forEachWord<Failure: Error>(
        ofRecordAt start: Int,
        _ kind: Kind,
        count: Int,
        _ body: (Int, WordRole) throws(Failure) -> Void
    ) throws(Failure) {
        try body(start, .name)
        try body(start + 1, .value)
        try body(start + 2, kind.refersThroughHeader ? .type : .value)
        var at = start + 3
        switch kind {
        case .array:
            try body(at, .type)
            try body(at + 1, .type)
            try body(at + 2, .value)
        case .structure, .union:
            for _ in 0..<count {
                try body(at, .name)
                try body(at + 1, .type)
                try body(at + 2, .value)
                at += 3
            }
        case .enumeration:
            for _ in 0..<count {
                try body(at, .name)
                try body(at + 1, .value)
                at += 2
            }
        case .enumeration64:
            for _ in 0..<count {
                try body(at, .name)
                try body(at + 1, .value)
                try body(at + 2, .value)
                at += 3
            }
        case .functionPrototype:
            for _ in 0..<count {
                try body(at, .name)
                try body(at + 1, .type)
                at += 2
            }
        case .dataSection:
            for _ in 0..<count {
                try body(at, .type)
                try body(at + 1, .value)
                try body(at + 2, .value)
                at += 3
            }
        case .int, .variable, .declarationTag:
            try body(at, .value)
        default:
            break
        }
    }
}

extension BTF.Storage {
    /// Hands out each word of a record with its role, in the record's order.
    ///
    /// - Parameters:
    ///   - start: where the record starts in `words`; the record is whole and of a known kind.
    ///   - body: takes the word's index and its role.
    /// - Throws: what the body throws.
    @inline(__always)
    func forEachWord<Failure: Error>(
        ofRecordAt start: Int,
        _ body: (Int, WordRole) throws(Failure) -> Void
    ) throws(Failure) {
        let header = header(at: start)
        try WordRole.forEachWord(ofRecordAt: start, header.kind, count: header.count, body)
    }

    /// Hands out the id of each type that a record refers to, in the record's order.
    ///
    /// - Parameters:
    ///   - start: where the record starts in `words`.
    ///   - body: takes the number of a type.
    @inline(__always)
    func forEachReference(ofRecordAt start: Int, _ body: (UInt32) -> Void) {
        forEachWord(ofRecordAt: start) { index, role in
            if role == .type { body(words[index]) }
        }
    }
}
