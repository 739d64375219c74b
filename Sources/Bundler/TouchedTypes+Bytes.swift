internal import BTF
internal import Minimizer

/// What a solution touched, as bytes: equal sets are equal bytes.
///
/// The number of names as 4 bytes, little-endian, and each name with its length before it; the same for the types, each
/// of which has its kind before its name.
extension TouchedTypes {
    var bytes: [UInt8] {
        let names = essentialNames.sorted { $0.lexicographicallyPrecedes($1) }
        let types = types.sorted { one, other in
            one.kind == other.kind
                ? one.name.lexicographicallyPrecedes(other.name) : one.kind.rawValue < other.kind.rawValue
        }
        var bytes = Self.word(names.count)
        for name in names { bytes += Self.word(name.count) + name }
        bytes += Self.word(types.count)
        for type in types { bytes += [UInt8(type.kind.rawValue)] + Self.word(type.name.count) + type.name }
        return bytes
    }

    /// Reads what `bytes` wrote; nil where it is anything else.
    init?(bytes: [UInt8]) {
        var rest = bytes[...]
        guard let nameCount = Self.takeWord(&rest) else { return nil }
        var names: Set<[UInt8]> = []
        for _ in 0..<nameCount {
            guard let name = Self.takeName(&rest) else { return nil }
            names.insert(name)
        }
        guard let typeCount = Self.takeWord(&rest) else { return nil }
        var types: Set<NamedType> = []
        for _ in 0..<typeCount {
            guard let kind = rest.popFirst().flatMap({ Kind(rawValue: .init($0)) }), let name = Self.takeName(&rest)
            else {
                return nil
            }
            types.insert(NamedType(kind: kind, name: name))
        }
        guard rest.isEmpty else { return nil }
        self.init(essentialNames: names, types: types)
    }

    private static func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    private static func takeWord(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let word = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        bytes = bytes.dropFirst(4)
        return word
    }

    private static func takeName(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let length = takeWord(&bytes), length <= bytes.count else { return nil }
        let name = Array(bytes.prefix(length))
        bytes = bytes.dropFirst(length)
        return name
    }
}
