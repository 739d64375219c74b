/// A run of bytes of a mapped file, which keeps the mapping alive.
public struct MappedRange: Sendable {
    /// The mapping that holds the bytes.
    public let file: MappedFile
    /// Where they are in the mapping.
    public let bounds: Range<Int>

    /// Names a part of a mapping; `bounds` is clamped to the mapping.
    ///
    /// - Parameters:
    ///   - file: the mapping.
    ///   - bounds: the range in bytes.
    public init(file: MappedFile, bounds: Range<Int>) {
        self.file = file
        self.bounds = bounds.clamped(to: 0..<file.count)
    }

    /// How many bytes there are.
    public var count: Int { bounds.count }

    /// A copy of the bytes.
    public var bytes: [UInt8] { withBytes { Array($0) } }

    /// Calls `body` with the bytes, which must not be used after it returns.
    ///
    /// - Parameter body: what to do with the bytes.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try file.withBytes { (whole) throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: whole[bounds]))
        }
    }

    /// Tells the kernel that a part of these bytes is done with; see ``MappedFile/discard(_:)``.
    ///
    /// - Parameter part: offsets from the start of this range; all of it when nil.
    public func discard(_ part: Range<Int>? = nil) {
        guard let part = part?.clamped(to: 0..<count) else { return file.discard(bounds) }
        file.discard(bounds.lowerBound + part.lowerBound..<bounds.lowerBound + part.upperBound)
    }
}
