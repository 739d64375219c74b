/// Strings, each kept once, by number; 0 is the empty string.
struct NamePool: Sendable {
    private var bytes: [UInt8] = []
    private var starts: [UInt32] = [0, 0]
    private var fingerprints = [NamePool.empty]
    private var known = FingerprintIndex()

    /// The fingerprint of the empty string, as `Bytes.fingerprint` makes it.
    static let empty = Fingerprint(seed: 0)

    /// How many strings there are.
    var count: Int { fingerprints.count }

    /// A string's fingerprint.
    func fingerprint(_ name: UInt32) -> Fingerprint { fingerprints[Int(name)] }

    /// The number of a string, which is added when it is new.
    mutating func intern(_ string: UnsafeRawBufferPointer, _ fingerprint: Fingerprint) -> UInt32 {
        if string.isEmpty { return 0 }
        let existing = known.number(of: fingerprint) { fingerprints[Int($0)] == fingerprint }
        if existing != 0 { return existing }
        bytes.append(contentsOf: string)
        let id = UInt32(fingerprints.count)
        starts.append(UInt32(bytes.count))
        fingerprints.append(fingerprint)
        known.insert(fingerprint, id)
        return id
    }

    /// The number here of a string of another pool.
    mutating func intern(from other: NamePool, _ name: UInt32) -> UInt32 {
        let fingerprint = other.fingerprint(name)
        if name == 0 { return 0 }
        let existing = known.number(of: fingerprint) { fingerprints[Int($0)] == fingerprint }
        if existing != 0 { return existing }
        bytes.append(contentsOf: other.bytes(of: name))
        let id = UInt32(fingerprints.count)
        starts.append(UInt32(bytes.count))
        fingerprints.append(fingerprint)
        known.insert(fingerprint, id)
        return id
    }

    /// A string's bytes.
    func bytes(of name: UInt32) -> ArraySlice<UInt8> {
        bytes[Int(starts[Int(name)])..<Int(starts[Int(name) + 1])]
    }
}
