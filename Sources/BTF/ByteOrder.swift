/// The order of the bytes in a number: that of the machine which the kernel is built for.
public enum ByteOrder: Hashable, Sendable {
    /// Least significant byte first: x86, arm64, ppc64le and most others.
    case littleEndian
    /// Most significant byte first: s390x.
    case bigEndian

    /// The order of the machine that runs this code.
    public static var host: ByteOrder { 1.littleEndian == 1 ? .littleEndian : .bigEndian }
}
