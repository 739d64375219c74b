/// A hash of 128 bits: two types with the same one are taken to be the same type.
///
/// With 128 bits, a hundred million different types collide by chance with a probability below 10^-22.
struct Fingerprint: BitwiseCopyable, Hashable, Comparable, Sendable {
    var high: UInt64
    var low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// No hash at all.
    static let zero = Fingerprint(high: 0, low: 0)

    /// The start of a hash over something of a kind.
    @inline(__always)
    init(seed: UInt64) {
        high = seed &* 0x9e37_79b9_7f4a_7c15 ^ 0xa076_1d64_78bd_642f
        low = seed &* 0xc2b2_ae3d_27d4_eb4f ^ 0xe703_7ed1_a0b4_28db
    }

    /// The high half xor the low half of a product: wyhash's mixing step.
    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// Takes in two words, in order.
    @inline(__always)
    mutating func mix(_ first: UInt64, _ second: UInt64) {
        let high = Fingerprint.fold(self.high ^ first, second ^ 0x8ebc_6af0_9c88_c6e3)
        let low = Fingerprint.fold(self.low ^ second, first ^ 0x5899_65cc_7537_4cc3)
        self.high = high &+ 0x1d8e_4e27_c47d_124f &+ self.low
        self.low = low &+ 0xeb44_acca_b455_d165
    }

    /// Takes in another hash.
    @inline(__always)
    mutating func mix(_ other: Fingerprint) { mix(other.high, other.low) }

    static func < (left: Fingerprint, right: Fingerprint) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
