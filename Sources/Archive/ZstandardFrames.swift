import CZstd

/// Unpacks many small zstd frames, for which setting libzstd up each time would cost more than the frames.
public final class ZstandardFrames {
    private let context: OpaquePointer?

    /// Sets libzstd up.
    public init() { context = ZSTD_createDCtx() }

    deinit { ZSTD_freeDCtx(context) }

    /// Packs bytes into a frame.
    ///
    /// - Parameters:
    ///   - bytes: what to pack.
    ///   - level: the compressor's level, 1 to 22.
    ///   - shortestMatch: the fewest bytes, 3 to 7, that are given as a copy of earlier ones; of more, there are fewer copies
    ///     to make when the frame is unpacked.
    /// - Returns: the frame.
    /// - Throws: `ArchiveError` when the compressor refuses a parameter or memory runs out.
    public static func pack(_ bytes: [UInt8], level: Int, shortestMatch: Int) throws(ArchiveError) -> [UInt8] {
        try Zstandard.compress(bytes, level: level, shortestMatch: shortestMatch)
    }

    /// Unpacks a frame that gives a known number of bytes.
    ///
    /// - Parameters:
    ///   - frame: one whole frame.
    ///   - count: how many bytes it must give; as much memory is set aside.
    /// - Returns: the bytes; nil when the frame is damaged or gives another number.
    public func unpack(_ frame: ArraySlice<UInt8>, count: Int) -> [UInt8]? { values(of: frame, count: count) }

    /// Unpacks a frame that gives a known number of words of 32 bits, lowest byte first.
    ///
    /// - Parameters:
    ///   - frame: one whole frame.
    ///   - count: how many words it must give; as much memory is set aside.
    /// - Returns: the words; nil when the frame is damaged or gives another number.
    public func unpackWords(_ frame: ArraySlice<UInt8>, count: Int) -> [UInt32]? {
        guard let words: [UInt32] = values(of: frame, count: count) else { return nil }
        return UInt32(littleEndian: 1) == 1 ? words : words.map(\.byteSwapped)
    }

    private func values<Value: FixedWidthInteger>(of frame: ArraySlice<UInt8>, count: Int) -> [Value]? {
        var isWhole = false
        let values = frame.withUnsafeBytes { input in
            [Value](unsafeUninitializedCapacity: count) { buffer, filled in
                let bytes = UnsafeMutableRawBufferPointer(buffer)
                let wanted = count * MemoryLayout<Value>.stride
                let code = ZSTD_decompressDCtx(context, bytes.baseAddress, wanted, input.baseAddress, input.count)
                isWhole = ZSTD_isError(code) == 0 && code == wanted
                filled = isWhole ? count : 0
            }
        }
        return isWhole ? values : nil
    }
}
