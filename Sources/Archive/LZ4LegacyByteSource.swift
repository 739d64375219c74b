/// Decodes the frame format that LZ4 had first, which is the kernel's; what follows is left alone.
///
/// The format has no end marker, and a kernel's payload is followed by its size and by code. The end is where a block
/// is shorter than a whole one, or the next block's length cannot be one.
///
/// Source: LZ4's `lz4_Frame_format.md`, "Legacy frame"; the kernel's `lib/decompress_unlz4.c`.
final class LZ4LegacyByteSource: ByteSource {
    /// The bytes that every block but the last decompresses to.
    private static let blockSize = 8 << 20
    /// The most bytes that a block can have: `LZ4_COMPRESSBOUND`.
    private static let compressedLimit = blockSize + blockSize / 255 + 16
    private static let magicLength = 4

    private let bytes: UnsafeRawBufferPointer
    private let start: ArchivePlace
    /// Holds the memory of the piece that was given out last.
    private var block: ReadHandle?
    private var blockLength = 0
    private var blockOutput = 0
    private var output = 0
    private var isDone = false
    /// How many bytes have been decoded.
    private(set) var consumed = magicLength

    init(_ bytes: UnsafeRawBufferPointer, at place: ArchivePlace) {
        self.bytes = bytes
        start = place
    }

    var place: ArchivePlace { start.advanced(by: consumed) }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        while !isDone {
            if block == nil, try !openBlock() { break }
            let piece = try block?.nextBlock() ?? UnsafeRawBufferPointer(start: nil, count: 0)
            blockOutput += piece.count
            output += piece.count
            if !piece.isEmpty { return piece }
            block = nil
            consumed += blockLength
            isDone = blockOutput < Self.blockSize
        }
        isDone = true
        return UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Steps to the next block, or returns false when there is none.
    private func openBlock() throws(ArchiveError) -> Bool {
        guard bytes.count - consumed >= 4 else { return try end() }
        let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: consumed, as: UInt32.self)))
        // The kernel's build appends the size of the whole.
        guard length > 0, length <= Self.compressedLimit, length != output else { return try end() }
        guard bytes.count - consumed - 4 >= length else {
            throw ArchiveError(.truncated, at: place, "a block of \(length) bytes is cut off")
        }
        blockLength = 4 + length
        blockOutput = 0
        // libarchive decodes each block as a frame of its own, and so needs not know where the stream ends.
        let magic = UnsafeRawBufferPointer(rebasing: bytes[..<Self.magicLength])
        let frame = UnsafeRawBufferPointer(rebasing: bytes[consumed..<consumed + blockLength])
        let source = BorrowedByteSource(magic, frame, at: place)
        let handle = try ReadHandle(source, formats: .filter(.lz4))
        try handle.openStream()
        block = handle
        return true
    }

    private func end() throws(ArchiveError) -> Bool {
        guard output > 0 else { throw ArchiveError(.truncated, at: place, "the LZ4 stream has no block") }
        return false
    }
}
