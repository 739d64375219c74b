import CZstd

/// Unpacks many small zstd frames, for which setting libzstd up each time would cost more than the frames.
public final class ZstandardFrames {
    private let context: OpaquePointer?

    /// Sets libzstd up.
    public init() { context = ZSTD_createDCtx() }

    deinit { ZSTD_freeDCtx(context) }

    /// Unpacks a frame that gives a known number of bytes.
    ///
    /// - Parameters:
    ///   - frame: one whole frame.
    ///   - count: how many bytes it must give; as much memory is set aside.
    /// - Returns: the bytes; nil when the frame is damaged or gives another number.
    public func unpack(_ frame: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        var isWhole = false
        let bytes = frame.withUnsafeBytes { input in
            [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                let code = ZSTD_decompressDCtx(context, buffer.baseAddress, count, input.baseAddress, input.count)
                isWhole = ZSTD_isError(code) == 0 && code == count
                filled = isWhole ? count : 0
            }
        }
        return isWhole ? bytes : nil
    }
}
