internal import KernelIdentity

extension KernelName {
    /// Bytes whose order is the order of names, so that SQLite can list kernels in it from an index.
    ///
    /// Each part is written twice. First so that runs of digits compare by value: a `0`, the number of digits without
    /// leading zeroes as one byte, those digits; then as it is, which orders `01` and `1`. A zero byte ends each,
    /// which no part can hold. A run of digits has at most 128, the longest part.
    var orderKey: [UInt8] {
        var key: [UInt8] = []
        for part in [distribution, version, architecture.rawValue, release] {
            Self.appendNaturally(part, to: &key)
            key.append(0)
            key += part.utf8
            key.append(0)
        }
        return key
    }

    private static func appendNaturally(_ part: String, to key: inout [UInt8]) {
        var rest = Substring(part).utf8
        while let byte = rest.first {
            guard isDigit(byte) else {
                key.append(byte)
                rest.removeFirst()
                continue
            }
            let run = rest.prefix(while: isDigit)
            rest.removeFirst(run.count)
            let digits = run.drop { $0 == UInt8(ascii: "0") }
            key.append(UInt8(ascii: "0"))
            key.append(UInt8(clamping: digits.count))
            key += digits
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
