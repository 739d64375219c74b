internal import Synchronization

/// Strings, each kept once, behind one another as BTF stores them.
struct StringTable {
    /// The strings with their terminators, from the first own one.
    private(set) var bytes: [UInt8]
    private let base: BTF?
    private var index = StringIndex()

    /// Makes a table that holds the empty string, or that goes on from a base.
    init(base: BTF?) {
        self.base = base
        bytes = base == nil ? [0] : []
    }

    /// The offset of a string, which is added when it is new.
    ///
    /// - Parameter string: the bytes, up to a NUL if there is one.
    /// - Returns: where the string starts.
    mutating func intern(_ string: some Collection<UInt8>) -> StringOffset {
        let found = string.withContiguousStorageIfAvailable { intern(raw: UnsafeRawBufferPointer($0)) }
        return found ?? Array(string).withUnsafeBytes { intern(raw: $0) }
    }

    private mutating func intern(raw string: UnsafeRawBufferPointer) -> StringOffset {
        let string = StringIndex.string(at: 0, in: string)
        if string.isEmpty { return .empty }
        if let known = base?.offset(of: string) { return known }
        let hash = contentHash(string)
        if let start = bytes.withUnsafeBytes({ index.find(string, hash, in: $0) }) { return offset(of: start) }
        let start = bytes.count
        bytes.append(contentsOf: string)
        bytes.append(0)
        bytes.withUnsafeBytes { index.insert(start, hash, in: $0) }
        return offset(of: start)
    }

    private func offset(of start: Int) -> StringOffset {
        StringOffset(rawValue: (base?.stringsEnd ?? 0) + UInt32(start))
    }
}

extension BTF {
    /// Where a string starts, or nil when neither this BTF nor its base has it.
    func offset(of string: UnsafeRawBufferPointer) -> StringOffset? {
        if let known = base?.offset(of: string) { return known }
        return storage.stringIndex.withLock { index in
            let filled = index ?? StringIndex(of: storage.strings)
            index = filled
            return storage.strings.withUnsafeBytes { filled.find(string, in: $0) }
                .map { StringOffset(rawValue: storage.firstString + UInt32($0)) }
        }
    }
}
