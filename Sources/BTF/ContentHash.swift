/// Mixes a word into a hash; the multiplier is the golden ratio's, as in many multiplicative hashes.
@inline(__always)
func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low &+ 0x2545_f491_4f6c_dd1d
}

/// A hash of bytes that is the same on every machine and in every run.
func contentHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = mix(0x51_7c_c1_b7_27_22_0a_95, UInt64(bytes.count))
    var at = 0
    while at + 8 <= bytes.count {
        hash = mix(hash, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
        at += 8
    }
    var last: UInt64 = 0
    while at < bytes.count {
        last = last << 8 | UInt64(bytes[at])
        at += 1
    }
    return mix(hash, last)
}
