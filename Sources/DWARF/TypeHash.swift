/// The fingerprint of a record, put together part by part: the one recipe, for what was read as DWARF and for what was
/// read as BTF, so that equal types have equal fingerprints.
struct TypeHash {
    private(set) var fingerprint: Fingerprint

    /// Starts with what a record says itself.
    ///
    /// - Parameters:
    ///   - shape: what it describes.
    ///   - detail: see ``TypePool/Node/detail``.
    ///   - name: the fingerprint of its name.
    ///   - size: its size in bytes, or an array's number of elements.
    ///   - parts: how many parts follow.
    ///   - target: the fingerprint of the one type that it refers to.
    @inline(__always)
    init(
        _ shape: TypePool.Shape,
        detail: UInt8 = 0,
        name: Fingerprint = NamePool.empty,
        size: UInt64 = 0,
        parts: Int = 0,
        target: Fingerprint = TypePool.void
    ) {
        fingerprint = Fingerprint(seed: UInt64(shape.rawValue) << 8 | UInt64(detail))
        fingerprint.mix(name)
        fingerprint.mix(size, UInt64(parts))
        fingerprint.mix(target)
    }

    /// Takes in a member, an enumerator or a parameter.
    @inline(__always)
    mutating func add(name: Fingerprint, value: UInt64, bitSize: UInt64, type: Fingerprint) {
        fingerprint.mix(name)
        fingerprint.mix(value, bitSize)
        fingerprint.mix(type)
    }

    /// What stands for the name of a struct, union or enumeration.
    static func nominal(_ shape: TypePool.Shape, name: Fingerprint) -> Fingerprint {
        TypeHash(.nominal, detail: shape.rawValue, name: name).fingerprint
    }
}
